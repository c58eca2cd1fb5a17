import type { BookLevel } from '../../src-preload/contract/types/market.ts';
import { compareText } from './decimal.ts';

const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const ZERO = 48;
const NINE = 57;
const POINT = 46;

/**
 * The double nearest to decimal text, or NaN for what is no unsigned decimal number.
 *
 * It is an index to sort by, never an amount. Rounding to the nearest double keeps order, so keys that differ
 * order two prices exactly; equal keys of different spellings are told apart by their digits (`BookSide.find`).
 * Up to 15 digits over a power of ten that a double holds exactly is one correctly rounded division, which
 * spares the engine's much slower text-to-number call.
 */
export function sortKey(text: string): number {
  const length = text.length;
  if (length === 0 || length > 16) return slowSortKey(text);
  let digits = 0;
  let point = -1;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits = digits * 10 + (code - ZERO);
    else if (code === POINT && point === -1) point = at;
    else return slowSortKey(text);
  }
  if (point === -1) return length < 16 ? digits : slowSortKey(text);
  return length === 1 ? Number.NaN : digits / (POWERS_OF_TEN[length - 1 - point] as number);
}

const UNSIGNED_DECIMAL = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

function slowSortKey(text: string): number {
  return UNSIGNED_DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** One side of a book: levels sorted best first, each as the venue spelled it. */
export class BookSide {
  readonly #sign: 1 | -1;
  readonly #limit: number;
  /** Sort keys, ascending: prices of asks, negated prices of bids. */
  readonly #keys: number[] = [];
  readonly #levels: BookLevel[] = [];

  /** `limit`: most levels the venue keeps on a side; deeper ones are dropped. */
  constructor(side: 'bids' | 'asks', limit: number) {
    this.#sign = side === 'bids' ? -1 : 1;
    this.#limit = limit;
  }

  get size(): number {
    return this.#levels.length;
  }

  get best(): BookLevel | undefined {
    return this.#levels[0];
  }

  /** Sort key of the best price as a positive number; NaN for an empty side. */
  get bestKey(): number {
    const key = this.#keys[0];
    return key === undefined ? Number.NaN : key * this.#sign;
  }

  /** The best `depth` levels. Levels are never changed in place, so the array is the caller's to keep. */
  top(depth: number): readonly BookLevel[] {
    return this.#levels.slice(0, depth);
  }

  clear(): void {
    this.#keys.length = 0;
    this.#levels.length = 0;
  }

  /** Sets or removes the levels by absolute sizes. False: one was malformed, and the side is not to be trusted. */
  apply(levels: readonly BookLevel[]): boolean {
    for (let at = 0; at < levels.length; at += 1) {
      if (!this.#set(levels[at] as BookLevel)) return false;
    }
    if (this.#levels.length > this.#limit) {
      this.#keys.length = this.#limit;
      this.#levels.length = this.#limit;
    }
    return true;
  }

  #set(level: BookLevel): boolean {
    const price = level[0];
    const size = level[1];
    if (typeof price !== 'string' || typeof size !== 'string') return false;
    const index = sortKey(price);
    const amount = sortKey(size);
    // NaN fails a comparison too.
    if (!(index < Infinity && amount < Infinity)) return false;
    const key = index * this.#sign;
    const at = this.#find(key, price);
    if (at >= 0) {
      if (amount > 0) this.#levels[at] = level;
      else this.#remove(at);
    } else if (amount > 0) {
      this.#insert(~at, key, level);
    }
    return true;
  }

  /** Index of the price, or the bitwise complement of where it belongs. */
  #find(key: number, price: string): number {
    const keys = this.#keys;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    for (; low < keys.length && keys[low] === key; low += 1) {
      const other = (this.#levels[low] as BookLevel)[0];
      if (other === price) return low;
      const order = compareText(other, price) * this.#sign;
      if (order === 0) return low;
      if (order > 0) break;
    }
    return ~low;
  }

  #insert(at: number, key: number, level: BookLevel): void {
    if (at === this.#keys.length) {
      this.#keys.push(key);
      this.#levels.push(level);
    } else {
      this.#keys.splice(at, 0, key);
      this.#levels.splice(at, 0, level);
    }
  }

  #remove(at: number): void {
    this.#keys.splice(at, 1);
    this.#levels.splice(at, 1);
  }
}
