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
import { draftProblems, snapDraft } from './order-checks.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { isFinal } from './order-merge.ts';
import { settleUnknown } from './unknown-outcome.ts';

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
  readonly ready: (accountId: string) => Promise<void>;
}

export interface Amendment {
  readonly accountId: string;
  readonly clientOrderId: string;
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly triggerPrice?: string | undefined;
}

/** Takes orders from intent to acknowledgement: check, journal, send. The only writer of order intents. */
export class OrderDesk {
  readonly #parts: Parts;
  /** Intents on their way: a second press with the same id waits for the first. */
  readonly #intents = new Map<string, Promise<Order>>();

  constructor(parts: Parts) {
    this.#parts = parts;
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
    await this.#parts.ready(draft.accountId);
    const known = await this.#parts.ledger.orders.byIntent({ accountId: draft.accountId, intentId });
    if (known) return this.#parts.keeper.get(known.accountId, known.clientOrderId) ?? known;
    const market = { venue: session.account.venue, symbol: draft.symbol };
    const instrument = await this.#parts.instrument(market);
    const snapped = snapDraft(draft, instrument).draft;
    const problems = draftProblems(snapped, { instrument, reference: await this.#parts.reference(market) });
    if (problems.length > 0) throw badInput(problems);
    const order = this.#newOrder(snapped, market);
    await this.#parts.keeper.commit(order, intentId);
    return this.#send(session, order, snapped);
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
    const cannotKnow =
      error.kind === 'unknownOutcome' || error.kind === 'internal' || error.kind === 'protocol';
    const next: Order = {
      ...present,
      state: cannotKnow ? 'unknown' : 'rejected',
      reason: error.message,
      updatedAt: this.#parts.clock(),
      ...(error.details.venueCode === undefined ? {} : { venueCode: error.details.venueCode }),
    };
    await this.#parts.keeper.commit(next, undefined, error.code);
    if (!cannotKnow) throw error;
    void this.#settle(session, next);
    return next;
  }

  /** Looks an unknown order up until it is settled or needs a person. */
  async #settle(session: AccountSession, order: Order): Promise<void> {
    const verdict = await settleUnknown({ order, trading: session.trading, wait: this.#parts.wait });
    const present = this.#parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
    if (present.state !== 'unknown') return;
    if (verdict.kind === 'found') {
      this.#parts.keeper.hear(verdict.order, 'found');
      return;
    }
    const state = verdict.kind === 'notPlaced' ? 'rejected' : 'needsYou';
    const reason =
      verdict.kind === 'notPlaced'
        ? 'The venue does not know this order: it was not placed.'
        : verdict.reason;
    await this.#parts.keeper
      .commit({ ...present, state, reason, updatedAt: this.#parts.clock() }, undefined, verdict.kind)
      .catch(() => undefined);
  }

  /** Changes price or quantity (the new total). Rejects with `badInput` for a value off the instrument's rules. */
  async amend(amendment: Amendment): Promise<Order> {
    const { accountId, clientOrderId } = amendment;
    const session = this.#parts.sessions.requireTrading(accountId);
    const order = this.#requireOpen(accountId, clientOrderId);
    const instrument = await this.#parts.instrument(order);
    const snapped = snapDraft(asDraft(order, amendment), instrument).draft;
    const problems = draftProblems(snapped, { instrument, reference: await this.#parts.reference(order) });
    if (problems.length > 0) throw badInput(problems);
    const amended = await session.trading.amend({
      symbol: order.symbol,
      clientOrderId,
      venueOrderId: order.venueOrderId,
      ...given('quantity', amendment.quantity && snapped.quantity),
      ...given('price', amendment.price && snapped.price),
      ...given('triggerPrice', amendment.triggerPrice && snapped.triggerPrice),
    });
    return this.#parts.keeper.hear(amended, 'amended');
  }

  /** Cancels an order. One that is already done answers as it is. */
  async cancel(accountId: string, clientOrderId: string): Promise<Order> {
    const session = this.#parts.sessions.requireTrading(accountId);
    const order = this.#requireOpen(accountId, clientOrderId);
    await this.#parts.keeper.commit({ ...order, state: 'cancelling', updatedAt: this.#parts.clock() });
    try {
      return this.#parts.keeper.hear(await session.trading.cancel(order), 'cancelled');
    } catch (error) {
      return await this.#cancelFailed(session, order, toHoldfastError(error));
    }
  }

  /** A cancel that raced a fill, or whose answer was lost: the venue says what is true. */
  async #cancelFailed(session: AccountSession, order: Order, error: HoldfastError): Promise<Order> {
    const found = await session.trading.findOrder(order).catch(() => null);
    if (found) {
      const known = this.#parts.keeper.hear(found, 'found');
      if (isFinal(known.state)) return known;
    }
    const present = this.#parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
    if (present.state === 'cancelling')
      await this.#parts.keeper.commit({ ...present, state: order.state, updatedAt: this.#parts.clock() });
    throw error;
  }

  /** Cancels everything open on an account, or in one market of it, and says what became of each. */
  async cancelAll(accountId: string, symbol?: string): Promise<CancelReport> {
    const session = this.#parts.sessions.requireTrading(accountId);
    const targets = this.#parts.keeper
      .open(accountId)
      .filter((order) => symbol === undefined || order.symbol === symbol);
    await session.trading.cancelAll(symbol);
    const left = new Set((await session.trading.openOrders(symbol)).map((order) => order.clientOrderId));
    const cancelled: string[] = [];
    const failed: { clientOrderId: string; message: string }[] = [];
    for (const { clientOrderId } of targets) {
      if (left.has(clientOrderId))
        failed.push({ clientOrderId, message: 'The venue still lists it as open.' });
      else cancelled.push(clientOrderId);
    }
    return { requested: targets.length, cancelled, failed };
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

  #requireOpen(accountId: string, clientOrderId: string): Order {
    const order = this.#parts.keeper.get(accountId, clientOrderId);
    if (!order) throw new HoldfastError('unknownOrder', 'order.notFound', 'This order is not known.');
    if (isFinal(order.state))
      throw new HoldfastError('unknownOrder', 'order.done', `This order is already ${order.state}.`);
    return order;
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
      createdAt: now,
      updatedAt: now,
    };
  }
}

/** The order as it would be after the amendment, to check it by the same rules as a new one. */
function asDraft(order: Order, amendment: Amendment): OrderDraft {
  return {
    ...order,
    quantity: amendment.quantity ?? order.quantity ?? undefined,
    price: amendment.price ?? order.price ?? undefined,
    triggerPrice: amendment.triggerPrice ?? order.triggerPrice ?? undefined,
    quoteAmount: undefined,
  };
}

const given = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, string>);
