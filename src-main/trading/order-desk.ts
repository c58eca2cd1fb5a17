import type {
  CancelReport,
  Order,
  OrderDraft,
  OrderEvent,
  PositionSide,
} from '../../src-preload/contract/types/trading.ts';
import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import { HoldfastError, badInput, toHoldfastError } from '../errors.ts';
import type { NetTime } from '../net/time.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import { lockedError } from '../vault/vault-errors.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { OrderChanges } from './order-changes.ts';
import type { Amendment } from './order-changes.ts';
import { draftProblems, snapDraft } from './order-checks.ts';
import { closingDraft, orderOf } from './order-draft.ts';
import { GateQueue, OPEN_GATE } from './order-gate.ts';
import type { Leaving, OrderGate } from './order-gate.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { OrderDeadline } from './order-deadline.ts';
import { OrderLookUps } from './order-look-ups.ts';
import { cannotKnow } from './unknown-outcome.ts';

/** The kill switch's closings wait this long for a reconciliation, and then go: they can only reduce. */
const CLOSING_WAIT_MS = 1_000;
const CLOSING = { type: 'market', reduceOnly: true } as const;

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly sessions: AccountSessions;
  readonly keeper: OrderKeeper;
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
  /** Mark price of a contract, last price of a spot market; null while unknown. */
  readonly reference: (market: MarketRef) => Promise<string | null>;
  readonly clock: () => number;
  readonly newId: () => string;
  readonly wait: (ms: number) => Promise<void>;
  /** Resolves when the account's first reconciliation is done: before that we do not know what is open. */
  readonly ready: (session: AccountSession) => Promise<void>;
  /** Limits and kill switch; everything passes without one. */
  readonly gate?: OrderGate;
  /** What the deadline of each order is counted by. */
  readonly time?: NetTime;
  /** An order failed in a way that makes what we know of the account doubtful. */
  readonly onTrouble?: (session: AccountSession) => void;
}

