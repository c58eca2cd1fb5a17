import type { BookLevel, DecimalText } from '../../src-preload/contract/types/market.ts';
import type { Decimal } from '../market/decimal.ts';
import { dec } from '../market/decimal.ts';

export interface Walk {
  readonly quantity: Decimal;
  readonly notional: Decimal;
  /** False when the shown levels do not hold that much. */
  readonly complete: boolean;
}

/** What taking from `levels` (best first) gives until `quantity` or `amount` of quote currency is reached. */
export function walkBook(
  levels: readonly BookLevel[],
  target: { readonly quantity?: DecimalText | undefined; readonly amount?: DecimalText | undefined },
): Walk {
  let quantity = dec('0');
  let notional = dec('0');
  for (const [price, size] of levels) {
    const wanted =
      target.quantity === undefined
        ? dec(target.amount ?? '0')
            .minus(notional)
            .div(price)
        : dec(target.quantity).minus(quantity);
    const taken = wanted.lessThan(size) ? wanted : dec(size);
    quantity = quantity.plus(taken);
    notional = notional.plus(taken.times(price));
    if (taken.equals(wanted)) return { quantity, notional, complete: true };
  }
  return { quantity, notional, complete: false };
}
