import type { Order, OrderEvent } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { isZeroText } from '../market/decimal.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { isConfirmed } from './order-states.ts';

/** A cancel waits this long for the disk, ms, and then goes out without. */
const JOURNAL_PATIENCE = 1000;

interface Parts {
  readonly keeper: Pick<OrderKeeper, 'get' | 'hold' | 'holdAll' | 'noteAll'>;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** One request that asked for cancels: who wanted it, as the timeline names it, and when it left (ms UTC). */
export interface CancelRequest {
  readonly by: 'cancelAll' | 'killSwitch';
  readonly at: number;
}

/** What the venue said of one order: done, why not, or null when it did not name it. */
export type CancelAnswer = 'cancelled' | HoldfastError | null;

/**
 * The journal of cancels: that they were wanted, before they leave, and what was answered, for any number of orders
 * in one write.
 *
 * A journal that cannot be written keeps back what can raise the risk (orders, amendments), but no cancel. Sent
 * twice or forgotten in a crash, a cancel does no harm: the next reconciliation finds how the order ended. Kept
 * back because of a full disk, it leaves a person without the means to get out of the market.
 */
export class CancelJournal {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Writes that these are to be cancelled, and calls them so. An order that is still being looked up keeps its
   * state, or the look-up would take it for settled.
   */
  async mark(orders: readonly Order[]): Promise<void> {
    const marked = orders.map((order): Order =>
      isConfirmed(order.state) ? { ...order, state: 'cancelling' } : order,
    );
    const written = this.#parts.keeper.holdAll(marked, { kind: 'cancelling' });
    await Promise.race([written, this.#parts.wait(JOURNAL_PATIENCE)]);
  }

  /** As `mark`, but leaves their states alone. True when it is durable; a failure is told by the keeper. */
  async intend(orders: readonly Order[], by: CancelRequest['by']): Promise<boolean> {
    if (orders.length === 0) return true;
    const step = this.#step('cancelling', by);
    const written = this.#parts.keeper.noteAll(orders, () => [step]);
    return Promise.race([written, this.#parts.wait(JOURNAL_PATIENCE).then(() => false)]);
  }

  /** Writes that the request left and what came back for each. Never rejects. */
  async answered(
    orders: readonly Order[],
    { by, at }: CancelRequest,
    answerOf: (order: Order) => CancelAnswer,
  ): Promise<void> {
    if (orders.length === 0) return;
    const sent: OrderEvent = { time: at, kind: 'sent', state: null, detail: by };
    await this.#parts.keeper.noteAll(orders, (order) => {
      const answer = answerOf(order);
      if (answer === null) return [sent];
      return answer === 'cancelled'
        ? [sent, this.#step('acknowledged', by)]
        : [sent, { ...this.#step('state', answer.code), state: order.state }];
    });
  }

  /**
   * The cancel did not happen: the order is again what the venue said of it, or else what it was before. Its time
   * stays the venue's: with ours, which may be ahead, the next word of the venue would be taken for an old one.
   */
  async back(order: Order, said: Order | null = null): Promise<void> {
    const { keeper } = this.#parts;
    const present = keeper.get(order.accountId, order.clientOrderId) ?? order;
    const { state: before } = said ?? order;
    if (present.state !== 'cancelling' || before === 'cancelling') return;
    const wasFilled = before === 'working' && !isZeroText(present.filledQuantity);
    const state = wasFilled ? 'partiallyFilled' : before;
    await keeper.hold({ ...present, state });
  }

  #step(kind: OrderEvent['kind'], detail: string): OrderEvent {
    return { time: this.#parts.clock(), kind, state: null, detail };
  }
}
