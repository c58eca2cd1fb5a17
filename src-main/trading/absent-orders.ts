import type { Order, ReconciliationDifference } from '../../src-preload/contract/types/trading.ts';
import { toHoldfastError } from '../errors.ts';
import type { HoldfastError } from '../errors.ts';
import type { OrderRef } from '../exchanges/exchange.ts';
import { dec } from '../market/decimal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import { lostCancel } from './lost-cancel.ts';
import {
  endedMeanwhile,
  neverArrived,
  noLongerListed,
  notLookedUp,
  presumedCancelled,
} from './order-difference.ts';
import { venueRef } from './order-identity.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { NO_RECORD, isFinal } from './order-states.ts';
import { conclusion, settleUnknown } from './unknown-outcome.ts';
import { isUnlisted } from './unlisted-market.ts';

/** A venue may forget an order that was cancelled without a fill after this time: Bybit does. */
const KEPT_MS = 24 * 3_600_000;
const GONE = 'The venue no longer lists this order, open or done.';

type Difference = ReconciliationDifference | null;

/** What the first look at an order came to. */
type Look =
  | { readonly kind: 'settled'; readonly difference: Difference }
  /** Not found, or (with an error) not even that. */
  | { readonly kind: 'open'; readonly order: Order; readonly error: HoldfastError | null };

export interface AbsentParts {
  readonly ledger: Pick<LedgerRepositories, 'fills'>;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Asks the venue for one order, in its turn. */
  readonly find: (ref: OrderRef) => Promise<Order | null>;
  /** When the list of open orders was asked for: by our clock, and by the venue's. */
  readonly askedAt: number;
  readonly venueNow: number;
  /** Whether every fill up to the list is in the ledger. */
  readonly hasAllFills: () => Promise<boolean>;
  /** Nobody needs the answer any more: locked, or the account was closed. Nothing may be written then. */
  readonly isOver: () => boolean;
}

/** Orders that we hold open and the venue does not list as such: finds out what became of each, by itself. */
export class AbsentOrders {
  readonly #parts: AbsentParts;

  constructor(parts: AbsentParts) {
    this.#parts = parts;
  }

  /** Asks once. Never rejects: a look-up that fails is the matter of that order alone. */
  async look(order: Order): Promise<Look> {
    const { keeper, find } = this.#parts;
    // On its way right now, or being looked up by the desk: not being listed proves nothing yet.
    if (keeper.isInFlight(order)) return { kind: 'settled', difference: null };
    try {
      const found = await find(venueRef(order));
      if (found) return { kind: 'settled', difference: await this.#heard(order, found) };
      // The stream spoke while we asked: "not found" is older than what it said.
      if (order.venueOrderId !== null && this.#hasNews(order)) return { kind: 'settled', difference: null };
      return { kind: 'open', order, error: null };
    } catch (error) {
      return { kind: 'open', order, error: toHoldfastError(error) };
    }
  }

  /** Goes on until it is known or needs a person; that can take a minute. Rejects when the ledger cannot be written. */
  async settle(look: Look): Promise<Difference> {
    if (look.kind === 'settled') return look.difference;
    const { order, error } = look;
    const { keeper, isOver } = this.#parts;
    if (isOver() || keeper.isInFlight(order)) return null;
    if (error && isUnlisted(error)) return this.#needsYou(order, `${error.message} ${GONE}`);
    if (order.venueOrderId === null) return this.#unacknowledged(order);
    if (!error && this.#isOld(order)) return this.#forgotten(order);
    // A person looks at it already; asked once each time is enough.
    if (order.state === 'needsYou') return null;
    return this.#acknowledged(order);
  }

  /** Never acknowledged, perhaps because we stopped while it was sent: one "not found" may be the venue's lag. */
  async #unacknowledged(order: Order): Promise<Difference> {
    const verdict = await this.#lookAgain(order);
    const present = this.#present(order) ?? order;
    if (this.#parts.isOver() || isFinal(present.state) || present.venueOrderId !== null) return null;
    if (verdict.kind === 'found') return this.#heard(present, verdict.order);
    const next: Order = { ...present, ...conclusion(verdict), updatedAt: this.#parts.clock() };
    if (next.state !== present.state) await this.#parts.keeper.commit(next, { kind: 'reconciled' });
    return verdict.kind === 'notPlaced' ? neverArrived(order) : notLookedUp(order, verdict.reason);
  }

  /** Acknowledged once and now unknown to the venue: perhaps the lag of its history. */
  async #acknowledged(order: Order): Promise<Difference> {
    const verdict = await this.#lookAgain(order);
    if (this.#parts.isOver()) return null;
    const present = this.#present(order);
    if (verdict.kind === 'found') return this.#heard(present ?? order, verdict.order);
    if (present !== order) return null;
    if (verdict.kind === 'unsettled') return notLookedUp(order, verdict.reason);
    return this.#isOld(order) ? this.#forgotten(order) : this.#needsYou(order, GONE);
  }

  #lookAgain(order: Order): ReturnType<typeof settleUnknown> {
    const { keeper, wait, isOver, find } = this.#parts;
    const trading = { findOrder: find };
    return keeper.whileInFlight(order, () => settleUnknown({ order, trading, wait, isOver }));
  }

  async #heard(order: Order, found: Order): Promise<Difference> {
    const { keeper, askedAt } = this.#parts;
    const isNews = this.#present(order) === order;
    const known = keeper.hear(found, { kind: 'reconciled' });
    // What the stream told while we asked is no news.
    if (isNews && isFinal(known.state)) return endedMeanwhile(order, known);
    return lostCancel(known, found, keeper, askedAt);
  }

  #isOld({ createdAt }: Order): boolean {
    return this.#parts.venueNow - createdAt > KEPT_MS;
  }

  /**
   * Not listed, no record, and every fill that there is known: it was cancelled, and so long ago that the venue has
   * forgotten it. One that was filled would have a record.
   */
  async #forgotten(order: Order): Promise<Difference> {
    const { keeper, clock, hasAllFills } = this.#parts;
    if (!(await hasAllFills())) return notLookedUp(order, 'fills of the past are still being fetched');
    if (await this.#hasMoreFills(order)) return this.#needsYou(order, GONE);
    if (this.#hasNews(order)) return null;
    const next: Order = { ...order, state: 'cancelled', reason: NO_RECORD, updatedAt: clock() };
    await keeper.commit(next, { kind: 'reconciled', detail: NO_RECORD });
    return presumedCancelled(order);
  }

  async #hasMoreFills({ accountId, clientOrderId, createdAt, filledQuantity }: Order): Promise<boolean> {
    // By our clock where it is our order: a day is more than it can be off.
    const since = createdAt - KEPT_MS;
    const fills = await this.#parts.ledger.fills.byOrder({ accountId, clientOrderId, since });
    return fills.reduce((sum, { quantity }) => sum.plus(quantity), dec('0')).greaterThan(filledQuantity);
  }

  async #needsYou(order: Order, reason: string): Promise<Difference> {
    if (order.state === 'needsYou' || this.#hasNews(order)) return null;
    const next: Order = { ...order, state: 'needsYou', reason, updatedAt: this.#parts.clock() };
    await this.#parts.keeper.commit(next, { kind: 'reconciled' });
    return noLongerListed(order);
  }

  /** Whether the stream has spoken since we took the order up: a conclusion of ours would lay old figures over it. */
  #hasNews(order: Order): boolean {
    return this.#present(order) !== order;
  }

  #present({ accountId, clientOrderId }: Order): Order | null {
    return this.#parts.keeper.get(accountId, clientOrderId);
  }
}
