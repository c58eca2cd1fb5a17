import type { Order, ReconciliationDifference } from '../../src-preload/contract/types/trading.ts';
import { cancelNeverArrived } from './order-difference.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { isFinal } from './order-states.ts';

/**
 * Gives an order back that we wait for the end of though the venue, asked at `askedAt` (ms UTC, our clock), says that
 * it is open and no cancel can have been on its way by then. Null for any other order. Its time stays the venue's.
 */
export async function lostCancel(
  known: Order,
  theirs: Order,
  keeper: Pick<OrderKeeper, 'hold' | 'isCancelUnderWay'>,
  askedAt: number,
): Promise<ReconciliationDifference | null> {
  const isOver = known.state !== 'cancelling' || theirs.state === 'cancelling' || isFinal(theirs.state);
  if (isOver || keeper.isCancelUnderWay(known, askedAt)) return null;
  await keeper.hold({ ...known, state: theirs.state }, { kind: 'reconciled', detail: 'notCancelled' });
  return cancelNeverArrived(theirs);
}
