/**
 * What a recorded market is made of, whatever file it came from. Nothing here belongs to a venue: the venue
 * field of `Ticker` and `Trade` is added by whoever plays the record.
 */
import type {
  BookLevel,
  Candle,
  CandleInterval,
  Ticker,
  Trade,
} from '../../../src-preload/contract/types/market.ts';

export type RecordingFormat = 'bybitCapture' | 'tradesCsv' | 'candlesCsv';

interface OnTimeLine {
  /** Moment of the record's clock, ms UTC; never falls from one event to the next. What a replay is paced by. */
  readonly time: number;
  /** Unified symbol. */
  readonly symbol: string;
}

export interface RecordedBook extends OnTimeLine {
  /**
   * A snapshot replaces the book, a delta changes levels by absolute sizes ("0" removes the level). A snapshot
   * without levels says that the record does not know the book from here on.
   */
  readonly kind: 'bookSnapshot' | 'bookDelta';
  /** The venue's own time of the message; can lie before `time` by the delay of the recording line. */
  readonly venueTime: number;
  /** Levels that the venue's stream keeps on each side. */
  readonly depth: number;
  /** Rises by one with each message of the stream; null for the empty snapshot at a gap. */
  readonly sequence: number | null;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

export interface RecordedTrade extends OnTimeLine {
  readonly kind: 'trade';
  /** `trade.time` is the venue's matching time. */
  readonly trade: Omit<Trade, 'venue' | 'symbol'>;
}

export interface RecordedTicker extends OnTimeLine {
  readonly kind: 'ticker';
  /** Already merged: partial messages are completed with what was known before. */
  readonly ticker: Omit<Ticker, 'venue' | 'symbol' | 'receivedAt'>;
}

export interface RecordedCandle extends OnTimeLine {
  readonly kind: 'candle';
  readonly interval: CandleInterval;
  readonly candle: Candle;
}

export type RecordedEvent = RecordedBook | RecordedTrade | RecordedTicker | RecordedCandle;
export type RecordedKind = RecordedEvent['kind'];

/** A market found in a record. Its steps are inferred: the smallest decimal step that any figure was written with. */
export interface RecordedInstrument {
  readonly symbol: string;
  readonly nativeId: string;
  readonly kind: 'spot' | 'linear' | 'inverse';
  readonly base: string;
  readonly quote: string;
  /** Undefined for spot. */
  readonly settle?: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly counts: Readonly<Record<RecordedKind, number>>;
}

export interface RecordingSummary {
  readonly format: RecordingFormat;
  readonly instruments: readonly RecordedInstrument[];
  /** `time` of the first and of the last event, ms UTC. */
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Record<RecordedKind, number>>;
  readonly oddities: RecordingOddities;
}

/** What was unusual but could be read by a rule (docs/replay.md). */
export interface RecordingOddities {
  /** Rows that were earlier than the row before; moved to that row's time. */
  outOfOrder: number;
  /** Trades, candles or book messages that were there already; left out. */
  duplicates: number;
  /** Times that a book message was missing: the book is empty from there to its next snapshot. */
  gaps: number;
  /** Messages of topics or markets that a replay has no use for. */
  ignored: number;
  /** The last line was cut off; left out. */
  truncated: boolean;
}

/** An open record. It holds no resource between calls: each iteration opens the file anew and closes it at its end. */
export interface Recording {
  readonly file: string;
  readonly format: RecordingFormat;
  /** All events in order. Throws `badInput` with the line number where the file stops being a record. */
  events(): AsyncIterable<RecordedEvent>;
  /** Reads the whole file once. `signal` stops a long reading. */
  describe(signal?: AbortSignal): Promise<RecordingSummary>;
}
