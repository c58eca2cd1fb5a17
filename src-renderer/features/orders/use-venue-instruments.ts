import { toValue, watch } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { VenueId } from '../../../src-preload/contract/types/market.ts';
import { useInstrumentsStore } from '../../lib/use-instruments-store.ts';

/** Sees to it that the markets of these venues are known; without them figures keep the decimals they came with. */
export function useVenueInstruments(venues: MaybeRefOrGetter<readonly VenueId[]>): void {
  const instruments = useInstrumentsStore();
  watch(
    () => [...new Set(toValue(venues))].sort().join(' '),
    () => {
      for (const venue of new Set(toValue(venues))) void instruments.load(venue);
    },
    { immediate: true },
  );
}
