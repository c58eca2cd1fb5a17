import type { Candle, CandleInterval, Trade } from '../../../src-preload/contract/types/market.ts';
import { isDecimalText } from '../decimal.ts';
import { mergeTicker, type TickerChanges, type TickerFigures, UNKNOWN_TICKER } from '../ticker.ts';

type Fields = Readonly<Record<string, unknown>>;

const INTERVALS: Readonly<Record<string, CandleInterval>> = {
  '1': '1m',
  '3': '3m',
  '5': '5m',
  '15': '15m',
  '30': '30m',
  '60': '1h',
  '120': '2h',
  '240': '4h',
  '360': '6h',
  '720': '12h',
  D: '1d',
  W: '1w',
  M: '1M',
};

/** What the reader answers for a message that breaks the documented form: the words for "expected ...". */
export class FrameProblem {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isPositive = (value: unknown): value is string => isDecimalText(value) && /^[\d.]*[1-9]/.test(value);

/** The trades of a publicTrade message. Block trades are left out: they were not made against the book. */
export function readTrades(data: unknown): readonly Omit<Trade, 'venue' | 'symbol'>[] | FrameProblem {
  const problem = new FrameProblem('trades with "T", "S", "v", "p" and "i"');
  if (!Array.isArray(data)) return problem;
  const trades: Omit<Trade, 'venue' | 'symbol'>[] = [];
  for (const row of data as unknown[]) {
    if (!isFields(row) || !isTime(row['T']) || typeof row['i'] !== 'string') return problem;
    const { T: time, S: side, v: quantity, p: price, i: id } = row;
    if (!isPositive(quantity) || !isPositive(price) || (side !== 'Buy' && side !== 'Sell')) return problem;
    if (row['BT'] === true) continue;
    trades.push({ id, price, quantity, side: side === 'Buy' ? 'buy' : 'sell', time });
  }
  return trades;
}

/** The candles of a kline message. */
export function readCandles(data: unknown): readonly Candle[] | FrameProblem {
  const problem = new FrameProblem(
    'candles with "start", "open", "high", "low", "close", "volume" and "confirm"',
  );
  if (!Array.isArray(data)) return problem;
  const candles: Candle[] = [];
  for (const row of data as unknown[]) {
    if (!isFields(row)) return problem;
    const { start: time, open, high, low, close, volume, turnover, confirm } = row;
    if (!isTime(time) || ![open, high, low, close].every(isPositive)) return problem;
    if (!isDecimalText(volume) || typeof confirm !== 'boolean') return problem;
    const candle = { time, open, high, low, close, volume, closed: confirm } as Candle;
    candles.push(isDecimalText(turnover) ? { ...candle, turnover } : candle);
  }
  return candles;
}

/** The interval of a kline topic's middle part; null for one that Holdfast does not have. */
export function bybitInterval(name: string): CandleInterval | null {
  return INTERVALS[name] ?? null;
}

/** Undefined: not in the message. Null: an empty text, Bybit's way to say that there is none. */
function figure(value: unknown): string | null | undefined | FrameProblem {
  if (value === undefined) return undefined;
  if (value === '') return null;
  return isDecimalText(value) ? value : new FrameProblem('decimal text in each figure of the ticker');
}

const FIGURES = {
  last: 'lastPrice',
  bid: 'bid1Price',
  ask: 'ask1Price',
  mark: 'markPrice',
  index: 'indexPrice',
  open24h: 'prevPrice24h',
  high24h: 'highPrice24h',
  low24h: 'lowPrice24h',
  volume24h: 'volume24h',
  turnover24h: 'turnover24h',
  fundingRate: 'fundingRate',
} as const satisfies Partial<Record<keyof TickerFigures, string>>;

/**
 * The ticker after this message. Null: a delta without anything before it. For inverse contracts Bybit counts
 * volume in the quote and turnover in the base currency; here both are the other way round, as for all others.
 */
export function readTicker(
  known: TickerFigures | null,
  frame: Fields,
  inverse: boolean,
): TickerFigures | FrameProblem | null {
  const { type, ts, data } = frame;
  if (!isTime(ts) || !isFields(data)) return new FrameProblem('a ticker with "ts" and "data"');
  if (type !== 'snapshot' && known === null) return null;
  const changes: Record<string, string | null | undefined | number> = { time: ts };
  for (const [name, field] of Object.entries(FIGURES)) {
    const value = figure(data[field]);
    if (value instanceof FrameProblem) return value;
    changes[name] = value;
  }
  const funding = figure(data['nextFundingTime']);
  if (funding instanceof FrameProblem) return funding;
  if (funding !== undefined) changes['nextFunding'] = funding === null ? null : Number(funding);
  if (inverse) {
    [changes['volume24h'], changes['turnover24h']] = [changes['turnover24h'], changes['volume24h']];
  }
  const base = type === 'snapshot' || known === null ? { ...UNKNOWN_TICKER, time: 0 } : known;
  return mergeTicker(base, changes as TickerChanges);
}
