/** Reads and judges an order request: everything that is refused before an order exists (sheet 4.3 and 6.3). */
import { Decimal, dec, isMultipleOf, text } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import type { Market } from './market.ts';
import { NO_BRACKETS, type Brackets, type OrderSpec, type TimeInForce, type TriggerBy } from './order.ts';
import { badParameter, Refusal, type BybitSide, type Params } from './protocol.ts';

const LINK = /^[A-Za-z0-9_-]{1,36}$/;
const FORCES: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK', 'PostOnly'];
const TRIGGERS: readonly TriggerBy[] = ['LastPrice', 'IndexPrice', 'MarkPrice'];
const CAPS = { contract: 500, contractConditional: 10, spot: 500, spotConditional: 30, option: 50 };

type Draft = Omit<OrderSpec, 'uid' | 'orderId' | 'createdAt' | 'createType' | 'market'>;

/** The order that the parameters ask for, checked against instrument, account and limits. */
export function readOrder(params: Params, account: Account, market: Market): Draft {
  checkTradable(market);
  const side = oneOf(params, 'side', ['Buy', 'Sell'] as const);
  const orderType = oneOf(params, 'orderType', ['Market', 'Limit'] as const);
  const positionIdx = readIndex(params, account, market);
  const trigger = readTrigger(params, market);
  const closeAll = params.flag('closeOnTrigger') && params.flag('reduceOnly') && params.text('qty') === '0';
  const spot = market.listing.category === 'spot';
  const marketUnit = readUnit(params, spot && orderType === 'Market', side);
  const price = orderType === 'Limit' ? readPrice(params, 'price', market) : '';
  if (orderType === 'Limit' && price === '') throw badParameter('params error: price is required');
  const qty = closeAll
    ? text(account.position(market, positionIdx).size.abs())
    : readQty(params, market, orderType, marketUnit);
  const draft: Draft = {
    linkId: readLink(params, account, market),
    side,
    orderType,
    price: banded(account, market, side, price),
    qty,
    timeInForce: orderType === 'Market' ? 'IOC' : readForce(params),
    reduceOnly: !spot && params.flag('reduceOnly'),
    closeOnTrigger: !spot && params.flag('closeOnTrigger'),
    positionIdx,
    isLeverage: params.flag('isLeverage'),
    marketUnit,
    stopOrderType: trigger.triggerPrice === '' ? '' : spot ? params.text('orderFilter') : 'Stop',
    ...trigger,
    brackets: readBrackets(params, market),
    smpType: params.text('smpType') === '' ? 'None' : params.text('smpType'),
  };
  if (draft.reduceOnly && hasBrackets(draft.brackets)) {
    throw new Refusal(110057, 'TP/SL is not allowed on a reduce-only order');
  }
  if (!closeAll) checkNotional(market, draft);
  if (draft.reduceOnly && draft.triggerPrice === '') checkReduce(account, market, draft);
  checkCounts(account, market, draft);
  return draft;
}

export const hasBrackets = (brackets: Brackets): boolean =>
  brackets.takeProfit !== '' || brackets.stopLoss !== '';

function oneOf<T extends string>(params: Params, name: string, allowed: readonly T[]): T {
  const value = params.need(name);
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw badParameter(`params error: ${name} invalid`);
  return found;
}

function checkTradable(market: Market): void {
  if (market.listing.payload['status'] === 'Trading') return;
  if (market.listing.category === 'spot') throw new Refusal(170157, 'Trading of this symbol is not open.');
  throw new Refusal(110074, 'This contract is not live');
}

function readIndex(params: Params, account: Account, market: Market): number {
  if (market.listing.category === 'spot') return 0;
  const index = params.whole('positionIdx', 0);
  const hedged = account.hedge.has(market.symbol) && market.listing.category === 'linear';
  if (hedged ? index !== 1 && index !== 2 : index !== 0) {
    throw badParameter('position idx not match position mode');
  }
  return index;
}

