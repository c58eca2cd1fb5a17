import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { AccountModes, Balance, Position } from '../../src-preload/contract/types/trading.ts';
import { dec, roundToStep, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { notionalOf, settledValueOf } from './contract-value.ts';
import { sharesMargin } from './usable-balance.ts';

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
 * Price at which collateral + profit falls to the maintenance margin, for a perpetual or future. Isolated: the
 * collateral is the position's own margin. Cross: the whole settlement balance less what isolated positions
 * hold; other cross positions are taken at their present profit. Null where it cannot be known: options, no
 * maintenance rate, a wallet in which all coins are one collateral, or a price below zero (no liquidation).
 */
export function liquidationPrice(input: Input): DecimalText | null {
  const { instrument, modes, entry } = input;
  const rate = instrument.maintenanceMarginRate;
  if (rate === undefined || input.signed.isZero() || entry.isZero()) return null;
  if (instrument.kind !== 'linear' && instrument.kind !== 'inverse') return null;
  if (modes.marginMode === 'cross' && sharesMargin(input.balances)) return null;
  const quantity = input.signed.abs();
  const value = settledValueOf(instrument, quantity, entry);
  const notional = notionalOf(instrument, quantity, entry);
  if (value === null || notional === null) return null;
  const collateral = modes.marginMode === 'isolated' ? value.div(modes.leverage) : crossCollateral(input);
  const long = !input.signed.isNegative();
  const price =
    instrument.kind === 'inverse'
      ? inversePrice({ value, notional, collateral, rate, long })
      : linearPrice({ value, perPrice: notional.div(entry), collateral, rate, long });
  return price?.isPositive() === true && !price.isZero()
    ? roundToStep(text(price), instrument.tickSize, long ? 'up' : 'down')
    : null;
}

interface Linear {
  readonly value: Decimal;
  /** Quantity in base currency: what the position gains when the price rises by one. */
  readonly perPrice: Decimal;
  readonly collateral: Decimal;
  readonly rate: DecimalText;
  readonly long: boolean;
}

function linearPrice({ value, perPrice, collateral, rate, long }: Linear): Decimal {
  return long
    ? value.minus(collateral).div(perPrice.times(dec('1').minus(rate)))
    : value.plus(collateral).div(perPrice.times(dec('1').plus(rate)));
}

interface Inverse {
  /** In coins at the entry price. */
  readonly value: Decimal;
  /** In quote currency, whatever the price. */
  readonly notional: Decimal;
  readonly collateral: Decimal;
  readonly rate: DecimalText;
  readonly long: boolean;
}

/** Profit in coins is notional × (1/entry − 1/price) for a long; the maintenance margin is rate × notional/price. */
function inversePrice({ value, notional, collateral, rate, long }: Inverse): Decimal | null {
  const coins = long ? value.plus(collateral) : value.minus(collateral);
  if (!coins.isPositive() || coins.isZero()) return null;
  const share = long ? dec('1').plus(rate) : dec('1').minus(rate);
  return notional.times(share).div(coins);
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
