import { HoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import type { Instrument, Unsubscribe } from '../../exchange.ts';
import type { BybitRest } from '../rest.ts';
import type { BybitCategory } from './category.ts';
import { type InstrumentList, type ListedMarket, loadInstruments } from './instrument-loader.ts';
import type { InstrumentContext } from './instrument-reading.ts';

/** Older lists are loaded anew behind the back of who asks: statuses and filters change within the day. */
const FRESH_MS = 10 * 60_000;
/** Older ones are not used at all: Bybit changes its limits on fixed days. */
const DAY_MS = 24 * 60 * 60_000;
/** A name that is not in a list this young does not exist. */
const YOUNG_MS = 30_000;

export interface InstrumentIndexParts extends InstrumentContext {
  readonly rest: BybitRest;
  /** ms UTC. */
  readonly clock: () => number;
  readonly timers: After;
}

interface Loaded extends InstrumentList {
  readonly instruments: readonly Instrument[];
  readonly bySymbol: ReadonlyMap<string, ListedMarket>;
  readonly byNative: ReadonlyMap<string, ListedMarket>;
  readonly loadedAt: number;
}

const nativeKey = (category: BybitCategory, nativeId: string): string => `${category} ${nativeId}`;

/** Which market a unified symbol, or a name of Bybit's, stands for. Loaded with the first need, shared by all parts. */
export class InstrumentIndex {
  readonly #parts: InstrumentIndexParts;
  readonly #listeners = new Set<() => void>();
  #loaded: Loaded | null = null;
  #loading: Promise<Loaded> | null = null;
  #cancelRefresh: (() => void) | null = null;
  #isDisposed = false;

  constructor(parts: InstrumentIndexParts) {
    this.#parts = parts;
  }

  /**
   * Every market. A list of some minutes is answered at once and renewed behind, because order checks wait for
   * this; only a missing or day-old one is waited for. Rejects when that cannot be loaded.
   */
  async list(): Promise<readonly Instrument[]> {
    return (await this.#usable()).instruments;
  }

  /** Resolves when `bySymbol` and `byNative` can answer. */
  async ready(): Promise<void> {
    await this.#usable();
  }

  /** Loads the lists anew now; calls at the same time share one run. */
  async reload(): Promise<void> {
    await this.#load();
  }

  /** What is loaded already; undefined for an unknown market and before the first load. */
  bySymbol(symbol: string): ListedMarket | undefined {
    return this.#loaded?.bySymbol.get(symbol);
  }

  byNative(category: BybitCategory, nativeId: string): ListedMarket | undefined {
    return this.#loaded?.byNative.get(nativeKey(category, nativeId));
  }

  /** A market by its unified symbol; asks the venue again when it is not known. Rejects with `notFound`. */
  async find(symbol: string): Promise<ListedMarket> {
    const found =
      (await this.#usable()).bySymbol.get(symbol) ?? (await this.#unlessYoung()).bySymbol.get(symbol);
    if (found !== undefined) return found;
    throw new HoldfastError('notFound', 'market.unknown', `${symbol} is not a market of Bybit.`);
  }

  /** A market by Bybit's own name; asks the venue again when it is not known. Null when it does not exist. */
  async findNative(category: BybitCategory, nativeId: string): Promise<ListedMarket | null> {
    const key = nativeKey(category, nativeId);
    const found = (await this.#usable()).byNative.get(key) ?? (await this.#unlessYoung()).byNative.get(key);
    return found ?? null;
  }

  /** The options on one coin that are listed now; empty before the first load. */
  options(base: string): readonly ListedMarket[] {
    const markets = this.#loaded?.markets ?? [];
    return markets.filter(({ category, instrument }) => category === 'option' && instrument.base === base);
  }

  /** What was wrong with the lists, in plain words. */
  get problems(): readonly string[] {
    return this.#loaded?.problems ?? [];
  }

  /** Called after each load. */
  onChange(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listeners.clear();
    this.#cancelRefresh?.();
  }

  async #usable(): Promise<Loaded> {
    const loaded = this.#loaded;
    const age = loaded === null ? Infinity : this.#parts.clock() - loaded.loadedAt;
    if (loaded === null || age >= DAY_MS) return this.#load();
    // Whoever needs the new list asks again and then hears why it failed.
    if (age >= FRESH_MS) this.#load().catch(() => undefined);
    return loaded;
  }

  async #unlessYoung(): Promise<Loaded> {
    const loaded = this.#loaded;
    return loaded !== null && this.#parts.clock() - loaded.loadedAt < YOUNG_MS ? loaded : this.#load();
  }

  #load(): Promise<Loaded> {
    this.#loading ??= loadInstruments(this.#parts.rest, this.#parts)
      .then((list) => this.#keep(list))
      .finally(() => {
        this.#loading = null;
      });
    return this.#loading;
  }

  #keep(list: InstrumentList): Loaded {
    const loaded: Loaded = {
      ...list,
      instruments: list.markets.map(({ instrument }) => instrument),
      bySymbol: new Map(list.markets.map((market) => [market.instrument.symbol, market])),
      byNative: new Map(list.markets.map((market) => [nativeKey(market.category, market.nativeId), market])),
      loadedAt: this.#parts.clock(),
    };
    this.#loaded = loaded;
    this.#refreshDaily();
    for (const listener of [...this.#listeners]) listener();
    return loaded;
  }

  /** An index that was used once is kept younger than a day, so that nobody waits for it. */
  #refreshDaily(): void {
    this.#cancelRefresh?.();
    if (this.#isDisposed) return;
    this.#cancelRefresh = this.#parts.timers(DAY_MS / 2, () => {
      // Tried again with the next need.
      this.#load().catch(() => undefined);
    });
  }
}
