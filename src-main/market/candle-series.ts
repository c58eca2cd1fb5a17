import type { Candle, CandleInterval } from '../../src-preload/contract/types/market.ts';
import { intervalEnd } from './candle-interval.ts';

/** A stretch without candles: `from` inclusive, `to` exclusive, ms UTC. */
export interface CandleGap {
  readonly from: number;
  readonly to: number;
}

/**
 * Candles of one market and interval, oldest first, out of history pages and a live stream. A closed candle is
 * never replaced by a running one; of two closed ones the newer word counts, because venues correct volumes
 * after the close. Bounded: the oldest go when `limit` is reached.
 */
export class CandleSeries {
  readonly interval: CandleInterval;
  readonly #limit: number;
  #candles: Candle[] = [];

  constructor(interval: CandleInterval, limit = 20_000) {
    this.interval = interval;
    this.#limit = limit;
  }

  get length(): number {
    return this.#candles.length;
  }

  get first(): Candle | undefined {
    return this.#candles[0];
  }

  get last(): Candle | undefined {
    return this.#candles.at(-1);
  }

  /** Takes one candle of the live stream in. */
  update(candle: Candle): void {
    const last = this.last;
    if (last === undefined || candle.time > last.time) this.#candles.push(candle);
    else if (candle.time === last.time) this.#candles[this.#candles.length - 1] = later(last, candle);
    else this.merge([candle]);
    if (this.#candles.length > this.#limit) this.#candles.shift();
  }

  /** Takes a page of history in; order within the page does not matter. */
  merge(page: readonly Candle[]): void {
    const byTime = new Map(this.#candles.map((candle) => [candle.time, candle]));
    for (const candle of page) {
      const known = byTime.get(candle.time);
      byTime.set(candle.time, known === undefined ? candle : later(known, candle));
    }
    const sorted = [...byTime.values()].sort((a, b) => a.time - b.time);
    this.#candles = sorted.slice(Math.max(0, sorted.length - this.#limit));
  }

  /** The newest `limit` candles that start before `before` (ms UTC; default: all), oldest first. */
  page(limit: number, before = Infinity): readonly Candle[] {
    const end = this.#candles.findLastIndex((candle) => candle.time < before) + 1;
    return this.#candles.slice(Math.max(0, end - limit), end);
  }

  /** Where candles are missing between the first and the last. */
  gaps(): readonly CandleGap[] {
    const gaps: CandleGap[] = [];
    for (let at = 1; at < this.#candles.length; at += 1) {
      const from = intervalEnd(this.interval, (this.#candles[at - 1] as Candle).time);
      const to = (this.#candles[at] as Candle).time;
      if (from < to) gaps.push({ from, to });
    }
    return gaps;
  }
}

function later(known: Candle, next: Candle): Candle {
  return known.closed && !next.closed ? known : next;
}
