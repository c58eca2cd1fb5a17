import type { MarketRef } from '../../../../src-preload/contract/types/market.ts';
import { decimalsOfStep } from '../../../lib/decimal.ts';
import { useInstrumentsStore } from '../../../lib/use-instruments-store.ts';

/** Fixed decimals of a row's market, so that columns align on the point; undefined while it is not known. */
export function useDecimals() {
  const instruments = useInstrumentsStore();
  const of = (step: string | undefined): number | undefined =>
    step === undefined ? undefined : decimalsOfStep(step);
  return {
    tickOf: (row: MarketRef): string | undefined => instruments.lookup(row)?.tickSize,
    lotOf: (row: MarketRef): string | undefined => instruments.lookup(row)?.lotSize,
    priceDecimals: (row: MarketRef): number | undefined => of(instruments.lookup(row)?.tickSize),
    sizeDecimals: (row: MarketRef): number | undefined => of(instruments.lookup(row)?.lotSize),
  };
}
