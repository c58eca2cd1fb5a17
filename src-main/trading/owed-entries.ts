import type { Order } from '../../src-preload/contract/types/trading.ts';
import type { OrderEntry } from '../storage/ledger/repositories/orders.ts';

const keyOf = ({ accountId, clientOrderId }: Order): string => `${accountId}/${clientOrderId}`;

/** What is true of orders and could not be written, because the disk was full: the next write takes it along. */
export class OwedEntries {
  readonly #entries = new Map<string, OrderEntry>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  keep(entries: readonly OrderEntry[]): void {
    for (const entry of entries) this.#add(entry);
  }

  /** Everything owed and these, one entry for an order, with its steps in their order. Nothing is owed then. */
  takeWith(entries: readonly OrderEntry[]): readonly OrderEntry[] {
    if (this.isEmpty) return entries;
    this.keep(entries);
    const all = [...this.#entries.values()];
    this.#entries.clear();
    return all;
  }

  #add(entry: OrderEntry): void {
    const key = keyOf(entry.order);
    const steps = [...(this.#entries.get(key)?.steps ?? []), ...(entry.steps ?? [])];
    this.#entries.set(key, { ...entry, steps });
  }
}
