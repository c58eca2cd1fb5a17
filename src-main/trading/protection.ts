/** Take-profit and stop-loss: attached to an order, or set on an open position. */
import type { FieldProblem } from '../../src-preload/contract/result.ts';
import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { compareText, dec, isZeroText, roundToStep, text } from '../market/decimal.ts';
import type { CheckContext } from './check-context.ts';

export type ProtectionField = 'takeProfit' | 'stopLoss';
export type Direction = 'long' | 'short';

/**
 * Moves a trigger of protection onto the tick, towards the price it guards: a stop then never loses more and a
 * profit is never waited for longer than was asked.
 */
export function snapProtection(
  field: ProtectionField,
  value: DecimalText,
  side: Direction,
  { tickSize }: Pick<Instrument, 'tickSize'>,
): DecimalText {
  const isAbove = (field === 'takeProfit') === (side === 'long');
  return roundToStep(value, tickSize, isAbove ? 'down' : 'up');
}

interface Guarded {
  readonly side: Direction;
  /** The price that is guarded, with its name; null while unknown: then the venue decides. */
  readonly from: DecimalText | null;
  readonly named: string;
}

/** The first price on the tick above, or below, another; undefined where there is none. */
export function beyond(price: DecimalText, tickSize: DecimalText, isAbove: boolean): DecimalText | undefined {
  const step = dec(price).plus(isAbove ? tickSize : dec(tickSize).negated());
  // From a price off the tick a whole step would be too far.
  return step.greaterThan('0') ? roundToStep(text(step), tickSize, isAbove ? 'down' : 'up') : undefined;
}

/** Whether each trigger lies on its own side of the price: a long is stopped below it, a short above. */
export function sideProblems(
  stop: Readonly<Partial<Record<ProtectionField, DecimalText | null | undefined>>>,
  { side, from, named }: Guarded,
  { tickSize }: Pick<Instrument, 'tickSize'>,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const field of ['takeProfit', 'stopLoss'] as const) {
    const value = stop[field];
    if (value === undefined || value === null) continue;
    if (isZeroText(value)) {
      problems.push({ field, rule: `must be at least the tick size ${tickSize}`, nearest: tickSize });
      continue;
    }
    if (from === null) continue;
    const isAbove = (field === 'takeProfit') === (side === 'long');
    if (compareText(value, from) !== (isAbove ? 1 : -1)) {
      const nearest = beyond(from, tickSize, isAbove);
      const rule = `must be ${isAbove ? 'above' : 'below'} the ${named} ${from}`;
      problems.push({ field, rule, ...(nearest === undefined ? {} : { nearest }) });
    }
  }
  return problems;
}

/** The rules that an order's attached protection breaks. */
export function attachedProblems(
  draft: OrderDraft,
  { instrument, reference, venue }: CheckContext,
): FieldProblem[] {
  const wanted = (['takeProfit', 'stopLoss'] as const).filter((field) => draft[field] !== undefined);
  const rule = whyNone(draft, instrument, venue?.attachedProtection);
  if (rule !== null) return wanted.map((field) => ({ field, rule }));
  const side = draft.side === 'buy' ? 'long' : 'short';
  const limit = draft.price ?? draft.triggerPrice;
  const named =
    draft.price !== undefined ? 'order price' : limit === undefined ? 'present price' : 'trigger price';
  return sideProblems(draft, { side, from: limit ?? reference, named }, instrument);
}

function whyNone(draft: OrderDraft, instrument: Instrument, venueHasIt: boolean | undefined): string | null {
  if (venueHasIt === false) return 'cannot be sent with an order at this venue';
  if (draft.reduceOnly) return 'an order that only reduces opens nothing to protect';
  if (instrument.kind === 'option') return 'options take no attached protection';
  if (instrument.kind === 'spot' && draft.type !== 'limit') return 'on a spot market only with a limit order';
  const closes =
    (draft.positionSide === 'long' && draft.side === 'sell') ||
    (draft.positionSide === 'short' && draft.side === 'buy');
  return closes ? 'an order that closes a position opens nothing to protect' : null;
}
