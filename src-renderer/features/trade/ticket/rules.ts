import type { Instrument, Side } from '../../../../src-preload/contract/types/market.ts';
import {
  addText,
  compareText,
  isDecimalText,
  isZeroText,
  multiplyText,
  snapText,
  subtractText,
  type Rounding,
} from '../../../lib/decimal.ts';

/**
 * What the window can say about a field before main was asked. `error` stops the order; `snap` tells which
 * value main will send instead. Main checks everything again.
 */
export interface FieldNote {
  readonly tone: 'error' | 'snap';
  /** Key under `trade.rules`. */
  readonly key: 'number' | 'positive' | 'step' | 'min' | 'max' | 'above' | 'below';
  readonly limit: string;
  /** The nearest value that would be accepted. */
  readonly nearest: string | null;
}

const note = (
  tone: FieldNote['tone'],
  key: FieldNote['key'],
  limit: string,
  nearest: string | null,
): FieldNote => ({ tone, key, limit, nearest });

function checkNumber(text: string): FieldNote | null {
  if (!isDecimalText(text)) return note('error', 'number', '', null);
  return isZeroText(text) || text.startsWith('-') ? note('error', 'positive', '', null) : null;
}

/** A limit price never moves against the person, as main moves it. */
export const roundingOf = (side: Side): Rounding => (side === 'buy' ? 'down' : 'up');

/** The multiple of `step` next to `value`; never zero, because zero is no price and no quantity. */
function nearestOf(value: string, step: string, rounding: Rounding): string {
  const snapped = snapText(value, step, rounding);
  return isZeroText(snapped) ? step : snapped;
}

/** Bounds of the venue's price band around `reference`, on the tick; null where there is no band. */
export function priceBand(
  instrument: Instrument,
  reference: string | null,
): { readonly low: string; readonly high: string } | null {
  if (instrument.priceBand === undefined || reference === null) return null;
  const reach = multiplyText(reference, instrument.priceBand);
  return {
    low: snapText(subtractText(reference, reach), instrument.tickSize, 'up'),
    high: snapText(addText(reference, reach), instrument.tickSize, 'down'),
  };
}

/**
 * Checks a limit or trigger price. The band is not checked here: which side of it binds differs by venue, and
 * main answers that in the preview.
 * @param rounding which way main moves it onto the tick; a trigger goes to the nearest one
 */
export function checkPrice(
  text: string,
  instrument: Instrument,
  rounding: Rounding = 'halfEven',
): FieldNote | null {
  if (text === '') return null;
  return checkNumber(text) ?? checkStep(text, instrument.tickSize, rounding);
}

function checkStep(text: string, step: string, rounding: Rounding): FieldNote | null {
  const nearest = nearestOf(text, step, rounding);
  return compareText(nearest, text) === 0 ? null : note('snap', 'step', step, nearest);
}

/** Checks a quantity in the instrument's own unit. */
export function checkQuantity(text: string, instrument: Instrument, market: boolean): FieldNote | null {
  if (text === '') return null;
  const wrong = checkNumber(text);
  if (wrong !== null) return wrong;
  if (compareText(text, instrument.minQuantity) < 0) {
    return note('error', 'min', instrument.minQuantity, instrument.minQuantity);
  }
  const most = (market ? instrument.maxMarketQuantity : undefined) ?? instrument.maxQuantity;
  if (most !== undefined && compareText(text, most) > 0) return note('error', 'max', most, most);
  const cut = snapText(text, instrument.lotSize, 'down');
  return compareText(cut, text) === 0 ? null : note('snap', 'step', instrument.lotSize, cut);
}

/** Checks an amount of quote currency against the smallest order value. */
export function checkQuoteAmount(text: string, instrument: Instrument): FieldNote | null {
  if (text === '') return null;
  const wrong = checkNumber(text);
  if (wrong !== null) return wrong;
  const least = instrument.minNotional;
  return least !== undefined && compareText(text, least) < 0 ? note('error', 'min', least, least) : null;
}
