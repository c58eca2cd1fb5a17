import type { Account } from '../../src-preload/contract/types/account.ts';
import type { Instrument } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { toHoldfastError } from '../errors.ts';
import type { HoldfastError } from '../errors.ts';

/** What is about to be sent: snapped, and right by the instrument's rules. Nothing of it is written down yet. */
export interface GatedIntent {
  readonly account: Account;
  /** For an amendment: the order as it would be afterwards. */
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  readonly kind: 'place' | 'amend';
  /** The order to be amended; null for a new one. */
  readonly order: Order | null;
  /** New orders of this account that passed and are being journaled: no list of open orders has them yet. */
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
  leaving?(intent: Pick<GatedIntent, 'draft' | 'kind'>): void;
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

  /** Rejects as the gate does. A new order counts as pending from here until `settled`. */
  async pass(intent: Omit<GatedIntent, 'pending'>, fresh: Order | null): Promise<void> {
    const { id } = intent.account;
    const turn = (this.#last.get(id) ?? Promise.resolve()).then(async () => {
      await this.#gate.check({ ...intent, pending: [...this.#pendingOf(id)] });
      if (fresh) this.#pendingOf(id).add(fresh);
      this.#gate.sent(id);
    });
    this.#last.set(
      id,
      turn.catch(() => undefined),
    );
    await turn;
  }

  /** What keeps an intent from leaving now; null when nothing does. */
  stopped(intent: Pick<GatedIntent, 'draft' | 'kind'>): HoldfastError | null {
    try {
      this.#gate.leaving?.(intent);
      return null;
    } catch (error) {
      return toHoldfastError(error);
    }
  }

  /** The order is in the list of open orders now, or could not be journaled. */
  settled(order: Order): void {
    this.#pendingOf(order.accountId).delete(order);
  }

  #pendingOf(accountId: string): Set<Order> {
    const known = this.#pending.get(accountId) ?? new Set<Order>();
    this.#pending.set(accountId, known);
    return known;
  }
}
