import type {
  CancelReport,
  Order,
  OrderDraft,
  OrderEvent,
} from '../../src-preload/contract/types/trading.ts';
import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import { HoldfastError, badInput, toHoldfastError } from '../errors.ts';
import type { OrderAmendment } from '../exchanges/exchange.ts';
import { compareText } from '../market/decimal.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { CancelAll } from './cancel-all.ts';
import { shows, wordsOf } from './order-amendment.ts';
import { CancelJournal } from './cancel-journal.ts';
import { draftProblems, hasPrice, hasTrigger, snapDraft } from './order-checks.ts';
import type { OrderDeadline } from './order-deadline.ts';
import type { GateQueue, Leaving } from './order-gate.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { venueRef } from './order-identity.ts';
import { isFinal } from './order-states.ts';
import { cannotKnow } from './unknown-outcome.ts';

/** Waits before each look at an order whose change was not answered, ms. */
const LOOKS = [0, 500, 1500];

interface Parts {
  readonly sessions: AccountSessions;
  readonly keeper: OrderKeeper;
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
  readonly reference: (market: MarketRef) => Promise<string | null>;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly gate: GateQueue;
  /** From now until the change has to have left. */
  readonly deadline: (intent: Leaving) => OrderDeadline;
  /** A change failed in a way that makes what we know of the account doubtful. */
  readonly onTrouble?: (session: AccountSession) => void;
}

export interface Amendment {
  readonly accountId: string;
  readonly clientOrderId: string;
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly triggerPrice?: string | undefined;
}

/**
 * Amends and cancels. Both are journaled before they are sent. An amendment can raise the risk and stays here when
 * the journal cannot be written; a cancel is sent all the same (why: see `CancelJournal`).
 */
