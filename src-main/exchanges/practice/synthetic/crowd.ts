/**
 * The anonymous participants of a synthetic market. Makers keep a ladder of quotes around what they think the
 * market is worth; takers come in bursts; when the worth moves through the book, whoever is left there is
 * traded with. They use the same engine and the same queue as the user: nothing here knows whose order is whose.
 */
import type { Side } from '../../exchange.ts';
import type { EngineOrder } from '../matching/order.ts';
import type { MatchingEngine } from '../matching/matching-engine.ts';
import type { Listing } from './listings.ts';
import { Sequence } from './random.ts';

/** Quotes that makers want to have on each side. */
const QUOTES = 110;
/** Quotes added at most in one step; the book refills over seconds after a large order. */
const ADDED = 8;
/** Share of quotes that makers take back in one step. */
const CHURN = 0.02;
const STEPS_PER_SECOND = 10;
/** A taker walks at most this fraction away from the best price. */
const TAKER_REACH = 0.001;

export class Crowd {
  readonly #engine: MatchingEngine;
  readonly #random: Sequence;
  readonly #listing: Listing;
  readonly #lotsPerTrade: number;
  readonly #quotes: Record<Side, EngineOrder[]> = { buy: [], sell: [] };
  #count = 0;
  /** Excitement after trades: bursts follow bursts. */
  #heat = 0;
  /** Which way the last takers went, -1 to 1: order flow has memory. */
  #drift = 0;

  constructor(engine: MatchingEngine, listing: Listing, seed: number) {
    this.#engine = engine;
    this.#random = new Sequence(seed);
    this.#listing = listing;
    const lot = Number(listing.terms.scale.lot) / 1e18;
    const { minuteVolume, tradesPerSecond } = listing.habits;
    this.#lotsPerTrade = minuteVolume / 60 / tradesPerSecond / lot;
  }

  /** One step of 100 ms. `worth` in ticks, not rounded; `wild` is the volatility, 1 = usual. */
  step(worth: number, wild: number, time: number): void {
    this.#sweep(worth, time);
    this.#trade(worth, wild, time);
    this.#churn();
    this.#refill(worth, wild, time, ADDED);
  }

  /** Makers move to a new price at once; what stands in the way is traded with. Fills the book anew. */
  jump(worth: number, wild: number, time: number, quotes = QUOTES): void {
    for (const side of ['buy', 'sell'] as const) {
      for (const quote of this.#quotes[side])
        if (quote.status === 'working') this.#engine.cancel(quote.id, 'requested');
      this.#quotes[side] = [];
    }
    this.#sweep(worth, time);
    this.#refill(worth, wild, time, quotes);
  }

  /** Makers pull quotes that the worth has passed; every order that stays there is bought or sold. */
  #sweep(worth: number, time: number): void {
    const below = Math.ceil(worth) - 1;
    const above = Math.floor(worth) + 1;
    const ask = this.#engine.bestAsk();
    if (ask !== null && ask <= below) this.#clear('sell', below, time);
    const bid = this.#engine.bestBid();
    if (bid !== null && bid >= above) this.#clear('buy', above, time);
  }

