import type { Fill, Order } from '../../src-preload/contract/types/trading.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import { named } from './order-identity.ts';
import { isFinal, mergeOrder, sameOrder } from './order-merge.ts';

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly clock: () => number;
  readonly onOrder: (order: Order) => void;
  readonly onFill: (fill: Fill) => void;
  /** A statement that could not be written down: shown, never swallowed. */
  readonly onWriteFailed: (error: unknown) => void;
}

type Key = Pick<Order, 'accountId' | 'clientOrderId'>;

/** A fill older than this, fetched when the account was reconciled, is history and nothing to be told. */
const NEWS_MS = 5 * 60_000;

const keyOf = (order: Key) => `${order.accountId}/${order.clientOrderId}`;

/**
 * What we know of every open order: the memory behind the desk. Statements of the venue are merged in here, in
 * the order they come, written to the ledger and told to whoever listens.
 */
export class OrderKeeper {
  readonly #parts: Parts;
  readonly #orders = new Map<string, Order>();
  readonly #inFlight = new Map<string, Key>();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get(accountId: string, clientOrderId: string): Order | null {
    return this.#orders.get(keyOf({ accountId, clientOrderId })) ?? null;
  }

  open(accountId?: string): readonly Order[] {
    return [...this.#orders.values()].filter(
      (order) => !isFinal(order.state) && (accountId === undefined || order.accountId === accountId),
    );
  }

  /** Puts an order in as the ledger has it, at start. */
  load(order: Order): void {
    this.#orders.set(keyOf(order), order);
  }

  /**
   * Runs what sends an order or finds out what became of it. Meanwhile the venue not listing the order proves
   * nothing, and a reconciliation leaves it alone.
   */
  async whileInFlight<T>(order: Key, action: () => Promise<T>): Promise<T> {
    const key = keyOf(order);
    this.#inFlight.set(key, order);
    try {
      return await action();
    } finally {
      // Sending can end in looking up, which began before and goes on after it.
      if (this.#inFlight.get(key) === order) this.#inFlight.delete(key);
    }
  }

  /** Those whose fate is being awaited now. */
  inFlight(): readonly Order[] {
    return [...this.#inFlight.values()].flatMap((key) => this.get(key.accountId, key.clientOrderId) ?? []);
  }

  isInFlight(order: Key): boolean {
    return this.#inFlight.has(keyOf(order));
  }

  /** Writes our own transition; rejects when the ledger cannot, and then nothing has changed. */
  async commit(order: Order, intentId?: string, detail?: string): Promise<void> {
    await this.#parts.ledger.orders.record([{ order, intentId, detail }]);
    this.#remember(order);
  }

  /**
   * Keeps what is true whether or not the ledger can write it: an order that was sent must not vanish because
   * the disk is full. Resolves when it is written or the failure was told.
   */
  async hold(order: Order, detail?: string): Promise<void> {
    if (this.#disposed) return;
    this.#remember(order);
    await this.#parts.ledger.orders.record([{ order, detail }]).catch(this.#parts.onWriteFailed);
  }

  /** Takes in what the venue said. Answers the order as it is known afterwards. */
  hear(statement: Order, detail?: string): Order {
    const incoming = named(statement);
    const known = this.#orders.get(keyOf(incoming));
    const next = known ? mergeOrder(known, incoming) : incoming;
    if (known && sameOrder(known, next)) return known;
    void this.hold(next, detail);
    return next;
  }

  /** Takes in fills; those already known are left out, and so is telling those that are history by now. */
  hearFills(fills: readonly Fill[]): void {
    this.keepFills(fills).catch(this.#parts.onWriteFailed);
  }

  /** As `hearFills`. Resolves when they are in the ledger; rejects when it cannot be written. */
  async keepFills(fills: readonly Fill[]): Promise<void> {
    const added = await this.#parts.ledger.fills.insert(fills.map(named));
    const since = this.#parts.clock() - NEWS_MS;
    for (const fill of added) if (fill.time >= since) this.#parts.onFill(fill);
  }

  /**
   * Ends the writing: what the venues still say after a lock is asked for again after the next unlock, and no
   * failure to write it is told.
   */
  dispose(): void {
    this.#disposed = true;
  }

  #remember(order: Order): void {
    this.#orders.set(keyOf(order), order);
    this.#parts.onOrder(order);
    // A finished order stays a while for late messages about it; the ledger has it for ever.
    if (isFinal(order.state) && this.#orders.size > 5000) this.#forgetFinished();
  }

  #forgetFinished(): void {
    for (const [key, order] of this.#orders) if (isFinal(order.state)) this.#orders.delete(key);
  }
}
