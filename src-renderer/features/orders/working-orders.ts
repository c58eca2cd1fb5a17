/** The set of orders that can still do something, kept from main's list, its events and its answers. */
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { hasEnded, needsAttention, orderKey } from './order-state.ts';

export interface WorkingOrders {
  readonly working: ReadonlyMap<string, Order>;
  /** Orders that ended, by key: a late answer to a question of ours must not bring one back to life on screen. */
  readonly ended: ReadonlySet<string>;
}

export const NO_ORDERS: WorkingOrders = { working: new Map(), ended: new Set() };

/** Enough to outlive any answer that is still under way. */
const REMEMBERED_ENDS = 2000;

/**
 * Applies what main tells of its orders, in the order in which it tells. Main alone decides what is newer: times
 * cannot, because some are the venue's and some our own. An order that was looked up carries the time at which the
 * venue took it, and is newer than our "unknown" all the same.
 */
export function applyOrders(state: WorkingOrders, events: readonly Order[]): WorkingOrders {
  const working = new Map(state.working);
  const ended = new Set(state.ended);
  for (const order of events) {
    const key = orderKey(order);
    ended.delete(key);
    if (hasEnded(order.state)) {
      working.delete(key);
      ended.add(key);
    } else {
      working.set(key, order);
    }
  }
  return { working, ended: newest(ended) };
}

/**
 * Takes the answer to a question of ours. It can arrive after events that are newer, so it counts only where it
 * contradicts none: it never brings an ended order back, and never replaces what the venue said since.
 */
export function applyAnswer(state: WorkingOrders, order: Order): WorkingOrders {
  const key = orderKey(order);
  const known = state.working.get(key);
  if (state.ended.has(key)) return state;
  const isOlder = known !== undefined && order.updatedAt < known.updatedAt;
  if (isOlder && !needsAttention(known.state)) return state;
  return applyOrders(state, [order]);
}

/**
 * Takes main's full list of open orders. `touched` holds the keys that events brought while the list was under
 * way: those may be newer than the list, so neither what it says of them nor their absence from it counts.
 */
export function replaceOrders(
  state: WorkingOrders,
  open: readonly Order[],
  touched: ReadonlySet<string>,
): WorkingOrders {
  const kept = [...state.working].filter(([key]) => touched.has(key));
  const listed = open.filter((order) => !touched.has(orderKey(order)));
  return applyOrders({ working: new Map(kept), ended: state.ended }, listed);
}

/** Newest first; orders of the same instant by key, so that rows do not swap places. */
export function listed(state: WorkingOrders): readonly Order[] {
  return [...state.working.values()].sort(
    (a, b) => b.createdAt - a.createdAt || (orderKey(a) < orderKey(b) ? -1 : 1),
  );
}

function newest(ended: Set<string>): Set<string> {
  if (ended.size <= REMEMBERED_ENDS) return ended;
  return new Set([...ended].slice(ended.size - REMEMBERED_ENDS));
}
