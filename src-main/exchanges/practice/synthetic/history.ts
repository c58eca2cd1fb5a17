/** Candles of the time before the session, computed from the price path when somebody asks for them. */
import { setImmediate } from 'node:timers/promises';
import type { Bar, PastBars } from '../market-tape.ts';
import type { MarketScale } from '../market-scale.ts';
import type { Listing } from './listings.ts';
import { premiumAt } from './premium.ts';
import type { PricePath } from './price-path.ts';
import { gaussianAt, uniformAt } from './random.ts';

const MINUTE = 60_000;
const HOUR_MINUTES = 60;
const DAY_HOURS = 24;
const DAY_MINUTES = 1440;
const DAY = DAY_MINUTES * MINUTE;
const DAYS_AT_ONCE = 8;

/** A fair value in quote currency as the nearest tick, at least one. */
export function tickOf(value: number, scale: MarketScale): number {
  return Math.max(1, Math.round(value / (Number(scale.tick) / 1e18)));
}

/** What shapes the minutes of one market; the same for a minute's own bar and for the hour that holds it. */
interface Minutes {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export class PathHistory implements PastBars {
  readonly from: number;
  readonly #listing: Listing;
  readonly #path: PricePath;
  readonly #seed: number;
  readonly #tick: number;
  readonly #lotsPerMinute: number;
  readonly #hourBars = new Map<number, Bar>();
  readonly #dayBars = new Map<number, Bar>();

  constructor(listing: Listing, path: PricePath, seed: number, from: number) {
    this.from = from;
    this.#listing = listing;
    this.#path = path;
    this.#seed = seed;
    this.#tick = Number(listing.terms.scale.tick) / 1e18;
    this.#lotsPerMinute = listing.habits.minuteVolume / (Number(listing.terms.scale.lot) / 1e18);
  }

  minute(start: number): Bar | null {
    if (start < this.from) return null;
    const minute = start / MINUTE;
    const shape = this.#shape(minute, this.#ticksAt(minute));
    return { time: start, ...shape, turnover: turnoverOf(shape) };
  }

  hour(start: number): Bar | null {
    if (start < this.from) return null;
    const known = this.#hourBars.get(start);
    if (known !== undefined) return known;
    const first = start / MINUTE;
    let open = this.#ticksAt(first);
    const bar: Bar = { time: start, open, high: open, low: open, close: open, volume: 0, turnover: 0n };
    for (let minute = first; minute < first + HOUR_MINUTES; minute += 1) {
      const shape = this.#shape(minute, open);
      add(bar, shape);
      open = shape.close;
    }
    this.#hourBars.set(start, bar);
    return bar;
  }

  day(start: number): Bar | null {
    if (start < this.from) return null;
    const known = this.#dayBars.get(start);
    if (known !== undefined) return known;
    let day: Bar | null = null;
    for (let hour = 0; hour < DAY_HOURS; hour += 1) {
      const bar = this.hour(start + hour * HOUR_MINUTES * MINUTE);
      if (bar === null) continue;
      if (day === null) day = { ...bar, time: start };
      else {
        add(day, bar);
        day.turnover += bar.turnover - turnoverOf(bar);
      }
    }
    if (day !== null) this.#dayBars.set(start, day);
    return day;
  }

  /** Computes the days of a range ahead of a question, a few at a time: a year would stop the program for long. */
  async prepare(from: number, to: number): Promise<void> {
    const first = Math.floor(Math.max(from, this.from) / DAY) * DAY;
    let fresh = 0;
    for (let start = first; start + DAY <= to; start += DAY) {
      if (this.#dayBars.has(start)) continue;
      this.day(start);
      fresh += 1;
      if (fresh % DAYS_AT_ONCE === 0) await setImmediate();
    }
  }

  /** The believed value at the start of a minute, in ticks. */
  #ticksAt(minute: number): number {
    const day = this.#path.day(Math.floor(minute / DAY_MINUTES));
    const premium = this.#listing.instrument.kind === 'spot' ? 0 : premiumAt(this.#seed, minute * MINUTE);
    const value = Math.exp(this.#path.logBase + (day.level[minute % DAY_MINUTES] ?? 0)) * (1 + premium);
    return Math.max(1, Math.round(value / this.#tick));
  }

  #shape(minute: number, open: number): Minutes {
    const close = this.#ticksAt(minute + 1);
    const wild = this.#path.wildness(minute);
    const wick = open * this.#path.minuteVolatility * wild * 0.8;
    const above = uniformAt(this.#seed, 1, minute);
    const below = uniformAt(this.#seed, 2, minute);
    const activity = Math.exp(0.5 * gaussianAt(this.#seed, 3, minute)) * (0.4 + 0.6 * wild);
    return {
      open,
      high: Math.max(open, close) + Math.round(wick * above * above),
      low: Math.max(1, Math.min(open, close) - Math.round(wick * below * below)),
      close,
      volume: Math.max(1, Math.round(this.#lotsPerMinute * activity)),
    };
  }
}

/** Worth of a minute's volume at its middle price. */
function turnoverOf({ open, close, volume }: Minutes): bigint {
  return BigInt(Math.round((open + close) / 2)) * BigInt(volume);
}

function add(sum: Bar, part: Minutes): void {
  sum.high = Math.max(sum.high, part.high);
  sum.low = Math.min(sum.low, part.low);
  sum.close = part.close;
  sum.volume += part.volume;
  sum.turnover += turnoverOf(part);
}
