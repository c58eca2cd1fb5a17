import { computed, watch, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import {
  VENUES,
  type Instrument,
  type MarketRef,
  type VenueId,
} from '../../../../src-preload/contract/types/market.ts';
import { useAccountsStore } from '../../../lib/use-accounts-store.ts';
import { useInstrumentsStore } from '../../../lib/use-instruments-store.ts';
import { useSettingsStore } from '../../../lib/use-settings-store.ts';

const isVenue = (name: unknown): name is VenueId => VENUES.some((venue) => venue === name);

export interface MarketChoice {
  readonly venue: ComputedRef<VenueId>;
  /** Null until the venue's markets are known. */
  readonly market: ComputedRef<MarketRef | null>;
  readonly instrument: ComputedRef<Instrument | null>;
  readonly choose: (market: MarketRef) => void;
}

/** What most people come for, best first. */
const FAVOURITES: readonly ((one: Instrument) => boolean)[] = [
  (one) => one.symbol === 'BTC/USDT:USDT',
  (one) => one.kind === 'linear' && one.base === 'BTC' && one.expiry === undefined,
  (one) => one.kind === 'linear' && one.expiry === undefined,
  () => true,
];

/** Where a venue is entered for the first time: Bitcoin's perpetual, else another, else what is listed first. */
export function firstOf(list: readonly Instrument[]): Instrument | undefined {
  const trading = list.filter((one) => one.status === 'trading');
  return FAVOURITES.map((isIt) => trading.find(isIt)).find((one) => one !== undefined) ?? list[0];
}

/** Which market is on screen: the address says it, else the one looked at last, else the venue's first. */
export function useMarketChoice(): MarketChoice {
  const route = useRoute();
  const router = useRouter();
  const settings = useSettingsStore();
  const accounts = useAccountsStore();
  const instruments = useInstrumentsStore();

  const remembered = computed(() => settings.layoutOf<Partial<MarketRef>>('trade.market', {}));
  const asked = computed<Partial<MarketRef>>(() => {
    const { venue, symbol } = route.params;
    return isVenue(venue) ? { venue, ...(typeof symbol === 'string' ? { symbol } : {}) } : remembered.value;
  });
  const venue = computed<VenueId>(() =>
    isVenue(asked.value.venue) ? asked.value.venue : (accounts.active?.venue ?? 'practice'),
  );
  const market = computed<MarketRef | null>(() => {
    if (typeof asked.value.symbol === 'string' && asked.value.symbol !== '') {
      return { venue: venue.value, symbol: asked.value.symbol };
    }
    const first = firstOf(instruments.list(venue.value));
    return first === undefined ? null : { venue: first.venue, symbol: first.symbol };
  });
  const instrument = computed(() =>
    market.value === null ? null : (instruments.lookup(market.value) ?? null),
  );

  watch(venue, (name) => void instruments.load(name), { immediate: true });

  function choose(next: MarketRef): void {
    settings.setLayout('trade.market', { venue: next.venue, symbol: next.symbol });
    void router.push({ name: 'trade', params: { venue: next.venue, symbol: next.symbol } });
  }
  return { venue, market, instrument, choose };
}
