/** What a quantity of a market is worth, for every kind of market. Null where the instrument does not say. */
import type { Instrument } from '../../src-preload/contract/types/market.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';

type Market = Pick<Instrument, 'kind' | 'quantityUnit' | 'contractValue'>;

/**
 * Worth in quote currency: quantity times price, except for inverse contracts, whose worth in quote currency is
 * fixed. An option's is its premium, not that of the coin behind it.
 */
export function notionalOf(market: Market, quantity: Decimal, price: Decimal): Decimal | null {
  if (market.kind === 'inverse')
    return market.contractValue === undefined ? null : quantity.times(market.contractValue);
  if (market.quantityUnit === 'base') return quantity.times(price);
  // Contracts of a size that the venue did not tell: anything else would be a guess.
  return market.contractValue === undefined ? null : quantity.times(market.contractValue).times(price);
}

/** Worth in the currency that the market settles in: coins for an inverse contract. `price` > 0. */
export function settledValueOf(market: Market, quantity: Decimal, price: Decimal): Decimal | null {
  const notional = notionalOf(market, quantity, price);
  return market.kind === 'inverse' ? (notional?.div(price) ?? null) : notional;
}

/**
 * Average price of two parts of a position. Inverse contracts are worth their price's reciprocal in coins, so
 * theirs is the harmonic mean.
 */
export function averageEntry(
  market: Pick<Instrument, 'kind'>,
  parts: readonly { readonly quantity: Decimal; readonly price: Decimal }[],
): Decimal {
  const total = parts.reduce((sum, part) => sum.plus(part.quantity), dec('0'));
  if (market.kind === 'inverse') {
    const coins = parts.reduce((sum, part) => sum.plus(part.quantity.div(part.price)), dec('0'));
    return total.div(coins);
  }
  return parts.reduce((sum, part) => sum.plus(part.quantity.times(part.price)), dec('0')).div(total);
}
