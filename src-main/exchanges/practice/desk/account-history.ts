/** What an account did: closed orders, fills and funding, bounded, read oldest first by cursor. */
import { HoldfastError } from '../../../errors.ts';
import type { Fill, FundingPayment, Order, Page } from '../../exchange.ts';

const PAGE = 100;

interface Row<T> {
  readonly sequence: number;
  readonly time: number;
  readonly value: T;
}

/** A list that only grows at the end and forgets its oldest rows beyond a limit. */
export class HistoryLog<T> {
  readonly #rows: Row<T>[] = [];
  readonly #limit: number;
  #sequence = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: T, time: number): void {
    this.#rows.push({ sequence: ++this.#sequence, time, value });
    // Cut in bulk: cutting one row a time would move the whole list each time.
    if (this.#rows.length > this.#limit * 1.2) this.#rows.splice(0, this.#rows.length - this.#limit);
  }

  /** Up to 100 rows at or after `since`, after the cursor. `protocol` for a cursor that was not ours. */
  page(cursor: string | null, since: number): Page<T> {
    if (cursor !== null && !/^\d{1,15}$/.test(cursor)) {
      throw new HoldfastError(
        'protocol',
        'practice.badCursor',
        'The page cursor is not one of this exchange.',
      );
    }
    const after = cursor === null ? 0 : Number(cursor);
    const found = this.#rows.filter((row) => row.sequence > after && row.time >= since);
    const rows = found.slice(0, PAGE);
    const last = rows.at(-1);
    return {
      rows: rows.map((row) => row.value),
      cursor: found.length > rows.length && last !== undefined ? String(last.sequence) : null,
    };
  }

  values(): T[] {
    return this.#rows.map((row) => row.value);
  }

  findLast(test: (value: T) => boolean): T | null {
    return this.#rows.findLast((row) => test(row.value))?.value ?? null;
  }
}

export class AccountHistory {
  readonly orders = new HistoryLog<Order>(5_000);
  readonly fills = new HistoryLog<Fill>(10_000);
  readonly funding = new HistoryLog<FundingPayment>(2_000);
}