function readTrigger(
  params: Params,
  market: Market,
): Pick<Draft, 'triggerPrice' | 'triggerBy' | 'triggerDirection' | 'orderFilter'> {
  const filter = params.text('orderFilter');
  const spot = market.listing.category === 'spot';
  const triggerPrice = readPrice(params, 'triggerPrice', market);
  if (triggerPrice === '') {
    if (spot && (filter === 'StopOrder' || filter === 'tpslOrder'))
      throw badParameter('params error: triggerPrice is required');
    return { triggerPrice: '', triggerBy: '', triggerDirection: 0, orderFilter: 'Order' };
  }
  if (spot) {
    if (filter !== 'StopOrder' && filter !== 'tpslOrder')
      throw new Refusal(170130, `Data sent for parameter 'triggerPrice' is not valid.`);
    const rises = dec(triggerPrice).gt(market.last);
    return { triggerPrice, triggerBy: 'LastPrice', triggerDirection: rises ? 1 : 2, orderFilter: filter };
  }
  const direction = params.whole('triggerDirection', 0);
  if (direction !== 1 && direction !== 2) throw badParameter('TriggerDirection invalid');
  const by = params.text('triggerBy') === '' ? 'LastPrice' : oneOf(params, 'triggerBy', TRIGGERS);
  const now = by === 'LastPrice' ? market.last : by === 'MarkPrice' ? market.mark : market.index;
  const ahead = dec(triggerPrice).comparedTo(now);
  if (direction === 1 && ahead <= 0) {
    throw new Refusal(110092, `expect Rising, but trigger_price[${triggerPrice}] <= current[${now}]`);
  }
  if (direction === 2 && ahead >= 0) {
    throw new Refusal(110093, `expect Falling, but trigger_price[${triggerPrice}] >= current[${now}]`);
  }
  return { triggerPrice, triggerBy: by, triggerDirection: direction, orderFilter: 'StopOrder' };
}

function readUnit(params: Params, spotMarket: boolean, side: BybitSide): Draft['marketUnit'] {
  if (!spotMarket) return '';
  const unit = params.text('marketUnit');
  if (unit === 'baseCoin' || unit === 'quoteCoin') return unit;
  return side === 'Buy' ? 'quoteCoin' : 'baseCoin';
}

/** A price parameter on the tick; '' when absent. */
export function readPrice(params: Params, name: string, market: Market): string {
  const price = params.decimal(name);
  if (price === null || price.isZero()) return '';
  if (price.isNegative()) throw badParameter(`params error: ${name} invalid`);
  if (!isMultipleOf(price, market.listing.tick)) {
    if (market.listing.category === 'spot') throw new Refusal(170134, 'Order price has too many decimals.');
    throw badParameter(`params error: ${name} is not a multiple of the tick size`);
  }
  return text(price);
}

/** A quantity inside the lot rules of the market. */
export function readQty(
  params: Params,
  market: Market,
  orderType: 'Market' | 'Limit',
  unit: Draft['marketUnit'],
): string {
  const qty = params.decimal('qty');
  if (qty === null) throw badParameter('params error: qty is required');
  const { listing } = market;
  if (listing.category === 'spot') {
    if (!qty.gt(0)) throw new Refusal(170140, 'Order value exceeded lower limit.');
    if (unit === 'quoteCoin') return text(qty);
    if (!isMultipleOf(qty, listing.step)) throw new Refusal(170137, 'Order quantity has too many decimals.');
    const most = orderType === 'Market' ? listing.maxMarketQty : listing.maxQty;
    if (qty.gt(most)) throw new Refusal(170124, 'Order amount too large.');
    return text(qty);
  }
  if (!qty.gt(0)) throw badParameter('Qty invalid');
  if (qty.lt(listing.minQty)) throw new Refusal(110017, 'orderQty will be truncated to zero.');
  if (!isMultipleOf(qty, listing.step)) throw badParameter('Qty invalid');
  const most = orderType === 'Market' ? listing.maxMarketQty : listing.maxQty;
  if (qty.gt(most)) {
    throw badParameter(`The number of contracts exceeds maximum limit allowed: ${text(qty)}e8 > ${most}e8`);
  }
  return text(qty);
}

function readForce(params: Params): TimeInForce {
  const value = params.text('timeInForce');
  if (value === '') return 'GTC';
  const found = FORCES.find((force) => force === value);
  if (found === undefined) throw badParameter('params error: timeInForce invalid');
  return found;
}

function readLink(params: Params, account: Account, market: Market): string {
  const link = params.text('orderLinkId');
  if (link === '') {
    if (market.listing.category === 'option') throw badParameter('OrderLinkId is required');
    return '';
  }
  if (!LINK.test(link)) throw badParameter('params error: OrderLinkId invalid');
  const spot = market.listing.category === 'spot';
  if (account.linked(spot ? 'spot' : 'contract', link) !== null) {
    throw spot
      ? new Refusal(170141, 'Duplicate clientOrderId.')
      : new Refusal(110072, 'OrderLinkedID is duplicate');
  }
  return link;
}

