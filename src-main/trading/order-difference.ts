/** What a reconciliation calls the differences that it finds in orders and fills. */
import type { Fill, Order, ReconciliationDifference } from '../../src-preload/contract/types/trading.ts';
import { compareText } from '../market/decimal.ts';
import { mergeOrder } from './order-merge.ts';
import { deskState, isConclusion, isConfirmed, isFinal } from './order-states.ts';

type Difference = ReconciliationDifference;

/**
 * The difference between an order as we know it and as the venue lists it among the open ones. Null when there is
 * none, and when we knew that we did not know: an answer that was lost is no difference.
 */
export function orderDifference(known: Order | null, theirs: Order): Difference | null {
  if (known === null) return of(theirs, 'placedElsewhere', null, wordsOf(theirs));
  if (isFinal(known.state)) {
    return isConclusion(deskState(known)) ? concludedWrongly(known, theirs) : null;
  }
  if (!isConfirmed(known.state)) return null;
  // A list that is older than what the stream said changes nothing.
  const next = mergeOrder(known, theirs);
  if (
    next.filledQuantity !== known.filledQuantity &&
    compareText(next.filledQuantity, known.filledQuantity) !== 0
  )
    return of(theirs, 'missedFill', `filled ${known.filledQuantity}`, `filled ${next.filledQuantity}`);
  const isChanged =
    !isSame(known.price, next.price) ||
    !isSame(known.quantity, next.quantity) ||
    !isSame(known.triggerPrice, next.triggerPrice);
  return isChanged ? of(theirs, 'changedElsewhere', wordsOf(known), wordsOf(next)) : null;
}

export const endedMeanwhile = (known: Order, theirs: Order): Difference =>
  of(known, 'endedMeanwhile', known.state, `${theirs.state}, filled ${theirs.filledQuantity}`);

export const neverArrived = (known: Order): Difference => of(known, 'neverArrived', wordsOf(known), null);

/** We asked for its end, and it goes on: the cancel was lost. */
export const cancelNeverArrived = (theirs: Order): Difference =>
  of(theirs, 'neverArrived', 'cancelling', wordsOf(theirs));

/** Placed and ended elsewhere while nobody listened. */
export const tradedElsewhere = (theirs: Order): Difference =>
  of(theirs, 'placedElsewhere', null, wordsOf(theirs));

/** Acknowledged once, and now the venue has no record of it. */
export const noLongerListed = (known: Order): Difference => of(known, 'unexplained', wordsOf(known), null);

/** The same, so old that its venue keeps no record of one that was cancelled. */
export const presumedCancelled = (known: Order): Difference =>
  of(known, 'endedMeanwhile', known.state, `no record any more: cancelled, filled ${known.filledQuantity}`);

/** Nobody can say now what became of it; the others were reconciled all the same. */
export const notLookedUp = (known: Order | Fill, reason: string): Difference =>
  of(known, 'unexplained', 'state' in known ? wordsOf(known) : null, `could not be looked up: ${reason}`);

/** What we had concluded of an order was not so. */
export const concludedWrongly = (known: Order, theirs: Order): Difference =>
  of(theirs, 'unexplained', deskState(known) === 'notPlaced' ? 'not placed' : known.state, wordsOf(theirs));

export const missedFill = ({ symbol, id, side, quantity, price }: Fill): Difference => ({
  subject: 'fill',
  symbol,
  name: id,
  cause: 'missedFill',
  ours: null,
  theirs: `${side} ${quantity} at ${price}`,
});

const of = (
  { symbol, clientOrderId }: Pick<Order, 'symbol' | 'clientOrderId'>,
  cause: Difference['cause'],
  ours: string | null,
  theirs: string | null,
): Difference => ({ subject: 'order', symbol, name: clientOrderId, cause, ours, theirs });

function wordsOf({ side, quantity, quoteAmount, price, state }: Order): string {
  const size = quantity ?? quoteAmount ?? '?';
  return `${side} ${size}${price === null ? '' : ` at ${price}`}, ${state}`;
}

const isSame = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && compareText(a, b) === 0);
