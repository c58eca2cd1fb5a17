/** One side of an engine's book: price levels sorted best last, each a first-in-first-out queue. */
import type { Side } from '../../exchange.ts';
import { remaining, type EngineOrder } from './order.ts';

export interface PriceLevel {
  readonly price: number;
  /** Sum of the rests of its orders. */
  lots: number;
  first: EngineOrder | null;
  last: EngineOrder | null;
}

export class BookSide {
  readonly side: Side;
  /** Best at the end, where adding and removing costs least. */
  readonly #levels: PriceLevel[] = [];
  readonly #byPrice = new Map<number, PriceLevel>();

  constructor(side: Side) {
    this.side = side;
  }

  get size(): number {
    return this.#levels.length;
  }

  best(): PriceLevel | null {
    return this.#levels.at(-1) ?? null;
  }

  /** The level at a rank, 0 = best. */
  at(rank: number): PriceLevel | null {
    return this.#levels[this.#levels.length - 1 - rank] ?? null;
  }

  level(price: number): PriceLevel | null {
    return this.#byPrice.get(price) ?? null;
  }

  /** True when an order of the other side with this limit would trade with `price`. */
  reaches(price: number, limit: number | null): boolean {
    if (limit === null) return true;
    return this.side === 'sell' ? price <= limit : price >= limit;
  }

  /** Puts an order at the end of its level's queue. */
  add(order: EngineOrder, price: number): void {
    const level = this.#byPrice.get(price) ?? this.#open(price);
    order.previous = level.last;
    order.next = null;
    if (level.last === null) level.first = order;
    else level.last.next = order;
    level.last = order;
    level.lots += remaining(order);
  }

  remove(order: EngineOrder, price: number): void {
    const level = this.#byPrice.get(price);
    if (level === undefined) return;
    if (order.previous === null) level.first = order.next;
    else order.previous.next = order.next;
    if (order.next === null) level.last = order.previous;
    else order.next.previous = order.previous;
    order.previous = null;
    order.next = null;
    level.lots -= remaining(order);
    if (level.first === null) this.#close(level);
  }

  /** Index of the first level that is not worse than `price`. */
  #position(price: number): number {
    const levels = this.#levels;
    const selling = this.side === 'sell';
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = levels[middle]?.price ?? 0;
      if (selling ? at > price : at < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #open(price: number): PriceLevel {
    const level: PriceLevel = { price, lots: 0, first: null, last: null };
    this.#byPrice.set(price, level);
    const at = this.#position(price);
    if (at === this.#levels.length) this.#levels.push(level);
    else this.#levels.splice(at, 0, level);
    return level;
  }

  #close(level: PriceLevel): void {
    this.#byPrice.delete(level.price);
    if (this.#levels.at(-1) === level) this.#levels.pop();
    else this.#levels.splice(this.#position(level.price), 1);
  }
}
