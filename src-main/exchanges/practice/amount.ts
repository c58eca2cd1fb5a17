/**
 * Money of the practice exchange: whole numbers of 10^-18, so that sums are exact and nothing is ever created
 * or lost by rounding. Eighteen digits hold the product of any tick and lot that the exchange lists.
 */
import { HoldfastError } from '../../errors.ts';

/** Units of 10^-18 of an asset. Signed. */
export type Amount = bigint;

export const DECIMALS = 18;
export const ONE: Amount = 10n ** 18n;

const TEXT = /^(-?)(\d{1,30})(?:\.(\d{1,18}))?$/;

/** Exact amount of decimal text with at most 18 decimals; anything else is refused as `protocol`. */
export function parseAmount(text: string): Amount {
  const match = TEXT.exec(text);
  if (match === null) {
    throw new HoldfastError(
      'protocol',
      'practice.badNumber',
      `"${text.slice(0, 40)}" is not a decimal number.`,
    );
  }
  const [, sign, whole = '0', fraction = ''] = match;
  const units = BigInt(whole + fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -units : units;
}

/** Shortest decimal text, never in E-notation. */
export function amountText(amount: Amount): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS);
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** a / b rounded towards zero or away from it. */
export function divide(a: bigint, b: bigint, rounding: 'down' | 'up'): bigint {
  const quotient = a / b;
  if (rounding === 'down' || a % b === 0n) return quotient;
  return a < 0n === b < 0n ? quotient + 1n : quotient - 1n;
}

/** The product of two amounts (a price and a quantity, a notional and a rate), rounded. */
export function multiply(a: Amount, b: Amount, rounding: 'down' | 'up'): Amount {
  return divide(a * b, ONE, rounding);
}

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
