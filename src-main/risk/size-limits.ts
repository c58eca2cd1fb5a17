/** The limits on how much: worth of one order, share of the equity in one market. */
import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { type HoldfastError } from '../errors.ts';
import { compareText, dec, floorToStep, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { notionalOf } from '../trading/contract-value.ts';
import type { Exposure } from './exposure.ts';
import type { Limit } from './risk-limits.ts';
import { dollars, percent, refusal } from './risk-refusal.ts';

/** The highest price at which the order can trade as far as is known: what its worth is measured at. */
export function measuringPrice(draft: OrderDraft, reference: DecimalText | null): Decimal | null {
  const own = [draft.price, draft.triggerPrice].filter((price) => price !== undefined);
  // A sell far below the market and a market order trade at the market; a limit buy never above its limit.
  const needsMarket =
    draft.triggerPrice === undefined
      ? draft.side === 'sell' || draft.price === undefined
      : reference !== null && firesAtOnce(draft, draft.triggerPrice, reference);
  if (needsMarket && reference === null) return null;
  const prices = needsMarket && reference !== null ? [...own, reference] : own;
  return prices
    .map((price) => dec(price))
    .reduce<Decimal | null>(
      (highest, price) => (highest === null || price.greaterThan(highest) ? price : highest),
      null,
    );
}

/** Where the market has passed the trigger already: such an order trades at the market, however low its trigger is. */
function firesAtOnce(
  { type, side, price }: OrderDraft,
  triggerPrice: DecimalText,
  reference: DecimalText,
): boolean {
  const rises = (type === 'stopLimit' || type === 'stopMarket') === (side === 'buy');
  const passed = compareText(reference, triggerPrice) * (rises ? 1 : -1) >= 0;
  return passed && (side === 'sell' || price === undefined);
}

/**
 * Worth of one unit in US dollars of an option that is written: of the coin behind it. The premium is what is
 * received, and no measure of what can be lost. Null where rate or size is not known.
 */
export function writtenWorth(instrument: Instrument, baseRate: Decimal | null): Decimal | null {
  const size = instrument.quantityUnit === 'base' ? '1' : instrument.contractValue;
  return size === undefined || baseRate === null ? null : baseRate.times(size);
}

/** Worth of one unit of quantity in US dollars. Null where price, contract size or rate is not known. */
export function unitWorth(
  instrument: Instrument,
  price: Decimal | null,
  rate: Decimal | null,
): Decimal | null {
  if (price === null || rate === null) return null;
  return notionalOf(instrument, dec('1'), price)?.times(rate) ?? null;
}

interface Sized {
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  readonly exposure: Exposure;
  /** US dollars a unit; null = not known. */
  readonly unit: Decimal | null;
  /** US dollars for one unit of the quote currency; null = not known. */
  readonly quoteRate: Decimal | null;
  /** What of the order to be amended has traded. */
  readonly filled: Decimal;
}

/** Whether the order sells an option that is not owned: its worth is that of the coin behind it, see `writtenWorth`. */
export const isWriting = (draft: OrderDraft, { kind }: Instrument, { isReducing }: Exposure): boolean =>
  kind === 'option' && draft.side === 'sell' && !isReducing;

/** What is not known when `unit` is not. */
const unknownWorth = ({ draft, instrument, exposure }: Sized): string =>
  isWriting(draft, instrument, exposure)
    ? `the price of ${instrument.base}, by which an option that is written is measured,`
    : 'the worth of this order';

/** Null = within the limit. */
export function orderNotionalRefusal(
  sized: Sized,
  { value, setting }: Limit<DecimalText>,
): HoldfastError | null {
  const { draft, instrument, unit, quoteRate } = sized;
  // The whole order, what has traded of it included: or amended upwards, time and again, it would have no limit.
  const worth =
    draft.quoteAmount === undefined
      ? multiply(unit, draft.quantity === undefined ? null : dec(draft.quantity))
      : multiply(quoteRate, dec(draft.quoteAmount));
  const limit = `The largest order is limited to ${value} USD (${setting})`;
  if (worth === null)
    return refusal('maxOrderNotional', `${limit}, and ${unknownWorth(sized)} is not known now.`, 'quantity');
  if (worth.lessThanOrEqualTo(value)) return null;
  const message = `${limit}; this one is worth ${dollars(worth)}.`;
  if (draft.quoteAmount !== undefined)
    return refusal('maxOrderNotional', message, 'quoteAmount', quotient(dec(value), quoteRate));
  return refusal('maxOrderNotional', message, 'quantity', most(instrument, dec(value), unit));
}

/** Null = within the limit. `equity` in US dollars, null = not known. */
export function positionShareRefusal(
  sized: Sized,
  equity: Decimal | null,
  { value, setting }: Limit<DecimalText>,
): HoldfastError | null {
  const { draft, instrument, exposure, unit, quoteRate, filled } = sized;
  const limit = `The largest position is limited to ${percent(dec(value))} of the equity (${setting})`;
  const field = draft.quoteAmount === undefined ? 'quantity' : 'quoteAmount';
  const unknown = (what: string): HoldfastError =>
    refusal('maxPositionShare', `${limit}, and ${what} is not known now.`, field);
  if (exposure.quantity === null || unit === null) return unknown(unknownWorth(sized));
  if (equity === null) return unknown('the equity of this account');
  const after = exposure.before.plus(exposure.quantity);
  if (!after.isPositive() || after.isZero()) return null;
  const worth = after.times(unit);
  if (equity.greaterThan('0') && worth.lessThanOrEqualTo(equity.times(value))) return null;
  const share = equity.greaterThan('0') ? percent(worth.div(equity)) : 'more than all';
  const room = equity.times(value).minus(exposure.before.times(unit));
  const message = `${limit}; with this order and what is open already it could become ${dollars(worth)}, ${share} of ${dollars(equity)}.`;
  if (!room.greaterThan('0')) return refusal('maxPositionShare', message, field);
  return refusal(
    'maxPositionShare',
    message,
    field,
    field === 'quoteAmount'
      ? quotient(room, quoteRate)
      : most(instrument, room.plus(filled.times(unit)), unit),
  );
}

/** The largest quantity that is worth at most `worth`; null when that is less than the market allows. */
export function most(instrument: Instrument, worth: Decimal, unit: Decimal | null): DecimalText | null {
  if (unit === null || unit.isZero() || !worth.greaterThan('0')) return null;
  // Divided with one digit to spare downwards, so that a quotient rounded up never passes a step.
  const quantity = floorToStep(text(worth.div(unit).toDecimalPlaces(18, 1)), instrument.lotSize);
  return compareText(quantity, instrument.minQuantity) < 0 ? null : quantity;
}

const multiply = (a: Decimal | null, b: Decimal | null): Decimal | null =>
  a === null || b === null ? null : a.times(b);

const quotient = (value: Decimal, rate: Decimal | null): DecimalText | null =>
  rate === null || rate.isZero() ? null : text(value.div(rate).toDecimalPlaces(8, 1));
