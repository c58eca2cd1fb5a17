import type { BookLevel, DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { Decimal } from '../market/decimal.ts';
import { dec } from '../market/decimal.ts';
import { averageEntry } from './contract-value.ts';

export interface Walk {
  readonly quantity: Decimal;
  /** What is paid on average; null when nothing was taken. */
  readonly price: Decimal | null;
  /** False when the shown levels do not hold that much. */
  readonly complete: boolean;
}

/** What taking from `levels` (best first) gives until `quantity` or `amount` of quote currency is reached. */
export function walkBook(
  levels: readonly BookLevel[],
  target: { readonly quantity?: DecimalText | undefined; readonly amount?: DecimalText | undefined },
  market: Pick<Instrument, 'kind'>,
): Walk {
  const taken: { quantity: Decimal; price: Decimal }[] = [];
  let left = dec(target.quantity ?? target.amount ?? '0');
  for (const [levelPrice, levelSize] of levels) {
    const [price, size] = [dec(levelPrice), dec(levelSize)];
    const wanted = target.quantity === undefined ? left.div(price) : left;
    const quantity = wanted.lessThan(size) ? wanted : size;
    if (!quantity.isZero()) taken.push({ quantity, price });
    left = left.minus(target.quantity === undefined ? quantity.times(price) : quantity);
    if (quantity.equals(wanted)) return result(taken, market, true);
  }
  return result(taken, market, false);
}

function result(
  taken: readonly { quantity: Decimal; price: Decimal }[],
  market: Pick<Instrument, 'kind'>,
  complete: boolean,
): Walk {
  const quantity = taken.reduce((sum, part) => sum.plus(part.quantity), dec('0'));
  return { quantity, price: quantity.isZero() ? null : averageEntry(market, taken), complete };
}
