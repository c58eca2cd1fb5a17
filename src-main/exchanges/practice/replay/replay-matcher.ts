/**
 * Fills practice orders against a record; docs/replay.md explains the rule. In short: takers get what the
 * recorded book shows, once; resting orders fill by recorded trades, behind the queue that stood at their
 * price when they came. Without a recorded book, takers fill at the next recorded trades, resting orders only
 * when a trade goes through their price. Orders of practice accounts do not trade with each other here.
 */
import type { Side } from '../../exchange.ts';
import { OrderFlow } from '../matching/order-flow.ts';
import {
  newOrder,
  remaining,
  type EngineListener,
  type EngineOrder,
  type TakerPreview,
} from '../matching/order.ts';
import { offered, RecordedLevels } from './recorded-levels.ts';

/** What the record has of a market; decides by which rule orders fill. */
export type RecordDepth = 'book' | 'trades' | 'candles';

interface Resting {
  readonly order: EngineOrder;
  readonly price: number;
  /** Lots that have to trade at the price before this order; Infinity while the queue cannot be seen. */
  ahead: number;
  /** Came as a taker where there is no book: fills at the prices of the next trades. */
  readonly taking: boolean;
  /** Market time at which it came to rest, ms. */
  readonly since: number;
}

interface RecordedBar {
  readonly start: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly lots: number;
}

export class ReplayMatcher extends OrderFlow {
  readonly bids = new RecordedLevels('buy');
  readonly asks = new RecordedLevels('sell');
  readonly #depth: RecordDepth;
  /** In the order of price and time in which a market would fill them. */
  readonly #resting: Resting[] = [];
  #last: number | null = null;

  constructor(listener: EngineListener, depth: RecordDepth) {
    super(listener);
    this.#depth = depth;
  }

  bestBid(): number | null {
    return this.#depth === 'book' ? this.bids.best() : this.#last;
  }

  bestAsk(): number | null {
    return this.#depth === 'book' ? this.asks.best() : this.#last;
  }

