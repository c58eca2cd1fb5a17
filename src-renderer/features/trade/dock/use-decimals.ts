import { useI18n } from 'vue-i18n';
import type { Instrument, MarketRef } from '../../../../src-preload/contract/types/market.ts';
import { decimalsOfStep } from '../../../lib/decimal.ts';
import { useInstrumentsStore } from '../../../lib/use-instruments-store.ts';

/** Fixed decimals and units of a row's market, so that columns align on the point; undefined while not known. */
export function useDecimals() {
  const { t } = useI18n();
  const instruments = useInstrumentsStore();
  const of = (step: string | undefined): number | undefined =>
    step === undefined ? undefined : decimalsOfStep(step);
  return {
    instrumentOf: (row: MarketRef): Instrument | null => instruments.lookup(row) ?? null,
    tickOf: (row: MarketRef): string | undefined => instruments.lookup(row)?.tickSize,
    lotOf: (row: MarketRef): string | undefined => instruments.lookup(row)?.lotSize,
    priceDecimals: (row: MarketRef): number | undefined => of(instruments.lookup(row)?.tickSize),
    sizeDecimals: (row: MarketRef): number | undefined => of(instruments.lookup(row)?.lotSize),
    /** What a quantity counts: the coin, or contracts; empty while the market is not known. */
    unitOf: (row: MarketRef): string => {
      const instrument = instruments.lookup(row);
      if (instrument === undefined) return '';
      return instrument.quantityUnit === 'base' ? instrument.base : t('trade.contracts');
    },
  };
}
