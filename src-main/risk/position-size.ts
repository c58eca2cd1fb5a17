/**
 * How much to buy or sell so that the stop costs at most what a person is ready to lose. Every rounding is
 * against the person: the loss of a unit up, the quantity down to the lot.
 */
import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { PositionSize } from '../../src-preload/contract/types/risk.ts';
import { HoldfastError, badInput } from '../errors.ts';
import {
  compareText,
  dec,
  floorToStep,
  multiplyText,
  roundToStep,
  subtractText,
  text,
} from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { notionalOf, settledValueOf } from '../trading/contract-value.ts';

/** decimal.js rounding modes. */
const [UP, DOWN] = [0, 1] as const;
/** Digits behind the point of figures on their way. */
const PLACES = 24;

export interface SizeInput {
  readonly instrument: Instrument;
  readonly side: 'buy' | 'sell';
  readonly entry: DecimalText;
  readonly stop: DecimalText;
  /** In the currency that the market settles in. */
  readonly riskAmount: DecimalText;
  /** Taker's fee as a fraction; a rebate counts as no fee. */
  readonly takerFee: DecimalText;
  /** Most that the balance and the limits allow, in the instrument's unit; null = no bound is known. */
  readonly byBalance: DecimalText | null;
  readonly byLimit: DecimalText | null;
}

/** Rejects with `badInput` for a stop on the wrong side, and when even the smallest order would risk more. */
export function positionSize(input: SizeInput): PositionSize {
  const { instrument, entry } = input;
  checkStop(input);
  const unit = lossOfUnit(input);
  const bounds: readonly (readonly [PositionSize['boundBy'], DecimalText | null])[] = [
    ['risk', text(dec(input.riskAmount).div(unit).toDecimalPlaces(PLACES, DOWN))],
    ['balance', input.byBalance],
    ['limit', input.byLimit],
    ['venue', largestOrder(instrument)],
  ];
  const [boundBy, bound] = smallest(bounds);
  let quantity = floorToStep(bound, instrument.lotSize);
  // The quotient is rounded, the product is what counts.
  while (compareText(multiplyText(quantity, text(unit)), input.riskAmount) > 0)
    quantity = subtractText(quantity, instrument.lotSize);
  const smallestOrder = leastQuantity(instrument, dec(entry));
  if (compareText(quantity, smallestOrder) < 0)
    throw belowMinimum(input, { boundBy, quantity, smallestOrder, unit });
  const notional = notionalOf(instrument, dec(quantity), dec(entry)) ?? dec('0');
  return {
    venue: instrument.venue,
    symbol: instrument.symbol,
    quantity,
    notional: text(notional),
    risk: multiplyText(quantity, text(unit)),
    fees: multiplyText(quantity, text(feesOfUnit(input))),
    currency: currencyOf(instrument),
    boundBy,
  };
}

/** What risk and fees are counted in. */
export const currencyOf = ({ settle, quote }: Instrument): string => settle ?? quote;

function checkStop({ instrument, side, entry, stop }: SizeInput): void {
  if (instrument.kind === 'option')
    throw new HoldfastError(
      'notSupported',
      'risk.noOptions',
      'What a stop of an option costs depends on the coin behind it: there is no size to compute.',
    );
  if (instrument.kind === 'spot' && side === 'sell')
    throw badInput([
      { field: 'side', rule: 'must be buy: a spot market has no short positions', nearest: 'buy' },
    ]);
  const difference = compareText(stop, entry);
  if (side === 'buy' && difference >= 0)
    throw badInput([{ field: 'stop', rule: `must be below the entry price ${entry} of a buy` }]);
  if (side === 'sell' && difference <= 0)
    throw badInput([{ field: 'stop', rule: `must be above the entry price ${entry} of a sell` }]);
}

/** Worth of one unit at a price in the settlement currency. */
function worthAt(instrument: Instrument, price: DecimalText): Decimal {
  const worth = settledValueOf(instrument, dec('1'), dec(price));
  if (worth !== null) return worth;
  throw new HoldfastError(
    'notSupported',
    'risk.unknownContract',
    `The venue does not say what one contract of ${instrument.symbol} is worth.`,
  );
}

/** Price difference and both fees, rounded up. A spot fee that is taken in the coin costs a little less than this. */
function lossOfUnit(input: SizeInput): Decimal {
  const { instrument, entry, stop } = input;
  const distance = worthAt(instrument, entry).minus(worthAt(instrument, stop)).abs();
  return distance.plus(feesOfUnit(input)).toDecimalPlaces(PLACES, UP);
}

function feesOfUnit({ instrument, entry, stop, takerFee }: SizeInput): Decimal {
  const rate = dec(takerFee);
  if (!rate.greaterThan('0')) return dec('0');
  return worthAt(instrument, entry).plus(worthAt(instrument, stop)).times(rate).toDecimalPlaces(PLACES, UP);
}

/** Its stop will be a market order: the smaller of the two counts. */
function largestOrder({ maxQuantity, maxMarketQuantity }: Instrument): DecimalText | null {
  if (maxQuantity === undefined || maxMarketQuantity === undefined)
    return maxQuantity ?? maxMarketQuantity ?? null;
  return compareText(maxQuantity, maxMarketQuantity) < 0 ? maxQuantity : maxMarketQuantity;
}

function smallest(
  bounds: readonly (readonly [PositionSize['boundBy'], DecimalText | null])[],
): readonly [PositionSize['boundBy'], DecimalText] {
  let least: readonly [PositionSize['boundBy'], DecimalText] | null = null;
  for (const [name, value] of bounds)
    if (value !== null && (least === null || compareText(value, least[1]) < 0)) least = [name, value];
  return least ?? ['risk', '0'];
}

/** The smallest order that the market takes at this price. */
function leastQuantity(instrument: Instrument, price: Decimal): DecimalText {
  const { minQuantity, minNotional, lotSize } = instrument;
  const one = minNotional === undefined ? null : notionalOf(instrument, dec('1'), price);
  if (minNotional === undefined || one === null || one.isZero()) return minQuantity;
  const byWorth = roundToStep(text(dec(minNotional).div(one)), lotSize, 'up');
  return compareText(byWorth, minQuantity) > 0 ? byWorth : minQuantity;
}

function belowMinimum(
  { instrument, riskAmount }: SizeInput,
  found: { boundBy: string; quantity: string; smallestOrder: string; unit: Decimal },
): HoldfastError {
  const currency = currencyOf(instrument);
  const needed = text(dec(found.smallestOrder).times(found.unit).toDecimalPlaces(8, UP));
  const why = {
    risk: `${riskAmount} ${currency} of risk allows ${found.quantity}`,
    balance: `the available balance allows ${found.quantity}`,
    limit: `the risk limits allow ${found.quantity}`,
    venue: `the venue's largest order is ${found.quantity}`,
  }[found.boundBy];
  const rule = `the smallest order is ${found.smallestOrder} and would risk ${needed} ${currency}, but ${why ?? 'less is possible'}`;
  const problem = { field: 'riskAmount', rule, ...(found.boundBy === 'risk' ? { nearest: needed } : {}) };
  return new HoldfastError('badInput', 'risk.belowMinimum', `No order of this size: ${rule}.`, {
    problems: [problem],
  });
}