function readBrackets(params: Params, market: Market): Brackets {
  const takeProfit = readPrice(params, 'takeProfit', market);
  const stopLoss = readPrice(params, 'stopLoss', market);
  if (takeProfit === '' && stopLoss === '') return { ...NO_BRACKETS };
  const spot = market.listing.category === 'spot';
  if (spot && params.text('orderType') !== 'Limit') throw new Refusal(170130, 'TP/SL needs a limit order.');
  const mode =
    params.text('tpslMode') === '' ? 'Full' : oneOf(params, 'tpslMode', ['Full', 'Partial'] as const);
  const tpOrderType = params.text('tpOrderType') === '' ? 'Market' : params.text('tpOrderType');
  const slOrderType = params.text('slOrderType') === '' ? 'Market' : params.text('slOrderType');
  if (!spot && mode === 'Full' && (tpOrderType !== 'Market' || slOrderType !== 'Market')) {
    throw badParameter('TP/SL order type must be Market in Full mode');
  }
  return {
    takeProfit,
    stopLoss,
    tpTriggerBy: takeProfit === '' ? '' : params.text('tpTriggerBy') || 'LastPrice',
    slTriggerBy: stopLoss === '' ? '' : params.text('slTriggerBy') || 'LastPrice',
    tpslMode: spot ? '' : mode,
    tpLimitPrice: readPrice(params, 'tpLimitPrice', market),
    slLimitPrice: readPrice(params, 'slLimitPrice', market),
    tpOrderType,
    slOrderType,
  };
}

/** Highest and lowest limit price that is allowed now. */
export function priceLimits(market: Market): { buy: Decimal; sell: Decimal } {
  const reference = dec(market.listing.category === 'spot' ? market.last : market.mark);
  const share = dec(market.listing.band);
  const buy = market.scale.roundTicks(
    text(reference.plus(reference.times(share)).toDecimalPlaces(12)),
    'down',
  );
  const low = Decimal.max(market.listing.tick, reference.minus(reference.times(share)));
  const sell = market.scale.roundTicks(text(low.toDecimalPlaces(12)), 'up');
  return { buy: dec(market.scale.priceText(buy)), sell: dec(market.scale.priceText(sell)) };
}

/** Section 7.4: a price beyond the band is refused, or moved to the nearest allowed one. */
function banded(account: Account, market: Market, side: BybitSide, price: string): string {
  if (price === '') return '';
  const limits = priceLimits(market);
  const beyond = side === 'Buy' ? dec(price).gt(limits.buy) : dec(price).lt(limits.sell);
  if (!beyond) return price;
  const nearest = side === 'Buy' ? limits.buy : limits.sell;
  if (market.listing.category === 'spot') {
    if (!account.refuseBeyondBand.spot) return text(nearest);
    const code = side === 'Buy' ? 170193 : 170194;
    const word =
      side === 'Buy' ? 'Buy order price cannot be higher than' : 'Sell order price cannot be lower than';
    throw new Refusal(code, `${word} ${text(nearest)}.`);
  }
  if (account.refuseBeyondBand.perp) throw new Refusal(110003, 'Order price exceeds the allowable range.');
  return text(nearest);
}

function checkNotional(market: Market, draft: Draft): void {
  const { minNotional, category } = market.listing;
  if (minNotional === '0' || category === 'inverse' || category === 'option' || draft.reduceOnly) return;
  const price = draft.price === '' ? market.last : draft.price;
  const value = draft.marketUnit === 'quoteCoin' ? dec(draft.qty) : dec(draft.qty).times(price);
  if (!value.lt(minNotional)) return;
  if (category === 'spot') throw new Refusal(170140, 'Order value exceeded lower limit.');
  throw new Refusal(110094, `Order does not meet minimum order value ${minNotional}${market.listing.quote}`);
}

function checkReduce(account: Account, market: Market, draft: Draft): void {
  const { size } = account.position(market, draft.positionIdx);
  const reduces = draft.side === 'Sell' ? size.gt(0) : size.lt(0);
  if (!reduces) throw new Refusal(110017, 'current position is zero, cannot fix reduce-only order qty');
}

function checkCounts(account: Account, market: Market, draft: Draft): void {
  const conditional = draft.triggerPrice !== '';
  const { category } = market.listing;
  const open = account.openOrders().filter((order) => order.market.listing.category === category);
  const same = open.filter(
    (order) => order.market === market && (order.status === 'Untriggered') === conditional,
  );
  if (category === 'spot') {
    const full = conditional ? same.length >= CAPS.spotConditional : open.length >= CAPS.spot;
    if (full) throw new Refusal(170810, 'Too many open orders.');
    return;
  }
  const own = conditional ? same.filter((order) => order.spec.createType === 'CreateByUser') : same;
  const most = category === 'option' ? CAPS.option : CAPS.contract;
  if (conditional && own.length >= CAPS.contractConditional)
    throw new Refusal(110009, 'The number of stop orders exceeds the maximum allowable limit.');
  if (own.length >= most) throw new Refusal(110020, 'Not allowed to have more than 500 active orders');
}
