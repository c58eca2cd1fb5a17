import type { Fill, Order, OrderEvent } from '../../src-preload/contract/types/trading.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { OrderEntry } from '../storage/ledger/repositories/orders.ts';
import { named } from './order-identity.ts';
import { mergeOrder, sameOrder } from './order-merge.ts';
import { deskState, isFinal, mayBecome } from './order-states.ts';
import { OwedEntries } from './owed-entries.ts';

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly clock: () => number;
  readonly onOrder: (order: Order) => void;
  readonly onFill: (fill: Fill) => void;
  /** A statement that could not be written down: shown, never swallowed. */
  readonly onWriteFailed: (error: unknown) => void;
}

type Key = Pick<Order, 'accountId' | 'clientOrderId'>;

/** What led to a change of an order. */
export interface Note {
  readonly kind: OrderEvent['kind'];
  readonly detail?: string | undefined;
  /** Steps before this one that are not written down yet. */
  readonly earlier?: readonly OrderEvent[];
}
const CHANGED: Note = { kind: 'state' };

/** A fill older than this, fetched when the account was reconciled, is history and nothing to be told. */
const NEWS_MS = 5 * 60_000;

/** Longer than any cancel takes, answer and stream included. */
const CANCEL_MS = 15_000;
/** Longer than a venue takes to list its open orders. */
const CLOCK_SET_MS = 5 * 60_000;

const keyOf = (order: Key) => `${order.accountId}/${order.clientOrderId}`;

/**
 * What we know of every open order: the memory behind the desk. Statements of the venue are merged in here, in
 * the order they come, written to the ledger and told to whoever listens.
 */
export class OrderKeeper {
  readonly #parts: Parts;
  readonly #orders = new Map<string, Order>();
  readonly #inFlight = new Map<string, Key>();
  /** Orders that the ledger is being asked for: what is said of one meanwhile waits for the same answer. */
  readonly #asked = new Map<string, Promise<void>>();
  /** When each order that is being cancelled was asked to be, ms UTC; not those of an earlier run. */
  readonly #cancelsSince = new Map<string, number>();
  readonly #owed = new OwedEntries();
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

