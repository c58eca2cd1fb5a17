import type { VenueId } from '../../src-preload/contract/types/market.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import { lockedError } from '../vault/vault-errors.ts';

interface Parts {
  /** Always there. */
  readonly practice: Exchange;
  /** Loads a venue's adapter; null for a venue that this version does not have. Connects to nothing yet. */
  readonly load: (venue: VenueId) => Promise<Exchange> | null;
  /** A venue is there now; the answered function is called before it goes. */
  readonly onOpened: (exchange: Exchange) => () => void;
}

interface Opened {
  readonly exchange: Exchange;
  readonly leave: (() => void) | null;
}

/**
 * The venues that are connected: practice, and each other one only while there is an account at it. Whoever has
 * no such account never loads an adapter, and makes no connection.
 */
export class VenueConnections {
  readonly #parts: Parts;
  readonly #opened = new Map<VenueId, Opened>();
  readonly #loading = new Map<VenueId, Promise<Exchange>>();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Practice first, then in the order in which they were opened. Changes with the accounts. */
  all(): readonly Exchange[] {
    return [this.#parts.practice, ...[...this.#opened.values()].map(({ exchange }) => exchange)];
  }

  /** One that is there now; never loads anything. */
  now(venue: string): Exchange | null {
    return this.all().find((exchange) => exchange.venue === venue) ?? null;
  }

  /** The venue for an account of it: loaded when it is not there yet. Null where this version has none. */
  open(venue: VenueId): Exchange | Promise<Exchange> | null {
    if (this.#disposed) return null;
    return this.now(venue) ?? this.#loading.get(venue) ?? this.#start(venue);
  }

  /** Closes every venue that no account is left of. */
  keepOnly(venues: ReadonlySet<VenueId>): void {
    for (const venue of this.#loading.keys()) if (!venues.has(venue)) this.#loading.delete(venue);
    for (const venue of this.#opened.keys()) if (!venues.has(venue)) this.#close(venue);
  }

  /** The machine woke up. */
  wake(): void {
    for (const exchange of this.all()) exchange.wake();
  }

  /** Closes all but practice, last opened first. */
  dispose(): void {
    this.#disposed = true;
    this.#loading.clear();
    for (const venue of [...this.#opened.keys()].reverse()) this.#close(venue);
  }

  #start(venue: VenueId): Promise<Exchange> | null {
    const loaded = this.#parts.load(venue);
    if (loaded === null) return null;
    const opening: Promise<Exchange> = loaded.then(
      (exchange) => {
        // Nobody waits for it any more: locked, or its last account was removed.
        if (this.#loading.get(venue) !== opening) {
          exchange.dispose();
          throw lockedError();
        }
        this.#loading.delete(venue);
        this.#opened.set(venue, { exchange, leave: null });
        // After it can be found: whoever hears of it asks for its market data.
        this.#opened.set(venue, { exchange, leave: this.#parts.onOpened(exchange) });
        return exchange;
      },
      (error: unknown) => {
        if (this.#loading.get(venue) === opening) this.#loading.delete(venue);
        throw error;
      },
    );
    this.#loading.set(venue, opening);
    return opening;
  }

  #close(venue: VenueId): void {
    const opened = this.#opened.get(venue);
    this.#opened.delete(venue);
    opened?.leave?.();
    opened?.exchange.dispose();
  }
}
