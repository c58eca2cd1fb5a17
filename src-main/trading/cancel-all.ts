import type { CancelReport, Order } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { toHoldfastError } from '../errors.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import type { CancelAnswer, CancelJournal, CancelRequest } from './cancel-journal.ts';
import { isNamed, nameOf, venueRef } from './order-identity.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { isFinal } from './order-states.ts';
import { cannotKnow } from './unknown-outcome.ts';

/** How often a venue that says "too many requests" is asked again, and for how long it may keep us waiting, ms. */
const TRIES = 4;
const LONGEST_WAIT = 10_000;

interface Parts {
  readonly sessions: AccountSessions;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Cancels everything and finds out what became of each. */
export class CancelAll {
  readonly #parts: Parts;
  readonly #journal: CancelJournal;

  constructor(parts: Parts, journal: CancelJournal) {
    this.#parts = parts;
    this.#journal = journal;
  }

  /**
   * Cancels everything open on an account, or in one market of it, and says what became of each. A lost answer
   * or a limit that was hit half-way is no failure as long as the venue can be asked what is still open; rejects
   * when it cannot, or when it refused and nothing was cancelled.
   */
  async run(accountId: string, symbol?: string): Promise<CancelReport> {
    const session = this.#parts.sessions.requireTrading(accountId);
    const targets = this.#parts.keeper
      .open(accountId)
      .filter((order) => symbol === undefined || order.symbol === symbol);
    await this.#journal.mark(targets);
    try {
      const refusal = await this.#send(session, targets, symbol);
      const left = new Set((await session.trading.openOrders(symbol)).map(nameOf));
      if (refusal && targets.every(({ clientOrderId }) => left.has(clientOrderId))) throw refusal;
      return await this.#report(session, targets, left);
    } catch (error) {
      for (const order of targets) await this.#journal.back(order);
      throw error;
    }
  }

  /** Null when it was carried out, or may have been: what is still open decides then. */
  async #send(
    session: AccountSession,
    targets: readonly Order[],
    symbol: string | undefined,
  ): Promise<HoldfastError | null> {
    for (let tries = 1; ; tries += 1) {
      const request: CancelRequest = { by: 'cancelAll', at: this.#parts.clock() };
      // Not waited for: what the venue said is true before it is written.
      const tell = (answerOf: (order: Order) => CancelAnswer) =>
        void this.#journal.answered(targets, request, answerOf);
      try {
        const named = new Set(await session.trading.cancelAll(symbol));
        tell((order) => (isNamed(order, named) ? 'cancelled' : null));
        return null;
      } catch (thrown) {
        const error = toHoldfastError(thrown);
        tell(() => error);
        if (cannotKnow(error)) return null;
        // Cancelling twice does no harm, and what is left open may.
        if (error.kind !== 'rateLimited' || tries === TRIES) return error;
        await this.#parts.wait(Math.min(error.details.retryAfterMs ?? 1000 * tries, LONGEST_WAIT));
      }
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
      if (isLeft) await this.#journal.back(order);
    }
    return { requested: targets.length, cancelled, failed };
  }

  /** No longer open: cancelled (null), or in which other way it ended. The stream may have told already. */
  async #endOf(session: AccountSession, order: Order): Promise<string | null> {
    let present = this.#parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
    if (!isFinal(present.state)) {
      const found = await session.trading.findOrder(venueRef(order)).catch(() => null);
      if (found) present = this.#parts.keeper.hear(found, { kind: 'acknowledged', detail: 'cancel' });
    }
    if (present.state === 'cancelled') return null;
    if (isFinal(present.state)) return `It was ${present.state} before it could be cancelled.`;
    return 'The venue no longer lists it as open, but does not say how it ended.';
  }
}