  /** Its account is gone: what the ledger has of its orders is the last word. */
  forgetAccount(accountId: string): void {
    for (const [key, order] of this.#orders) if (order.accountId === accountId) this.#orders.delete(key);
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

  /**
   * Whether a cancel may have been on its way at a time (ms UTC). One that was sent in an earlier run, or long before,
   * has arrived or never will: then the venue listing the order as open says that it was not cancelled.
   */
  isCancelUnderWay(order: Key, at: number): boolean {
    const since = this.#cancelsSince.get(keyOf(order));
    if (since === undefined) return false;
    // Asked for later than that, or so much earlier that our clock was set back in between.
    return at - since < CANCEL_MS && since - at < CLOCK_SET_MS;
  }

  /** Writes our own transition; rejects when the ledger cannot, and then nothing has changed. */
  async commit(order: Order, note: Note = CHANGED, intentId?: string): Promise<void> {
    const lawful = this.#lawful(order);
    await this.#parts.ledger.orders.record([{ order: lawful, intentId, steps: this.#steps(lawful, note) }]);
    this.#remember(lawful);
    void this.catchUp();
  }

  /**
   * Keeps what is true whether or not the ledger can write it: an order that was sent must not vanish because
   * the disk is full. Resolves when it is written or the failure was told.
   */
  hold(order: Order, note: Note = CHANGED): Promise<void> {
    return this.holdAll([order], note);
  }

  /** As `hold`, all of them in one write. */
  async holdAll(orders: readonly Order[], note: Note = CHANGED): Promise<void> {
    if (this.#disposed || orders.length === 0) return;
    const lawful = orders.map((order) => this.#lawful(order));
    for (const order of lawful) this.#remember(order);
    const entries = lawful.map((order) => ({ order, steps: this.#steps(order, note) }));
    await this.#record(entries).catch(this.#parts.onWriteFailed);
  }

  /** Writes what could not be written before, if anything. Never rejects: that it failed was told. */
  async catchUp(): Promise<void> {
    if (!this.#owed.isEmpty && !this.#disposed) await this.#record([]).catch(() => undefined);
  }

  /** Writes what is true already, and with it what is owed; what cannot be written is owed then. */
  async #record(entries: readonly OrderEntry[]): Promise<void> {
    // Written later, an order is written as it is by then.
    const all = this.#owed.takeWith(entries).map((entry) => ({
      ...entry,
      order: this.#orders.get(keyOf(entry.order)) ?? entry.order,
    }));
    try {
      await this.#parts.ledger.orders.record(all);
    } catch (error) {
      this.#owed.keep(all);
      throw error;
    }
  }

  /** Writes a step of an order that stays as it is. Rejects when the ledger cannot. */
  async note(order: Order, note: Note): Promise<void> {
    const { accountId, clientOrderId } = order;
    const steps = this.#steps(order, note);
    await this.#parts.ledger.orders.note({ accountId, clientOrderId, steps });
  }

  /**
   * Writes steps of orders that stay as they are, all in one write. Resolves with whether it is written; a failure
   * is told.
   */
  async noteAll(
    orders: readonly Order[],
    stepsOf: (order: Order) => readonly OrderEvent[],
  ): Promise<boolean> {
    if (this.#disposed) return false;
    const present = orders.map((order) => this.#orders.get(keyOf(order)) ?? order);
    const entries = present.map((order) => ({ order, steps: stepsOf(order) }));
    try {
      await this.#record(entries);
      return true;
    } catch (error) {
      this.#parts.onWriteFailed(error);
      return false;
    }
  }

  /**
   * Takes in what the venue said. Answers the order as it is known afterwards. One that memory does not have is
   * taken in a moment later (see `meet`): it may be long over, and the message late.
   */
  hear(statement: Order, note: Note = CHANGED): Order {
    const incoming = named(statement);
    if (this.#orders.has(keyOf(incoming))) return this.#take(incoming, note);
    void this.meet(incoming, note);
    return incoming;
  }

  /**
   * As `hear`, but asks the ledger first for an order that memory does not have: after a restart it holds no ended
   * ones. Never rejects: when the ledger cannot be read, the venue is believed.
   */
  async meet(statement: Order, note: Note = CHANGED): Promise<Order> {
    const incoming = named(statement);
    await this.recall(incoming);
    return this.#take(incoming, note);
  }

  /** The order as it is known in memory or, failing that, in the ledger: from then on it is in memory. Never rejects. */
  async recall({ accountId, clientOrderId }: Key): Promise<Order | null> {
    const key = keyOf({ accountId, clientOrderId });
    if (!this.#orders.has(key)) {
      const asked = this.#asked.get(key) ?? this.#ask({ accountId, clientOrderId });
      this.#asked.set(key, asked);
      await asked;
      this.#asked.delete(key);
    }
    return this.#orders.get(key) ?? null;
  }

  async #ask(key: Key): Promise<void> {
    try {
      const kept = await this.#parts.ledger.orders.byClientId(key);
      if (kept !== null && !this.#orders.has(keyOf(key))) this.load(kept);
    } catch (error) {
      if (!this.#disposed) this.#parts.onWriteFailed(error);
    }
  }

  #take(incoming: Order, note: Note): Order {
    const known = this.#orders.get(keyOf(incoming));
    const next = known ? mergeOrder(known, incoming) : incoming;
    if (!known || !sameOrder(known, next)) {
      void this.hold(next, note);
      return next;
    }
    // The stream was faster: when the answer came belongs into the journal all the same.
    if (note.earlier && !this.#disposed) this.note(known, note).catch(this.#parts.onWriteFailed);
    return known;
  }

  /** Takes in fills that happen now, whatever the venue's clock says; those already known are left out. */
  hearFills(fills: readonly Fill[]): void {
    this.keepFills(fills, -Infinity).catch(this.#parts.onWriteFailed);
  }

  /**
   * Takes in fills. Resolves with those that were new when they are in the ledger; rejects when they cannot be.
   * @param now ms UTC by the venue's clock: those that are history by then are not told
   */
  async keepFills(fills: readonly Fill[], now = this.#parts.clock()): Promise<readonly Fill[]> {
    const added = await this.#parts.ledger.fills.insert(fills.map(named));
    for (const fill of added) if (fill.time >= now - NEWS_MS) this.#parts.onFill(fill);
    return added;
  }

  /**
   * Ends the writing: what the venues still say after a lock is asked for again after the next unlock, and no
   * failure to write it is told.
   */
  dispose(): void {
    this.#disposed = true;
  }

  /** The table of states has the last word over everybody who writes an order, us included. */
  #lawful(next: Order): Order {
    const known = this.#orders.get(keyOf(next));
    const isLawful = !known || mayBecome(deskState(known), deskState(next));
    return isLawful ? next : { ...next, state: known.state };
  }

  #steps(order: Order, { kind, detail, earlier = [] }: Note): readonly OrderEvent[] {
    return [...earlier, { time: this.#parts.clock(), kind, state: order.state, detail: detail ?? null }];
  }

  #remember(order: Order): void {
    const key = keyOf(order);
    const wasCancelling = this.#orders.get(key)?.state === 'cancelling';
    this.#orders.set(key, order);
    if (order.state !== 'cancelling') this.#cancelsSince.delete(key);
    // One that the ledger brought along was asked for in an earlier life, whatever the venue says of it now.
    else if (!wasCancelling) this.#cancelsSince.set(key, this.#parts.clock());
    this.#parts.onOrder(order);
    // A finished order stays a while for late messages about it; the ledger has it for ever.
    if (isFinal(order.state) && this.#orders.size > 5000) this.#forgetFinished();
  }

  #forgetFinished(): void {
    for (const [key, order] of this.#orders) if (isFinal(order.state)) this.#orders.delete(key);
  }
}
