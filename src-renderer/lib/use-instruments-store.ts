import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ErrorShape } from '../../src-preload/contract/result.ts';
import type { Instrument, MarketRef, VenueId } from '../../src-preload/contract/types/market.ts';
import { api } from './api.ts';

type ByVenue = Partial<Record<VenueId, ReadonlyMap<string, Instrument>>>;

/** The markets of each venue with their steps and limits; each venue is asked once per unlock. */
export const useInstrumentsStore = defineStore('instruments', () => {
  const byVenue = shallowRef<ByVenue>({});
  const errors = shallowRef<Partial<Record<VenueId, ErrorShape>>>({});
  const pending = new Map<VenueId, Promise<void>>();
  let era = 0;

  async function fetchVenue(venue: VenueId): Promise<void> {
    const started = era;
    const result = await api.market.instruments({ venue });
    // The vault was locked meanwhile: what belongs to the session before must not come back.
    if (started !== era) return;
    if (result.ok) {
      const markets = new Map(result.value.map((instrument) => [instrument.symbol, instrument]));
      byVenue.value = { ...byVenue.value, [venue]: markets };
      const { [venue]: _settled, ...rest } = errors.value;
      errors.value = rest;
    } else {
      errors.value = { ...errors.value, [venue]: result.error };
    }
  }

  /** Loads a venue's markets unless they are there; concurrent callers share one call. */
  function load(venue: VenueId): Promise<void> {
    if (byVenue.value[venue] !== undefined) return Promise.resolve();
    const running = pending.get(venue) ?? fetchVenue(venue).finally(() => pending.delete(venue));
    pending.set(venue, running);
    return running;
  }

  function clear(): void {
    era += 1;
    pending.clear();
    byVenue.value = {};
    errors.value = {};
  }

  return {
    byVenue,
    errors,
    load,
    clear,
    list: (venue: VenueId): readonly Instrument[] => [...(byVenue.value[venue]?.values() ?? [])],
    lookup: (market: MarketRef): Instrument | undefined => byVenue.value[market.venue]?.get(market.symbol),
  };
});
