import type { CandleInterval } from '../../src-preload/contract/types/market.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Lengths of the intervals that are always equally long; a month is not. */
const LENGTHS = {
  '1m': MINUTE,
  '3m': 3 * MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '4h': 4 * HOUR,
  '6h': 6 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
  '1w': WEEK,
} as const satisfies Record<Exclude<CandleInterval, '1M'>, number>;

/** 1970-01-01 was a Thursday: the first Monday came four days later. */
const FIRST_MONDAY = 4 * DAY;

/** Start of the interval that holds `time`, ms UTC. Days start at 00:00 UTC, weeks on Monday, months on the 1st. */
export function intervalStart(interval: CandleInterval, time: number): number {
  if (interval === '1M') {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  }
  const offset = interval === '1w' ? FIRST_MONDAY : 0;
  const length = LENGTHS[interval];
  return Math.floor((time - offset) / length) * length + offset;
}

/** Start of the following interval, which is the end of this one. `start` has to be aligned. */
export function intervalEnd(interval: CandleInterval, start: number): number {
  if (interval !== '1M') return start + LENGTHS[interval];
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** True when every candle of `coarse` is made of whole candles of `fine`. */
export function isComposedOf(coarse: CandleInterval, fine: CandleInterval): boolean {
  if (coarse === fine) return true;
  if (fine === '1M') return false;
  if (coarse === '1M') return DAY % LENGTHS[fine] === 0;
  return LENGTHS[coarse] % LENGTHS[fine] === 0;
}
