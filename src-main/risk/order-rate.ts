import type { Order, OrderEvent } from '../../src-preload/contract/types/trading.ts';

const WINDOW_MS = 60_000;
/** Ledger rows that are read at a time. */
const PAGE = 500;

type Key = Pick<Order, 'accountId' | 'clientOrderId'>;

interface StoredOrders {
  /** Newest first. */
  list(page: { limit: number; offset: number }): Promise<{
    readonly rows: readonly (Key & Pick<Order, 'createdAt'>)[];
  }>;
  open(): Promise<readonly Key[]>;
  events(order: Key): Promise<readonly Pick<OrderEvent, 'kind' | 'time'>[]>;
}

interface Time {
  /** ms from an unknown start: a clock that is set while we run changes nothing. */
  readonly monotonic: () => number;
  /** ms UTC by the clock of the account's venue, where that is known: ours may have been set since the last run. */
  readonly now: (accountId: string) => number;
}

/** How many orders and changes an account sent in the last 60 seconds. */
export class OrderRate {
  readonly #time: Time;
  readonly #started: number;
  readonly #sent = new Map<string, readonly number[]>();
  /** ms UTC, of the run before. */
  readonly #earlier = new Map<string, number[]>();

  constructor(time: Time) {
    this.#time = time;
    this.#started = time.monotonic();
  }

  add(accountId: string): void {
    this.#sent.set(accountId, [...this.#recent(accountId), this.#time.monotonic()]);
  }

  /** One that was sent before this run. */
  resume(accountId: string, time: number): void {
    const known = this.#earlier.get(accountId) ?? [];
    known.push(time);
    this.#earlier.set(accountId, known);
  }

  count(accountId: string): number {
    return this.#recent(accountId).length + this.#countEarlier(accountId);
  }

  #recent(accountId: string): readonly number[] {
    const now = this.#time.monotonic();
    return (this.#sent.get(accountId) ?? []).filter((time) => now - time < WINDOW_MS);
  }

  #countEarlier(accountId: string): number {
    // Whatever the clocks say, they are over then.
    if (this.#time.monotonic() - this.#started >= WINDOW_MS) this.#earlier.clear();
    const times = this.#earlier.get(accountId);
    if (times === undefined) return 0;
    const now = this.#time.now(accountId);
    // What lies ahead is of a clock that was set back: it counts as now.
    return times.filter((time) => now - time < WINDOW_MS).length;
  }
}

/**
 * A restart does not empty the minute: takes over every order and change of the minute before the newest order. Which
 * of them still count shows later, when the venue has told its time. Rejects as the ledger does.
 */
export async function resumeRate(rate: OrderRate, orders: StoredOrders): Promise<void> {
  const seen = new Map<string, Key>();
  let newest: number | null = null;
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = await orders.list({ limit: PAGE, offset });
    newest ??= rows[0]?.createdAt ?? null;
    const since = (newest ?? 0) - WINDOW_MS;
    const recent = rows.filter(({ createdAt }) => createdAt > since);
    for (const order of recent) rate.resume(order.accountId, order.createdAt);
    for (const order of rows) seen.set(`${order.accountId}/${order.clientOrderId}`, order);
    if (recent.length < PAGE) break;
  }
  for (const order of await orders.open()) seen.set(`${order.accountId}/${order.clientOrderId}`, order);
  // An old order may have been changed a moment ago.
  await Promise.all([...seen.values()].map((order) => resumeChanges(rate, orders, order)));
}

async function resumeChanges(rate: OrderRate, orders: StoredOrders, order: Key): Promise<void> {
  for (const { kind, time } of await orders.events(order))
    if (kind === 'amending') rate.resume(order.accountId, time);
}
