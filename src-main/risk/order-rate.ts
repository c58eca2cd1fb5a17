import type { Order } from '../../src-preload/contract/types/trading.ts';

const WINDOW_MS = 60_000;
/** Ledger rows that are read at a time. */
const PAGE = 500;

interface StoredOrders {
  /** Newest first. */
  list(page: { limit: number; offset: number }): Promise<{
    readonly rows: readonly Pick<Order, 'accountId' | 'createdAt'>[];
  }>;
}

/** How many orders an account sent in the last 60 seconds. */
export class OrderRate {
  readonly #clock: () => number;
  readonly #times = new Map<string, number[]>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Also for orders that were sent before this run, at their time. */
  add(accountId: string, time: number = this.#clock()): void {
    this.#times.set(accountId, [...this.#present(accountId), time]);
  }

  count(accountId: string): number {
    return this.#present(accountId).length;
  }

  #present(accountId: string): number[] {
    const now = this.#clock();
    // A clock that was set back must not hold orders for hours: what lies ahead counts as now.
    const times = (this.#times.get(accountId) ?? []).map((time) => Math.min(time, now));
    const recent = times.filter((time) => now - time < WINDOW_MS);
    this.#times.set(accountId, recent);
    return recent;
  }
}

/** A restart does not empty the minute: counts every order of it that the ledger has. Rejects as the ledger does. */
export async function resumeRate(rate: OrderRate, orders: StoredOrders, clock: () => number): Promise<void> {
  const since = clock() - WINDOW_MS;
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = await orders.list({ limit: PAGE, offset });
    const recent = rows.filter(({ createdAt }) => createdAt > since);
    for (const { accountId, createdAt } of recent) rate.add(accountId, createdAt);
    if (recent.length < PAGE) return;
  }
}
