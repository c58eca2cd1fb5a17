/**
 * One side of a recorded book, with what the practice accounts took from it. What they took stays taken: a
 * level offers its recorded size less that, until the record removes the level.
 */
import type { Side } from '../../exchange.ts';

export interface RecordedLevel {
  readonly price: number;
  lots: number;
  /** Taken by practice orders. */
  consumed: number;
}

export class RecordedLevels {
  readonly side: Side;
  /** Best last. */
  readonly #levels: RecordedLevel[] = [];
  readonly #byPrice = new Map<number, RecordedLevel>();

  constructor(side: Side) {
    this.side = side;
  }

  get size(): number {
    return this.#levels.length;
  }

  /** The level at a rank, 0 = best, whether or not anything of it is left. */
  at(rank: number): RecordedLevel | null {
    return this.#levels[this.#levels.length - 1 - rank] ?? null;
  }

  level(price: number): RecordedLevel | null {
    return this.#byPrice.get(price) ?? null;
  }

  /** True when the price lies within what the record shows of this side. */
  covers(price: number): boolean {
    const deepest = this.#levels[0];
    if (deepest === undefined) return false;
    return this.side === 'buy' ? price >= deepest.price : price <= deepest.price;
  }

  /** Best price that still offers something. */
  best(): number | null {
    for (let rank = 0; rank < this.size; rank += 1) {
      const level = this.at(rank);
      if (level !== null && offered(level) > 0) return level.price;
    }
    return null;
  }

  set(price: number, lots: number): void {
    const known = this.#byPrice.get(price);
    if (known !== undefined) {
      if (lots > 0) known.lots = lots;
      else this.#remove(known);
    } else if (lots > 0) {
      const level: RecordedLevel = { price, lots, consumed: 0 };
      this.#byPrice.set(price, level);
      this.#levels.splice(this.#position(price), 0, level);
    }
  }

  /** A snapshot: levels that it lists anew keep what was taken of them. */
  replace(levels: readonly (readonly [price: number, lots: number])[]): void {
    const listed = new Set(levels.map(([price]) => price));
    for (const level of [...this.#levels]) if (!listed.has(level.price)) this.#remove(level);
    for (const [price, lots] of levels) this.set(price, lots);
  }

  #remove(level: RecordedLevel): void {
    this.#byPrice.delete(level.price);
    this.#levels.splice(this.#position(level.price), 1);
  }

  #position(price: number): number {
    const selling = this.side === 'sell';
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#levels[middle]?.price ?? 0;
      if (selling ? at > price : at < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Lots of a level that practice orders can still take. */
export function offered(level: RecordedLevel): number {
  return Math.max(0, level.lots - level.consumed);
}
