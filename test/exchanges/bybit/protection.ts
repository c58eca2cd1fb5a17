/** Take-profit, stop-loss and trailing stops: the orders behind them, and what follows a fill (sheet 4.3, 4.4). */
import { Decimal, dec, text } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import type { Desk } from './desk.ts';
import type { Market } from './market.ts';
import { NO_BRACKETS, type Brackets, type OrderSpec, type TriggerBy, type VenueOrder } from './order.ts';
import type { Position } from './position.ts';
import type { BybitSide } from './protocol.ts';
import type { Ids, VenueTime } from './venue-time.ts';

export interface Leg {
  readonly kind: 'TakeProfit' | 'StopLoss';
  readonly price: string;
  readonly by: string;
  readonly limitPrice: string;
}

const asTrigger = (value: string): TriggerBy =>
  value === 'MarkPrice' || value === 'IndexPrice' ? value : 'LastPrice';

export function legsOf(brackets: Brackets): Leg[] {
  const legs: Leg[] = [];
  if (brackets.takeProfit !== '') {
    const limitPrice = brackets.tpOrderType === 'Limit' ? brackets.tpLimitPrice : '';
    legs.push({ kind: 'TakeProfit', price: brackets.takeProfit, by: brackets.tpTriggerBy, limitPrice });
  }
  if (brackets.stopLoss !== '') {
    const limitPrice = brackets.slOrderType === 'Limit' ? brackets.slLimitPrice : '';
    legs.push({ kind: 'StopLoss', price: brackets.stopLoss, by: brackets.slTriggerBy, limitPrice });
  }
  return legs;
}

export class Protections {
  readonly #desk: Desk;
  readonly #ids: Ids;
  readonly #time: VenueTime;

  constructor(desk: Desk, ids: Ids, time: VenueTime) {
    this.#desk = desk;
    this.#ids = ids;
    this.#time = time;
  }

  /** Places what an order carried with it once it has traded, and clears what a closed position leaves. */
  afterFill(account: Account, order: VenueOrder): void {
    if (order.family === 'contract') {
      const position = account.position(order.market, order.spec.positionIdx);
      if (position.size.isZero()) this.clear(account, position);
      else if (order.brackets.tpslMode === 'Full' && !order.spec.closeOnTrigger)
        this.#adopt(account, position, order);
    }
  }

  /** One leg of a pair is over: the other goes too. A filled order with partial protection gets it now. */
  afterEnd(account: Account, order: VenueOrder): void {
    const other = order.sibling === '' ? null : account.order(order.sibling);
    if (other !== null && other.open && order.status === 'Filled') this.#desk.cancel(other);
    if (order.family === 'contract' && order.status === 'Cancelled') this.#forget(account, order);
    if (
      order.status !== 'Filled' ||
      order.spec.stopOrderType.includes('Profit') ||
      order.spec.stopOrderType.includes('Loss')
    )
      return;
    const legs = legsOf(order.brackets);
    if (legs.length === 0) return;
    if (order.family === 'spot') this.#spotPair(account, order, legs);
    else if (order.brackets.tpslMode === 'Partial') {
      this.partial(account, account.position(order.market, order.spec.positionIdx), legs, text(order.filled));
    }
  }

