import type { Trade, VenueId } from '../../exchange.ts';
import { payloadError, type UnknownFields } from '../payload.ts';
import type { BybitCategory } from './category.ts';
import type { InstrumentIndex } from './instrument-index.ts';
import { listOf, readFrame } from './stream-frame.ts';
import type { FeedReader } from './topic-feed.ts';
import { readTrade, STREAM_TRADE } from './trade-reading.ts';

/** Follows one `publicTrade` topic. That of options carries the trades of a whole coin. */
export class TradeReader implements FeedReader<readonly Trade[]> {
  readonly needsSnapshot = false;
  readonly #venue: VenueId;
  readonly #category: BybitCategory;
  readonly #topic: string;
  readonly #index: InstrumentIndex;
  readonly #unknown: UnknownFields;

  constructor(
    venue: VenueId,
    category: BybitCategory,
    topic: string,
    index: InstrumentIndex,
    unknown: UnknownFields,
  ) {
    this.#venue = venue;
    this.#category = category;
    this.#topic = topic;
    this.#index = index;
    this.#unknown = unknown;
  }

  take(text: string): readonly Trade[] | undefined {
    const { data } = readFrame(this.#topic, text, this.#unknown);
    const trades = listOf('publicTrade', data).flatMap((row) => {
      const name = (row as { s?: unknown } | null)?.s;
      const isOther = this.#category !== 'option' && this.#topic !== `publicTrade.${String(name)}`;
      if (typeof name !== 'string' || isOther) throw payloadError('publicTrade', 's');
      const symbol = this.#index.byNative(this.#category, name)?.instrument.symbol;
      return symbol === undefined
        ? []
        : [readTrade(STREAM_TRADE, row, { venue: this.#venue, symbol }, this.#unknown)];
    });
    return trades.length === 0 ? undefined : trades;
  }

  lost(): undefined {
    return undefined;
  }
}
