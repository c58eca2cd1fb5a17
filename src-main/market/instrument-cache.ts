import type { Instrument, VenueId } from '../../src-preload/contract/types/market.ts';

interface Entry {
  readonly instruments: readonly Instrument[];
  readonly bySymbol: ReadonlyMap<string, Instrument>;
  readonly loadedAt: number;
}

/** Instrument lists by venue: loaded once for all who ask at the same time, and kept for those who ask often. */
export class InstrumentCache {
  readonly #load: (venue: VenueId) => Promise<readonly Instrument[]>;
  readonly #clock: () => number;
  readonly #freshMs: number;
  readonly #entries = new Map<VenueId, Entry>();
  readonly #loading = new Map<VenueId, Promise<Entry>>();

  constructor(
    load: (venue: VenueId) => Promise<readonly Instrument[]>,
    clock: () => number,
    freshMs: number,
  ) {
    this.#load = load;
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /** The list as the venue has it now. */
  async list(venue: VenueId): Promise<readonly Instrument[]> {
    return (await this.#refresh(venue)).instruments;
  }

  /** One market's rules, not older than the fresh time; null when the venue does not have it. */
  async find(venue: VenueId, symbol: string): Promise<Instrument | null> {
    const known = this.#entries.get(venue);
    const fresh = known !== undefined && this.#clock() - known.loadedAt < this.#freshMs;
    const cached = fresh ? known.bySymbol.get(symbol) : undefined;
    return cached ?? (await this.#refresh(venue)).bySymbol.get(symbol) ?? null;
  }

  /** What is known of all venues without asking. */
  known(): readonly Instrument[] {
    return [...this.#entries.values()].flatMap((entry) => entry.instruments);
  }

  forget(venue: VenueId): void {
    this.#entries.delete(venue);
    this.#loading.delete(venue);
  }

  async #refresh(venue: VenueId): Promise<Entry> {
    const running = this.#loading.get(venue) ?? this.#start(venue);
    return running;
  }

  #start(venue: VenueId): Promise<Entry> {
    const loading: Promise<Entry> = this.#load(venue)
      .then((instruments) => {
        const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
        const entry = { instruments, bySymbol, loadedAt: this.#clock() };
        // A list that was forgotten while it loaded belongs to a market that is gone.
        if (this.#loading.get(venue) === loading) this.#entries.set(venue, entry);
        return entry;
      })
      .finally(() => {
        if (this.#loading.get(venue) === loading) this.#loading.delete(venue);
      });
    this.#loading.set(venue, loading);
    return loading;
  }
}
