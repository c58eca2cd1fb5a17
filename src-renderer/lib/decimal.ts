/** Exact arithmetic on decimal text. Nothing here goes through a binary float. */
import Decimal from 'decimal.js';
import type { DecimalText } from '../../src-preload/contract/types/market.ts';

const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_EVEN });

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** True for canonical decimal text: optional minus, no leading zeros, no exponent. */
export function isDecimalText(text: string): boolean {
  return NUMBER.test(text);
}

export type Rounding = 'halfEven' | 'down' | 'up';
const MODES: Record<Rounding, Decimal.Rounding> = {
  halfEven: Decimal.ROUND_HALF_EVEN,
  down: Decimal.ROUND_DOWN,
  up: Decimal.ROUND_UP,
};

const plain = (value: Decimal): DecimalText => (value.isZero() ? '0' : value.toFixed());

export const addText = (a: DecimalText, b: DecimalText): DecimalText => plain(new Exact(a).plus(b));
export const subtractText = (a: DecimalText, b: DecimalText): DecimalText => plain(new Exact(a).minus(b));
export const multiplyText = (a: DecimalText, b: DecimalText): DecimalText => plain(new Exact(a).times(b));

/** a / b rounded half-even to `decimals`; null when b is zero. */
export function divideText(a: DecimalText, b: DecimalText, decimals = 18): DecimalText | null {
  const divisor = new Exact(b);
  if (divisor.isZero()) return null;
  return plain(new Exact(a).div(divisor).toDecimalPlaces(decimals));
}

/** -1, 0 or 1. */
export const compareText = (a: DecimalText, b: DecimalText): number => new Exact(a).comparedTo(b);

export const absText = (text: DecimalText): DecimalText => (text.startsWith('-') ? text.slice(1) : text);

export const isZeroText = (text: DecimalText): boolean => !/[1-9]/.test(text);

/** Rounded to a fixed number of decimals, zeros kept: "1.5" with 2 is "1.50". */
export function toFixedText(text: DecimalText, decimals: number, rounding: Rounding = 'halfEven'): string {
  return new Exact(text).toFixed(decimals, MODES[rounding]);
}

/** The nearest multiple of `step` in the given direction. */
export function snapText(text: DecimalText, step: DecimalText, rounding: Rounding = 'halfEven'): DecimalText {
  const size = new Exact(step);
  if (size.isZero()) return text;
  return plain(new Exact(text).div(size).toDecimalPlaces(0, MODES[rounding]).times(size));
}

/** How many decimals a step needs: "0.10" and "0.1" need 1, "5" needs 0. */
export function decimalsOfStep(step: DecimalText): number {
  return new Exact(step).decimalPlaces();
}

/**
 * Decimal text as a float, for pixels only: chart coordinates and bar widths. The name says so, because a float
 * anywhere near an amount is a fault.
 */
export function toPixels(text: DecimalText): number {
  return new Exact(text).toNumber();
}
