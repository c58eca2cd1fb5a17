import type { BookLevel } from '../../src-preload/contract/types/market.ts';
import { compareText } from './decimal.ts';
import { isZeroDigits, sortKey } from './sort-key.ts';

const STRIDE = 16;

/** One side of a book: levels sorted best first, each as the venue spelled it. */
export class BookSide {
  readonly #sign: 1 | -1;
  readonly #limit: number;
  /** Sort keys, ascending: prices of asks, negated prices of bids. */
  readonly #keys: number[] = [];
  readonly #levels: BookLevel[] = [];
  #hint = 0;

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

  /**
   * Sets or removes the levels by absolute sizes. `keys`: the sort keys of their prices, where the reader of
   * the message has checked and computed them. False: a level was malformed, and the side is not to be trusted.
   */
  apply(levels: readonly BookLevel[], keys?: readonly number[]): boolean {
    for (let at = 0; at < levels.length; at += 1) {
      const level = levels[at] as BookLevel;
      if (keys === undefined) {
        if (!this.#check(level)) return false;
      } else {
        this.#put(level, keys[at] as number, isZeroDigits(level[1]));
      }
    }
    if (this.#levels.length > this.#limit) {
      this.#keys.length = this.#limit;
      this.#levels.length = this.#limit;
    }
    return true;
  }

  #check(level: BookLevel): boolean {
    if (typeof level[0] !== 'string' || typeof level[1] !== 'string') return false;
    const index = sortKey(level[0]);
    const amount = sortKey(level[1]);
    // NaN fails a comparison too.
    if (!(index < Infinity && amount < Infinity)) return false;
    this.#put(level, index, amount === 0);
    return true;
  }

  #put(level: BookLevel, index: number, removes: boolean): void {
    const key = index * this.#sign;
    const at = this.#find(key, level[0]);
    if (at < 0) {
      if (!removes) this.#insert(~at, key, level);
    } else if (removes) this.#remove(at);
    else this.#levels[at] = level;
  }

  /**
   * Index of the price, or the bitwise complement of where it belongs. The search starts where the last one
   * ended, because venues list the changes of a message in order, goes in strides that double, and finishes in
   * single steps: the processor predicts those, and mispredicts nearly every step of a bisection.
   */
  #find(key: number, price: string): number {
    const keys = this.#keys;
    const length = keys.length;
    const hint = this.#hint;
    let at = hint > 0 && hint <= length && (keys[hint - 1] as number) < key ? hint : 0;
    let stride = STRIDE;
    for (; at + stride < length && (keys[at + stride] as number) < key; stride *= 2) at += stride;
    while (stride > STRIDE) {
      stride /= 2;
      if (at + stride < length && (keys[at + stride] as number) < key) at += stride;
    }
    while (at < length && (keys[at] as number) < key) at += 1;
    this.#hint = at;
    return at < length && keys[at] === key ? this.#spelled(at, key, price) : ~at;
  }

  /** Among levels whose keys are equal from `at` on: the one of this price, found by its digits. */
  #spelled(from: number, key: number, price: string): number {
    let at = from;
    for (; at < this.#keys.length && this.#keys[at] === key; at += 1) {
      const other = (this.#levels[at] as BookLevel)[0];
      if (other === price) return at;
      const order = compareText(other, price) * this.#sign;
      if (order === 0) return at;
      if (order > 0) break;
    }
    return ~at;
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
