import type { FieldProblem } from '../../src-preload/contract/result.ts';
import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft, OrderType, Snap } from '../../src-preload/contract/types/trading.ts';
import { Decimal, compareText, dec, floorToStep, isZeroText, roundToStep, text } from '../market/decimal.ts';
import type { CheckContext } from './check-context.ts';
import { notionalOf } from './contract-value.ts';
import { attachedProblems, beyond, snapProtection } from './protection.ts';

const NEEDS_PRICE: readonly OrderType[] = ['limit', 'stopLimit', 'takeProfitLimit'];
const NEEDS_TRIGGER: readonly OrderType[] = [
  'stopLimit',
  'stopMarket',
  'takeProfitLimit',
  'takeProfitMarket',
];
export const hasPrice = (type: OrderType): boolean => NEEDS_PRICE.includes(type);
export const hasTrigger = (type: OrderType): boolean => NEEDS_TRIGGER.includes(type);

export interface SnappedDraft {
  readonly draft: OrderDraft;
  readonly snaps: readonly Snap[];
}

/**
 * Moves prices and quantity onto the instrument's steps. A limit price never moves against the person: a buy
 * goes down, a sell goes up. A quantity only goes down; a trigger goes to the nearest tick (half to even);
 * attached protection goes towards the price, so that it never becomes looser.
 */
export function snapDraft(draft: OrderDraft, instrument: Instrument): SnappedDraft {
  const snaps: Snap[] = [];
  const move = (
    field: Snap['field'],
    from: DecimalText | undefined,
    to: (value: DecimalText) => DecimalText,
    rule: string,
  ) => {
    if (from === undefined) return undefined;
    const value = to(from);
    if (!dec(value).equals(dec(from))) snaps.push({ field, from, to: value, rule });
    return value;
  };
  const tick = `tick size ${instrument.tickSize}`;
  const price = move(
    'price',
    draft.price,
    (value) => roundToStep(value, instrument.tickSize, draft.side === 'buy' ? 'down' : 'up'),
    tick,
  );
  const trigger = move(
    'triggerPrice',
    draft.triggerPrice,
    (value) => roundToStep(value, instrument.tickSize, 'halfEven'),
    tick,
  );
  const quantity = move(
    'quantity',
    draft.quantity,
    (value) => floorToStep(value, instrument.lotSize),
    `lot ${instrument.lotSize}`,
  );
  const guarded = draft.side === 'buy' ? 'long' : 'short';
  const takeProfit = move(
    'takeProfit',
    draft.takeProfit,
    (value) => snapProtection('takeProfit', value, guarded, instrument),
    tick,
  );
  const stopLoss = move(
    'stopLoss',
    draft.stopLoss,
    (value) => snapProtection('stopLoss', value, guarded, instrument),
    tick,
  );
  return { draft: { ...draft, price, triggerPrice: trigger, quantity, takeProfit, stopLoss }, snaps };
}

/** The rules that a draft (already snapped) breaks. Empty = may be sent. */
export function draftProblems(draft: OrderDraft, context: CheckContext): FieldProblem[] {
  const { instrument } = context;
  const problems: FieldProblem[] = [];
  const add = (field: string, rule: string, nearest?: DecimalText) =>
    problems.push({ field, rule, ...(nearest === undefined ? {} : { nearest }) });

  if (instrument.status !== 'trading') add('symbol', `the market is ${instrument.status}, not trading`);
  checkForm(draft, instrument, add);
  checkSize(draft, context, add);
  checkTrigger(draft, context, add);
  checkBand(draft, context, add);
  problems.push(...attachedProblems(draft, context));
  return problems;
}

type Add = (field: string, rule: string, nearest?: DecimalText) => void;

/** Which fields go together. */
function checkForm(draft: OrderDraft, instrument: Instrument, add: Add): void {
  const spot = instrument.kind === 'spot';
  if (hasPrice(draft.type) && draft.price === undefined) add('price', 'is needed for a limit order');
  if (!hasPrice(draft.type) && draft.price !== undefined) add('price', 'must be left out of a market order');
  if (hasTrigger(draft.type) && draft.triggerPrice === undefined)
    add('triggerPrice', 'is needed for a stop or take-profit order');
  if (!hasTrigger(draft.type) && draft.triggerPrice !== undefined)
    add('triggerPrice', 'belongs to stop and take-profit orders only');
  // Moved onto the tick, what was typed can have become nothing.
  for (const field of ['price', 'triggerPrice'] as const)
    if (draft[field] !== undefined && isZeroText(draft[field]))
      add(field, `must be at least the tick size ${instrument.tickSize}`, instrument.tickSize);
  if ((draft.quantity === undefined) === (draft.quoteAmount === undefined))
    add('quantity', 'give either a quantity or an amount to spend');
  if (draft.quoteAmount !== undefined && (draft.type !== 'market' || !spot || draft.side !== 'buy')) {
    add('quoteAmount', 'an amount to spend is for spot market buys only');
  }
  if (draft.postOnly && draft.type !== 'limit') add('postOnly', 'only a limit order can be post-only');
  if (draft.postOnly && draft.timeInForce !== 'GTC')
    add('timeInForce', 'must be GTC for a post-only order', 'GTC');
  if (draft.reduceOnly && spot) add('reduceOnly', 'spot markets have no positions to reduce');
  if (spot && draft.positionSide !== 'net') add('positionSide', 'must be net on a spot market', 'net');
}

