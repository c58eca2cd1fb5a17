import type { KLineData, Period } from 'klinecharts';
import type { Candle, CandleInterval } from '../../../../src-preload/contract/types/market.ts';
import { toPixels } from '../../../lib/decimal.ts';

/** A candle as the chart library wants it: the only place where prices become floats, for pixels only. */
export const toBar = (candle: Candle): KLineData => ({
  timestamp: candle.time,
  open: toPixels(candle.open),
  high: toPixels(candle.high),
  low: toPixels(candle.low),
  close: toPixels(candle.close),
  volume: toPixels(candle.volume),
});

const UNITS: Readonly<Record<string, Period['type']>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
};

export const toPeriod = (interval: CandleInterval): Period => ({
  type: UNITS[interval.slice(-1)] ?? 'minute',
  span: Number.parseInt(interval, 10),
});
