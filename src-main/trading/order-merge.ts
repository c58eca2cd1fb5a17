import type { Order, OrderState } from '../../src-preload/contract/types/trading.ts';
import { compareText } from '../market/decimal.ts';
import { deskState, isConclusion, isConfirmed, isFinal, mayBecome } from './order-states.ts';

export { isConfirmed, isFinal };

/**
 * What is known of an order after the venue said `incoming`. Messages come twice and out of order, so nothing
 * goes backwards: a final state stays, and an older or smaller fill report changes nothing.
 */
export function mergeOrder(known: Order, incoming: Order): Order {
  const filled = compareText(incoming.filledQuantity, known.filledQuantity);
  const isConcluded = isConclusion(deskState(known));
  if (isFinal(known.state) && filled <= 0 && !isConcluded) return known;
  if (filled < 0) return known;
  // The end of an order is believed whatever the clocks say: the venue's may be behind ours.
  const isOlder = incoming.updatedAt < known.updatedAt && !isFinal(incoming.state);
  if (isConfirmed(known.state) && !isFinal(known.state) && isOlder && filled === 0) return known;
  const isOurs = isConcluded || !isConfirmed(known.state);
  return {
    ...(isOurs ? withoutReason(known) : known),
    ...incoming,
    venueOrderId: incoming.venueOrderId ?? known.venueOrderId,
    createdAt: known.createdAt,
    state: nextState(known, incoming),
  };
}

const OPEN: ReadonlySet<OrderState> = new Set<OrderState>(['working', 'untriggered', 'partiallyFilled']);

function nextState(known: Order, incoming: Order): OrderState {
  // We asked for a cancel; the venue still calling it open is the state before our request arrived.
  if (known.state === 'cancelling' && OPEN.has(incoming.state)) return known.state;
  // A late fill of a finished order counts, and does not open it again.
  return mayBecome(deskState(known), deskState(incoming)) ? incoming.state : known.state;
}

/** Why we did not know is no news once the venue has spoken. */
function withoutReason({ reason: _reason, venueCode: _code, ...order }: Order): Order {
  return order;
}

/** Whether `next` says anything that `known` did not. */
export function sameOrder(known: Order, next: Order): boolean {
  return known === next || JSON.stringify(known) === JSON.stringify(next);
}
