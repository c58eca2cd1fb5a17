/** What we send to create, amend and cancel an order (sheet 4.3). Built once; its JSON is what is signed. */
import { badInput } from '../../../errors.ts';
import type { OrderAmendment, OrderRef, OrderRequest, PositionSide } from '../../exchange.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import { refused } from './account-context.ts';
import type { SpotFilter } from './order-mapping.ts';

export type Body = Record<string, string | number | boolean>;

const LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;
const TRIGGER_BY = { last: 'LastPrice', mark: 'MarkPrice', index: 'IndexPrice' } as const;
const POSITION_INDEX: Readonly<Record<PositionSide, 0 | 1 | 2>> = { net: 0, long: 1, short: 2 };

export const positionIndex = (side: PositionSide): 0 | 1 | 2 => POSITION_INDEX[side];

/** True for orders that wait for a trigger. */
export const isConditional = (request: Pick<OrderRequest, 'type'>): boolean =>
  request.type !== 'limit' && request.type !== 'market';

const isMarket = (request: OrderRequest): boolean =>
  request.type === 'market' || request.type === 'stopMarket' || request.type === 'takeProfitMarket';

/** Rejects with `invalidOrder` what Bybit does not have; nothing is sent then. */
export function createBody(market: ListedMarket, request: OrderRequest): Body {
  if (!LINK_ID.test(request.clientOrderId)) {
    throw badInput([{ field: 'clientOrderId', rule: '1 to 36 letters, digits, "-" or "_"' }]);
  }
  const { category, nativeId } = market;
  const body: Body = {
    category,
    symbol: nativeId,
    side: request.side === 'buy' ? 'Buy' : 'Sell',
    orderType: isMarket(request) ? 'Market' : 'Limit',
    ...quantity(market, request),
  };
  if (!isMarket(request)) body['price'] = required(request.price, 'price');
  body['timeInForce'] = timeInForce(request);
  body['orderLinkId'] = request.clientOrderId;
  if (category === 'spot') spotOnly(body, request);
  else contractOnly(body, market, request);
  return body;
}

function quantity(market: ListedMarket, request: OrderRequest): Body {
  const isSpotMarket = market.category === 'spot' && isMarket(request);
  if (request.quoteAmount !== undefined) {
    if (isSpotMarket) return { qty: request.quoteAmount, marketUnit: 'quoteCoin' };
    throw refused('quoteAmount', 'only spot market orders can be in quote currency', 'quoteAmount');
  }
  const qty = required(request.quantity, 'quantity');
  // Always said: without it Bybit takes a market buy's quantity for an amount of quote currency.
  return isSpotMarket ? { qty, marketUnit: 'baseCoin' } : { qty };
}

function timeInForce(request: OrderRequest): string {
  if (isMarket(request)) return 'IOC';
  if (!request.postOnly) return request.timeInForce;
  if (request.timeInForce === 'GTC') return 'PostOnly';
  throw refused('postOnly', 'a post-only order cannot be IOC or FOK', 'timeInForce');
}

function spotOnly(body: Body, request: OrderRequest): void {
  if (request.reduceOnly) throw refused('reduceOnly', 'spot has no reduce-only orders', 'reduceOnly');
  if (request.positionSide !== 'net') throw refused('positionSide', 'spot has no positions', 'positionSide');
  if (isConditional(request)) {
    if (request.triggerBy !== undefined && request.triggerBy !== 'last') {
      throw refused('triggerBy', 'spot orders are triggered by the last price', 'triggerBy');
    }
    body['triggerPrice'] = required(request.triggerPrice, 'triggerPrice');
    body['orderFilter'] = 'StopOrder' satisfies SpotFilter;
  }
  if (request.takeProfit === undefined && request.stopLoss === undefined) return;
  if (request.type !== 'limit') {
    const rule = 'on spot only limit orders can carry take-profit and stop-loss';
    throw refused('protection', rule, request.takeProfit === undefined ? 'stopLoss' : 'takeProfit');
  }
  if (request.takeProfit !== undefined) {
    body['takeProfit'] = request.takeProfit;
    body['tpOrderType'] = 'Market';
  }
  if (request.stopLoss !== undefined) {
    body['stopLoss'] = request.stopLoss;
    body['slOrderType'] = 'Market';
  }
}

function contractOnly(body: Body, { category }: ListedMarket, request: OrderRequest): void {
  body['positionIdx'] = POSITION_INDEX[request.positionSide];
  if (request.reduceOnly) body['reduceOnly'] = true;
  if (isConditional(request)) {
    if (category === 'option') throw refused('conditional', 'options have no conditional orders', 'type');
    const takesProfit = request.type === 'takeProfitLimit' || request.type === 'takeProfitMarket';
    body['triggerPrice'] = required(request.triggerPrice, 'triggerPrice');
    // 1: the price rises to it, 2: it falls to it.
    body['triggerDirection'] = takesProfit === (request.side === 'sell') ? 1 : 2;
    body['triggerBy'] = TRIGGER_BY[request.triggerBy ?? 'last'];
  }
  if (request.takeProfit === undefined && request.stopLoss === undefined) return;
  if (request.reduceOnly) {
    const rule = 'a reduce-only order cannot carry take-profit and stop-loss';
    throw refused('protection', rule, request.takeProfit === undefined ? 'stopLoss' : 'takeProfit');
  }
  body['tpslMode'] = 'Full';
  if (request.takeProfit !== undefined) body['takeProfit'] = request.takeProfit;
  if (request.stopLoss !== undefined) body['stopLoss'] = request.stopLoss;
}

/** `quantity` is the new total, as Bybit wants it. */
export function amendBody(market: ListedMarket, amendment: OrderAmendment): Body {
  const body = refBody(market, amendment);
  if (amendment.quantity !== undefined) body['qty'] = amendment.quantity;
  if (amendment.price !== undefined) body['price'] = amendment.price;
  if (amendment.triggerPrice !== undefined) body['triggerPrice'] = amendment.triggerPrice;
  return body;
}

export function cancelBody(market: ListedMarket, ref: OrderRef, filter: SpotFilter): Body {
  const body = refBody(market, ref);
  if (market.category === 'spot') body['orderFilter'] = filter;
  return body;
}

/** Bybit's own id where it is known: of two ids it follows that one anyway. */
function refBody({ category, nativeId }: ListedMarket, ref: OrderRef): Body {
  return { category, symbol: nativeId, ...idOf(ref) };
}

export function idOf(ref: OrderRef): { orderId: string } | { orderLinkId: string } {
  if (ref.venueOrderId !== null) return { orderId: ref.venueOrderId };
  if (ref.clientOrderId !== '') return { orderLinkId: ref.clientOrderId };
  throw badInput([{ field: 'clientOrderId', rule: 'an order needs an id' }]);
}

function required(value: string | undefined, field: string): string {
  if (value !== undefined) return value;
  throw badInput([{ field, rule: 'is needed for this kind of order' }]);
}