  preview(
    side: Side,
    want: { lots?: number; budget?: number; limit?: number | null },
    _owner: string,
  ): TakerPreview {
    const { lots: most = Infinity, budget = Infinity, limit = null } = want;
    if (this.#depth !== 'book') return this.#estimate(side, most, budget, limit);
    const result = { lots: 0, tickLots: 0, worst: null as number | null };
    for (const level of this.#reachable(side, limit)) {
      const affordable = Math.floor((budget - result.tickLots) / level.price);
      const lots = Math.min(offered(level), most - result.lots, affordable);
      if (lots <= 0) break;
      result.lots += lots;
      result.tickLots += lots * level.price;
      result.worst = level.price;
    }
    return result;
  }

  /** Levels of the recorded book changed: nobody can stand behind more than a level shows. */
  bookChanged(): void {
    for (const resting of this.#resting) {
      const shown = this.#own(resting.order.side).level(resting.price);
      if (shown !== null) resting.ahead = Math.min(resting.ahead, shown.lots);
      else if (this.#own(resting.order.side).covers(resting.price)) resting.ahead = 0;
    }
  }

  /** A trade of the record. `side` is its taker's. */
  recordedTrade(price: number, lots: number, side: Side, time: number): void {
    let left = lots;
    for (const resting of [...this.#resting]) {
      if (left === 0) break;
      if (!this.#resting.includes(resting)) continue;
      left -= this.#fillByTrade(resting, price, left, side, time);
    }
    this.#price(price, time);
  }

  /** A closed candle of a record that has nothing finer. */
  recordedBar(bar: RecordedBar, time: number): void {
    let left = bar.lots;
    for (const resting of [...this.#resting]) {
      if (left === 0) break;
      if (!this.#resting.includes(resting)) continue;
      const through = resting.order.side === 'buy' ? bar.low < resting.price : bar.high > resting.price;
      if (resting.taking && within(resting, bar.close)) left -= this.#fill(resting, bar.close, left, time);
      // A candle that began before the order may have been there before it.
      else if (!resting.taking && through && resting.since <= bar.start) {
        left -= this.#fill(resting, resting.price, left, time);
      }
    }
    this.#price(bar.close, time);
  }

  /** A last price that the record states without a trade. */
  statedPrice(price: number): void {
    this.#last = price;
  }

  /** Lots of practice orders that rest at a price of a side, for the view of the book. */
  ownOrders(side: Side): ReadonlyMap<number, number> {
    const own = new Map<number, number>();
    for (const { order, price, taking } of this.#resting) {
      if (order.side === side && !taking) own.set(price, (own.get(price) ?? 0) + remaining(order));
    }
    return own;
  }

  protected take(taker: EngineOrder, time: number): void {
    if (this.#depth !== 'book') return;
    for (const level of this.#reachable(taker.side, taker.price)) {
      const most = taker.budget === null ? remaining(taker) : Math.floor(taker.budget / level.price);
      const lots = Math.min(offered(level), most);
      if (lots <= 0) return;
      level.consumed += lots;
      this.trade(counterparty(taker, level.price, lots), taker, level.price, lots, time);
    }
  }

  protected rest(order: EngineOrder, time: number): void {
    if (order.price === null) return;
    const taking = this.#depth !== 'book' && this.#marketable(order);
    const ahead = this.#depth === 'book' ? this.#queueAt(order.side, order.price) : Infinity;
    const resting: Resting = {
      order,
      price: order.price,
      ahead,
      taking,
      since: time,
    };
    const at = this.#resting.findIndex((other) => fillsLater(other, resting));
    this.#resting.splice(at < 0 ? this.#resting.length : at, 0, resting);
  }

  protected unrest(order: EngineOrder): void {
    const at = this.#resting.findIndex((resting) => resting.order === order);
    if (at >= 0) this.#resting.splice(at, 1);
  }

  protected shrink(order: EngineOrder, lots: number): void {
    order.lots = lots;
  }

  /** Without a book a market order waits for the next trades instead of being over. */
  protected override waits(order: EngineOrder): boolean {
    return this.#depth !== 'book' && order.market;
  }

  /** Own fills print no price: the last price of a replay is the record's. */
  protected override note(_price: number): void {}

  #price(price: number, time: number): void {
    this.#last = price;
    super.note(price);
    this.settleTriggers(time);
  }

  #fillByTrade(resting: Resting, price: number, lots: number, side: Side, time: number): number {
    const { order } = resting;
    if (resting.taking) return within(resting, price) ? this.#fill(resting, price, lots, time) : 0;
    const through = order.side === 'buy' ? price < resting.price : price > resting.price;
    if (through) return this.#fill(resting, resting.price, lots, time);
    if (price !== resting.price || side === order.side || this.#depth !== 'book') return 0;
    const queued = Math.min(resting.ahead, lots);
    resting.ahead -= queued;
    return lots > queued ? this.#fill(resting, price, lots - queued, time) : 0;
  }

  /** Fills a resting order; answers the lots. */
  #fill(resting: Resting, price: number, most: number, time: number): number {
    const { order } = resting;
    const allowed = order.reduceOnly ? this.listener.reducible(order.owner, order.side) : Infinity;
    if (allowed <= 0) {
      this.cancel(order.id, 'reduceOnly');
      return 0;
    }
    const wanted = order.budget === null ? remaining(order) : Math.floor(order.budget / price);
    const lots = Math.min(wanted, most, allowed);
    if (lots > 0) {
      const other = counterparty(order, price, lots);
      if (resting.taking) this.trade(other, order, price, lots, time);
      else this.trade(order, other, price, lots, time);
    }
    const rest = order.budget === null ? remaining(order) : Math.floor(order.budget / price);
    if (rest === 0) {
      this.unrest(order);
      this.end(order, 'filled', null);
    }
    return lots;
  }

  #queueAt(side: Side, price: number): number {
    const own = this.#own(side);
    const level = own.level(price);
    if (level !== null) return level.lots;
    const best = own.at(0);
    const betterThanBest = best !== null && (side === 'buy' ? price > best.price : price < best.price);
    return betterThanBest || own.covers(price) ? 0 : Infinity;
  }

  #marketable(order: EngineOrder): boolean {
    if (order.market) return true;
    if (order.price === null || this.#last === null) return false;
    return order.side === 'buy' ? order.price >= this.#last : order.price <= this.#last;
  }

  #estimate(side: Side, most: number, budget: number, limit: number | null): TakerPreview {
    const price = this.#last;
    const beyond = price !== null && limit !== null && (side === 'buy' ? price > limit : price < limit);
    if (price === null || beyond) return { lots: 0, tickLots: 0, worst: null };
    const lots = Math.min(most, Math.floor(budget / price));
    return { lots, tickLots: lots * price, worst: price };
  }

  *#reachable(side: Side, limit: number | null) {
    const book = side === 'buy' ? this.asks : this.bids;
    for (let rank = 0; rank < book.size; rank += 1) {
      const level = book.at(rank);
      if (level === null) return;
      if (limit !== null && (side === 'buy' ? level.price > limit : level.price < limit)) return;
      if (offered(level) > 0) yield level;
    }
  }

  #own(side: Side): RecordedLevels {
    return side === 'buy' ? this.bids : this.asks;
  }
}

function within(resting: Resting, price: number): boolean {
  return resting.order.side === 'buy' ? price <= resting.price : price >= resting.price;
}

/** Whoever traded in the record: nobody's order, filled by this trade. */
function counterparty(order: EngineOrder, price: number, lots: number): EngineOrder {
  const side = order.side === 'buy' ? 'sell' : 'buy';
  const flags = {
    market: false,
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    trigger: null,
  } as const;
  return newOrder({ id: 'record', owner: '', clientId: '', side, price, lots, ...flags });
}

/** Orders of both sides stand in one list: buys with the highest price first, sells with the lowest. */
function fillsLater(other: Resting, resting: Resting): boolean {
  if (other.order.side !== resting.order.side) return false;
  return resting.order.side === 'buy' ? other.price < resting.price : other.price > resting.price;
}