export class OrderChanges {
  readonly #parts: Parts;
  readonly #journal: CancelJournal;
  readonly #cancelAll: CancelAll;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#journal = new CancelJournal(parts);
    this.#cancelAll = new CancelAll(parts, this.#journal);
  }

  /**
   * Changes price or quantity (the new total). Rejects with `badInput` for a value off the instrument's rules, as
   * the gate does, with `unavailable`/`order.notReady` when it could not leave within 5 s, or with `storage` when the journal cannot be written; nothing was sent then. An answer that
   * never came is looked up: it resolves when the venue shows the change, rejects otherwise.
   */
  async amend(amendment: Amendment): Promise<Order> {
    const { accountId, clientOrderId } = amendment;
    const { gate, sessions } = this.#parts;
    const session = sessions.requireTrading(accountId);
    const order = this.#requireOpen(accountId, clientOrderId);
    const deadline = this.#parts.deadline({ draft: order, kind: 'amend' });
    const { instrument, draft } = await this.#checked(session, order, amendment);
    const intent = { account: session.account, draft, instrument, kind: 'amend', order } as const;
    // Until it is answered or looked up, nobody knows which of the two it is: the larger one counts.
    const larger = largerOf(order, draft);
    await gate.pass(intent, larger, deadline);
    try {
      return await this.#send(session, order, requestOf(order, amendment, draft), deadline);
    } finally {
      gate.settled(larger);
    }
  }

  /** The order as it would be. Rejects with `badInput`. */
  async #checked(session: AccountSession, order: Order, amendment: Amendment) {
    const instrument = await this.#parts.instrument(order);
    const draft = snapDraft(asDraft(order, amendment), instrument).draft;
    const problems = draftProblems(draft, {
      instrument,
      reference: await this.#parts.reference(order),
      venue: session.exchange.capabilities,
    });
    if (problems.length > 0) throw badInput(problems);
    return { instrument, draft };
  }

  async #send(
    session: AccountSession,
    order: Order,
    request: OrderAmendment,
    deadline: OrderDeadline,
  ): Promise<Order> {
    const { keeper, clock } = this.#parts;
    await keeper.note(order, { kind: 'amending', detail: wordsOf(request) });
    // It may have ended while the others had their say, and the kill switch may have been thrown.
    const present = this.#requireOpen(order.accountId, order.clientOrderId);
    const refusal = deadline.refusal('journal');
    if (refusal) return this.#notSent(present, refusal);
    const sent: OrderEvent = { time: clock(), kind: 'sent', state: null, detail: 'amend' };
    try {
      return keeper.hear(await session.trading.amend(request, deadline), {
        kind: 'amended',
        earlier: [sent],
      });
    } catch (error) {
      return await this.#amendFailed(session, present, request, sent, toHoldfastError(error));
    }
  }

  /** Journaled, and stopped before it left: the order is as it was, and its timeline says why. */
  async #notSent(order: Order, error: HoldfastError): Promise<never> {
    await this.#parts.keeper.hold(order, { kind: 'state', detail: error.code });
    throw error;
  }

  /**
   * Refused, or not answered: then it is looked up. Whatever came of it, the journal says so; when nothing did, the
   * account is reconciled soon, since the change may still arrive.
   */
  async #amendFailed(
    session: AccountSession,
    order: Order,
    request: OrderAmendment,
    sent: OrderEvent,
    error: HoldfastError,
  ): Promise<Order> {
    const changed = cannotKnow(error) ? await this.#lookForChange(session, order, request, sent) : null;
    if (changed) return changed;
    await this.#parts.keeper.noteAll([order], ({ state }) => [
      sent,
      { time: this.#parts.clock(), kind: 'state', state, detail: error.code },
    ]);
    this.#parts.onTrouble?.(session);
    throw error;
  }

  /** Null when the venue does not show the change, or cannot be asked. */
  async #lookForChange(
    session: AccountSession,
    { accountId, clientOrderId }: Order,
    request: OrderAmendment,
    sent: OrderEvent,
  ): Promise<Order | null> {
    const { keeper, wait } = this.#parts;
    for (const ms of LOOKS) {
      await wait(ms);
      const found = await session.trading.findOrder(request).catch(() => null);
      if (!found) continue;
      if (shows(found, request))
        return keeper.hear(found, { kind: 'amended', detail: 'lookedUp', earlier: [sent] });
      if (isFinal(keeper.hear(found, { kind: 'lookedUp' }).state)) return null;
    }
    // The stream may have told what the look-ups could not.
    const present = keeper.get(accountId, clientOrderId);
    return present && shows(present, request) ? present : null;
  }

  /** Cancels an order. One that ended meanwhile answers as it is. */
  async cancel(accountId: string, clientOrderId: string): Promise<Order> {
    const { keeper, clock } = this.#parts;
    const session = this.#parts.sessions.requireTrading(accountId);
    const order = this.#requireOpen(accountId, clientOrderId);
    await this.#journal.mark([order]);
    const sent: OrderEvent = { time: clock(), kind: 'sent', state: null, detail: 'cancel' };
    try {
      const answer = await session.trading.cancel(venueRef(order));
      return keeper.hear(answer, { kind: 'acknowledged', detail: 'cancel', earlier: [sent] });
    } catch (error) {
      return await this.#cancelFailed(session, order, toHoldfastError(error));
    }
  }

  /** A cancel that raced a fill, or whose answer was lost: the venue says what is true. */
  async #cancelFailed(session: AccountSession, order: Order, error: HoldfastError): Promise<Order> {
    const found = await session.trading.findOrder(venueRef(order)).catch(() => null);
    if (found) {
      const known = this.#parts.keeper.hear(found, { kind: 'lookedUp' });
      if (isFinal(known.state)) return known;
    }
    await this.#journal.back(order, found);
    this.#parts.onTrouble?.(session);
    throw error;
  }

  /** Cancels everything open on an account, or in one market of it. See `CancelAll.run`. */
  cancelAll(accountId: string, symbol?: string): Promise<CancelReport> {
    return this.#cancelAll.run(accountId, symbol);
  }

  #requireOpen(accountId: string, clientOrderId: string): Order {
    const order = this.#parts.keeper.get(accountId, clientOrderId);
    if (!order) throw new HoldfastError('unknownOrder', 'order.notFound', 'This order is not known.');
    if (isFinal(order.state))
      throw new HoldfastError('unknownOrder', 'order.done', `This order is already ${order.state}.`);
    return order;
  }
}

const SET_OFF: ReadonlySet<Order['state']> = new Set<Order['state']>(['working', 'partiallyFilled']);

/** The order as it would be after the amendment, to check it by the same rules as a new one. */
function asDraft(order: Order, amendment: Amendment): OrderDraft {
  const triggerPrice = amendment.triggerPrice ?? order.triggerPrice ?? undefined;
  // A stop that was triggered is an order like any other: the market is where it is, not where the trigger was.
  const isTriggered = hasTrigger(order.type) && SET_OFF.has(order.state);
  return {
    ...order,
    ...(isTriggered ? { type: hasPrice(order.type) ? 'limit' : 'market' } : {}),
    quantity: amendment.quantity ?? order.quantity ?? undefined,
    price: amendment.price ?? order.price ?? undefined,
    triggerPrice: isTriggered ? amendment.triggerPrice : triggerPrice,
    quoteAmount: undefined,
  };
}

/** What is sent: the fields that were asked for. */
const requestOf = (order: Order, amendment: Amendment, draft: OrderDraft): OrderAmendment => ({
  ...venueRef(order),
  ...given('quantity', amendment.quantity && draft.quantity),
  ...given('price', amendment.price && draft.price),
  ...given('triggerPrice', amendment.triggerPrice && draft.triggerPrice),
});

/** The order with the larger of its quantities, before and after. */
function largerOf(order: Order, { quantity }: OrderDraft): Order {
  if (quantity === undefined || order.quantity === null) return { ...order };
  return { ...order, quantity: compareText(quantity, order.quantity) > 0 ? quantity : order.quantity };
}

const given = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, string>);
