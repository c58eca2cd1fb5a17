import { AsyncLocalStorage } from 'node:async_hooks';
import type { Account } from '../../src-preload/contract/types/account.ts';
import type { Instrument } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { toHoldfastError } from '../errors.ts';
import type { HoldfastError } from '../errors.ts';
import { compareText } from '../market/decimal.ts';
import type { OrderDeadline } from './order-deadline.ts';

/** What is about to be sent: snapped, and right by the instrument's rules. Nothing of it is written down yet. */
export interface GatedIntent {
  readonly account: Account;
  /** For an amendment: the order as it would be afterwards. */
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  readonly kind: 'place' | 'amend';
  /** The order to be amended; null for a new one. */
  readonly order: Order | null;
  /**
   * Orders of this account that passed and that the list of open orders does not show as they may be: new ones that
   * are being journaled, and amended ones at the larger of their quantities.
   */
  readonly pending: readonly Order[];
}

/**
 * The last word before an order is journaled: limits, kill switch. Cancels never come here. The desk asks for one
 * intent of an account at a time, so that two at once cannot both use the room that is left for one.
 */
export interface OrderGate {
  /** Rejects with `notAllowed` and a code `risk.*` that names limit, value and setting, or with `badInput`. */
  check(intent: GatedIntent): Promise<void>;
  /** An order of the account passed and goes out now; told before the next one is checked. */
  sent(accountId: string): void;
  /** Throws when an intent must not leave any more, though it passed: the switch was thrown while it was journaled. */
  leaving?(intent: Leaving): void;
  /**
   * Whether it is the kill switch's own, which closes a position: no limit holds for it, and it waits for no order
   * before it nor, for long, for a reconciliation. It is reduce-only, so that nothing unknown can make it harmful.
   */
  isClosing?(intent: Leaving): boolean;
}

/** What of an intent decides whether it may still leave. */
export interface Leaving {
  readonly draft: Pick<OrderDraft, 'type' | 'reduceOnly'>;
  readonly kind: GatedIntent['kind'];
}

/** Lets everything pass. */
export const OPEN_GATE: OrderGate = { check: () => Promise.resolve(), sent: () => undefined };

/** Asks the gate for one intent of an account after the other. */
export class GateQueue {
  readonly #gate: OrderGate;
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #pending = new Map<string, Set<Order>>();

  constructor(gate: OrderGate) {
    this.#gate = gate;
  }

  /**
   * Rejects as the gate does, or with `order.notReady` when its turn came, or ended, after the deadline. From here
   * until `settled` the account is judged with `pending` as one of its orders.
   */
  async pass(intent: Omit<GatedIntent, 'pending'>, pending: Order, deadline: OrderDeadline): Promise<void> {
    const { id } = intent.account;
    const turn = (this.isClosing(intent) ? null : this.#last.get(id)) ?? Promise.resolve();
    const passed = turn.then(async () => {
      // Too late already: those behind it do not wait for its figures as well.
      deadline.require('checks');
      await this.#gate.check({ ...intent, pending: largest(this.#pendingOf(id)) });
      deadline.require('checks');
      this.#pendingOf(id).add(pending);
      this.#gate.sent(id);
    });
    this.#last.set(
      id,
      passed.catch(() => undefined),
    );
    await passed;
  }

  /**
   * What keeps the intent from leaving at the time of asking; null when nothing does. Bound to who made it: the kill
   * switch's leave goes with its call, and a socket asks on behalf of everybody.
   */
  stopped(intent: Leaving): () => HoldfastError | null {
    return AsyncLocalStorage.bind(() => {
      try {
        this.#gate.leaving?.(intent);
        return null;
      } catch (error) {
        return toHoldfastError(error);
      }
    });
  }

  isClosing(intent: Leaving): boolean {
    return this.#gate.isClosing?.(intent) ?? false;
  }

  /** The list of open orders shows it as it is now, or it could not be journaled. */
  settled(order: Order): void {
    this.#pendingOf(order.accountId).delete(order);
  }

  #pendingOf(accountId: string): Set<Order> {
    const known = this.#pending.get(accountId) ?? new Set<Order>();
    this.#pending.set(accountId, known);
    return known;
  }
}

/** One of each: an order that is amended twice at once may become the larger one. */
function largest(orders: Iterable<Order>): readonly Order[] {
  const found = new Map<string, Order>();
  for (const order of orders) {
    const other = found.get(order.clientOrderId);
    if (other === undefined || compareText(order.quantity ?? '0', other.quantity ?? '0') > 0)
      found.set(order.clientOrderId, order);
  }
  return [...found.values()];
}
