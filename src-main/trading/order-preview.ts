import type { BookView, DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type {
  AccountModes,
  Balance,
  OrderDraft,
  OrderPreview,
  Position,
} from '../../src-preload/contract/types/trading.ts';
import type { FeeRate } from '../exchanges/exchange.ts';
import { dec, floorToStep, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { walkBook } from './book-walk.ts';
import { liquidationPrice } from './liquidation-estimate.ts';
import { draftProblems, hasPrice, snapDraft } from './order-checks.ts';

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
}

interface Estimate {
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly notional: Decimal;
  readonly slippage: Decimal | null;
}

/** What an order will do, from what is known now. Unknown figures are null, never zero. */
export function previewOrder(input: PreviewInput): OrderPreview {
  const { instrument, book } = input;
  const { draft, snaps } = snapDraft(input.draft, instrument);
  const problems = draftProblems(draft, { instrument, reference: input.reference });
  const estimate = estimateOf(draft, input);
  const spot = instrument.kind === 'spot';
  const takes = estimate !== null && takesLiquidity(draft, book);
  const rate = dec(takes ? input.fees.taker : input.fees.maker);
  const costCurrency = spot
    ? draft.side === 'buy'
      ? instrument.quote
      : instrument.base
    : (instrument.settle ?? instrument.quote);
  const available = availableOf(input.balances, costCurrency);
  const cost = estimate && costOf(draft, input, estimate, rate);
  if (
    cost &&
    available !== null &&
    cost.greaterThan(available) &&
    !problems.some((problem) => problem.field === 'quantity')
  ) {
    const nearest = maxQuantity(draft, input, estimate, rate, available);
    problems.push({
      field: 'quantity',
      rule: `needs ${text(cost.toDecimalPlaces(8))} ${costCurrency}, ${available} is available`,
      ...(nearest === null ? {} : { nearest }),
    });
  }
  const after = estimate && !spot ? positionAfter(draft, input, estimate) : null;
  return {
    snaps,
    problems,
    currency: instrument.settle ?? instrument.quote,
    quantity: estimate ? text(estimate.quantity) : (draft.quantity ?? null),
    estimatedPrice: estimate ? text(estimate.price.toSignificantDigits(18)) : null,
    notional: estimate ? money(estimate.notional) : null,
    cost: cost ? money(cost) : null,
    costCurrency,
    available,
    // Spot fees are taken from what is received; contract fees in the settlement currency.
    fee: estimate
      ? money((spot && draft.side === 'buy' ? estimate.quantity : estimate.notional).times(rate))
      : null,
    feeCurrency: spot ? (draft.side === 'buy' ? instrument.base : instrument.quote) : costCurrency,
    feeKind: takes ? 'taker' : 'maker',
    positionAfter: after ? text(after.signed) : null,
    liquidationPriceAfter: after ? liquidationPrice({ ...input, ...after }) : null,
    maxQuantity: maxQuantity(draft, input, estimate, rate, available),
    slippage: estimate?.slippage ? text(estimate.slippage.toDecimalPlaces(6)) : null,
    bookAgeMs: book ? Math.max(0, input.now - book.receivedAt) : null,
  };
}

/** Money is shown to eight places; nothing is charged by this figure. */
const money = (value: Decimal): DecimalText => text(value.toDecimalPlaces(8));

function estimateOf(draft: OrderDraft, { book, reference }: PreviewInput): Estimate | null {
  if (hasPrice(draft.type)) {
    if (draft.price === undefined || draft.quantity === undefined) return null;
    const [price, quantity] = [dec(draft.price), dec(draft.quantity)];
    return { quantity, price, notional: price.times(quantity), slippage: null };
  }
  if (draft.triggerPrice !== undefined) {
    // It will trade at what the book holds then; the trigger is the honest guess.
    if (draft.quantity === undefined) return null;
    const [price, quantity] = [dec(draft.triggerPrice), dec(draft.quantity)];
    return { quantity, price, notional: price.times(quantity), slippage: null };
  }
  const levels = (draft.side === 'buy' ? book?.asks : book?.bids) ?? [];
  const best = levels[0]?.[0];
  if (best === undefined || (draft.quantity === undefined && draft.quoteAmount === undefined)) {
    if (reference === null || draft.quantity === undefined) return null;
    return {
      quantity: dec(draft.quantity),
      price: dec(reference),
      notional: dec(draft.quantity).times(reference),
      slippage: null,
    };
  }
  const walk = walkBook(levels, { quantity: draft.quantity, amount: draft.quoteAmount });
  if (walk.quantity.isZero()) return null;
  const price = walk.notional.div(walk.quantity);
  // What the shown levels do not hold is priced like the rest: the slippage then is a lower bound.
  const quantity = draft.quantity === undefined ? walk.quantity : dec(draft.quantity);
  return { quantity, price, notional: price.times(quantity), slippage: price.minus(best).abs().div(best) };
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

const positionOf = (draft: OrderDraft, positions: readonly Position[]): Position | undefined =>
  positions.find(
    (position) => position.symbol === draft.symbol && position.positionSide === draft.positionSide,
  );

const signedQuantity = (position: Position | undefined): Decimal =>
  position ? dec(position.quantity).times(position.side === 'long' ? '1' : '-1') : dec('0');

/** The part of the order that opens or enlarges a position: only that needs margin. */
function openingQuantity(draft: OrderDraft, positions: readonly Position[], quantity: Decimal): Decimal {
  if (draft.reduceOnly) return dec('0');
  const present = signedQuantity(positionOf(draft, positions));
  const against = draft.side === 'buy' ? present.isNegative() : present.isPositive() && !present.isZero();
  if (!against) return quantity;
  // Closing frees about the margin that the same size opens with, so twice the present size costs nothing.
  const rest = quantity.minus(present.abs().times('2'));
  return rest.isPositive() ? rest : dec('0');
}

function costOf(draft: OrderDraft, input: PreviewInput, estimate: Estimate, rate: Decimal): Decimal {
  if (input.instrument.kind === 'spot') return draft.side === 'buy' ? estimate.notional : estimate.quantity;
  const opening = openingQuantity(draft, input.positions, estimate.quantity);
  const margin = opening.times(estimate.price).div(input.modes.leverage);
  return rate.isPositive() ? margin.plus(estimate.notional.times(rate)) : margin;
}

function availableOf(balances: readonly Balance[], asset: string): DecimalText | null {
  const own = balances.filter((balance) => balance.asset === asset && balance.counted);
  if (own.length === 0) return balances.length === 0 ? null : '0';
  return text(own.reduce((sum, balance) => sum.plus(balance.available), dec('0')));
}

function maxQuantity(
  draft: OrderDraft,
  input: PreviewInput,
  estimate: Estimate | null,
  rate: Decimal,
  available: DecimalText | null,
): DecimalText | null {
  const { instrument } = input;
  if (available === null) return null;
  if (instrument.kind === 'spot' && draft.side === 'sell') return floorToStep(available, instrument.lotSize);
  const price =
    estimate?.price ?? (draft.price ? dec(draft.price) : input.reference ? dec(input.reference) : null);
  if (price === null || price.isZero()) return null;
  if (instrument.kind === 'spot') return floorToStep(text(dec(available).div(price)), instrument.lotSize);
  const present = signedQuantity(positionOf(draft, input.positions));
  const closing = (draft.side === 'buy' ? present.isNegative() : !present.isNegative())
    ? present.abs()
    : dec('0');
  if (draft.reduceOnly) return floorToStep(text(closing), instrument.lotSize);
  const perUnit = price.times(
    dec('1')
      .div(input.modes.leverage)
      .plus(rate.isPositive() ? rate : dec('0')),
  );
  return floorToStep(text(dec(available).div(perUnit).plus(closing.times('2'))), instrument.lotSize);
}

/** The signed position and its entry price once the order is filled. */
function positionAfter(
  draft: OrderDraft,
  input: PreviewInput,
  estimate: Estimate,
): { signed: Decimal; entry: Decimal } {
  const position = positionOf(draft, input.positions);
  const present = signedQuantity(position);
  const wanted = estimate.quantity.times(draft.side === 'buy' ? '1' : '-1');
  const change = draft.reduceOnly && wanted.abs().greaterThan(present.abs()) ? present.negated() : wanted;
  const signed = present.plus(change);
  if (!position || present.isZero() || signed.isNegative() !== present.isNegative())
    return { signed, entry: estimate.price };
  if (signed.abs().lessThanOrEqualTo(present.abs())) return { signed, entry: dec(position.entryPrice) };
  const entry = present
    .abs()
    .times(position.entryPrice)
    .plus(change.abs().times(estimate.price))
    .div(signed.abs());
  return { signed, entry };
}
