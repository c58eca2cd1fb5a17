const ZERO = 48;
const NINE = 57;
const POINT = 46;

/** 10^0 to 10^22: the powers that a double holds exactly. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const UNSIGNED_DECIMAL = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * The double nearest to decimal text, or NaN for what is no unsigned decimal number.
 *
 * It is an index to sort by, never an amount. Rounding to the nearest double keeps order, so keys that differ
 * order two prices exactly; equal keys of different spellings are told apart by their digits (`BookSide`).
 * Up to 15 digits over a power of ten that a double holds exactly is one correctly rounded division, which
 * spares the engine's much slower text-to-number call.
 */
export function sortKey(text: string): number {
  const length = text.length;
  if (length === 0 || length > 16) return slowSortKey(text);
  let digits = 0;
  let point = -1;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits = digits * 10 + (code - ZERO);
    else if (code === POINT && point === -1) point = at;
    else return slowSortKey(text);
  }
  if (point === -1) return length < 16 ? digits : slowSortKey(text);
  return length === 1 ? Number.NaN : digits / (POWERS_OF_TEN[length - 1 - point] as number);
}

function slowSortKey(text: string): number {
  return UNSIGNED_DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** True for zero in any spelling. For text that is known to be an unsigned decimal without an exponent. */
export function isZeroDigits(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== ZERO && code !== POINT) return false;
  }
  return true;
}
