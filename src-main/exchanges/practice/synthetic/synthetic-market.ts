/** One market of the synthetic source: the engine, its crowd, its tape and its reference prices. */
import type {
  BookLevel,
  BookView,
  Candle,
  CandleInterval,
  Instrument,
  Ticker,
  Trade,
} from '../../exchange.ts';
import type { MarketTerms } from '../accounts/ledger.ts';
import { intervalEnd, intervalStart } from '../../../market/candle-interval.ts';
import { amountText } from '../amount.ts';
import { MarketTape, MINUTE, type Bar } from '../market-tape.ts';
import type { PracticeMarket, ReferencePrices } from '../market-source.ts';
import type { BookSide } from '../matching/book-side.ts';
import { MatchingEngine } from '../matching/matching-engine.ts';
import type { EngineListener } from '../matching/order.ts';
import { DayFigures } from '../day-figures.ts';
import { Crowd } from './crowd.ts';
import { PathHistory, tickOf } from './history.ts';
import type { Listing } from './listings.ts';
import { FUNDING_INTERVAL, fundingRate, premiumAt } from './premium.ts';
import type { PricePath } from './price-path.ts';
import { hashText } from './random.ts';

/** Enough of a book to trade with what a leap passes. */
const LEAP_QUOTES = 3;

export interface SyntheticMarketOptions {
  readonly listing: Listing;
  readonly path: PricePath;
  readonly seed: number;
  /** Market time of the first step, ms. */
  readonly start: number;
  /** Oldest minute of the history, ms. */
  readonly listedAt: number;
  readonly listener: EngineListener;
  /** The exchange's clock: when the window receives a figure. */
  readonly clock: () => number;
}

export class SyntheticMarket implements PracticeMarket {
  readonly instrument: Instrument;
  readonly terms: MarketTerms;
  readonly matcher: MatchingEngine;
  readonly open = true;
  bookVersion = 0;
  readonly #path: PricePath;
  readonly #seed: number;
  readonly #contract: boolean;
  readonly #tape: MarketTape;
  readonly #history: PathHistory;
  readonly #crowd: Crowd;
  readonly #day: DayFigures;
  readonly #clock: () => number;
  #time: number;
  #mark = 1;
  #index = 1;

  constructor({ listing, path, seed, start, listedAt, listener, clock }: SyntheticMarketOptions) {
    this.instrument = listing.instrument;
    this.terms = listing.terms;
    this.#path = path;
    this.#contract = listing.instrument.kind !== 'spot';
    this.#seed = hashText(seed, listing.instrument.symbol);
    this.#history = new PathHistory(listing, path, this.#seed, listedAt);
    this.#tape = new MarketTape(this.instrument.symbol, this.terms.scale, this.#history);
    this.#day = new DayFigures(this.#tape);
    this.#clock = clock;
    this.#time = start;
    this.matcher = new MatchingEngine({
      ...listener,
      trade: (trade) => {
        const { price, lots, taker, time } = trade;
        this.#tape.add({ price, lots, side: taker.side, time });
        listener.trade(trade);
      },
    });
    this.#crowd = new Crowd(this.matcher, listing, hashText(this.#seed, String(start)));
    this.#begin(start);
  }

  /** One step of 100 ms of market time. */
  step(time: number): void {
    this.#time = time;
    this.#tape.advance(time);
    this.#crowd.step(this.#worth(time), this.#wild(time), time);
    this.#refer(time);
    this.bookVersion += 1;
  }

  /**
   * One minute in which nobody looked, for example while the machine slept: the book is taken to the minute's
   * low and high, so that orders that the price passed are filled, and the history's bar is kept.
   */
  leap(minute: number): void {
    const bar = this.#history.minute(minute);
    this.#time = minute + MINUTE - 1;
    if (bar !== null) {
      const turns = bar.close >= bar.open ? [bar.low, bar.high] : [bar.high, bar.low];
      for (const price of [bar.open, ...turns, bar.close]) {
        this.#crowd.jump(price, 1, this.#time, LEAP_QUOTES);
        this.#refer(this.#time);
      }
      this.#tape.seed(bar);
    }
    this.bookVersion += 1;
  }

  /** The whole book again, after minutes that were leapt over. */
  reopen(time: number): void {
    this.#time = time;
    this.#tape.advance(time);
    this.#crowd.jump(this.#worth(time), this.#wild(time), time);
    this.#refer(time);
    this.bookVersion += 1;
  }

