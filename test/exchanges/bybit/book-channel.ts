/** `orderbook.{depth}.{symbol}`: snapshot, then deltas with a contiguous `u` (sheet section 5.4). */
import type { BookView, Level, Market } from './market.ts';
import type { Payload } from './protocol.ts';

export class BookChannel {
  readonly topic: string;
  readonly market: Market;
  readonly depth: number;
  #sent: BookView = { bids: [], asks: [] };
  #u: number;

  constructor(market: Market, depth: number, firstUpdate: number) {
    this.market = market;
    this.depth = depth;
    this.topic = `orderbook.${depth}.${market.symbol}`;
    this.#u = firstUpdate;
    this.#sent = market.book(depth);
  }

  /** The book as the last message left it. Level 1 repeats it with the same `u` while nothing changes. */
  snapshot(now: number): Payload {
    return this.#message('snapshot', this.#sent, now);
  }

  /** What changed since the last message; null when nothing did. */
  update(now: number): Payload | null {
    const book = this.market.book(this.depth);
    const changes = { bids: changed(this.#sent.bids, book.bids), asks: changed(this.#sent.asks, book.asks) };
    if (changes.bids.length + changes.asks.length === 0) return null;
    this.#sent = book;
    this.#u += 1;
    return this.depth === 1 ? this.snapshot(now) : this.#message('delta', changes, now);
  }

  /** A message is lost: the next one leaves a gap. */
  skip(): void {
    this.#u += 1;
  }

  /** Starts over as after a restart of the venue's service. */
  restart(now: number): Payload {
    this.#u = 1;
    this.#sent = this.market.book(this.depth);
    return this.snapshot(now);
  }

  /** A delta that puts a bid above the best ask. */
  crossed(now: number): Payload | null {
    const best = this.#sent.asks[1] ?? this.#sent.asks[0];
    if (best === undefined) return null;
    this.#u += 1;
    return this.#message('delta', { bids: [[best[0], best[1]]], asks: [] }, now);
  }

  #message(type: 'snapshot' | 'delta', { bids, asks }: BookView, now: number): Payload {
    const data = { s: this.market.symbol, b: bids, a: asks, u: this.#u, seq: this.market.seq };
    const cts = this.market.changedAt;
    // Spot writes `ts` before `type`; clients must not depend on the order of fields.
    if (this.market.listing.category === 'spot') return { topic: this.topic, ts: now, type, data, cts };
    return { topic: this.topic, type, ts: now, data, cts };
  }
}

/** Levels that differ, with their absolute size; gone ones with "0". */
function changed(before: readonly Level[], after: readonly Level[]): Level[] {
  const old = new Map(before);
  const fresh = new Map(after);
  const changes: Level[] = [];
  for (const [price] of before) if (!fresh.has(price)) changes.push([price, '0']);
  for (const [price, size] of after) if (old.get(price) !== size) changes.push([price, size]);
  return changes;
}
