import type {
  CancelReport,
  Order,
  OrderDraft,
  PositionSide,
} from '../../src-preload/contract/types/trading.ts';
import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import { HoldfastError, badInput, toHoldfastError } from '../errors.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { OrderChanges } from './order-changes.ts';
import type { Amendment } from './order-changes.ts';
import { draftProblems, snapDraft } from './order-checks.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { lockedError } from '../vault/vault-errors.ts';
import { cannotKnow, conclusion, settleUnknown } from './unknown-outcome.ts';

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
}

/** Takes orders from intent to acknowledgement: check, journal, send. The only writer of order intents. */
export class OrderDesk {
  readonly #parts: Parts;
  readonly #changes: OrderChanges;
  /** Intents on their way: a second press with the same id waits for the first. */
  readonly #intents = new Map<string, Promise<Order>>();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#changes = new OrderChanges(parts);
  }

  /**
   * Places an order once per intent id, whatever happens in between. Rejects with `badInput` naming fields,
   * with the venue's refusal, or with a `storage` error when the journal cannot be written (nothing was sent
   * then). An answer that never came resolves to an order in state `unknown`, which is being looked up.
   */
  place(draft: OrderDraft, intentId: string): Promise<Order> {
    const key = `${draft.accountId}/${intentId}`;
    const running = this.#intents.get(key);
    if (running) return running;
    const placed = this.#place(draft, intentId).finally(() => this.#intents.delete(key));
    this.#intents.set(key, placed);
    return placed;
  }

  async #place(draft: OrderDraft, intentId: string): Promise<Order> {
    const session = this.#parts.sessions.requireTrading(draft.accountId);
    await this.#parts.ready(session);
    const known = await this.#parts.ledger.orders.byIntent({ accountId: draft.accountId, intentId });
    if (known) return this.#parts.keeper.get(known.accountId, known.clientOrderId) ?? known;
    const market = { venue: session.account.venue, symbol: draft.symbol };
    const instrument = await this.#parts.instrument(market);
    const snapped = snapDraft(draft, instrument).draft;
    const problems = draftProblems(snapped, {
      instrument,
      reference: await this.#parts.reference(market),
      venue: session.exchange.capabilities,
    });
    if (problems.length > 0) throw badInput(problems);
    const order = this.#newOrder(snapped, market);
    return this.#parts.keeper.whileInFlight(order, async () => {
      await this.#parts.keeper.commit(order, intentId);
      // Locked while it was written: not sent, and the next reconciliation finds that out.
      if (this.#disposed) throw lockedError();
      return this.#send(session, order, snapped);
    });
  }

  async #send(session: AccountSession, order: Order, draft: OrderDraft): Promise<Order> {
    try {
      const acknowledged = await session.trading.place({ ...draft, clientOrderId: order.clientOrderId });
      return this.#parts.keeper.hear(acknowledged, 'acknowledged');
    } catch (error) {
      return await this.#sendFailed(session, order, toHoldfastError(error));
    }
  }

  async #sendFailed(session: AccountSession, order: Order, error: HoldfastError): Promise<Order> {
    // The stream may have told us what became of it before the answer was lost.
    const present = this.#parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
    if (present.state !== 'sending') return present;
    const isOpen = cannotKnow(error);
    const next: Order = {
      ...present,
      state: isOpen ? 'unknown' : 'rejected',
      reason: error.message,
      updatedAt: this.#parts.clock(),
      ...(error.details.venueCode === undefined ? {} : { venueCode: error.details.venueCode }),
    };
    await this.#parts.keeper.hold(next, error.code);
    if (!isOpen) throw error;
    void this.#parts.keeper.whileInFlight(next, () => this.#settle(session, next));
    return next;
  }

  /** Looks an unknown order up until it is settled or needs a person. Never rejects. */
  async #settle(session: AccountSession, order: Order): Promise<void> {
    const verdict = await settleUnknown({
      order,
      trading: session.trading,
      wait: this.#parts.wait,
      isOver: () => this.#disposed,
    });
    const present = this.#parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
    // Still open in the ledger after a lock: the next reconciliation goes on with it.
    if (this.#disposed || present.state !== 'unknown') return;
    if (verdict.kind === 'found') this.#parts.keeper.hear(verdict.order, 'found');
    else
      await this.#parts.keeper.hold(
        { ...present, ...conclusion(verdict), updatedAt: this.#parts.clock() },
        verdict.kind,
      );
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

  /**
   * Ends the look-ups under way. An order that was sent and not answered is journaled as unknown: after the next
   * unlock the venue is asked what became of it. Resolves when that is written or the failure was told.
   */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const sending = this.#parts.keeper.inFlight().filter((order) => order.state === 'sending');
    await Promise.all(
      sending.map((order) =>
        this.#parts.keeper.hold({
          ...order,
          state: 'unknown',
          reason: 'Holdfast was locked before the venue answered.',
          updatedAt: this.#parts.clock(),
        }),
      ),
    );
  }

  /** Closes a position with a reduce-only market order. */
  async closePosition(
    accountId: string,
    symbol: string,
    positionSide: PositionSide,
    intentId: string,
  ): Promise<Order> {
    const session = this.#parts.sessions.requireTrading(accountId);
    const position = (await session.trading.positions()).find(
      (entry) => entry.symbol === symbol && entry.positionSide === positionSide,
    );
    if (!position)
      throw new HoldfastError('notFound', 'position.none', `There is no open position in ${symbol}.`);
    const side = position.side === 'long' ? 'sell' : 'buy';
    return this.place(
      {
        accountId,
        symbol,
        side,
        type: 'market',
        quantity: position.quantity,
        timeInForce: 'IOC',
        postOnly: false,
        reduceOnly: true,
        positionSide,
      },
      intentId,
    );
  }

  #newOrder(draft: OrderDraft, market: MarketRef): Order {
    const now = this.#parts.clock();
    return {
      ...market,
      accountId: draft.accountId,
      clientOrderId: this.#parts.newId(),
      venueOrderId: null,
      side: draft.side,
      type: draft.type,
      state: 'sending',
      quantity: draft.quantity ?? null,
      ...(draft.quoteAmount === undefined ? {} : { quoteAmount: draft.quoteAmount }),
      filledQuantity: '0',
      averagePrice: null,
      price: draft.price ?? null,
      triggerPrice: draft.triggerPrice ?? null,
      ...(draft.triggerBy === undefined ? {} : { triggerBy: draft.triggerBy }),
      timeInForce: draft.timeInForce,
      postOnly: draft.postOnly,
      reduceOnly: draft.reduceOnly,
      positionSide: draft.positionSide,
      ...(draft.takeProfit === undefined ? {} : { takeProfit: draft.takeProfit }),
      ...(draft.stopLoss === undefined ? {} : { stopLoss: draft.stopLoss }),
      createdAt: now,
      updatedAt: now,
    };
  }
}
