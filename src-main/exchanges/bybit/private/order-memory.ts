/** The newest that Bybit said of each order, so that late and double messages change nothing. */
import { compareText } from '../../../market/decimal.ts';
import type { Order, OrderRef } from '../../exchange.ts';
import type { SpotFilter } from './order-mapping.ts';

/** Orders that ended are forgotten beyond this; open ones never. */
const MOST_ORDERS = 5_000;
const FINAL: ReadonlySet<Order['state']> = new Set(['filled', 'cancelled', 'rejected', 'expired']);

interface Entry {
  readonly order: Order;
  readonly filter: SpotFilter;
}

export const isFinal = (order: Order): boolean => FINAL.has(order.state);

export class OrderMemory {
  readonly #byVenueId = new Map<string, Entry>();
  readonly #venueIds = new Map<string, string>();

  /** Keeps what the venue said. False when it says nothing new: older, smaller, or the same again. */
  hear(order: Order, filter: SpotFilter = 'Order'): boolean {
    if (order.venueOrderId === null) return true;
    const known = this.#byVenueId.get(order.venueOrderId);
    if (known !== undefined && !isNewer(known.order, order)) return false;
    this.#byVenueId.delete(order.venueOrderId);
    this.#byVenueId.set(order.venueOrderId, { order, filter });
    if (order.clientOrderId !== '') this.#venueIds.set(order.clientOrderId, order.venueOrderId);
    this.#forget();
    return true;
  }

  order(ref: OrderRef): Order | undefined {
    return this.#entry(ref)?.order;
  }

  /** Which of spot's lists it is in; undefined when the order was never seen. */
  filter(ref: OrderRef): SpotFilter | undefined {
    return this.#entry(ref)?.filter;
  }

  open(): readonly Order[] {
    return [...this.#byVenueId.values()].flatMap(({ order }) => (isFinal(order) ? [] : [order]));
  }

  /**
   * What Bybit lists as open now. Orders that it does not list any more ended while nobody told us: they are
   * dropped from the open ones here, and whoever keeps them asks what became of them.
   */
  replaceOpen(listed: readonly { order: Order; filter: SpotFilter }[], askedAt: number): void {
    const ids = new Set(listed.map(({ order }) => order.venueOrderId));
    for (const { order } of [...this.#byVenueId.values()]) {
      if (isFinal(order) || ids.has(order.venueOrderId) || order.updatedAt >= askedAt) continue;
      if (order.venueOrderId !== null) this.#byVenueId.delete(order.venueOrderId);
      this.#venueIds.delete(order.clientOrderId);
    }
    for (const { order, filter } of listed) this.hear(order, filter);
  }

  #entry(ref: OrderRef): Entry | undefined {
    const venueId = ref.venueOrderId ?? this.#venueIds.get(ref.clientOrderId);
    return venueId === undefined ? undefined : this.#byVenueId.get(venueId);
  }

  #forget(): void {
    if (this.#byVenueId.size <= MOST_ORDERS) return;
    for (const [venueId, { order }] of this.#byVenueId) {
      if (!isFinal(order)) continue;
      this.#byVenueId.delete(venueId);
      this.#venueIds.delete(order.clientOrderId);
      return;
    }
  }
}

/** Nothing goes back: not the time, not the filled quantity, and an end is an end. */
function isNewer(known: Order, next: Order): boolean {
  const filled = compareText(next.filledQuantity, known.filledQuantity);
  if (filled < 0) return false;
  if (isFinal(known)) return filled > 0;
  if (next.updatedAt < known.updatedAt && !isFinal(next) && filled === 0) return false;
  return JSON.stringify(known) !== JSON.stringify(next);
}
