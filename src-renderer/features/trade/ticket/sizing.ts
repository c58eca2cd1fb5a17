/** Conversions between the three ways of saying how much: quantity, quote amount, share of what is possible. */
import { divideText, isZeroText, multiplyText, snapText } from '../../../lib/decimal.ts';

export const PERCENT_STEPS = [10, 25, 50, 100] as const;

/** The largest quantity on the lot that costs at most `quote` at `price`; null without a price. */
export function quantityForQuote(quote: string, price: string, lotSize: string): string | null {
  if (isZeroText(price)) return null;
  const exact = divideText(quote, price, 30);
  return exact === null ? null : snapText(exact, lotSize, 'down');
}

/** What `quantity` costs at `price`, in quote. */
export const quoteForQuantity = (quantity: string, price: string): string => multiplyText(quantity, price);

/** `percent` (0 to 100) of the largest quantity, cut to the lot so that it can never exceed it. */
export function shareOf(maxQuantity: string, percent: number, lotSize: string): string {
  const share = divideText(multiplyText(maxQuantity, String(Math.round(percent))), '100', 30) ?? '0';
  return snapText(share, lotSize, 'down');
}

/** How much of the largest quantity `quantity` is, in whole percent between 0 and 100; null when unknown. */
export function percentOf(quantity: string, maxQuantity: string | null): number | null {
  if (maxQuantity === null || isZeroText(maxQuantity)) return null;
  const fraction = divideText(multiplyText(quantity, '100'), maxQuantity, 0);
  return fraction === null ? null : Math.min(100, Math.max(0, Number.parseInt(fraction, 10)));
}

/** What `contracts` of an inverse market are in coin at `price`; null without a price. */
export const coinOfContracts = (contracts: string, contractValue: string, price: string): string | null =>
  divideText(multiplyText(contracts, contractValue), price, 8);