function checkSize(draft: OrderDraft, context: CheckContext, add: Add): void {
  const { instrument } = context;
  const market = !hasPrice(draft.type);
  const maximum = market ? (instrument.maxMarketQuantity ?? instrument.maxQuantity) : instrument.maxQuantity;
  const least = draft.reduceOnly ? null : leastWorth(draft, context);
  if (draft.quantity !== undefined) {
    if (isZeroText(draft.quantity) || dec(draft.quantity).lessThan(instrument.minQuantity)) {
      // What it names as the nearest must be enough in worth, too.
      const nearest = least !== null && dec(least).greaterThan(instrument.minQuantity) ? least : null;
      add('quantity', `must be at least ${instrument.minQuantity}`, nearest ?? instrument.minQuantity);
      return;
    }
    if (maximum !== undefined && dec(draft.quantity).greaterThan(maximum))
      add('quantity', `must be at most ${maximum}`, maximum);
    else if (least !== null && dec(draft.quantity).lessThan(least))
      add('quantity', `must be worth at least ${instrument.minNotional} ${instrument.quote}`, least);
  }
  checkAmount(draft, context, maximum, add);
}

/** The quantity from which on the order is worth enough at its price, on the lot; null where nothing asks for it. */
function leastWorth(draft: OrderDraft, { instrument, reference }: CheckContext): DecimalText | null {
  const { minNotional } = instrument;
  const price = draft.price ?? draft.triggerPrice ?? reference;
  if (minNotional === undefined || price === null || isZeroText(price)) return null;
  const one = notionalOf(instrument, dec('1'), dec(price));
  // Unknown worth: the venue decides.
  if (one === null || one.isZero()) return null;
  return roundToStep(text(dec(minNotional).div(one)), instrument.lotSize, 'up');
}

/** An amount to spend has the limits of the quantity that it buys. */
function checkAmount(
  { quoteAmount }: OrderDraft,
  { instrument, reference }: CheckContext,
  maximum: DecimalText | undefined,
  add: Add,
): void {
  if (quoteAmount === undefined) return;
  const { minNotional, quote } = instrument;
  if (minNotional !== undefined && dec(quoteAmount).lessThan(minNotional))
    add('quoteAmount', `must be worth at least ${minNotional} ${quote}`, minNotional);
  if (maximum === undefined || reference === null || isZeroText(reference)) return;
  const most = dec(maximum).times(reference);
  if (dec(quoteAmount).greaterThan(most))
    add(
      'quoteAmount',
      `must buy at most ${maximum} ${instrument.base}, at ${reference} each`,
      text(most.toDecimalPlaces(8, Decimal.ROUND_DOWN)),
    );
}

/**
 * A stop waits on the far side of the market, a take-profit on the near one; on the other side it would trade at once.
 * Only where the price that triggers is the one that is known: near the market the others differ.
 */
function checkTrigger(draft: OrderDraft, { instrument, reference }: CheckContext, add: Add): void {
  const { triggerPrice, triggerBy = 'last', type, side } = draft;
  const isKnown = triggerBy === (instrument.kind === 'spot' ? 'last' : 'mark');
  if (!isKnown || triggerPrice === undefined || !hasTrigger(type) || reference === null) return;
  const isAbove = (type === 'stopLimit' || type === 'stopMarket') === (side === 'buy');
  if (isZeroText(triggerPrice) || compareText(triggerPrice, reference) === (isAbove ? 1 : -1)) return;
  const nearest = beyond(reference, instrument.tickSize, isAbove);
  const name = triggerBy === 'last' ? 'last price' : 'mark price';
  add('triggerPrice', `must be ${isAbove ? 'above' : 'below'} the ${name} ${reference}`, nearest);
}

/** A limit price far through the market is a slip of the keyboard far more often than a wish. */
function checkBand(draft: OrderDraft, { instrument, reference: market }: CheckContext, add: Add): void {
  // An order that waits for a trigger meets the market there, not where it is now.
  const waits = hasTrigger(draft.type);
  const reference = waits ? (draft.triggerPrice ?? null) : market;
  if (instrument.priceBand === undefined || reference === null || draft.price === undefined) return;
  if (isZeroText(reference)) return;
  const name = waits ? 'trigger price' : 'reference price';
  const percent = text(dec(instrument.priceBand).times('100'));
  const high = floorToStep(
    text(dec(reference).times(dec(instrument.priceBand).plus('1'))),
    instrument.tickSize,
  );
  const low = roundToStep(
    text(dec(reference).times(dec('1').minus(instrument.priceBand))),
    instrument.tickSize,
    'up',
  );
  if (draft.side === 'buy' && dec(draft.price).greaterThan(high)) {
    add('price', `must be at most ${high}, ${percent} % above the ${name} ${reference}`, high);
  }
  if (draft.side === 'sell' && dec(draft.price).lessThan(low)) {
    add('price', `must be at least ${low}, ${percent} % below the ${name} ${reference}`, low);
  }
}
