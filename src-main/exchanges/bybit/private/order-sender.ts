/** One way out for orders: the order-entry socket while it is live, REST otherwise, and never both. */
import type { BybitRest } from '../rest.ts';
import type { BybitCategory } from '../public/category.ts';
import { budgetName } from '../rest-client.ts';
import { type BatchOperation, batchBudget, orderBudget } from '../limits.ts';
import type { Body } from './order-body.ts';
import type { EntryOperation, OrderAnswer, OrderEntry } from './order-entry.ts';

export class OrderSender {
  readonly #rest: BybitRest;
  readonly #entry: OrderEntry | null;
  readonly #accountId: string;

  /** `entry` is null where the site has no order entry (demo). */
  constructor(accountId: string, rest: BybitRest, entry: OrderEntry | null) {
    this.#accountId = accountId;
    this.#rest = rest;
    this.#entry = entry;
  }

  async send(operation: BatchOperation, category: BybitCategory, body: Body): Promise<OrderAnswer> {
    const budget = orderBudget(operation, category);
    const lane = operation === 'cancel' ? 'cancel' : 'order';
    const name = budgetName(this.#accountId, budget.name);
    const answer = this.#entry?.submit(`order.${operation}`, body, budget, name);
    if (answer != null) return answer;
    this.#entry?.open();
    const path = `/v5/order/${operation}`;
    return fromRest(await this.#rest.post({ operation: `order.${operation}`, path, body, lane, budget }));
  }

  async sendBatch(
    operation: BatchOperation,
    category: BybitCategory,
    orders: readonly Body[],
  ): Promise<OrderAnswer> {
    const budget = batchBudget(operation, category, orders.length);
    const lane = operation === 'cancel' ? 'cancel' : 'order';
    const entryOperation: EntryOperation = `order.${operation}-batch`;
    const name = budgetName(this.#accountId, budget.name);
    const body = { category, request: orders };
    const answer = this.#entry?.submit(entryOperation, body, budget, name);
    if (answer != null) return answer;
    this.#entry?.open();
    const path = `/v5/order/${operation}-batch`;
    return fromRest(await this.#rest.post({ operation: entryOperation, path, body, lane, budget }));
  }
}

function fromRest(answer: { result: unknown; retExtInfo: unknown; time: number }): OrderAnswer {
  return { data: answer.result, extInfo: answer.retExtInfo, time: answer.time };
}
