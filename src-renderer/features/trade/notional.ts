import type { Instrument } from '../../../src-preload/contract/types/market.ts';
import { multiplyText } from '../../lib/decimal.ts';

/** What a quantity is worth at a price, in quote currency. An inverse contract has a fixed worth. */
export function notionalOf(
  instrument: Pick<Instrument, 'kind' | 'contractValue'> | undefined,
  quantity: string,
  price: string,
): string {
  return instrument?.kind === 'inverse'
    ? multiplyText(quantity, instrument.contractValue ?? '1')
    : multiplyText(quantity, price);
}
