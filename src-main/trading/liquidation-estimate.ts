import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { AccountModes, Balance, Position } from '../../src-preload/contract/types/trading.ts';
import { dec, roundToStep, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';

interface Input {
  /** Signed position after the order. */
  readonly signed: Decimal;
  readonly entry: Decimal;
  readonly instrument: Instrument;
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  readonly modes: AccountModes & { readonly leverage: DecimalText };
}

/**
 * Price at which collateral + profit falls to the maintenance margin, for a linear contract. Isolated: the
 * collateral is the position's own margin. Cross: the whole settlement balance less what isolated positions
 * hold; other cross positions are taken at their present profit. Null where the venue gives no maintenance
 * rate, or where the price would be below zero (it cannot be liquidated).
 */
export function liquidationPrice(input: Input): DecimalText | null {
  const rate = input.instrument.maintenanceMarginRate;
  if (rate === undefined || input.signed.isZero() || input.instrument.kind !== 'linear') return null;
  const quantity = input.signed.abs();
  const value = quantity.times(input.entry);
  const collateral =
    input.modes.marginMode === 'isolated' ? value.div(input.modes.leverage) : crossCollateral(input);
  const long = !input.signed.isNegative();
  const price = long
    ? value.minus(collateral).div(quantity.times(dec('1').minus(rate)))
    : value.plus(collateral).div(quantity.times(dec('1').plus(rate)));
  return price.isPositive() && !price.isZero()
    ? roundToStep(text(price), input.instrument.tickSize, long ? 'up' : 'down')
    : null;
}

function crossCollateral({ balances, positions, instrument }: Input): Decimal {
  const settle = instrument.settle ?? instrument.quote;
  let total = dec('0');
  for (const balance of balances)
    if (balance.asset === settle && balance.counted) total = total.plus(balance.total);
  for (const position of positions) {
    if (position.settle !== settle || position.symbol === instrument.symbol) continue;
    if (position.marginMode === 'isolated') total = total.minus(position.margin);
    else if (position.unrealizedPnl !== null) total = total.plus(position.unrealizedPnl);
  }
  return total;
}
