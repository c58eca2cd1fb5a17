import type { AlertCondition } from '../../src-preload/contract/types/alert.ts';
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import { dec } from '../market/decimal.ts';

type PriceCrosses = Extract<AlertCondition, { kind: 'priceCrosses' }>;

/** What a price alert remembers between prices, and over a restart. */
export interface CrossMemory {
  /** Side of the target on which the price last was; null before the first price. */
  readonly side: 'above' | 'below' | null;
  /** False after a firing until the price has gone back by the hysteresis. */
  readonly armed: boolean;
}
export const FRESH_CROSS: CrossMemory = { side: null, armed: true };

/**
 * One price against a price alert. It fires when the price goes from one side of the target to the other (the
 * target itself counts as crossed), once, until the price has gone back by `hysteresisPercent` of the target.
 */
export function crossPrice(
  condition: PriceCrosses,
  hysteresisPercent: DecimalText,
  memory: CrossMemory,
  price: DecimalText,
): { readonly memory: CrossMemory; readonly fired: boolean } {
  const target = dec(condition.price);
  const value = dec(price);
  const from = memory.side;
  if (from === null) {
    const side = value.greaterThanOrEqualTo(target) ? 'above' : 'below';
    return { memory: { side, armed: memory.armed }, fired: false };
  }
  const reached = from === 'below' ? value.greaterThanOrEqualTo(target) : value.lessThanOrEqualTo(target);
  const wanted = condition.direction === 'either' || (condition.direction === 'above') === (from === 'below');
  if (!reached) {
    const back = target.times(hysteresisPercent).div('100');
    const rearmed =
      from === 'below'
        ? value.lessThanOrEqualTo(target.minus(back))
        : value.greaterThanOrEqualTo(target.plus(back));
    return { memory: { side: from, armed: memory.armed || rearmed }, fired: false };
  }
  // Exactly on the target is a crossing, but not yet the other side.
  const side = value.equals(target) ? from : from === 'below' ? 'above' : 'below';
  const fired = wanted && memory.armed;
  return { memory: { side, armed: fired ? false : memory.armed }, fired };
}
