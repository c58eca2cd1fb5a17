/** Candles of a market: a made-up but fixed history, then what was really traded here. */
import { addText, dec } from '../../../src-main/market/decimal.ts';

const MINUTE = 60_000;
const HISTORY_MINUTES = 2 * 24 * 60;

export interface Candle {
  readonly start: number;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: string;
  turnover: string;
}

export interface TapeEntry {
  readonly price: string;
  readonly volume: string;
  readonly turnover: string;
  readonly time: number;
}

const LENGTHS: Readonly<Record<string, number>> = {
  '1': 1,
  '3': 3,
  '5': 5,
  '15': 15,
  '30': 30,
  '60': 60,
  '120': 120,
  '240': 240,
  '360': 360,
  '720': 720,
  D: 1440,
  W: 10_080,
};

/** Start of the candle of an interval that holds a time; null for an interval that does not exist. */
export function candleStart(interval: string, time: number): number | null {
  if (interval === 'M') {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const minutes = LENGTHS[interval];
  if (minutes === undefined) return null;
  const length = minutes * MINUTE;
  // Weeks start on Monday; the epoch was a Thursday.
  const shift = interval === 'W' ? 4 * 1440 * MINUTE : 0;
  return Math.floor((time - shift) / length) * length + shift;
}

/** First moment after the candle. */
export function candleEnd(interval: string, start: number): number {
  if (interval !== 'M') return start + (LENGTHS[interval] ?? 1) * MINUTE;
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

export class CandleTape {
  /** One-minute candles by start, oldest first. Made on first use: a venue can list hundreds of markets. */
  #made: Candle[] | null = null;
  readonly #price: string;
  readonly #born: number;

  constructor(price: string, now: number) {
    this.#price = price;
    this.#born = now;
  }

  get #minutes(): Candle[] {
    const first = Math.floor(this.#born / MINUTE) * MINUTE - HISTORY_MINUTES * MINUTE;
    this.#made ??= Array.from({ length: HISTORY_MINUTES }, (_, index) =>
      flat(first + index * MINUTE, this.#price, '1', this.#price),
    );
    return this.#made;
  }

  add(entry: TapeEntry): void {
    const start = Math.floor(entry.time / MINUTE) * MINUTE;
    this.#fillTo(start);
    const candle = this.#minutes.at(-1);
    if (candle === undefined || candle.start > start) return;
    merge(candle, { ...flat(start, entry.price, entry.volume, entry.turnover) });
  }

  /** Candles of an interval from the one that holds `from` to the one that holds `to`, oldest first. */
  list(interval: string, from: number, to: number): Candle[] {
    this.#fillTo(Math.floor(to / MINUTE) * MINUTE);
    const first = candleStart(interval, from);
    if (first === null) return [];
    const result: Candle[] = [];
    for (const minute of this.#minutes) {
      if (minute.start < first || minute.start > to) continue;
      const start = candleStart(interval, minute.start) ?? minute.start;
      const current = result.at(-1);
      if (current?.start === start) merge(current, minute);
      else result.push({ ...minute, start });
    }
    return result;
  }

  current(interval: string, now: number): Candle | null {
    return this.list(interval, now, now).at(-1) ?? null;
  }

  /** Minutes without a trade repeat the close before. Time to come gets none. */
  #fillTo(start: number): void {
    for (;;) {
      const last = this.#minutes.at(-1);
      if (last === undefined || last.start >= start || start - last.start > 30 * 1440 * MINUTE) return;
      this.#minutes.push(flat(last.start + MINUTE, last.close, '0', '0'));
    }
  }
}

function flat(start: number, price: string, volume: string, turnover: string): Candle {
  return { start, open: price, high: price, low: price, close: price, volume, turnover };
}

function merge(into: Candle, next: Candle): void {
  if (into.volume === '0' && next.volume !== '0' && into.start === next.start) into.open = next.open;
  if (dec(next.high).gt(into.high)) into.high = next.high;
  if (dec(next.low).lt(into.low)) into.low = next.low;
  into.close = next.close;
  into.volume = addText(into.volume, next.volume);
  into.turnover = addText(into.turnover, next.turnover);
}
