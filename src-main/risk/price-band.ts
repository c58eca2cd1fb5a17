/** The limit on how far from the market an order may trade. */
import type { BookView, DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { Decimal, dec, floorToStep, roundToStep, text } from '../market/decimal.ts';
import type { Limit } from './risk-limits.ts';
import { percent, refusal } from './risk-refusal.ts';

/** A book that is older than this says nothing of the market now. */
export const FRESH_BOOK_MS = 5000;

/** A book from the future was received before the clock was set back: how old it is, nobody knows. */
export const isFresh = (book: BookView | null, now: number): book is BookView =>
  book?.state === 'live' && book.receivedAt <= now && now - book.receivedAt <= FRESH_BOOK_MS;

/** A trigger order without a limit price trades at what the market is then: nothing to measure now. */
export const hasBand = ({ price, triggerPrice }: OrderDraft): boolean =>
  price !== undefined || triggerPrice === undefined;

interface Banded {
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  /** Null when there is none, or only an old one. */
  readonly book: BookView | null;
  readonly now: number;
}

/**
 * Null = within the band. A limit price is measured from the middle of the book, that of a trigger order from
 * its trigger, a market order by the worst price that it takes from the book.
 */
export function priceBandRefusal(
  { draft, instrument, book, now }: Banded,
  { value, setting }: Limit<DecimalText>,
): HoldfastError | null {
  if (!hasBand(draft)) return null;
  const field = fieldOf(draft);
  const limit = `Prices are limited to ${percent(dec(value))} from the market (${setting})`;
  const waits = draft.triggerPrice !== undefined;
  if (!waits && !isFresh(book, now))
    return refusal('priceBand', `${limit}, and there is no fresh order book to measure it by.`, field);
  const middle = waits ? dec(draft.triggerPrice) : book === null ? null : middleOf(book);
  const price = draft.price === undefined ? book && worstPrice(draft, book) : dec(draft.price);
  if (middle === null || price === null)
    return refusal('priceBand', `${limit}, and the order book does not hold enough to measure it by.`, field);
  const distance = price.minus(middle).abs().div(middle);
  if (distance.lessThanOrEqualTo(value)) return null;
  const from = `${waits ? 'the trigger price' : 'the middle of the book'} ${text(middle.toSignificantDigits(12))}`;
  return refusal(
    'priceBand',
    `${limit}; ${text(price)} is ${percent(distance)} from ${from}.`,
    field,
    draft.price === undefined
      ? book && mostWithin(draft, instrument, book, middle.times(value))
      : nearestPrice(instrument, middle, dec(value), price.lessThan(middle)),
  );
}

const fieldOf = ({ price, quoteAmount }: OrderDraft): 'price' | 'quantity' | 'quoteAmount' => {
  if (price !== undefined) return 'price';
  return quoteAmount === undefined ? 'quantity' : 'quoteAmount';
};

/** What a market order can take without leaving the band, in its own unit; null when that is less than is allowed. */
function mostWithin(
  draft: OrderDraft,
  instrument: Instrument,
  book: BookView,
  reach: Decimal,
): DecimalText | null {
  const middle = middleOf(book);
  if (middle === null) return null;
  const levels = (draft.side === 'buy' ? book.asks : book.bids).filter(([price]) =>
    dec(price).minus(middle).abs().lessThanOrEqualTo(reach),
  );
  if (draft.quoteAmount !== undefined) {
    const worth = levels.reduce((sum, [price, size]) => sum.plus(dec(price).times(size)), dec('0'));
    const isEnough = worth.greaterThan('0') && !worth.lessThan(instrument.minNotional ?? '0');
    return isEnough ? text(worth.toDecimalPlaces(8, Decimal.ROUND_DOWN)) : null;
  }
  const sum = levels.reduce((total, [, size]) => total.plus(size), dec('0'));
  const quantity = floorToStep(text(sum), instrument.lotSize);
  return dec(quantity).lessThan(instrument.minQuantity) ? null : quantity;
}

function middleOf({ bids, asks }: BookView): Decimal | null {
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]];
  return bid === undefined || ask === undefined ? null : dec(bid).plus(ask).div('2');
}

/** Null when the levels that are known do not hold that much. */
function worstPrice(draft: OrderDraft, book: BookView): Decimal | null {
  const byAmount = draft.quantity === undefined;
  let left = dec(draft.quantity ?? draft.quoteAmount ?? '0');
  for (const [price, size] of draft.side === 'buy' ? book.asks : book.bids) {
    left = left.minus(byAmount ? dec(size).times(price) : size);
    if (!left.greaterThan('0')) return dec(price);
  }
  return null;
}

/** The edge of the band, moved inwards onto the tick. */
function nearestPrice(instrument: Instrument, middle: Decimal, band: Decimal, isBelow: boolean): DecimalText {
  const edge = middle.times(isBelow ? dec('1').minus(band) : band.plus('1'));
  return roundToStep(text(edge), instrument.tickSize, isBelow ? 'up' : 'down');
}
