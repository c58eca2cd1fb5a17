import { mergeTicker, UNKNOWN_TICKER } from '../../../market/ticker.ts';
import type { Ticker } from '../../exchange.ts';
import { payloadError, type UnknownFields } from '../payload.ts';
import type { ListedMarket } from './instrument-loader.ts';
import { readFrame } from './stream-frame.ts';
import { readTicker, STREAM_TICKERS } from './ticker-reading.ts';
import type { FeedReader } from './topic-feed.ts';

/** Follows one `tickers` topic. Contracts send a snapshot and then what changed; spot and options all, each time. */
export class TickerReader implements FeedReader<Ticker> {
  readonly needsSnapshot = true;
  readonly #market: ListedMarket;
  readonly #topic: string;
  readonly #unknown: UnknownFields;
  #ticker: Ticker | undefined;

  constructor(market: ListedMarket, topic: string, unknown: UnknownFields) {
    this.#market = market;
    this.#topic = topic;
    this.#unknown = unknown;
  }

  take(text: string, receivedAt: number): Ticker | undefined {
    const { isSnapshot, time, data } = readFrame(this.#topic, text, this.#unknown);
    const { instrument, category, nativeId } = this.#market;
    if ((data as { symbol?: unknown } | null)?.symbol !== nativeId) {
      this.#ticker = undefined;
      throw payloadError('ticker.stream', 'symbol');
    }
    const known = this.#ticker;
    // A change to something that was never told.
    if (!isSnapshot && known === undefined) return undefined;
    const changes = readTicker(STREAM_TICKERS[category], data, time, this.#unknown);
    const { venue, symbol } = instrument;
    const base = isSnapshot || known === undefined ? { ...UNKNOWN_TICKER, venue, symbol, receivedAt } : known;
    const merged = mergeTicker(base, changes);
    if (merged === base) return undefined;
    // Made by the merge just now and not handed out yet: no second copy for one field.
    (merged as { receivedAt: number }).receivedAt = receivedAt;
    this.#ticker = merged;
    return merged;
  }

  /** The last figures stay as they are, with their age; the stream says that it is stale. */
  lost(): undefined {
    this.#ticker = undefined;
    return undefined;
  }
}
