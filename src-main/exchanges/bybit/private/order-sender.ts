/** One way out for orders: the order-entry socket while it is live, REST otherwise, and never both. */
import { toHoldfastError } from '../../../errors.ts';
import { refuseLate, type SendDeadline } from '../../../net/send-deadline.ts';
import type { VenueClock } from '../../../net/types.ts';
import type { BybitRest, BybitWrite } from '../rest.ts';
import type { BybitCategory } from '../public/category.ts';
import { budgetName } from '../rest-client.ts';
import { type BatchOperation, batchBudget, type Budget, orderBudget } from '../limits.ts';
import type { Body } from './order-body.ts';
import { type EntryOperation, laneOf, type OrderAnswer, type OrderEntry } from './order-entry.ts';

export class OrderSender {
  readonly #rest: BybitRest;
  readonly #entry: OrderEntry | null;
  readonly #accountId: string;
  readonly #clock: Pick<VenueClock, 'sync'>;

  /** `entry` is null where the site has no order entry (demo). */
  constructor(accountId: string, rest: BybitRest, entry: OrderEntry | null, clock: Pick<VenueClock, 'sync'>) {
    this.#accountId = accountId;
    this.#rest = rest;
    this.#entry = entry;
    this.#clock = clock;
  }

  /** Rejects with `unavailable`/`net.notSent` when it cannot be written before the deadline. */
  async send(
    operation: BatchOperation,
    category: BybitCategory,
    body: Body,
    deadline?: SendDeadline,
  ): Promise<OrderAnswer> {
    const path = `/v5/order/${operation}`;
    return this.#send(`order.${operation}`, path, body, orderBudget(operation, category), deadline);
  }

  async sendBatch(
    operation: BatchOperation,
    category: BybitCategory,
    orders: readonly Body[],
    deadline?: SendDeadline,
  ): Promise<OrderAnswer> {
    const budget = batchBudget(operation, category, orders.length);
    const body = { category, request: orders };
    return this.#send(`order.${operation}-batch`, `/v5/order/${operation}-batch`, body, budget, deadline);
  }

  async #send(
    operation: EntryOperation,
    path: string,
    body: BybitWrite['body'],
    budget: Budget,
    deadline: SendDeadline | undefined,
  ): Promise<OrderAnswer> {
    refuseLate(deadline);
    const answer = await this.#overEntry(operation, body, budget, deadline);
    if (answer !== null) return answer;
    this.#entry?.open();
    return fromRest(
      await this.#rest.post({ operation, path, body, lane: laneOf(operation), budget, deadline }),
    );
  }

  /** Null: surely nothing was sent. */
  async #overEntry(
    operation: EntryOperation,
    body: BybitWrite['body'],
    budget: Budget,
    deadline: SendDeadline | undefined,
  ): Promise<OrderAnswer | null> {
    const submit = (): Promise<OrderAnswer> | null =>
      this.#entry?.submit(operation, body, budget, budgetName(this.#accountId, budget.name)) ?? null;
    const sent = submit();
    if (sent === null) return null;
    try {
      return await sent;
    } catch (error) {
      // Refused for its time stamp, so surely not carried out: once more by a fresh clock, and never over REST.
      if (toHoldfastError(error).code !== 'bybit.clock') throw error;
      await this.#clock.sync().catch(() => undefined);
      refuseLate(deadline);
      const again = submit();
      if (again === null) throw error;
      return again;
    }
  }
}

function fromRest(answer: { result: unknown; retExtInfo: unknown; time: number }): OrderAnswer {
  return { data: answer.result, extInfo: answer.retExtInfo, time: answer.time };
}
