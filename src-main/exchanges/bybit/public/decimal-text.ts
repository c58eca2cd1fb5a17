import { isDecimalText, normalise } from '../../../market/decimal.ts';

const PLAIN = /^-?\d{1,40}(?:\.\d{1,40})?$/;

/**
 * A venue's figure as decimal text in its own spelling; E-notation is written out. Null for anything else. The
 * plain form is recognised without big numbers: this runs for every figure of every frame.
 */
export function decimalText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (PLAIN.test(value)) return value;
  return isDecimalText(value) ? normalise(value) : null;
}
