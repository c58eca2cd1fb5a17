import type { FieldProblem } from '../../src-preload/contract/result.ts';
import type { VenueCapabilities } from '../../src-preload/contract/types/account.ts';
import type { BookView, DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type {
  AccountModes,
  Balance,
  OrderDraft,
  OrderPreview,
  Position,
} from '../../src-preload/contract/types/trading.ts';
import type { FeeRate } from '../exchanges/exchange.ts';
import { dec, floorToStep, isZeroText, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { walkBook } from './book-walk.ts';
import { notionalOf, settledValueOf } from './contract-value.ts';
import { liquidationPrice } from './liquidation-estimate.ts';
import { draftProblems, hasPrice, snapDraft } from './order-checks.ts';
import { openingQuantity, positionAfter, presentQuantity } from './position-after.ts';
import { availableOf, sharedMarginOf, sharesMargin } from './usable-balance.ts';

export interface PreviewInput {
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  readonly book: BookView | null;
  readonly reference: DecimalText | null;
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  readonly fees: FeeRate;
  readonly modes: AccountModes & { readonly leverage: DecimalText };
  readonly now: number;
  readonly venue?: Pick<VenueCapabilities, 'attachedProtection'>;
}

export interface Estimate {
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** In quote currency; null where the size of a contract is not known. */
  readonly notional: Decimal | null;
  /** In the currency that the market settles in. */
  readonly value: Decimal | null;
  readonly slippage: Decimal | null;
}

/** What an order will do, from what is known now. Unknown figures are null, never zero. */
export function previewOrder(input: PreviewInput): OrderPreview {
  const { instrument, book, balances } = input;
  const { draft, snaps } = snapDraft(input.draft, instrument);
  const problems = draftProblems(draft, input);
  const estimate = estimateOf(draft, input);
  const spot = instrument.kind === 'spot';
  const takes = estimate !== null && takesLiquidity(draft, book);
  const rate = dec(takes ? input.fees.taker : input.fees.maker);
  const costCurrency = costCurrencyOf(draft, instrument);
  const available = usable(input, costCurrency);
  const cost = estimate && costOf(draft, input, estimate, rate);
  const maximum = maxQuantity(draft, input, estimate, rate, available);
  if (
    cost &&
    available !== null &&
    cost.greaterThan(available) &&
    // The venue counts what all coins are worth together: only it can say that it is not enough.
    !isShared(input) &&
    !problems.some(({ field }) => field === 'quantity' || field === 'quoteAmount')
  ) {
    problems.push(tooDear(draft, instrument, { cost, costCurrency, available, maximum }));
  }
  const after = estimate && !spot ? positionAfter(draft, input, estimate) : null;
  return {
    snaps,
    problems,
    // An inverse contract is worth a fixed sum of its quote currency, though it is paid in coins.
    currency: instrument.kind === 'inverse' ? instrument.quote : (instrument.settle ?? instrument.quote),
    quantity: estimate ? text(estimate.quantity) : (draft.quantity ?? null),
    estimatedPrice: estimate ? text(estimate.price.toSignificantDigits(18)) : null,
    notional: money(estimate?.notional),
    cost: money(cost),
    costCurrency,
    available,
    fee: money(feeOf(draft, instrument, estimate, rate)),
    feeCurrency: spot ? (draft.side === 'buy' ? instrument.base : instrument.quote) : costCurrency,
    feeKind: takes ? 'taker' : 'maker',
    positionAfter: after ? text(after.signed) : null,
    liquidationPriceAfter: after ? liquidationPrice({ ...input, balances, ...after }) : null,
    maxQuantity: maximum,
    slippage: estimate?.slippage ? text(estimate.slippage.toDecimalPlaces(6)) : null,
    bookAgeMs: book ? Math.max(0, input.now - book.receivedAt) : null,
  };
}

interface Dear {
  readonly cost: Decimal;
  readonly costCurrency: string;
  readonly available: DecimalText;
  readonly maximum: DecimalText | null;
}

/** That the balance does not pay for it, with the most that it does: in the unit of the order, and only if it may be sent. */
function tooDear(
  draft: OrderDraft,
  instrument: Instrument,
  { cost, costCurrency, available, maximum }: Dear,
): FieldProblem {
  const rule = `needs ${text(cost.toDecimalPlaces(8))} ${costCurrency}, ${available} is available`;
  const byAmount = draft.quoteAmount !== undefined;
  const [most, least] = byAmount
    ? [available, instrument.minNotional ?? null]
    : [maximum, instrument.minQuantity];
  const isEnough = most !== null && !isZeroText(most) && (least === null || !dec(most).lessThan(least));
  return {
    field: byAmount ? 'quoteAmount' : 'quantity',
    rule,
    ...(isEnough ? { nearest: most } : {}),
  };
}

/** Money is shown to eight places; nothing is charged by this figure. */
const money = (value: Decimal | null | undefined): DecimalText | null =>
  value ? text(value.toDecimalPlaces(8)) : null;

function costCurrencyOf(draft: OrderDraft, instrument: Instrument): string {
  if (instrument.kind === 'spot') return draft.side === 'buy' ? instrument.quote : instrument.base;
  return instrument.settle ?? instrument.quote;
}

/** Whether every coin backs every contract: one coin's balance then is not what the order can use. */
const isShared = ({ instrument, balances, modes }: PreviewInput): boolean =>
  instrument.kind !== 'spot' && modes.marginMode === 'cross' && sharesMargin(balances);

const usable = (input: PreviewInput, currency: string): DecimalText | null =>
  isShared(input) ? sharedMarginOf(input.balances, currency) : availableOf(input.balances, currency);

function feeOf(
  draft: OrderDraft,
  instrument: Instrument,
  estimate: Estimate | null,
  rate: Decimal,
): Decimal | null {
  // An option's fee goes by the price of the coin behind it and is capped by the premium: not ours to guess.
  if (estimate === null || instrument.kind === 'option') return null;
  // Spot fees are taken from what is received; contract fees in the settlement currency.
  if (instrument.kind === 'spot' && draft.side === 'buy') return estimate.quantity.times(rate);
  return estimate.value?.times(rate) ?? null;
}

function at(
  instrument: Instrument,
  quantity: Decimal,
  price: Decimal,
  slippage: Decimal | null = null,
): Estimate | null {
  if (price.isZero()) return null;
  const notional = notionalOf(instrument, quantity, price);
  return { quantity, price, notional, value: settledValueOf(instrument, quantity, price), slippage };
}

function estimateOf(draft: OrderDraft, { book, reference, instrument }: PreviewInput): Estimate | null {
  // A trigger order will trade at what the book holds then: the trigger is the honest guess.
  const fixed = hasPrice(draft.type) ? draft.price : draft.triggerPrice;
  if (fixed !== undefined || hasPrice(draft.type)) {
    if (fixed === undefined || draft.quantity === undefined) return null;
    return at(instrument, dec(draft.quantity), dec(fixed));
  }
  const levels = (draft.side === 'buy' ? book?.asks : book?.bids) ?? [];
  const best = levels[0]?.[0];
  if (best === undefined || (draft.quantity === undefined && draft.quoteAmount === undefined)) {
    if (reference === null || draft.quantity === undefined) return null;
    return at(instrument, dec(draft.quantity), dec(reference));
  }
  const walk = walkBook(levels, { quantity: draft.quantity, amount: draft.quoteAmount }, instrument);
  if (walk.price === null) return null;
  // What the shown levels do not hold is priced like the rest: the slippage then is a lower bound.
  const quantity = draft.quantity === undefined ? walk.quantity : dec(draft.quantity);
  return at(instrument, quantity, walk.price, walk.price.minus(best).abs().div(best));
}

function takesLiquidity(draft: OrderDraft, book: BookView | null): boolean {
  if (draft.postOnly) return false;
  if (draft.type !== 'limit' || draft.price === undefined) return true;
  const best = draft.side === 'buy' ? book?.asks[0]?.[0] : book?.bids[0]?.[0];
  if (best === undefined) return false;
  return draft.side === 'buy'
    ? dec(draft.price).greaterThanOrEqualTo(best)
    : dec(draft.price).lessThanOrEqualTo(best);
}

/** Null where only the venue knows: the margin of a written option, contracts of an unknown size. */
function costOf(draft: OrderDraft, input: PreviewInput, estimate: Estimate, rate: Decimal): Decimal | null {
  const { instrument, positions, modes } = input;
  if (instrument.kind === 'spot') return draft.side === 'buy' ? estimate.notional : estimate.quantity;
  const opening = openingQuantity(draft, positions, estimate.quantity);
  if (instrument.kind === 'option') {
    if (opening.isZero()) return dec('0');
    return draft.side === 'buy' ? estimate.value : null;
  }
  const margin = settledValueOf(instrument, opening, estimate.price)?.div(modes.leverage) ?? null;
  if (margin === null || estimate.value === null) return null;
  return rate.isPositive() ? margin.plus(estimate.value.times(rate)) : margin;
}

function maxQuantity(
  draft: OrderDraft,
  input: PreviewInput,
  estimate: Estimate | null,
  rate: Decimal,
  available: DecimalText | null,
): DecimalText | null {
  const { instrument, positions } = input;
  const floor = (value: Decimal): DecimalText => floorToStep(text(value), instrument.lotSize);
  if (instrument.kind === 'spot' && draft.side === 'sell')
    return available === null ? null : floor(dec(available));
  const present = presentQuantity(draft, positions);
  const against = draft.side === 'buy' ? present.isNegative() : !present.isNegative();
  const closing = against ? present.abs() : dec('0');
  if (instrument.kind !== 'spot' && draft.reduceOnly) return floor(closing);
  const known = draft.price ?? input.reference;
  const price = estimate?.price ?? (known === null ? null : dec(known));
  if (available === null || price === null || price.isZero()) return null;
  if (instrument.kind === 'spot') return floor(dec(available).div(price));
  const one = settledValueOf(instrument, dec('1'), price);
  if (one === null) return null;
  if (instrument.kind === 'option')
    return draft.side === 'buy' ? floor(dec(available).div(one).plus(closing)) : null;
  const fee = rate.isPositive() ? rate : dec('0');
  const perUnit = one.times(dec('1').div(input.modes.leverage).plus(fee));
  return floor(dec(available).div(perUnit).plus(closing.times('2')));
}
