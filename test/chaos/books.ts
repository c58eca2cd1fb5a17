/** What the program's ledger says, asked for over its border: orders, fills and the life of an order. */
import type { Fill, Order, OrderTimeline } from '../../src-preload/contract/types/trading.ts';
import type { Life } from './life.ts';

const PAGE = 500;

export class Books {
  readonly #accountId: string;
  /** All that were ever read, by id: a fill does not change. */
  readonly fills = new Map<string, Fill>();
  orders = new Map<string, Order>();
  /** Rows of fills that the ledger counts; more than there are ids = one is in it twice. */
  fillRows = 0;
  /** Rows of orders that share a name with another one. */
  twice: readonly string[] = [];

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Reads the newest orders and fills, or all of them. */
  async read(life: Life, all: boolean): Promise<void> {
    await Promise.all([this.#readOrders(life, all), this.#readFills(life, all)]);
  }

  timeline(life: Life, clientOrderId: string): Promise<OrderTimeline> {
    return life.call('trading', 'timeline', { accountId: this.#accountId, clientOrderId });
  }

  async #readOrders(life: Life, all: boolean): Promise<void> {
    const { rows } = await pages(all, (offset) =>
      life.call('trading', 'orderHistory', { accountId: this.#accountId, limit: PAGE, offset }),
    );
    const open = await life.call('trading', 'openOrders', { accountId: this.#accountId });
    const stored = rows.map(({ clientOrderId }) => clientOrderId);
    this.twice = stored.filter((id, at) => stored.indexOf(id) !== at);
    // The desk's own words count for what is open.
    this.orders = new Map([...rows, ...open].map((order) => [order.clientOrderId, order]));
  }

  async #readFills(life: Life, all: boolean): Promise<void> {
    const read = (whole: boolean) =>
      pages(whole, (offset) =>
        life.call('trading', 'fills', { accountId: this.#accountId, limit: PAGE, offset }),
      );
    const newest = await read(all);
    this.fillRows = newest.total;
    for (const fill of newest.rows) this.fills.set(fill.id, fill);
    if (this.fills.size === newest.total || all) return;
    for (const fill of (await read(true)).rows) this.fills.set(fill.id, fill);
  }
}

interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

async function pages<T>(all: boolean, page: (offset: number) => Promise<Page<T>>): Promise<Page<T>> {
  const first = await page(0);
  const rows = [...first.rows];
  while (all && rows.length < first.total) {
    const next = await page(rows.length);
    if (next.rows.length === 0) break;
    rows.push(...next.rows);
  }
  return { rows, total: first.total };
}
