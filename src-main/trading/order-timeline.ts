import type { Fill, Order, OrderEvent, OrderTimeline } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError } from '../errors.ts';
import { isZeroText } from '../market/decimal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { isFinal } from './order-states.ts';
import { protectionKey } from './protection-journal.ts';

/** The venue's clock may be behind ours by this much, ms. */
const SKEW = 60_000;

interface Parts {
  readonly ledger: Pick<LedgerRepositories, 'orders' | 'fills' | 'orderRequests'>;
  readonly keeper: Pick<OrderKeeper, 'get'>;
  readonly clock: () => number;
}

/** The life of one order: journal, fills and requests. Rejects with `unknownOrder` for one that is not known. */
export async function orderTimeline(
  parts: Parts,
  key: { readonly accountId: string; readonly clientOrderId: string },
): Promise<OrderTimeline> {
  const { ledger, keeper, clock } = parts;
  const order = keeper.get(key.accountId, key.clientOrderId) ?? (await ledger.orders.byClientId(key));
  if (!order) throw new HoldfastError('unknownOrder', 'order.notFound', 'This order is not known.');
  const since = order.createdAt - SKEW;
  const until = isFinal(order.state) ? order.updatedAt + SKEW : clock();
  const names = [order.clientOrderId, ...(order.venueOrderId === null ? [] : [order.venueOrderId])];
  const [steps, protection, fills, requests] = await Promise.all([
    ledger.orders.events(key),
    protectionOf(ledger, order),
    ledger.fills.byOrder({ ...key, since }),
    ledger.orderRequests.naming({ accountId: key.accountId, names, since, until }),
  ]);
  const events = [...steps, ...protection, ...fills.map(fillEvent)].sort((a, b) => a.time - b.time);
  return { order, events, requests, ...latencies(order, steps, fills) };
}

/** Steps of a position's protection that one order's timeline shows at most. */
const MOST_PROTECTION = 50;

/** What was set on the position while the order was open, and after it when the order made the position or changed it. */
async function protectionOf(
  ledger: Pick<LedgerRepositories, 'orders'>,
  order: Order,
): Promise<readonly OrderEvent[]> {
  if (!order.symbol.includes(':')) return [];
  const steps = await ledger.orders.events(protectionKey(order));
  const isOver = isFinal(order.state) && isZeroText(order.filledQuantity);
  const until = isOver ? order.updatedAt : Infinity;
  return steps.filter(({ time }) => time >= order.createdAt && time <= until).slice(0, MOST_PROTECTION);
}

const fillEvent = ({ time, quantity, price, liquidity }: Fill): OrderEvent => ({
  time,
  kind: 'fill',
  state: null,
  detail: `${quantity} at ${price}, ${liquidity}`,
});

/** From the intent on, by our own clock where there is a choice: the venue's may be off. */
function latencies(
  order: Order,
  steps: readonly OrderEvent[],
  fills: readonly Fill[],
): Pick<OrderTimeline, 'toSent' | 'toAcknowledged' | 'toFirstFill' | 'toDone'> {
  const intent = steps.find(({ kind }) => kind === 'intent')?.time;
  const after = (time: number | undefined): number | null =>
    intent === undefined || time === undefined ? null : Math.max(0, time - intent);
  const first = (is: (step: OrderEvent) => boolean): number | undefined => steps.find(is)?.time;
  // Steps of a cancel or an amendment say in their detail whose they are; those of placing have none.
  const placing = (kind: OrderEvent['kind']) => first((step) => step.kind === kind && step.detail === null);
  const filledBy = first(({ state }) => state === 'partiallyFilled' || state === 'filled') ?? fills[0]?.time;
  return {
    toSent: after(placing('sent')),
    toAcknowledged: after(placing('acknowledged')),
    toFirstFill: after(filledBy),
    toDone: isFinal(order.state) ? after(first(({ state }) => state !== null && isFinal(state))) : null,
  };
}
