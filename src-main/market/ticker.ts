import type { Ticker } from '../../src-preload/contract/types/market.ts';

/** The figures of a ticker, without the market that they belong to and our time of arrival. */
export type TickerFigures = Omit<Ticker, 'venue' | 'symbol' | 'receivedAt'>;

/** A partial ticker: what is absent or undefined has not changed, null says that there is no such figure now. */
export type TickerChanges = { readonly [K in keyof TickerFigures]?: TickerFigures[K] | undefined };

/** What is known of a market of which nothing was heard yet. */
export const UNKNOWN_TICKER: TickerFigures = {
  last: null,
  bid: null,
  ask: null,
  open24h: null,
  high24h: null,
  low24h: null,
  volume24h: null,
  turnover24h: null,
  time: 0,
};

/** The figures after a delta, as Bybit sends them for contracts. A message that is older than the figures changes nothing. */
export function mergeTicker<T extends TickerFigures>(known: T, changes: TickerChanges): T {
  if (changes.time !== undefined && changes.time < known.time) return known;
  // A loop: this runs for every frame of every ticker, and building entry lists was most of its time.
  const merged: Record<string, unknown> = { ...known };
  for (const name in changes) {
    const value = changes[name as keyof TickerChanges];
    if (value !== undefined) merged[name] = value;
  }
  return merged as unknown as T;
}
