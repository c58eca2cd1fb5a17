import type { DecimalText } from '../../../src-preload/contract/types/market.ts';
import { compareText, divideText, isDecimalText, subtractText } from '../../lib/decimal.ts';

export interface PriceDistance {
  /** Alert price less present price. */
  readonly amount: DecimalText;
  /** The same as a signed fraction of the present price. */
  readonly fraction: DecimalText;
}

/** How far the present price has to go; null while either is unknown or not a price. */
export function distance(target: DecimalText, present: DecimalText | null): PriceDistance | null {
  if (present === null || !isDecimalText(target)) return null;
  const amount = subtractText(target, present);
  const fraction = divideText(amount, present, 6);
  return fraction === null ? null : { amount, fraction };
}

/**
 * What the direction means at this moment: an alert "above" that already stands above fires only after the
 * price has been below. People expect otherwise, so the form says it.
 */
export function alreadyBeyond(
  direction: 'above' | 'below' | 'either',
  target: DecimalText,
  present: DecimalText | null,
): boolean {
  const away = distance(target, present);
  if (away === null || direction === 'either') return false;
  const sign = compareText(away.amount, '0');
  return direction === 'above' ? sign <= 0 : sign >= 0;
}
