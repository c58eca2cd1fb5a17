/** Candles of the time before the session, computed from the price path when somebody asks for them. */
import type { Bar, PastBars } from '../market-tape.ts';
import type { MarketScale } from '../market-scale.ts';
import type { Listing } from './listings.ts';
import { premiumAt } from './premium.ts';
import type { PricePath } from './price-path.ts';
import { gaussianAt, uniformAt } from './random.ts';

const MINUTE = 60_000;
const HOUR_MINUTES = 60;
const DAY_HOURS = 24;
const KEPT_HOURS = 240;

/** A fair value in quote currency as the nearest tick, at least one. */
export function tickOf(value: number, scale: MarketScale): number {
  return Math.max(1, Math.round(value / (Number(scale.tick) / 1e18)));
}

export class PathHistory implements PastBars {
  readonly from: number;
  readonly #listing: Listing;
  readonly #path: PricePath;
  readonly #seed: number;
  readonly #lotsPerMinute: number;
  readonly #hours = new Map<number, Bar[]>();
  readonly #hourBars = new Map<number, Bar>();

  constructor(listing: Listing, path: PricePath, seed: number, from: number) {
    this.from = from;
    this.#listing = listing;
    this.#path = path;
    this.#seed = seed;
    this.#lotsPerMinute = listing.habits.minuteVolume / (Number(listing.terms.scale.lot) / 1e18);
  }

  minute(start: number): Bar | null {
    if (start < this.from) return null;
    const hour = Math.floor(start / (HOUR_MINUTES * MINUTE));
    return this.#hour(hour)[(start / MINUTE) % HOUR_MINUTES] ?? null;
  }

  hour(start: number): Bar | null {
    if (start < this.from) return null;
    const number = start / (HOUR_MINUTES * MINUTE);
    const known = this.#hourBars.get(number);
    if (known !== undefined) return known;
    const bar = sumOf(this.#hour(number));
    if (bar !== null) this.#hourBars.set(number, bar);
    return bar;
  }

  day(start: number): Bar | null {
    const hours = Array.from({ length: DAY_HOURS }, (_, index) =>
      this.hour(start + index * HOUR_MINUTES * MINUTE),
    );
    return sumOf(hours.filter((bar) => bar !== null));
  }

  #hour(number: number): readonly Bar[] {
    const known = this.#hours.get(number);
    if (known !== undefined) return known;
    const bars = Array.from({ length: HOUR_MINUTES }, (_, index) =>
      this.#make(number * HOUR_MINUTES + index),
    );
    this.#hours.set(number, bars);
    if (this.#hours.size > KEPT_HOURS) {
      const oldest = this.#hours.keys().next();
      if (oldest.done !== true) this.#hours.delete(oldest.value);
    }
    return bars;
  }

  #make(minute: number): Bar {
    const { scale } = this.#listing.terms;
    const value = (at: number): number => {
      const premium = this.#listing.instrument.kind === 'spot' ? 0 : premiumAt(this.#seed, at * MINUTE);
      return this.#path.atMinute(at) * (1 + premium);
    };
    const open = tickOf(value(minute), scale);
    const close = tickOf(value(minute + 1), scale);
    const wild = this.#path.wildness(minute);
    const wick = (side: number): number =>
      Math.round(open * this.#path.minuteVolatility * wild * 0.7 * uniformAt(this.#seed, side, minute) ** 2);
    const activity = Math.exp(0.5 * gaussianAt(this.#seed, 3, minute)) * (0.4 + 0.6 * wild);
    const volume = Math.max(1, Math.round(this.#lotsPerMinute * activity));
    const middle = Math.round((open + close) / 2);
    return {
      time: minute * MINUTE,
      open,
      high: Math.max(open, close) + wick(1),
      low: Math.max(1, Math.min(open, close) - wick(2)),
      close,
      volume,
      turnover: BigInt(middle) * BigInt(volume),
    };
  }
}

function sumOf(bars: readonly Bar[]): Bar | null {
  const [first, ...rest] = bars;
  if (first === undefined) return null;
  const sum = { ...first };
  for (const bar of rest) {
    sum.high = Math.max(sum.high, bar.high);
    sum.low = Math.min(sum.low, bar.low);
    sum.close = bar.close;
    sum.volume += bar.volume;
    sum.turnover += bar.turnover;
  }
  return sum;
}
