/**
 * Orders placed elsewhere, and the stops that a venue hangs on a position, may have no client order id. Inside
 * Holdfast such an order goes by the venue's id, so that every order has one name of its own.
 */
import type { Fill, Order } from '../../src-preload/contract/types/trading.ts';
import type { OrderRef } from '../exchanges/exchange.ts';

type Named = Pick<Order, 'clientOrderId' | 'venueOrderId'>;

/** The name by which an order is kept, shown and cancelled. Empty only for one without any id at all. */
export const nameOf = (order: Named): string => order.clientOrderId || (order.venueOrderId ?? '');

/** Whether one of its two ids is among those that a venue named. */
export const isNamed = ({ clientOrderId, venueOrderId }: Named, names: ReadonlySet<string>): boolean =>
  names.has(clientOrderId) || (venueOrderId !== null && names.has(venueOrderId));

/** The order (or fill) under its name. */
export function named<T extends Order | Fill>(entry: T): T {
  return entry.clientOrderId === '' ? { ...entry, clientOrderId: nameOf(entry) } : entry;
}

/** How the venue knows it: a name that we only borrowed from its own id is no client order id there. */
export function venueRef({ symbol, clientOrderId, venueOrderId, createdAt }: OrderRef): OrderRef {
  const borrowed = clientOrderId === venueOrderId;
  const made = createdAt === undefined ? {} : { createdAt };
  return { symbol, clientOrderId: borrowed ? '' : clientOrderId, venueOrderId, ...made };
}
