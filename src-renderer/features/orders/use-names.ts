import { useI18n } from 'vue-i18n';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import type { Instrument, MarketRef, VenueId } from '../../../src-preload/contract/types/market.ts';
import { decimalsOfStep } from '../../lib/decimal.ts';
import { useAccountsStore } from '../../lib/use-accounts-store.ts';
import { useInstrumentsStore } from '../../lib/use-instruments-store.ts';

/** Names of accounts and venues, and how many decimals a market's figures have. */
export function useNames() {
  const { t } = useI18n();
  const accounts = useAccountsStore();
  const instruments = useInstrumentsStore();
  return {
    account: (id: string): Account | undefined => accounts.byId(id),
    /** An account removed meanwhile still has orders in the history: then its id is all we have. */
    accountLabel: (id: string): string => accounts.byId(id)?.label ?? id,
    venue: (venue: VenueId): string => t(`app.venue.${venue}`),
    priceDecimals: (market: MarketRef): number | undefined => {
      const instrument = instruments.lookup(market);
      return instrument === undefined ? undefined : decimalsOfStep(instrument.tickSize);
    },
    quantityDecimals: (market: MarketRef): number | undefined => {
      const instrument = instruments.lookup(market);
      return instrument === undefined ? undefined : decimalsOfStep(instrument.lotSize);
    },
    /** The coin of the quantity, or an empty text for contracts. */
    quantityUnit: (market: MarketRef): string => {
      const instrument = instruments.lookup(market);
      return instrument?.quantityUnit === 'base' ? instrument.base : '';
    },
    instrument: (market: MarketRef): Instrument | undefined => instruments.lookup(market),
    quote: (market: MarketRef): string => {
      const instrument = instruments.lookup(market);
      return instrument?.settle ?? instrument?.quote ?? '';
    },
  };
}
