import type { Order, OrderState } from '../../../src-preload/contract/types/trading.ts';

/** How a state is coloured; the word beside it carries the meaning. */
export type StateTone = 'neutral' | 'accent' | 'buy' | 'warn' | 'danger';

const TONES: Readonly<Record<OrderState, StateTone>> = {
  sending: 'accent',
  working: 'accent',
  untriggered: 'neutral',
  partiallyFilled: 'accent',
  filled: 'buy',
  cancelling: 'accent',
  cancelled: 'neutral',
  rejected: 'danger',
  expired: 'neutral',
  unknown: 'warn',
  needsYou: 'danger',
};

export const toneOf = (state: OrderState): StateTone => TONES[state];

const ENDED: ReadonlySet<OrderState> = new Set(['filled', 'cancelled', 'rejected', 'expired']);

/** True when nothing can happen to the order any more. `unknown` and `needsYou` are not ended: we do not know. */
export const hasEnded = (state: OrderState): boolean => ENDED.has(state);

/** Orders that a person should look at, the undecidable ones first. */
export const needsAttention = (state: OrderState): boolean => state === 'needsYou' || state === 'unknown';

/** The same order before and after the venue gave it an id; an order placed elsewhere may have only that. */
export function orderKey(order: Pick<Order, 'accountId' | 'clientOrderId' | 'venueOrderId'>): string {
  return order.clientOrderId === ''
    ? `${order.accountId}:venue:${order.venueOrderId ?? ''}`
    : `${order.accountId}:own:${order.clientOrderId}`;
}

/** Placed at the venue or by another program without an id of its own: main names it by the venue's id. */
export const isElsewhere = ({ clientOrderId, venueOrderId }: Order): boolean =>
  clientOrderId === venueOrderId;

/** A cancel that has not ended its order by then may be lost: it can be asked for again. */
const CANCEL_MS = 10_000;

/** @param now asked only of an order that is being cancelled, so that the others do not follow a clock */
export function canCancel(order: Order, now: () => number = Date.now): boolean {
  if (order.state === 'cancelling') return now() - order.updatedAt > CANCEL_MS;
  return !hasEnded(order.state);
}
