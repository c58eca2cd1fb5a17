import type { BookLevel, BookView, MarketRef } from '../../src-preload/contract/types/market.ts';
import { BookSide } from './book-side.ts';

/** A venue's number of a message: text where it can exceed 2^53. */
export type BookSequence = number | string;

/**
 * How a venue lets us see that a message is missing.
 * `contiguous`: each message's number is the last one plus one (Bybit `u`). `previous`: each message names the
 * number of the one before it (Bitget `pseq`). `rising`: numbers only rise; older messages are dropped and a
 * gap cannot be seen. `none`: no numbers; only the checksum helps (Bitfinex).
 */
export type SequencePolicy = 'contiguous' | 'previous' | 'rising' | 'none';

export interface BookMessage {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** Sort keys of the prices, where a `BookFrameReader` has computed them and checked the levels. */
  readonly bidKeys?: readonly number[];
  readonly askKeys?: readonly number[];
  /** Venue time, ms UTC. */
  readonly time: number;
  /** Our time of arrival, ms UTC. */
  readonly receivedAt: number;
  readonly sequence?: BookSequence | null;
  /** Under the policy `previous`: the number of the message before. */
  readonly previous?: BookSequence | null;
  /** Null or absent where the venue sent none (Bitget writes that as 0). */
  readonly checksum?: number | null;
}

/** Why a book cannot be trusted any more; only a snapshot makes it live again. */
export type BookFault = 'gap' | 'checksum' | 'crossed' | 'malformed' | 'disconnected';

/** `ignored`: older than the book, or sent while the book waits for a snapshot; nothing changed. */
export type BookOutcome = 'applied' | 'ignored' | Exclude<BookFault, 'disconnected'>;

export interface OrderBookOptions {
  readonly sequence: SequencePolicy;
  /** Most levels that the venue's stream keeps on a side. Default: no limit. */
  readonly depth?: number;
  /** True when the book agrees with the venue's checksum. Without it checksums are not looked at. */
  readonly checksum?: (book: OrderBook, expected: number) => boolean;
}

/**
 * An order book kept from a snapshot and deltas with absolute sizes. Prices and sizes keep the spelling in
 * which they came, because venues compute checksums over it. After a gap, a wrong checksum, a crossed market
 * or a malformed level the book is stale: it keeps its last levels for display and drops deltas until the
 * next snapshot, which the caller has to ask for.
 */
export class OrderBook {
  readonly #market: MarketRef;
  readonly #policy: SequencePolicy;
  readonly #checksum: OrderBookOptions['checksum'];
  readonly #bids: BookSide;
  readonly #asks: BookSide;
  #state: BookView['state'] = 'loading';
  #fault: BookFault | null = null;
  #sequence: BookSequence | null = null;
  #time = 0;
  #receivedAt = 0;

  constructor(market: MarketRef, options: OrderBookOptions) {
    this.#market = market;
    this.#policy = options.sequence;
    this.#checksum = options.checksum;
    const limit = options.depth ?? Infinity;
    this.#bids = new BookSide('bids', limit);
    this.#asks = new BookSide('asks', limit);
  }

  get state(): BookView['state'] {
    return this.#state;
  }

  /** Why the book is stale; null in every other state. */
  get fault(): BookFault | null {
    return this.#fault;
  }

  get sequence(): BookSequence | null {
    return this.#sequence;
  }

  get bestBid(): BookLevel | undefined {
    return this.#bids.best;
  }

  get bestAsk(): BookLevel | undefined {
    return this.#asks.best;
  }

  /** Best first. The array is a copy; its levels never change. */
  bids(depth = Infinity): readonly BookLevel[] {
    return this.#bids.top(depth);
  }

  /** Best first. The array is a copy; its levels never change. */
  asks(depth = Infinity): readonly BookLevel[] {
    return this.#asks.top(depth);
  }

  /** Replaces everything, whatever the sequence says: venues restart their counting with a snapshot. */
  applySnapshot(message: BookMessage): BookOutcome {
    this.#bids.clear();
    this.#asks.clear();
    return this.#take(message);
  }

  /** Changes levels by absolute sizes; "0" in any spelling removes, and removing an absent level is harmless. */
  applyDelta(message: BookMessage): BookOutcome {
    if (this.#state !== 'live') return 'ignored';
    const place = this.#place(message);
    if (place === 'next') return this.#take(message);
    return place === 'old' ? 'ignored' : this.#fail('gap');
  }

  /** Compares with a checksum that came on its own (Bitfinex `cs`). False makes the book stale. */
  verify(expected: number): boolean {
    if (this.#state !== 'live' || this.#checksum === undefined) return true;
    if (this.#checksum(this, expected)) return true;
    this.#fail('checksum');
    return false;
  }

  /** The connection broke or the market changed: what is shown is old until a snapshot comes. */
  markStale(fault: BookFault = 'disconnected'): void {
    if (this.#state !== 'live') return;
    this.#state = 'stale';
    this.#fault = fault;
  }

  /** What the window sees, `depth` levels a side. */
  view(depth: number): BookView {
    return {
      venue: this.#market.venue,
      symbol: this.#market.symbol,
      bids: this.#bids.top(depth),
      asks: this.#asks.top(depth),
      state: this.#state,
      time: this.#time,
      receivedAt: this.#receivedAt,
      sequence: this.#sequence === null ? null : String(this.#sequence),
    };
  }

  #take(message: BookMessage): BookOutcome {
    this.#sequence = message.sequence ?? null;
    this.#time = message.time;
    this.#receivedAt = message.receivedAt;
    const sound =
      this.#bids.apply(message.bids, message.bidKeys) && this.#asks.apply(message.asks, message.askKeys);
    if (!sound) return this.#fail('malformed');
    // A side without levels has the key NaN, which crosses nothing.
    if (this.#bids.bestKey >= this.#asks.bestKey) return this.#fail('crossed');
    this.#state = 'live';
    this.#fault = null;
    const expected = message.checksum ?? null;
    return expected === null || this.verify(expected) ? 'applied' : 'checksum';
  }

  #fail(fault: Exclude<BookFault, 'disconnected'>): BookOutcome {
    this.#state = 'stale';
    this.#fault = fault;
    return fault;
  }

  #place(message: BookMessage): 'next' | 'old' | 'gap' {
    if (this.#policy === 'none') return 'next';
    const last = this.#sequence;
    const next = message.sequence ?? null;
    // A venue that numbers its messages and leaves one out has sent something we cannot place.
    if (last === null || next === null) return 'gap';
    const step = distance(last, next);
    switch (this.#policy) {
      case 'rising':
        return step >= 0 ? 'next' : 'old';
      case 'contiguous':
        if (step <= 0) return 'old';
        return step === 1 ? 'next' : 'gap';
      case 'previous':
        if (step <= 0) return 'old';
        return String(message.previous) === String(last) ? 'next' : 'gap';
    }
  }
}

/** How far `to` lies after `from`; exact near zero also beyond 2^53. NaN, which is a gap, for what is no whole number. */
function distance(from: BookSequence, to: BookSequence): number {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to)) return (to as number) - (from as number);
  if (!isWhole(from) || !isWhole(to)) return Number.NaN;
  return Number(BigInt(to) - BigInt(from));
}

function isWhole(sequence: BookSequence): boolean {
  return typeof sequence === 'number' ? Number.isSafeInteger(sequence) : /^-?\d{1,40}$/.test(sequence);
}