/** Takes orders from intent to acknowledgement: check, journal, send. The only writer of order intents. */
export class OrderDesk {
  readonly #parts: Parts;
  readonly #gate: GateQueue;
  readonly #changes: OrderChanges;
  readonly #lookUps: OrderLookUps;
  /** Intents on their way: a second press with the same id waits for the first. */
  readonly #intents = new Map<string, Promise<Order>>();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#gate = new GateQueue(parts.gate ?? OPEN_GATE);
    this.#changes = new OrderChanges({
      ...parts,
      gate: this.#gate,
      deadline: (intent) => this.#deadline(intent),
    });
    this.#lookUps = new OrderLookUps(parts);
  }

  /**
   * Places an order once per intent id, whatever happens in between. Rejects with `badInput` naming fields,
   * with the gate's or the venue's refusal, with `unavailable`/`order.notReady` when it could not leave within 5 s,
   * or with a `storage` error when the journal cannot be written (nothing was sent then). An answer that never came resolves to an order in state `unknown`, which is being
   * looked up.
   */
  place(draft: OrderDraft, intentId: string): Promise<Order> {
    return this.#once(draft, intentId, this.#deadline({ draft, kind: 'place' }));
  }

  #once(draft: OrderDraft, intentId: string, deadline: OrderDeadline): Promise<Order> {
    const key = `${draft.accountId}/${intentId}`;
    const running = this.#intents.get(key);
    if (running) return running;
    const placed = this.#place(draft, intentId, deadline).finally(() => this.#intents.delete(key));
    this.#intents.set(key, placed);
    return placed;
  }

  /** Begins with the press. */
  #deadline(intent: Leaving): OrderDeadline {
    const stopped = this.#gate.stopped(intent);
    return new OrderDeadline(() => (this.#disposed ? lockedError() : stopped()), this.#parts.time);
  }

  /** An order must not go out before what is open is known; what closes for the kill switch may. */
  async #ready(session: AccountSession, draft: OrderDraft, deadline: OrderDeadline): Promise<void> {
    const ready = this.#parts.ready(session);
    if (this.#gate.isClosing({ draft, kind: 'place' })) await deadline.atMost(CLOSING_WAIT_MS, ready);
    else await deadline.inTime(ready, 'reconciliation');
  }

  async #place(draft: OrderDraft, intentId: string, deadline: OrderDeadline): Promise<Order> {
    const { clock, keeper, ledger, sessions } = this.#parts;
    const asked = clock();
    const session = sessions.requireTrading(draft.accountId);
    await this.#ready(session, draft, deadline);
    const known = await ledger.orders.byIntent({ accountId: draft.accountId, intentId });
    if (known) return keeper.get(known.accountId, known.clientOrderId) ?? known;
    const market = { venue: session.account.venue, symbol: draft.symbol };
    const instrument = await this.#parts.instrument(market);
    const snapped = snapDraft(draft, instrument).draft;
    const problems = draftProblems(snapped, {
      instrument,
      reference: await this.#parts.reference(market),
      venue: session.exchange.capabilities,
    });
    if (problems.length > 0) throw badInput(problems);
    const order = orderOf(snapped, market, this.#parts.newId(), asked);
    const { account } = session;
    const intent = { account, draft: snapped, instrument, kind: 'place', order: null } as const;
    await this.#gate.pass(intent, order, deadline);
    return keeper.whileInFlight(order, async () => {
      await this.#journal(order, intentId);
      // Locked while it was written: not sent, and the next reconciliation finds that out.
      if (this.#disposed) throw lockedError();
      const refusal = deadline.refusal('journal');
      if (refusal) return this.#notSent(order, refusal);
      return this.#send(session, order, snapped, deadline);
    });
  }

  /**
   * One write that survives a power cut. It says "sending" already: whoever reads it later has to ask the venue,
   * since nobody can tell whether the request left before the end.
   */
  async #journal(order: Order, intentId: string): Promise<void> {
    const intent: OrderEvent = { time: order.createdAt, kind: 'intent', state: null, detail: null };
    const checked: OrderEvent = { time: this.#parts.clock(), kind: 'checked', state: null, detail: null };
    try {
      await this.#parts.keeper.commit(order, { kind: 'journaled', earlier: [intent, checked] }, intentId);
    } finally {
      this.#gate.settled(order);
    }
  }

  /** Journaled, and stopped before it left: it ends as what it is, an order that was never sent. */
  async #notSent(order: Order, error: HoldfastError): Promise<never> {
    const next: Order = {
      ...order,
      state: 'rejected',
      reason: error.message,
      updatedAt: this.#parts.clock(),
    };
    await this.#parts.keeper.hold(next, { kind: 'state', detail: error.code });
    throw error;
  }

  async #send(
    session: AccountSession,
    order: Order,
    draft: OrderDraft,
    deadline: OrderDeadline,
  ): Promise<Order> {
    // Written with what comes back: a second write before sending would only cost time.
    const sent: OrderEvent = { time: this.#parts.clock(), kind: 'sent', state: null, detail: null };
    try {
      const request = { ...draft, clientOrderId: order.clientOrderId };
      const acknowledged = await session.trading.place(request, deadline);
      return this.#parts.keeper.hear(acknowledged, { kind: 'acknowledged', earlier: [sent] });
    } catch (error) {
      return await this.#sendFailed(session, order, toHoldfastError(error), sent);
    }
  }

  async #sendFailed(
    session: AccountSession,
    order: Order,
    error: HoldfastError,
    sent: OrderEvent,
  ): Promise<Order> {
    const { keeper } = this.#parts;
    // The stream may have told us what became of it before the answer was lost.
    const present = keeper.get(order.accountId, order.clientOrderId) ?? order;
    if (present.state !== 'sending') {
      const { state } = present;
      const failed: OrderEvent = { time: this.#parts.clock(), kind: 'state', state, detail: error.code };
      // Not waited for: that it left, and that no answer came, changes nothing of the order.
      void keeper.noteAll([present], () => [sent, failed]);
      return present;
    }
    const isOpen = cannotKnow(error);
    const next: Order = {
      ...present,
      state: isOpen ? 'unknown' : 'rejected',
      reason: error.message,
      updatedAt: this.#parts.clock(),
      ...(error.details.venueCode === undefined ? {} : { venueCode: error.details.venueCode }),
    };
    await keeper.hold(next, { kind: 'state', detail: error.code, earlier: [sent] });
    if (!isOpen) {
      this.#parts.onTrouble?.(session);
      throw error;
    }
    this.#lookUps.start(session, next);
    return next;
  }

  /** Changes price or quantity (the new total). See `OrderChanges.amend`. */
  amend(amendment: Amendment): Promise<Order> {
    return this.#changes.amend(amendment);
  }

  /** Cancels an order. See `OrderChanges.cancel`. */
  cancel(accountId: string, clientOrderId: string): Promise<Order> {
    return this.#changes.cancel(accountId, clientOrderId);
  }

  /** Cancels everything open on an account, or in one market of it. See `OrderChanges.cancelAll`. */
  cancelAll(accountId: string, symbol?: string): Promise<CancelReport> {
    return this.#changes.cancelAll(accountId, symbol);
  }

  /** Asks the venue again what became of an order. See `OrderLookUps.again`. */
  lookAgain(accountId: string, clientOrderId: string): Promise<Order> {
    return this.#lookUps.again(accountId, clientOrderId);
  }

  /** A person has seen that the venue does not have it. See `OrderLookUps.markNotPlaced`. */
  markNotPlaced(accountId: string, clientOrderId: string): Promise<Order> {
    return this.#lookUps.markNotPlaced(accountId, clientOrderId);
  }

  /**
   * Ends the look-ups under way. An order that was sent and not answered is journaled as unknown: after the next
   * unlock the venue is asked what became of it. Resolves when that is written or the failure was told.
   */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#lookUps.dispose();
    const now = this.#parts.clock();
    const reason = 'Holdfast was locked before the venue answered.';
    const sending = this.#parts.keeper
      .inFlight()
      .filter((order) => order.state === 'sending')
      .map((order): Order => ({ ...order, state: 'unknown', reason, updatedAt: now }));
    await this.#parts.keeper.holdAll(sending);
  }

  /** Closes a position with a reduce-only market order. */
  async closePosition(
    accountId: string,
    symbol: string,
    positionSide: PositionSide,
    intentId: string,
  ): Promise<Order> {
    const session = this.#parts.sessions.requireTrading(accountId);
    const deadline = this.#deadline({ draft: CLOSING, kind: 'place' });
    const position = (await deadline.inTime(session.trading.positions(), 'position')).find(
      (entry) => entry.symbol === symbol && entry.positionSide === positionSide,
    );
    if (!position)
      throw new HoldfastError('notFound', 'position.none', `There is no open position in ${symbol}.`);
    return this.#once({ ...closingDraft(position), accountId }, intentId, deadline);
  }
}