  /** Makes the orders of a position's own take-profit and stop-loss match what it says. */
  renew(account: Account, position: Position, by: { takeProfit: string; stopLoss: string }): void {
    const { takeProfit, stopLoss } = position.protection;
    this.#cancelWhole(account, position);
    // The cancelled orders took their legs with them.
    Object.assign(position.protection, { takeProfit, stopLoss });
    const legs = legsOf({
      ...NO_BRACKETS,
      takeProfit,
      stopLoss,
      tpTriggerBy: by.takeProfit,
      slTriggerBy: by.stopLoss,
    });
    const brackets = { ...NO_BRACKETS, tpslMode: 'Full' };
    this.#place(account, position.market, legs, {
      side: closing(position),
      index: position.index,
      qty: text(position.size.abs()),
      brackets,
      partial: false,
    });
  }

  /** Adds protection of a part of a position: never replaces what is there. */
  partial(account: Account, position: Position, legs: readonly Leg[], qty: string): VenueOrder[] {
    const brackets = { ...NO_BRACKETS, tpslMode: 'Partial' };
    const placed = this.#place(account, position.market, legs, {
      side: closing(position),
      index: position.index,
      qty,
      brackets,
      partial: true,
    });
    pair(placed);
    return placed;
  }

  /** A closed position takes its protection with it. */
  clear(account: Account, position: Position): void {
    for (const order of account.openOrders()) {
      if (
        order.market === position.market &&
        order.spec.positionIdx === position.index &&
        order.spec.closeOnTrigger
      ) {
        this.#desk.cancel(order);
      }
    }
  }

  /** Follows the last price with the trailing stops of a market. */
  trail(account: Account, market: Market): void {
    for (const position of account.openPositions()) {
      const { trailingStop, activePrice } = position.protection;
      if (position.market !== market || trailingStop === '') continue;
      const long = position.size.isPositive();
      const last = dec(market.last);
      const reached = activePrice === '' || (long ? last.gte(activePrice) : last.lte(activePrice));
      if (position.trailingBest === '' && !reached) continue;
      const best = position.trailingBest === '' ? last : dec(position.trailingBest);
      position.trailingBest = text(long ? Decimal.max(best, last) : Decimal.min(best, last));
      const away = long ? dec(position.trailingBest).minus(last) : last.minus(position.trailingBest);
      if (away.gte(trailingStop)) this.#closeNow(account, position);
    }
  }

  /** Protection whose order was cancelled by hand is gone from the position too. */
  #forget(account: Account, order: VenueOrder): void {
    const kind = order.spec.stopOrderType;
    if (kind !== 'TakeProfit' && kind !== 'StopLoss') return;
    const position = account.position(order.market, order.spec.positionIdx);
    const replaced = account
      .openOrders()
      .some(
        (other) =>
          other.market === order.market &&
          other.spec.positionIdx === position.index &&
          other.spec.stopOrderType === kind,
      );
    if (replaced) return;
    position.protection[kind === 'TakeProfit' ? 'takeProfit' : 'stopLoss'] = '';
    this.#desk.touchPosition(account.uid, position);
  }

  #adopt(account: Account, position: Position, order: VenueOrder): void {
    const { takeProfit, stopLoss, tpTriggerBy, slTriggerBy } = order.brackets;
    if (takeProfit === '' && stopLoss === '') return;
    if (takeProfit !== '') position.protection.takeProfit = takeProfit;
    if (stopLoss !== '') position.protection.stopLoss = stopLoss;
    this.renew(account, position, { takeProfit: tpTriggerBy, stopLoss: slTriggerBy });
    this.#desk.touchPosition(account.uid, position);
  }

  #spotPair(account: Account, order: VenueOrder, legs: readonly Leg[]): void {
    const side: BybitSide = order.spec.side === 'Buy' ? 'Sell' : 'Buy';
    const base = order.market.listing.base;
    // The fee was taken from what was bought, so a little less can be sold again.
    const got = side === 'Sell' ? order.filled.minus(order.fees.get(base) ?? 0) : order.filled;
    const qty = text(got.div(order.market.listing.step).floor().times(order.market.listing.step));
    const placed = this.#place(account, order.market, legs, {
      side,
      index: 0,
      qty,
      brackets: { ...NO_BRACKETS },
      partial: false,
    });
    pair(placed);
  }

  #place(
    account: Account,
    market: Market,
    legs: readonly Leg[],
    part: { side: BybitSide; index: number; qty: string; brackets: Brackets; partial: boolean },
  ): VenueOrder[] {
    return legs.map((leg) => {
      const spot = market.listing.category === 'spot';
      const rises = (leg.kind === 'TakeProfit') === (part.side === 'Sell');
      const spec: OrderSpec = {
        ...this.#frame(account, market, part.side, part.qty),
        orderType: leg.limitPrice === '' ? 'Market' : 'Limit',
        price: leg.limitPrice,
        timeInForce: leg.limitPrice === '' ? 'IOC' : 'GTC',
        marketUnit: spot && leg.limitPrice === '' ? 'baseCoin' : '',
        reduceOnly: !spot,
        closeOnTrigger: !spot,
        positionIdx: part.index,
        orderFilter: spot ? 'tpslOrder' : 'StopOrder',
        stopOrderType: spot ? 'BidirectionalTpslOrder' : `${part.partial ? 'Partial' : ''}${leg.kind}`,
        createType: `CreateBy${part.partial ? 'Partial' : ''}${leg.kind}`,
        triggerPrice: leg.price,
        triggerBy: asTrigger(leg.by),
        triggerDirection: rises ? 1 : 2,
        brackets: part.brackets,
      };
      return this.#desk.place(spec);
    });
  }

  #closeNow(account: Account, position: Position): void {
    this.#desk.place({
      ...this.#frame(account, position.market, closing(position), text(position.size.abs())),
      reduceOnly: true,
      positionIdx: position.index,
      stopOrderType: 'TrailingStop',
      createType: 'CreateByTrailingStop',
    });
  }

  #frame(account: Account, market: Market, side: BybitSide, qty: string): OrderSpec {
    return {
      uid: account.uid,
      market,
      orderId: this.#ids.uuid(),
      linkId: '',
      side,
      orderType: 'Market',
      price: '',
      qty,
      timeInForce: 'IOC',
      reduceOnly: false,
      closeOnTrigger: false,
      positionIdx: 0,
      isLeverage: false,
      marketUnit: '',
      orderFilter: 'Order',
      stopOrderType: '',
      createType: 'CreateByUser',
      triggerPrice: '',
      triggerBy: '',
      triggerDirection: 0,
      brackets: { ...NO_BRACKETS },
      smpType: 'None',
      createdAt: this.#time.now(),
    };
  }

  #cancelWhole(account: Account, position: Position): void {
    for (const order of account.openOrders()) {
      const whole = order.spec.stopOrderType === 'TakeProfit' || order.spec.stopOrderType === 'StopLoss';
      if (whole && order.market === position.market && order.spec.positionIdx === position.index)
        this.#desk.cancel(order);
    }
  }
}

const closing = (position: Position): BybitSide => (position.size.isPositive() ? 'Sell' : 'Buy');

function pair([first, second]: readonly VenueOrder[]): void {
  if (first === undefined || second === undefined) return;
  first.sibling = second.orderId;
  second.sibling = first.orderId;
}
