import { BybitBookReader } from '../../../market/bybit-book-frame.ts';
import { OrderBook } from '../../../market/order-book.ts';
import type { MarketRef } from '../../exchange.ts';
import { payloadError, type UnknownFields } from '../payload.ts';
import type { FeedReader } from './topic-feed.ts';

/** After so many gaps on one connection, `u` is not what the documentation says for this depth. */
const GAPS_TO_RELAX = 3;

/**
 * Keeps the book of one `orderbook` topic (protocol sheet 5.4). `u` has to rise by one; that is documented for
 * some depths only, so a stream that keeps breaking without a disconnect is followed by the rising `seq` instead.
 */
export class BookReader implements FeedReader<OrderBook> {
  readonly needsSnapshot = true;
  readonly #market: MarketRef;
  readonly #nativeId: string;
  readonly #depth: number;
  readonly #unknown: UnknownFields;
  readonly #frames = new BybitBookReader();
  #book: OrderBook;
  #gaps = 0;
  #isRelaxed = false;

  constructor(market: MarketRef, nativeId: string, depth: number, unknown: UnknownFields) {
    this.#market = market;
    this.#nativeId = nativeId;
    this.#depth = depth;
    this.#unknown = unknown;
    this.#book = this.#newBook();
  }

  take(text: string, receivedAt: number, broken: (reason: string) => void): OrderBook | undefined {
    const frame = this.#frames.read(text, receivedAt);
    if (frame?.nativeId !== this.#nativeId || frame.depth !== this.#depth) {
      this.#book.markStale('malformed');
      throw payloadError('orderbook.stream', 'data');
    }
    for (const field of frame.extra) this.#unknown.note('orderbook.stream', field);
    if (frame.type === 'snapshot')
      this.#followBy(this.#gaps >= GAPS_TO_RELAX && frame.crossSequence !== null);
    const message = this.#isRelaxed ? { ...frame.message, sequence: frame.crossSequence } : frame.message;
    const book = this.#book;
    const outcome = frame.type === 'snapshot' ? book.applySnapshot(message) : book.applyDelta(message);
    if (outcome === 'applied') return book;
    if (outcome === 'ignored') return undefined;
    if (outcome === 'gap') this.#gaps += 1;
    broken(`The order book is broken: ${outcome}.`);
    return book;
  }

  lost(): OrderBook | undefined {
    this.#gaps = 0;
    if (this.#book.state !== 'live') return undefined;
    this.#book.markStale('disconnected');
    return this.#book;
  }

  /** Changing the rule needs another book, which the snapshot at hand fills. */
  #followBy(relaxed: boolean): void {
    if (relaxed === this.#isRelaxed) return;
    this.#isRelaxed = relaxed;
    this.#book = this.#newBook();
  }

  #newBook(): OrderBook {
    return new OrderBook(this.#market, {
      sequence: this.#isRelaxed ? 'rising' : 'contiguous',
      depth: this.#depth,
    });
  }
}
