import type { Candle } from '../../exchange.ts';
import type { UnknownFields } from '../payload.ts';
import { readCandleFrame } from './candle-reading.ts';
import { listOf, readFrame } from './stream-frame.ts';
import type { FeedReader } from './topic-feed.ts';

/** Follows one `kline` topic: the running candle and, with `confirm`, the one that closed. */
export class CandleReader implements FeedReader<readonly Candle[]> {
  readonly needsSnapshot = false;
  readonly #topic: string;
  readonly #isInverse: boolean;
  readonly #unknown: UnknownFields;

  constructor(topic: string, isInverse: boolean, unknown: UnknownFields) {
    this.#topic = topic;
    this.#isInverse = isInverse;
    this.#unknown = unknown;
  }

  take(text: string): readonly Candle[] | undefined {
    const { data } = readFrame(this.#topic, text, this.#unknown);
    const candles = listOf('kline.stream', data).map((row) =>
      readCandleFrame(row, this.#isInverse, this.#unknown),
    );
    return candles.length === 0 ? undefined : candles;
  }

  lost(): undefined {
    return undefined;
  }
}
