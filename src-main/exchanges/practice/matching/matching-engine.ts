/**
 * A price-time-priority book that matches orders with each other. Pure and synchronous: no clock, no
 * randomness, no I/O; prices in ticks and sizes in lots as safe integers.
 *
 * Self-trade prevention: orders of one named owner never trade with each other. By default the resting order
 * is cancelled (`cancelMaker`): the newer order is the newer wish. Anonymous owners ('') are a crowd and do
 * trade with each other.
 */
import type { Side } from '../../exchange.ts';
import { BookSide, type PriceLevel } from './book-side.ts';
import { OrderFlow } from './order-flow.ts';
import {
  remaining,
  type EngineListener,
  type EngineOrder,
  type SelfTradePolicy,
  type TakerPreview,
} from './order.ts';

export class MatchingEngine extends OrderFlow {
  readonly bids = new BookSide('buy');
  readonly asks = new BookSide('sell');
  readonly #selfTrade: SelfTradePolicy;

  constructor(listener: EngineListener, selfTrade: SelfTradePolicy = 'cancelMaker') {
    super(listener);
    this.#selfTrade = selfTrade;
  }

  bestBid(): number | null {
    return this.bids.best()?.price ?? null;
  }

  bestAsk(): number | null {
    return this.asks.best()?.price ?? null;
  }

  preview(
    side: Side,
    want: { lots?: number; budget?: number; limit?: number | null },
    owner: string,
  ): TakerPreview {
    const walk = new PreviewWalk(want, owner, this.#selfTrade, this.listener);
    const book = this.#opposite(side);
    for (let rank = 0; rank < book.size && !walk.done; rank += 1) {
      const level = book.at(rank);
      if (level === null || !book.reaches(level.price, want.limit ?? null)) break;
      walk.level(level);
    }
    return walk.result();
  }

  protected take(taker: EngineOrder, time: number): void {
    const book = this.#opposite(taker.side);
    for (;;) {
      const level = book.best();
      if (level === null || !book.reaches(level.price, taker.price)) return;
      const maker = level.first;
      if (maker === null) return;
      if (maker.owner !== '' && maker.owner === taker.owner) {
        if (this.#preventSelfTrade(maker, taker)) return;
        continue;
      }
      const offered = maker.reduceOnly ? this.#clip(maker) : remaining(maker);
      if (offered === 0) continue;
      const lots = Math.min(offered, wanted(taker, level.price));
      if (lots === 0) return;
      level.lots -= lots;
      this.trade(maker, taker, level.price, lots, time);
      if (remaining(maker) === 0) {
        book.remove(maker, level.price);
        this.end(maker, 'filled', null);
      }
      if (taker.budget === null && remaining(taker) === 0) return;
    }
  }

  protected rest(order: EngineOrder): void {
    if (order.price !== null) this.#own(order.side).add(order, order.price);
  }

  protected unrest(order: EngineOrder): void {
    if (order.price !== null) this.#own(order.side).remove(order, order.price);
  }

  protected shrink(order: EngineOrder, lots: number): void {
    const level = order.price === null ? null : this.#own(order.side).level(order.price);
    if (level !== null) level.lots -= order.lots - lots;
    order.lots = lots;
  }

  /** A resting reduce-only order never offers more than the position it closes; 0 = it was cancelled. */
  #clip(maker: EngineOrder): number {
    const most = this.listener.reducible(maker.owner, maker.side);
    if (most <= 0) {
      this.cancel(maker.id, 'reduceOnly');
      return 0;
    }
    if (most < remaining(maker)) this.shrink(maker, maker.filled + most);
    return remaining(maker);
  }

  /** True when the incoming order is over. */
  #preventSelfTrade(maker: EngineOrder, taker: EngineOrder): boolean {
    if (this.#selfTrade !== 'cancelTaker') this.cancel(maker.id, 'selfTrade');
    if (this.#selfTrade === 'cancelMaker') return false;
    this.end(taker, 'cancelled', 'selfTrade');
    return true;
  }

  #own(side: Side): BookSide {
    return side === 'buy' ? this.bids : this.asks;
  }

  #opposite(side: Side): BookSide {
    return side === 'buy' ? this.asks : this.bids;
  }
}

/** Lots that a taker still wants at a price. */
function wanted(taker: EngineOrder, price: number): number {
  return taker.budget === null ? remaining(taker) : Math.floor(taker.budget / price);
}

/** Walks a book as `take` would, with the same rules, and changes nothing. */
class PreviewWalk {
  done = false;
  #lots = 0;
  #tickLots = 0;
  #worst: number | null = null;
  readonly #want: { lots?: number; budget?: number };
  readonly #owner: string;
  readonly #policy: SelfTradePolicy;
  readonly #listener: EngineListener;
  readonly #reducible = new Map<string, number>();

  constructor(
    want: { lots?: number; budget?: number },
    owner: string,
    policy: SelfTradePolicy,
    listener: EngineListener,
  ) {
    this.#want = want;
    this.#owner = owner;
    this.#policy = policy;
    this.#listener = listener;
  }

  level(level: PriceLevel): void {
    for (let maker = level.first; maker !== null && !this.done; maker = maker.next) {
      if (maker.owner !== '' && maker.owner === this.#owner) {
        if (this.#policy !== 'cancelMaker') this.done = true;
        continue;
      }
      this.#taken(level.price, this.#offered(maker));
    }
  }

  result(): TakerPreview {
    return { lots: this.#lots, tickLots: this.#tickLots, worst: this.#worst };
  }

  #taken(price: number, offered: number): void {
    const { lots: most = Infinity, budget = Infinity } = this.#want;
    const affordable = Math.floor((budget - this.#tickLots) / price);
    const lots = Math.min(offered, most - this.#lots, affordable);
    if (lots > 0) {
      this.#lots += lots;
      this.#tickLots += lots * price;
      this.#worst = price;
    }
    this.done = this.#lots >= most || lots < offered;
  }

  #offered(maker: EngineOrder): number {
    if (!maker.reduceOnly) return remaining(maker);
    const left = this.#reducible.get(maker.owner) ?? this.#listener.reducible(maker.owner, maker.side);
    const offered = Math.min(left, remaining(maker));
    this.#reducible.set(maker.owner, left - offered);
    return offered;
  }
}