  /** Trades away a part of the passed quotes as the faster traders would, and withdraws the rest. */
  #clear(side: Side, limit: number, time: number): void {
    const taker: Side = side === 'sell' ? 'buy' : 'sell';
    const passed = (quote: EngineOrder): boolean =>
      quote.price !== null && (side === 'sell' ? quote.price <= limit : quote.price >= limit);
    this.#take(taker, this.#tradeSize(), limit, time);
    for (const quote of this.#quotes[side]) {
      if (quote.status === 'working' && passed(quote)) this.#engine.cancel(quote.id, 'requested');
    }
    const rest = this.#engine.preview(taker, { limit }, '').lots;
    if (rest > 0) this.#take(taker, rest, limit, time);
  }

  #trade(worth: number, wild: number, time: number): void {
    const { tradesPerSecond } = this.#listing.habits;
    const rate = (tradesPerSecond / STEPS_PER_SECOND) * (0.5 + 0.3 * wild + this.#heat);
    this.#heat *= 0.93;
    let next = this.#random.exponential(1);
    for (let count = 0; next < rate && count < 8; next += this.#random.exponential(1), count += 1) {
      const bid = this.#engine.bestBid() ?? worth;
      const ask = this.#engine.bestAsk() ?? worth;
      const pull = Math.max(-0.35, Math.min(0.35, (worth - (bid + ask) / 2) / Math.max(1, ask - bid)));
      const side: Side = this.#random.next() < 0.5 + pull * 0.6 + this.#drift * 0.25 ? 'buy' : 'sell';
      const best = side === 'buy' ? ask : bid;
      const reach = Math.max(1, Math.floor(best * TAKER_REACH));
      this.#take(side, this.#tradeSize(), side === 'buy' ? best + reach : Math.max(1, best - reach), time);
      this.#drift = 0.8 * this.#drift + (side === 'buy' ? 0.2 : -0.2);
      this.#heat = Math.min(1.5, this.#heat + 0.12);
    }
  }

  #take(side: Side, lots: number, limit: number, time: number): void {
    const price = Math.max(1, Math.floor(limit));
    this.#send(side, Math.max(1, lots), price, 'IOC', time);
  }

  /** Most trades are small, a few are large. */
  #tradeSize(): number {
    return Math.max(1, Math.round(this.#lotsPerTrade * 0.55 * Math.exp(1.1 * this.#random.gaussian())));
  }

  #churn(): void {
    for (const side of ['buy', 'sell'] as const) {
      const live = this.#quotes[side].filter((quote) => quote.status === 'working');
      const away = live.length > QUOTES ? live.length - QUOTES : 0;
      let count = away + Math.floor(live.length * CHURN + this.#random.next());
      for (; count > 0 && live.length > 0; count -= 1) {
        const at = this.#random.below(live.length);
        const quote = live[at];
        if (quote !== undefined) this.#engine.cancel(quote.id, 'requested');
        live[at] = live[live.length - 1] as EngineOrder;
        live.pop();
      }
      this.#quotes[side] = live;
    }
  }

  #refill(worth: number, wild: number, time: number, most: number): void {
    const half = Math.max(0.5, (worth * this.#listing.habits.spread * (0.6 + 0.4 * wild)) / 2);
    const top = { buy: Math.floor(worth - half), sell: Math.ceil(worth + half) };
    for (const side of ['buy', 'sell'] as const) {
      const best = side === 'buy' ? this.#engine.bestBid() : this.#engine.bestAsk();
      const gap = best === null ? Infinity : Math.abs(best - top[side]);
      // Somebody always wants to be first, but not at once.
      if (gap > 0 && this.#random.next() < (gap > half * 6 ? 0.9 : 0.35))
        this.#quote(side, top[side], 0, time);
      const missing = Math.min(most, QUOTES - this.#quotes[side].length);
      for (let count = 0; count < missing; count += 1) this.#quoteSomewhere(side, top[side], worth, time);
    }
  }

  #quoteSomewhere(side: Side, top: number, worth: number, time: number): void {
    const reach = worth * this.#listing.habits.reach;
    const depth = this.#random.next() ** 1.7;
    const distance = Math.floor(depth * reach);
    let price = side === 'buy' ? top - distance : top + distance;
    // People like round prices.
    if (distance > 20 && this.#random.next() < 0.2) price = Math.round(price / 50) * 50;
    if (side === 'buy' ? price > top : price < top) return;
    this.#quote(side, price, depth, time);
  }

  #quote(side: Side, price: number, depth: number, time: number): void {
    if (price < 1) return;
    const size = this.#lotsPerTrade * (0.8 + 4 * depth) * Math.exp(0.8 * this.#random.gaussian());
    const order = this.#send(side, Math.max(1, Math.round(size)), price, 'GTC', time);
    if (order !== null && order.status === 'working') this.#quotes[side].push(order);
  }

  #send(
    side: Side,
    lots: number,
    price: number,
    timeInForce: 'GTC' | 'IOC',
    time: number,
  ): EngineOrder | null {
    const result = this.#engine.submit(
      {
        id: `c${++this.#count}`,
        owner: '',
        clientId: '',
        side,
        price,
        market: false,
        lots,
        timeInForce,
        postOnly: false,
        reduceOnly: false,
        trigger: null,
      },
      time,
    );
    return result.ok ? result.order : null;
  }
}
