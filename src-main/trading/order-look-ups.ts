import type { Order } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError } from '../errors.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { venueRef } from './order-identity.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { NOT_SEEN, conclusion, settleUnknown } from './unknown-outcome.ts';

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly sessions: AccountSessions;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly onTrouble?: (session: AccountSession) => void;
}

/** Finds out what became of orders whose answer never came. Asks only; nothing is ever sent again from here. */
export class OrderLookUps {
  readonly #parts: Parts;
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks an unknown order up in the background until it is settled or needs a person. */
  start(session: AccountSession, order: Order): void {
    void this.#parts.keeper.whileInFlight(order, () => this.#settle(session, order));
  }

  /** Never rejects. */
  async #settle(session: AccountSession, order: Order): Promise<void> {
    const { keeper, wait, clock } = this.#parts;
    const { trading } = session;
    const verdict = await settleUnknown({ order, trading, wait, isOver: () => this.#disposed });
    const present = keeper.get(order.accountId, order.clientOrderId) ?? order;
    // Still open in the ledger after a lock: the next reconciliation goes on with it.
    if (this.#disposed || present.state !== 'unknown') return;
    if (verdict.kind === 'found') {
      keeper.hear(verdict.order, { kind: 'lookedUp' });
      return;
    }
    const next: Order = { ...present, ...conclusion(verdict), updatedAt: clock() };
    await keeper.hold(next, { kind: 'lookedUp', detail: verdict.kind });
    this.#parts.onTrouble?.(session);
  }

  /**
   * Asks the venue at once, on behalf of a person, and goes on asking in the background when that settles
   * nothing. Answers the order as it is known now. One that is settled already stays as it is.
   */
  async again(accountId: string, clientOrderId: string): Promise<Order> {
    const { keeper, sessions } = this.#parts;
    const session = sessions.requireTrading(accountId);
    const order = await this.#require(accountId, clientOrderId);
    if (order.state !== 'unknown' && order.state !== 'needsYou') return order;
    if (keeper.isInFlight(order)) return order;
    const unknown: Order = { ...order, state: 'unknown', updatedAt: this.#parts.clock() };
    await keeper.hold(unknown, { kind: 'lookedUp', detail: 'person' });
    const found = await session.trading.findOrder(venueRef(unknown)).catch(() => null);
    if (found) return keeper.hear(found, { kind: 'lookedUp' });
    const present = keeper.get(accountId, clientOrderId) ?? unknown;
    // The stream may have settled it meanwhile, and a second press may look already.
    if (present.state === 'unknown' && !keeper.isInFlight(present)) this.start(session, present);
    return present;
  }

  /**
   * Takes a person's word that the venue does not have the order. The venue is asked once more, and believed if it
   * has it after all. Rejects with `notAllowed` for an order in any state but `needsYou`.
   */
  async markNotPlaced(accountId: string, clientOrderId: string): Promise<Order> {
    const { keeper, sessions, clock } = this.#parts;
    const session = sessions.requireTrading(accountId);
    const order = await this.#require(accountId, clientOrderId);
    if (order.state !== 'needsYou') throw notUndecided(order);
    const found = await session.trading.findOrder(venueRef(order)).catch(() => null);
    if (found) return keeper.hear(found, { kind: 'lookedUp' });
    const present = keeper.get(accountId, clientOrderId) ?? order;
    if (present.state !== 'needsYou') return present;
    const next: Order = {
      ...present,
      state: 'rejected',
      // Without it the conclusion stays ours: should the venue list the order after all, it is believed.
      venueOrderId: present.clientOrderId === present.venueOrderId ? present.venueOrderId : null,
      reason: NOT_SEEN,
      updatedAt: clock(),
    };
    await keeper.commit(next, { kind: 'state', detail: 'person' });
    return next;
  }

  dispose(): void {
    this.#disposed = true;
  }

  async #require(accountId: string, clientOrderId: string): Promise<Order> {
    const { keeper, ledger } = this.#parts;
    const order =
      keeper.get(accountId, clientOrderId) ?? (await ledger.orders.byClientId({ accountId, clientOrderId }));
    if (order) return order;
    throw new HoldfastError('unknownOrder', 'order.notFound', 'This order is not known.');
  }
}

const notUndecided = ({ state }: Order) =>
  new HoldfastError(
    'notAllowed',
    'order.notUndecided',
    `Only an order that needs you can be marked as not placed; this one is ${state}.`,
  );
