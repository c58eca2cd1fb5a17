import type { AlertCondition } from '../../src-preload/contract/types/alert.ts';
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';

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
  const fired = reached && wanted && memory.armed;
  const back = target.times(hysteresisPercent).div('100');
  const armed = (memory.armed && !fired) || goneBack(condition.direction, value.minus(target), back);
  // Exactly on the target is a crossing, but not yet the other side.
  const crossed = reached && !value.equals(target);
  return { memory: { side: crossed ? opposite(from) : from, armed }, fired };
}

/** Whether a price this far from the target may make the alert fire again. */
function goneBack(direction: PriceCrosses['direction'], distance: Decimal, back: Decimal): boolean {
  const below = distance.isNegative() && !distance.isZero() && distance.negated().greaterThanOrEqualTo(back);
  const above = distance.greaterThan('0') && distance.greaterThanOrEqualTo(back);
  if (direction === 'either') return below || above;
  return direction === 'above' ? below : above;
}

const opposite = (side: 'above' | 'below') => (side === 'above' ? 'below' : 'above');
