/**
 * Decimal arithmetic on text. Everything a venue or a person writes as a number stays text at the borders;
 * inside it is either a `Decimal` (when a result has to be divided or rounded to significant digits) or goes
 * through the functions below, which are exact because they count in scaled BigInt: decimal.js rounds every
 * result to its precision, and a quotient rounded up to a whole number would make "floor" round up.
 *
 * Text that is no decimal number throws a HoldfastError of kind `protocol` (input of people is checked by the
 * contract before it comes here). No function answers E-notation, and none answers "-0".
 */
import { Decimal as BaseDecimal } from 'decimal.js';
import { HoldfastError } from '../errors.ts';
import { sortKey } from './sort-key.ts';

/** decimal.js with 40 significant digits, ties to even, and a toString that never answers E-notation. */
export const Decimal = BaseDecimal.clone({
  precision: 40,
  rounding: BaseDecimal.ROUND_HALF_EVEN,
  toExpNeg: -9e15,
  toExpPos: 9e15,
  defaults: true,
});
export type Decimal = BaseDecimal;

/** Decimal text or a Decimal. Never a number: a float has already lost the digits. */
export type DecimalInput = string | Decimal;

/** `down` goes towards zero, `up` away from it, `halfUp` takes ties away from zero, `halfEven` to the even step. */
export type Rounding = 'down' | 'up' | 'halfEven' | 'halfUp';

/** value = units / 10^scale. */
interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
// Far beyond any price, and small enough that a hostile "1e9999" costs nothing.
const MAX_EXPONENT = 500;
const MAX_LENGTH = 400;

function notDecimal(value: string): HoldfastError {
  const shown = JSON.stringify(value.slice(0, 40));
  return new HoldfastError('protocol', 'decimal.invalid', `${shown} is not a decimal number.`);
}

function parse(value: DecimalInput): Scaled {
  const source = typeof value === 'string' ? value : value.toString();
  const match = source.length <= MAX_LENGTH ? NUMBER.exec(source) : null;
  if (match === null) throw notDecimal(source);
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === '' || Math.abs(exponent) > MAX_EXPONENT) throw notDecimal(source);
  const digits = BigInt(whole + fraction);
  const units = sign === '-' ? -digits : digits;
  const scale = fraction.length - exponent;
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/** The shortest text: no trailing zeros, no exponent, "0" for every zero. */
function write({ units, scale }: Scaled): string {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Both over the same power of ten. */
function align(a: Scaled, b: Scaled): { left: bigint; right: bigint; scale: number } {
  const scale = Math.max(a.scale, b.scale);
  return {
    left: a.units * 10n ** BigInt(scale - a.scale),
    right: b.units * 10n ** BigInt(scale - b.scale),
    scale,
  };
}

/** A `Decimal` of decimal text (E-notation, which Bitfinex sends, is read too). Exact: parsing never rounds. */
export function dec(value: DecimalInput): Decimal {
  if (typeof value !== 'string') return new Decimal(value);
  return new Decimal(write(parse(value)));
}

/** Plain decimal text of a `Decimal`. Infinity and NaN, which only a division by zero makes, throw. */
export function text(value: Decimal): string {
  if (!value.isFinite()) throw notDecimal(value.toString());
  return value.isZero() ? '0' : value.toFixed();
}

/** True for text that the functions here accept. */
export function isDecimalText(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    parse(value);
    return true;
  } catch {
    return false;
  }
}

/** The same number in its shortest plain form: "1.50" and "15e-1" become "1.5". */
export function normalise(value: DecimalInput): string {
  return write(parse(value));
}

/** -1, 0 or 1, as a sort wants it. Exact for any number of digits. */
export function compareText(a: DecimalInput, b: DecimalInput): -1 | 0 | 1 {
  if (typeof a === 'string' && typeof b === 'string') {
    // Nearest doubles that differ are in the order of their decimals; the digits decide only about the rest.
    const difference = sortKey(a) - sortKey(b);
    if (difference !== 0 && Number.isFinite(difference)) return difference < 0 ? -1 : 1;
  }
  const { left, right } = align(parse(a), parse(b));
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function addText(a: DecimalInput, b: DecimalInput): string {
  const { left, right, scale } = align(parse(a), parse(b));
  return write({ units: left + right, scale });
}

export function subtractText(a: DecimalInput, b: DecimalInput): string {
  const { left, right, scale } = align(parse(a), parse(b));
  return write({ units: left - right, scale });
}

/** The exact product, with all its digits. */
export function multiplyText(a: DecimalInput, b: DecimalInput): string {
  const left = parse(a);
  const right = parse(b);
  return write({ units: left.units * right.units, scale: left.scale + right.scale });
}

export function isZeroText(value: DecimalInput): boolean {
  return parse(value).units === 0n;
}

/** Digits behind the point that a step needs: 2 for "0.01", 1 for "0.50", 0 for "10". */
export function decimalsOf(step: DecimalInput): number {
  const shortest = normalise(step);
  const point = shortest.indexOf('.');
  return point === -1 ? 0 : shortest.length - point - 1;
}

function divideBySteps(value: DecimalInput, step: DecimalInput) {
  const parsedStep = parse(step);
  if (parsedStep.units <= 0n) {
    throw new HoldfastError('protocol', 'decimal.badStep', 'A step has to be greater than zero.');
  }
  const { left, right, scale } = align(parse(value), parsedStep);
  return { quotient: left / right, remainder: left % right, step: right, scale };
}

/** The largest multiple of `step` that is not greater than `value` (so -0.15 by 0.1 is -0.2). `step` > 0. */
export function floorToStep(value: DecimalInput, step: DecimalInput): string {
  const { quotient, remainder, step: unit, scale } = divideBySteps(value, step);
  return write({ units: (remainder < 0n ? quotient - 1n : quotient) * unit, scale });
}

function roundsAway(rounding: Rounding, twiceRest: bigint, step: bigint, quotient: bigint): boolean {
  switch (rounding) {
    case 'down':
      return false;
    case 'up':
      return twiceRest > 0n;
    case 'halfUp':
      return twiceRest >= step;
    case 'halfEven':
      return twiceRest > step || (twiceRest === step && quotient % 2n !== 0n);
  }
}

/** The multiple of `step` that the named rounding picks. `step` > 0. */
export function roundToStep(value: DecimalInput, step: DecimalInput, rounding: Rounding): string {
  const { quotient, remainder, step: unit, scale } = divideBySteps(value, step);
  const rest = remainder < 0n ? -remainder : remainder;
  if (!roundsAway(rounding, 2n * rest, unit, quotient)) return write({ units: quotient * unit, scale });
  return write({ units: (quotient + (remainder < 0n ? -1n : 1n)) * unit, scale });
}

/** True when `value` is a whole number of steps. `step` > 0. */
export function isMultipleOf(value: DecimalInput, step: DecimalInput): boolean {
  return divideBySteps(value, step).remainder === 0n;
}
