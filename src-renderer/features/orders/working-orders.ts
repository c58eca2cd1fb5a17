/** The set of orders that can still do something, kept from a snapshot and from events in any order. */
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { hasEnded, orderKey } from './order-state.ts';

export interface WorkingOrders {
  readonly working: ReadonlyMap<string, Order>;
  /**
   * When orders ended, by key. An event that was overtaken by the end of its order would otherwise bring the
   * order back to life on screen.
   */
  readonly ended: ReadonlyMap<string, number>;
}

export const NO_ORDERS: WorkingOrders = { working: new Map(), ended: new Map() };

/** Enough to outlive any reordering within one connection. */
const REMEMBERED_ENDS = 2000;

/**
 * Applies events. Older news about an order never replaces newer news, so an ended order stays ended; only a
 * statement made after its end brings it back, because hiding an order that lives costs more than showing it. The
 * answer to our own request for a cancel is no such statement: it can arrive after the end that it caused.
 */
export function applyOrders(state: WorkingOrders, events: readonly Order[]): WorkingOrders {
  const working = new Map(state.working);
  const ended = new Map(state.ended);
  for (const order of events) {
    const key = orderKey(order);
    const endedAt = ended.get(key);
    if (endedAt !== undefined && (order.updatedAt <= endedAt || order.state === 'cancelling')) continue;
    const known = working.get(key);
    if (hasEnded(order.state)) {
      // Believed whatever the clocks say: the venue's may be behind ours, which wrote "cancelling" down.
      working.delete(key);
      ended.delete(key);
      ended.set(key, Math.max(order.updatedAt, known?.updatedAt ?? 0));
    } else if (known === undefined || order.updatedAt >= known.updatedAt) {
      ended.delete(key);
      working.set(key, order);
    }
  }
  return { working, ended: newest(ended) };
}

/**
 * Takes the venue's full list of open orders. `touched` holds the keys that events brought while the list was
 * under way: those may be newer than the list, so their absence from it means nothing.
 */
export function replaceOrders(
  state: WorkingOrders,
  open: readonly Order[],
  touched: ReadonlySet<string>,
): WorkingOrders {
  const listed = new Set(open.map(orderKey));
  const kept = [...state.working].filter(([key]) => listed.has(key) || touched.has(key));
  return applyOrders({ working: new Map(kept), ended: state.ended }, open);
}

/** Newest first; orders of the same instant by key, so that rows do not swap places. */
export function listed(state: WorkingOrders): readonly Order[] {
  return [...state.working.values()].sort(
    (a, b) => b.createdAt - a.createdAt || (orderKey(a) < orderKey(b) ? -1 : 1),
  );
}

function newest(ended: Map<string, number>): Map<string, number> {
  if (ended.size <= REMEMBERED_ENDS) return ended;
  return new Map([...ended].slice(ended.size - REMEMBERED_ENDS));
}
