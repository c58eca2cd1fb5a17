import type { Order, ReconciliationDifference } from '../../src-preload/contract/types/trading.ts';
import type { OrderRef } from '../exchanges/exchange.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import { concludedWrongly } from './order-difference.ts';
import { venueRef } from './order-identity.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { wasConcluded } from './unknown-outcome.ts';

/** For so long a conclusion of ours is asked about again. */
const DOUBTED_MS = 86_400_000;
const MOST = 200;

interface Parts {
  readonly ledger: Pick<LedgerRepositories, 'orders'>;
  readonly keeper: Pick<OrderKeeper, 'meet' | 'isInFlight'>;
  readonly clock: () => number;
  readonly find: (ref: OrderRef) => Promise<Order | null>;
  readonly isOver: () => boolean;
}

/**
 * Asks again about orders of the last day that we called not placed: one that arrived late and ended while the stream
 * was down is in no list of open orders. A look-up that fails is made up for by the next reconciliation. Rejects when
 * the ledger cannot be read.
 */
export async function recheckConclusions(
  accountId: string,
  { ledger, keeper, clock, find, isOver }: Parts,
): Promise<readonly ReconciliationDifference[]> {
  const { rows } = await ledger.orders.list({ accountId, states: ['rejected'], limit: MOST, offset: 0 });
  const since = clock() - DOUBTED_MS;
  const doubted = rows.filter(
    (order) => wasConcluded(order) && order.updatedAt >= since && !keeper.isInFlight(order),
  );
  const found = await Promise.all(
    doubted.map(async (order) => {
      const theirs = await find(venueRef(order)).catch(() => null);
      if (theirs === null || isOver()) return [];
      return [
        concludedWrongly(order, await keeper.meet(theirs, { kind: 'reconciled', detail: 'unexplained' })),
      ];
    }),
  );
  return found.flat();
}
