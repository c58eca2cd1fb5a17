/**
 * The synthetic market as a whole: all markets go through the same steps of 100 ms of market time. A timer
 * that comes late processes every step that it missed, so the market depends on seed and time, not on jitter.
 * Only a long gap (sleep) is leapt over minute by minute.
 */
import type { ListenerFactory, MarketSource, PracticeMarket, SourceEvents } from '../market-source.ts';
import { MINUTE } from '../market-tape.ts';
import { listings } from './listings.ts';
import { FUNDING_INTERVAL } from './premium.ts';
import { PricePath } from './price-path.ts';
import { hashText } from './random.ts';
import { SyntheticMarket } from './synthetic-market.ts';

const STEP = 100;
/** Behind by more than this, minutes are leapt over. */
const LONGEST_CATCH_UP = 60_000;
/** A gap older than this is history that no order of the account is taken through. */
const LONGEST_LEAP = 24 * 3_600_000;
/** History reaches back this far from the day of the start. */
const HISTORY_DAYS = 365;
const DAY = 86_400_000;

export interface SyntheticOptions {
  readonly seed: number;
  readonly now: number;
  readonly listener: ListenerFactory;
  readonly events: SourceEvents;
  readonly clock: () => number;
}

export class SyntheticSource implements MarketSource {
  readonly key: string;
  readonly markets: ReadonlyMap<string, PracticeMarket>;
  readonly failure = null;
  readonly #markets: readonly SyntheticMarket[];
  readonly #events: SourceEvents;
  #time: number;
  #pausedAt: number | null = null;
  #lastDataAt: number | null = null;

  constructor({ seed, now, listener, events, clock }: SyntheticOptions) {
    this.key = `synthetic ${seed}`;
    this.#events = events;
    this.#time = Math.floor(now / STEP) * STEP;
    const listedAt = Math.max(0, Math.floor(now / DAY) - HISTORY_DAYS) * DAY;
    const paths = new Map<string, PricePath>();
    this.#markets = listings().map((listing) => {
      const { underlying, basePrice, dailyVolatility, instrument } = listing;
      const path =
        paths.get(underlying) ?? new PricePath(hashText(seed, underlying), basePrice, dailyVolatility);
      paths.set(underlying, path);
      const own = { listing, path, seed, start: this.#time, listedAt };
      return new SyntheticMarket({ ...own, listener: listener(instrument.symbol), clock });
    });
    this.markets = new Map(this.#markets.map((market) => [market.instrument.symbol, market]));
    this.#lastDataAt = now;
  }

  get lastDataAt(): number | null {
    return this.#lastDataAt;
  }

  advance(now: number): void {
    if (this.#pausedAt !== null) return;
    const target = Math.floor(now / STEP) * STEP;
    if (target - this.#time > LONGEST_CATCH_UP) this.#leap(target);
    for (let time = this.#time + STEP; time <= target; time += STEP) {
      for (const market of this.#markets) {
        market.step(time);
        this.#events.moved(market.instrument.symbol);
      }
      this.#time = time;
      if (time % FUNDING_INTERVAL === 0) this.#fund(time);
      this.#lastDataAt = now;
    }
  }

  pause(now: number): void {
    this.#pausedAt ??= now;
  }

  /** The time of the pause is leapt over, so that market time is the world's again. */
  resume(): void {
    this.#pausedAt = null;
  }

  replay(): null {
    return null;
  }

  setSpeed(): void {
    // The synthetic market runs at the pace of the clock: its candles are the clock's minutes.
  }

  dispose(): void {
    this.#pausedAt = 0;
  }

  #leap(target: number): void {
    const end = Math.floor(target / MINUTE) * MINUTE;
    const from = Math.max(Math.floor(this.#time / MINUTE) * MINUTE, end - LONGEST_LEAP);
    for (let minute = from; minute < end; minute += MINUTE) {
      for (const market of this.#markets) {
        market.leap(minute);
        this.#events.moved(market.instrument.symbol);
      }
      this.#time = minute + MINUTE - STEP;
      if ((minute + MINUTE) % FUNDING_INTERVAL === 0) this.#fund(minute + MINUTE);
    }
    for (const market of this.#markets) market.reopen(end);
    this.#time = end;
  }

  #fund(time: number): void {
    for (const market of this.#markets) {
      if (market.instrument.kind === 'spot') continue;
      // The interval that has just ended.
      this.#events.funding(market.instrument.symbol, market.fundingRate(time - 1), market.mark);
    }
  }
}
