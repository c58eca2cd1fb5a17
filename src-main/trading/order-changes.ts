import type { CancelReport, Order, OrderDraft } from '../../src-preload/contract/types/trading.ts';
import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import { HoldfastError, badInput, toHoldfastError } from '../errors.ts';
import type { OrderAmendment } from '../exchanges/exchange.ts';
import { compareText } from '../market/decimal.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { draftProblems, snapDraft } from './order-checks.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { nameOf, venueRef } from './order-identity.ts';
import { isConfirmed, isFinal } from './order-merge.ts';
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
}

export interface Amendment {
  readonly accountId: string;
  readonly clientOrderId: string;
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly triggerPrice?: string | undefined;
}

/** Amends and cancels. A cancel lowers the risk, so it is sent even while the ledger cannot be written. */
export class OrderChanges {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Changes price or quantity (the new total). Rejects with `badInput` for a value off the instrument's rules.
   * An answer that never came is looked up: it resolves when the venue shows the change, rejects otherwise.
   */
  async amend(amendment: Amendment): Promise<Order> {
    const { accountId, clientOrderId } = amendment;
    const session = this.#parts.sessions.requireTrading(accountId);
    const order = this.#requireOpen(accountId, clientOrderId);
    const instrument = await this.#parts.instrument(order);
    const snapped = snapDraft(asDraft(order, amendment), instrument).draft;
    const problems = draftProblems(snapped, {
      instrument,
      reference: await this.#parts.reference(order),
      venue: session.exchange.capabilities,
    });
    if (problems.length > 0) throw badInput(problems);
    const request: OrderAmendment = {
      ...venueRef(order),
      ...given('quantity', amendment.quantity && snapped.quantity),
      ...given('price', amendment.price && snapped.price),
      ...given('triggerPrice', amendment.triggerPrice && snapped.triggerPrice),
    };
    try {
      return this.#parts.keeper.hear(await session.trading.amend(request), 'amended');
    } catch (error) {
      return await this.#amendFailed(session, request, toHoldfastError(error));
    }
  }

  async #amendFailed(session: AccountSession, request: OrderAmendment, error: HoldfastError): Promise<Order> {
    if (!cannotKnow(error)) throw error;
    for (const ms of LOOKS) {
      await this.#parts.wait(ms);
      const found = await session.trading.findOrder(request).catch(() => null);
      if (!found) continue;
      const known = this.#parts.keeper.hear(found, 'found');
      if (shows(known, request)) return known;
      if (isFinal(known.state)) break;
    }
    throw error;
  }

  /** Cancels an order. One that ended meanwhile answers as it is. */
  async cancel(accountId: string, clientOrderId: string): Promise<Order> {
    const session = this.#parts.sessions.requireTrading(accountId);
    const order = this.#requireOpen(accountId, clientOrderId);
    this.#mark(order);
    try {
      return this.#parts.keeper.hear(await session.trading.cancel(venueRef(order)), 'cancelled');
    } catch (error) {
      return await this.#cancelFailed(session, order, toHoldfastError(error));
    }
  }

  /** A cancel that raced a fill, or whose answer was lost: the venue says what is true. */
  async #cancelFailed(session: AccountSession, order: Order, error: HoldfastError): Promise<Order> {
    const found = await session.trading.findOrder(venueRef(order)).catch(() => null);
    if (found) {
      const known = this.#parts.keeper.hear(found, 'found');
      if (isFinal(known.state)) return known;
    }
    await this.#backFrom(order);
    throw error;
  }

  /** An order that is still being looked up keeps its state, or the look-up would take it for settled. */
  #mark(order: Order): void {
    if (isConfirmed(order.state)) void this.#parts.keeper.hold({ ...order, state: 'cancelling' });
  }

  /** The cancel did not happen: the order is again what it was before. */
  async #backFrom(order: Order): Promise<void> {
    const present = this.#parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
    if (present.state === 'cancelling')
      await this.#parts.keeper.hold({ ...present, state: order.state, updatedAt: this.#parts.clock() });
  }

  /**
   * Cancels everything open on an account, or in one market of it, and says what became of each. A lost answer
   * is no failure as long as the venue can be asked what is still open; rejects when it cannot.
   */
  async cancelAll(accountId: string, symbol?: string): Promise<CancelReport> {
    const session = this.#parts.sessions.requireTrading(accountId);
    const targets = this.#parts.keeper
      .open(accountId)
      .filter((order) => symbol === undefined || order.symbol === symbol);
    for (const order of targets) this.#mark(order);
    try {
      await cancelAllNow(session, symbol);
      const left = new Set((await session.trading.openOrders(symbol)).map(nameOf));
      return await this.#report(session, targets, left);
    } catch (error) {
      for (const order of targets) await this.#backFrom(order);
      throw error;
    }
  }

  async #report(
    session: AccountSession,
    targets: readonly Order[],
    left: ReadonlySet<string>,
  ): Promise<CancelReport> {
    const cancelled: string[] = [];
    const failed: { clientOrderId: string; message: string }[] = [];
    for (const order of targets) {
      const { clientOrderId } = order;
      const isLeft = left.has(clientOrderId);
      const message = isLeft ? 'The venue still lists it as open.' : await this.#endOf(session, order);
      if (message === null) cancelled.push(clientOrderId);
      else failed.push({ clientOrderId, message });
      if (isLeft) await this.#backFrom(order);
    }
    return { requested: targets.length, cancelled, failed };
  }

  /** No longer open: cancelled (null), or in which other way it ended. The stream may have told already. */
  async #endOf(session: AccountSession, order: Order): Promise<string | null> {
    let present = this.#parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
    if (!isFinal(present.state)) {
      const found = await session.trading.findOrder(venueRef(order)).catch(() => null);
      if (found) present = this.#parts.keeper.hear(found, 'cancelled');
    }
    if (present.state === 'cancelled') return null;
    if (isFinal(present.state)) return `It was ${present.state} before it could be cancelled.`;
    return 'The venue no longer lists it as open, but does not say how it ended.';
  }

  #requireOpen(accountId: string, clientOrderId: string): Order {
    const order = this.#parts.keeper.get(accountId, clientOrderId);
    if (!order) throw new HoldfastError('unknownOrder', 'order.notFound', 'This order is not known.');
    if (isFinal(order.state))
      throw new HoldfastError('unknownOrder', 'order.done', `This order is already ${order.state}.`);
    return order;
  }
}

/** Sends it. A lost answer passes: what is still open decides then. */
async function cancelAllNow(session: AccountSession, symbol: string | undefined): Promise<void> {
  try {
    await session.trading.cancelAll(symbol);
  } catch (error) {
    if (!cannotKnow(toHoldfastError(error))) throw error;
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

/** Whether the order has every value that the amendment asked for. */
function shows(order: Order, wanted: OrderAmendment): boolean {
  const same = (have: string | null, want: string | undefined): boolean =>
    want === undefined || (have !== null && compareText(have, want) === 0);
  return (
    same(order.quantity, wanted.quantity) &&
    same(order.price, wanted.price) &&
    same(order.triggerPrice, wanted.triggerPrice)
  );
}
