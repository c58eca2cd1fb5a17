import type { BookLevel } from '../../../src-preload/contract/types/market.ts';
import { compareText, isZeroText, normalise } from '../../../src-main/market/decimal.ts';

/** The book as slow and as plain as can be: a map by normalised price, sorted exactly at each look. */
export class NaiveBook {
  readonly #bids = new Map<string, BookLevel>();
  readonly #asks = new Map<string, BookLevel>();

  snapshot(bids: readonly BookLevel[], asks: readonly BookLevel[]): void {
    this.#bids.clear();
    this.#asks.clear();
    this.delta(bids, asks);
  }

  delta(bids: readonly BookLevel[], asks: readonly BookLevel[]): void {
    for (const level of bids) put(this.#bids, level);
    for (const level of asks) put(this.#asks, level);
  }

  bids(): BookLevel[] {
    return [...this.#bids.values()].sort((a, b) => compareText(b[0], a[0]));
  }

  asks(): BookLevel[] {
    return [...this.#asks.values()].sort((a, b) => compareText(a[0], b[0]));
  }
}

function put(side: Map<string, BookLevel>, level: BookLevel): void {
  if (isZeroText(level[1])) side.delete(normalise(level[0]));
  else side.set(normalise(level[0]), level);
}
