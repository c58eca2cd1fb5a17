/** Take-profit and stop-loss: where they may stand, how far away they are and what they would bring. */
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import {
  addText,
  compareText,
  divideText,
  isDecimalText,
  isZeroText,
  multiplyText,
  snapText,
  subtractText,
} from '../../../lib/decimal.ts';
import { checkPrice, type FieldNote } from '../ticket/rules.ts';

export const LEGS = ['takeProfit', 'stopLoss'] as const;
export type Leg = (typeof LEGS)[number];
export type Direction = 'long' | 'short';

/** What is held, or will be: the quantity is in the instrument's own unit. */
export interface Exposure {
  readonly direction: Direction;
  readonly entry: string;
  readonly quantity: string;
}

type Terms = Pick<Instrument, 'kind' | 'contractValue' | 'quote' | 'settle'>;

const signed = (value: string, direction: Direction): string =>
  direction === 'long' ? value : multiplyText(value, '-1');

/**
 * Profit (negative: loss) of leaving at `exit`, before fees, in `profitCurrency`. An inverse contract is worth a
 * fixed amount of quote and pays in coin. Null while a figure is missing or zero.
 */
export function profitAt(exposure: Exposure, exit: string, terms: Terms): string | null {
  const { entry, quantity, direction } = exposure;
  if (![entry, quantity, exit].every((text) => isDecimalText(text)) || isZeroText(exit)) return null;
  if (terms.kind !== 'inverse') return signed(multiplyText(subtractText(exit, entry), quantity), direction);
  const worth = multiplyText(quantity, terms.contractValue ?? '1');
  const [bought, sold] = [divideText(worth, entry), divideText(worth, exit)];
  return bought === null || sold === null ? null : signed(subtractText(bought, sold), direction);
}

/** The coin that profit comes in. */
export const profitCurrency = (terms: Terms): string => terms.settle ?? terms.quote;

/** How far `price` is from `reference`, as a signed fraction of the latter; null without a reference. */
export function distanceOf(price: string, reference: string | null): string | null {
  if (reference === null || !isDecimalText(price) || !isDecimalText(reference)) return null;
  return divideText(subtractText(price, reference), reference, 8);
}

/** True when this leg belongs above the price: profit of a long, loss of a short. */
export const belongsAbove = (leg: Leg, direction: Direction): boolean =>
  (leg === 'takeProfit') === (direction === 'long');

/**
 * Checks one leg: a number, on the tick, and on its side of `reference` (the venue refuses one that would
 * trigger at once). Empty text is no leg.
 */
export function checkLeg(
  leg: Leg,
  text: string,
  direction: Direction,
  reference: string | null,
  instrument: Instrument,
): FieldNote | null {
  const above = belongsAbove(leg, direction);
  // As main moves it: towards the price that it guards.
  const note = checkPrice(text, instrument, above ? 'down' : 'up');
  if (text === '' || note?.tone === 'error' || reference === null || !isDecimalText(reference)) return note;
  const order = compareText(text, reference);
  if (above ? order > 0 : order < 0) return note;
  const nearest = beyond(reference, instrument.tickSize, above);
  return { tone: 'error', key: above ? 'above' : 'below', limit: reference, nearest };
}

/** The first tick on the right side of the reference, as main names it; null when there is none above zero. */
function beyond(reference: string, tickSize: string, above: boolean): string | null {
  const tick = snapText(reference, tickSize, above ? 'up' : 'down');
  const past = compareText(tick, reference) !== 0;
  const price = past ? tick : above ? addText(tick, tickSize) : subtractText(tick, tickSize);
  return compareText(price, '0') > 0 ? price : null;
}

/** A leg `percent` of the reference away, on its own side and on the tick. */
export function legAt(
  leg: Leg,
  percent: string,
  direction: Direction,
  reference: string,
  tickSize: string,
): string {
  const reach = divideText(multiplyText(reference, percent), '100') ?? '0';
  const exact = subtractText(reference, belongsAbove(leg, direction) ? multiplyText(reach, '-1') : reach);
  return snapText(exact, tickSize);
}