  /** Rate of the funding interval that ends at `time`, or holds it. */
  fundingRate(time: number): bigint {
    return fundingRate(this.#seed, time);
  }

  get mark(): number {
    return this.#mark;
  }

  get time(): number {
    return this.#time;
  }

  prices(): ReferencePrices {
    const contract = this.#contract;
    return {
      last: this.#tape.last,
      mark: contract ? this.#mark : null,
      index: contract ? this.#index : null,
    };
  }

  book(depth: number): BookView {
    return {
      venue: 'practice',
      symbol: this.instrument.symbol,
      bids: this.#levels(this.matcher.bids, depth),
      asks: this.#levels(this.matcher.asks, depth),
      state: 'live',
      time: this.#time,
      receivedAt: this.#clock(),
      sequence: String(this.bookVersion),
    };
  }

  ticker(): Ticker {
    const { scale } = this.terms;
    const price = (ticks: number | null): string | null => (ticks === null ? null : scale.priceText(ticks));
    const day = this.#day.at(this.#time, scale);
    return {
      venue: 'practice',
      symbol: this.instrument.symbol,
      last: price(this.#tape.last),
      bid: price(this.matcher.bestBid()),
      ask: price(this.matcher.bestAsk()),
      ...day,
      ...(this.#contract
        ? {
            mark: price(this.#mark),
            index: price(this.#index),
            fundingRate: amountText(this.fundingRate(this.#time)),
            nextFunding: (Math.floor(this.#time / FUNDING_INTERVAL) + 1) * FUNDING_INTERVAL,
          }
        : {}),
      time: this.#time,
      receivedAt: this.#clock(),
    };
  }

  tradesSince(sequence: number): readonly Trade[] {
    return this.#tape.since(sequence);
  }

  get tradeSequence(): number {
    return this.#tape.sequence;
  }

  prepare(interval: CandleInterval, from: number, to: number, limit: number): Promise<void> {
    const end = Math.min(to, this.#time);
    const length = intervalEnd(interval, 0) - intervalStart(interval, 0);
    return this.#history.prepare(Math.max(from, end - length * (limit + 1)), end);
  }

  candles(interval: CandleInterval, from: number, to: number, limit: number): readonly Candle[] {
    return this.#tape.candles(interval, from, to, limit);
  }

  candle(interval: CandleInterval): Candle | null {
    return this.#tape.candle(interval);
  }

  #begin(start: number): void {
    const minute = Math.floor(start / MINUTE) * MINUTE;
    const worth = tickOf(this.#worth(start) * (Number(this.terms.scale.tick) / 1e18), this.terms.scale);
    this.#tape.seed(runningBar(this.#history.minute(minute), minute, worth, start));
    this.#crowd.jump(this.#worth(start), this.#wild(start), start);
    this.#refer(start);
  }

  /** What the crowd believes in now, in ticks, not rounded. */
  #worth(time: number): number {
    const premium = this.#contract ? 1 + premiumAt(this.#seed, time) : 1;
    return (this.#path.at(time) * premium) / (Number(this.terms.scale.tick) / 1e18);
  }

  #wild(time: number): number {
    return Math.min(4, this.#path.wildness(Math.floor(time / MINUTE)));
  }

  /** Mark and index follow the path, not the book: a large order of the user does not move them. */
  #refer(time: number): void {
    if (!this.#contract) return;
    const tick = Number(this.terms.scale.tick) / 1e18;
    this.#mark = tickOf(this.#worth(time) * tick, this.terms.scale);
    this.#index = tickOf(this.#path.at(time), this.terms.scale);
    this.matcher.reference('index', this.#index, time);
    this.matcher.reference('mark', this.#mark, time);
  }

  #levels(side: BookSide, depth: number): readonly BookLevel[] {
    const { scale } = this.terms;
    const levels: BookLevel[] = [];
    for (let rank = 0; rank < depth; rank += 1) {
      const level = side.at(rank);
      if (level === null) break;
      levels.push([scale.priceText(level.price), scale.quantityText(level.lots)]);
    }
    return levels;
  }
}

/** The part of a minute's bar that lies before the session. */
function runningBar(whole: Bar | null, minute: number, now: number, start: number): Bar {
  const open = whole?.open ?? now;
  const volume = Math.round(((whole?.volume ?? 0) * (start - minute)) / MINUTE);
  return {
    time: minute,
    open,
    high: Math.max(open, now),
    low: Math.min(open, now),
    close: now,
    volume,
    turnover: BigInt(open) * BigInt(volume),
  };
}
