/** Candles of REST (`/v5/market/kline`) and of the streams. */
import type { Candle, CandleInterval } from '../../exchange.ts';
import { payloadError, type UnknownFields } from '../payload.ts';
import { decimalText } from './decimal-text.ts';

const INTERVALS: Readonly<Record<CandleInterval, string>> = {
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '1h': '60',
  '2h': '120',
  '4h': '240',
  '6h': '360',
  '12h': '720',
  '1d': 'D',
  '1w': 'W',
  '1M': 'M',
};

/** Bybit's name of an interval. */
export const intervalName = (interval: CandleInterval): string => INTERVALS[interval];

/** Bybit's `[start, open, high, low, close, volume, turnover]`. `isClosed` is told the start, ms UTC. */
export function readCandleRow(
  row: unknown,
  isInverse: boolean,
  isClosed: (start: number) => boolean,
): Candle {
  if (!Array.isArray(row) || row.length < 7) throw payloadError('kline', 'list');
  const [start, open, high, low, close, volume, turnover] = (row as unknown[]).map((value) => {
    const text = decimalText(value);
    if (text === null) throw payloadError('kline', 'list');
    return text;
  }) as [string, string, string, string, string, string, string];
  const time = Number(start);
  if (!Number.isSafeInteger(time)) throw payloadError('kline', 'start');
  return { time, open, high, low, close, ...amounts(volume, turnover, isInverse), closed: isClosed(time) };
}

const KNOWN = new Set([
  'start',
  'end',
  'interval',
  'open',
  'close',
  'high',
  'low',
  'volume',
  'turnover',
  'confirm',
  'timestamp',
]);

/** One element of a `kline` frame. */
export function readCandleFrame(value: unknown, isInverse: boolean, unknown: UnknownFields): Candle {
  if (typeof value !== 'object' || value === null) throw payloadError('kline.stream', 'data');
  const row = value as Readonly<Record<string, unknown>>;
  for (const name in row) if (!KNOWN.has(name)) unknown.note('kline.stream', name);
  const decimal = (name: string): string => {
    const text = decimalText(row[name]);
    if (text === null) throw payloadError('kline.stream', name);
    return text;
  };
  const { start, confirm } = row;
  if (!Number.isSafeInteger(start)) throw payloadError('kline.stream', 'start');
  if (typeof confirm !== 'boolean') throw payloadError('kline.stream', 'confirm');
  return {
    time: start as number,
    open: decimal('open'),
    high: decimal('high'),
    low: decimal('low'),
    close: decimal('close'),
    ...amounts(decimal('volume'), decimal('turnover'), isInverse),
    closed: confirm,
  };
}

/** Inverse volume is in contracts of 1 USD, which is at once the turnover in quote currency; Bybit's is in coins. */
function amounts(volume: string, turnover: string, isInverse: boolean): Pick<Candle, 'volume' | 'turnover'> {
  return { volume, turnover: isInverse ? volume : turnover };
}
