import type { Ticker } from '../../../../src-preload/contract/types/market.ts';
import { divideText, isZeroText, subtractText } from '../../../lib/decimal.ts';

/** Change over 24 hours as a fraction of the price a day ago; null while either price is unknown. */
export function change24h(ticker: Pick<Ticker, 'last' | 'open24h'> | null): string | null {
  if (ticker === null || ticker.last === null || ticker.open24h === null) return null;
  if (isZeroText(ticker.open24h)) return null;
  return divideText(subtractText(ticker.last, ticker.open24h), ticker.open24h, 8);
}

const UNITS = [
  { digits: 12, suffix: 'T' },
  { digits: 9, suffix: 'B' },
  { digits: 6, suffix: 'M' },
  { digits: 3, suffix: 'K' },
] as const;

/**
 * A large amount in thousands, millions, … with two decimals cut off, for headings where the exact figure
 * would say less. Returns the parts, so that the number can be written the language's way.
 */
export function compact(amount: string): { readonly value: string; readonly suffix: string } {
  const [whole = '0'] = amount.split('.');
  const unit = UNITS.find(({ digits }) => whole.length > digits);
  if (unit === undefined) return { value: amount, suffix: '' };
  const cut = whole.length - unit.digits;
  return { value: `${whole.slice(0, cut)}.${whole.slice(cut, cut + 2)}`, suffix: unit.suffix };
}
