import type { Order, OrderState } from '../../src-preload/contract/types/trading.ts';
import { compareText } from '../market/decimal.ts';

const FINAL: ReadonlySet<OrderState> = new Set(['filled', 'cancelled', 'rejected', 'expired']);
/** States that only we know: any statement of the venue is newer than they are. */
const OURS: ReadonlySet<OrderState> = new Set(['sending', 'unknown', 'needsYou']);

/** Whether the venue has confirmed the order: before that, only we know of it. */
export const isConfirmed = (state: OrderState): boolean => !OURS.has(state);

export const isFinal = (state: OrderState): boolean => FINAL.has(state);

/** "Rejected" without an id of the venue is a conclusion of ours: the venue's own word is worth more. */
const isOurConclusion = ({ state, venueOrderId }: Order): boolean =>
  state === 'rejected' && venueOrderId === null;

/**
 * What is known of an order after the venue said `incoming`. Messages come twice and out of order, so nothing
 * goes backwards: a final state stays, and an older or smaller fill report changes nothing.
 */
export function mergeOrder(known: Order, incoming: Order): Order {
  const filled = compareText(incoming.filledQuantity, known.filledQuantity);
  if (isFinal(known.state) && filled <= 0 && !isOurConclusion(known)) return known;
  if (filled < 0) return known;
  // The end of an order is believed whatever the clocks say: the venue's may be behind ours.
  const isOlder = incoming.updatedAt < known.updatedAt && !isFinal(incoming.state);
  if (!OURS.has(known.state) && !isFinal(known.state) && isOlder && filled === 0) return known;
  // We asked for a cancel; the venue still calling it working is the state before our request arrived.
  const stillCancelling =
    known.state === 'cancelling' && (incoming.state === 'working' || incoming.state === 'partiallyFilled');
  return {
    ...known,
    ...incoming,
    venueOrderId: incoming.venueOrderId ?? known.venueOrderId,
    createdAt: known.createdAt,
    state: stillCancelling ? known.state : incoming.state,
  };
}

/** Whether `next` says anything that `known` did not. */
export function sameOrder(known: Order, next: Order): boolean {
  return known === next || JSON.stringify(known) === JSON.stringify(next);
}
