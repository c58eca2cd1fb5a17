/** What the exchange needs of a market source, synthetic or recorded. */
import type { BookView, Candle, CandleInterval, Instrument, Ticker, Trade } from '../exchange.ts';
import type { MarketTerms } from './accounts/ledger.ts';
import type { Amount } from './amount.ts';
import type { EngineListener, Matcher } from './matching/order.ts';

/** Prices in ticks; null while the market has none. */
export interface ReferencePrices {
  readonly last: number | null;
  readonly mark: number | null;
  readonly index: number | null;
}

export interface PracticeMarket {
  readonly instrument: Instrument;
  readonly terms: MarketTerms;
  readonly matcher: Matcher;
  /** Market time, ms: of a record, the record's own. */
  readonly time: number;
  /** False once a record has ended. */
  readonly open: boolean;
  prices(): ReferencePrices;
  book(depth: number): BookView;
  ticker(): Ticker;
  /** Rises with every change of the book; a reader compares it to skip unchanged books. */
  readonly bookVersion: number;
  /** Trades after a sequence number, oldest first. */
  tradesSince(sequence: number): readonly Trade[];
  readonly tradeSequence: number;
  /** Computes what `candles` will need, in pieces that leave room for other work. */
  prepare(interval: CandleInterval, from: number, to: number, limit: number): Promise<void>;
  /** Oldest first; bounds in ms, `to` exclusive. */
  candles(interval: CandleInterval, from: number, to: number, limit: number): readonly Candle[];
  /** The running candle; null before the first price. */
  candle(interval: CandleInterval): Candle | null;
}

/** Told by a source while it plays. */
export interface SourceEvents {
  /** A step of this market is through: prices may have moved. */
  moved(symbol: string): void;
  /** A funding moment of a contract: the rate is a fraction of the notional at mark. */
  funding(symbol: string, rate: Amount, mark: number): void;
}

/** Makes the listener of one market's matcher; the desk is on the other side of it. */
export type ListenerFactory = (symbol: string) => EngineListener;

export interface ReplayPosition {
  readonly file: string;
  readonly positionMs: number;
  readonly lengthMs: number;
  readonly speed: number;
  readonly ended: boolean;
}

export interface MarketSource {
  readonly markets: ReadonlyMap<string, PracticeMarket>;
  /** Equal keys continue the same market; open positions survive only then. */
  readonly key: string;
  /** Processes market time up to `now` (the exchange's clock, ms UTC). */
  advance(now: number): void;
  /** Freezes market time. `advance` does nothing until `resume`. */
  pause(now: number): void;
  resume(now: number): void;
  /** Wall time at which the newest data came; null before the first. */
  readonly lastDataAt: number | null;
  /** Null for a market that is not a record. */
  replay(): ReplayPosition | null;
  /** 1 to 100; only a record has one. */
  setSpeed(speed: number, now: number): void;
  readonly failure: Error | null;
  dispose(): void;
}
