/**
 * Decimal text as scaled BigInt: exact, and cheap enough to regroup a few hundred levels thirty times a second.
 * Only unsigned decimals occur in a book.
 */

/** Decimals that every quantity has room for: the contract's widest decimal. */
export const SIZE_DECIMALS = 18;

export type Toward = 'down' | 'up';

/** `text` times 10^decimals. What does not fit is rounded toward `toward`. */
export function toScaled(text: string, decimals: number, toward: Toward = 'down'): bigint {
  const point = text.indexOf('.');
  if (point === -1) return BigInt(text) * 10n ** BigInt(decimals);
  const fraction = text.slice(point + 1);
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const value = BigInt(text.slice(0, point) + kept);
  return toward === 'up' && /[1-9]/.test(fraction.slice(decimals)) ? value + 1n : value;
}

/** The inverse: decimal text with exactly `shown` decimals (at most `decimals`), the rest cut off. */
export function fromScaled(value: bigint, decimals: number, shown: number = decimals): string {
  const digits = value.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals, digits.length - decimals + shown);
  return shown === 0 ? whole : `${whole}.${fraction.padEnd(shown, '0')}`;
}
