import type { BookLevel, Side } from '../../../../src-preload/contract/types/market.ts';
import type { Order } from '../../../../src-preload/contract/types/trading.ts';
import { compareText, decimalsOfStep, divideText, multiplyText, subtractText } from '../../../lib/decimal.ts';
import { fromScaled, SIZE_DECIMALS, toScaled } from './scaled.ts';

/** One price of the ladder. Sizes are cumulative from the best price outwards in `sum`. */
export interface LadderRow {
  readonly price: string;
  readonly size: string;
  readonly sum: string;
  /** This row's cumulative size as a share (0 to 1) of the deeper side shown: the width of its bar. */
  readonly depth: number;
  /** What our own working orders have left at this price; null without one. */
  readonly own: string | null;
}

export interface Spread {
  /** Distance between best ask and best bid in ticks, as whole-number text. */
  readonly ticks: string;
  /** Distance as a fraction of the middle price. */
  readonly fraction: string | null;
}

export interface Ladder {
  /** Best first, at most `rows` each. */
  readonly asks: readonly LadderRow[];
  readonly bids: readonly LadderRow[];
  /** Null while a side is empty, or while the book is crossed (which only a wrong book is). */
  readonly spread: Spread | null;
}

export interface LadderOptions {
  readonly tickSize: string;
  /** Grouping: a multiple of the tick size. */
  readonly step: string;
  readonly rows: number;
  /** Decimals that sizes are shown with. */
  readonly sizeDecimals: number;
  readonly ownOrders: readonly Order[];
}

const MULTIPLES = ['1', '2', '5', '10', '20', '50', '100', '200', '500', '1000'];

export interface Grouping {
  /** How many ticks one row holds. */
  readonly multiple: string;
  readonly step: string;
}

/**
 * Groupings to offer: 1-2-5 multiples of the tick, up to one percent of the price, above which a ladder would
 * hold fewer levels than it has rows.
 */
export function groupings(tickSize: string, referencePrice: string | null): Grouping[] {
  const all = MULTIPLES.map((multiple) => ({ multiple, step: multiplyText(tickSize, multiple) }));
  if (referencePrice === null) return all.slice(0, 4);
  const widest = multiplyText(referencePrice, '0.01');
  return all.filter(({ step }, index) => index === 0 || compareText(step, widest) <= 0);
}

interface Bucket {
  readonly price: bigint;
  size: bigint;
}

/** A bid never groups upwards and an ask never downwards: a bucket must not promise a better price than it holds. */
function bucketOf(price: string, side: Side, step: bigint, decimals: number): bigint {
  const scaled = toScaled(price, decimals, side === 'buy' ? 'down' : 'up');
  const floor = (scaled / step) * step;
  return side === 'sell' && floor !== scaled ? floor + step : floor;
}

function group(
  levels: readonly BookLevel[],
  side: Side,
  step: bigint,
  decimals: number,
  rows: number,
): Bucket[] {
  const buckets: Bucket[] = [];
  for (const [price, size] of levels) {
    const at = bucketOf(price, side, step, decimals);
    const last = buckets.at(-1);
    if (last?.price === at) last.size += toScaled(size, SIZE_DECIMALS);
    else if (buckets.length === rows) break;
    else buckets.push({ price: at, size: toScaled(size, SIZE_DECIMALS) });
  }
  return buckets;
}

const RESTING: ReadonlySet<Order['state']> = new Set(['working', 'partiallyFilled', 'cancelling']);

function ownSizes(orders: readonly Order[], side: Side, step: bigint, decimals: number): Map<bigint, bigint> {
  const sizes = new Map<bigint, bigint>();
  for (const order of orders) {
    if (order.side !== side || order.price === null || order.quantity === null) continue;
    if (!RESTING.has(order.state)) continue;
    const at = bucketOf(order.price, side, step, decimals);
    const left = toScaled(order.quantity, SIZE_DECIMALS) - toScaled(order.filledQuantity, SIZE_DECIMALS);
    sizes.set(at, (sizes.get(at) ?? 0n) + left);
  }
  return sizes;
}

const total = (buckets: readonly Bucket[]): bigint => buckets.reduce((sum, bucket) => sum + bucket.size, 0n);

function rowsOf(
  buckets: readonly Bucket[],
  own: ReadonlyMap<bigint, bigint>,
  deepest: bigint,
  decimals: number,
  sizeDecimals: number,
): LadderRow[] {
  let sum = 0n;
  return buckets.map((bucket) => {
    sum += bucket.size;
    const ownLeft = own.get(bucket.price);
    return {
      price: fromScaled(bucket.price, decimals),
      size: fromScaled(bucket.size, SIZE_DECIMALS, sizeDecimals),
      sum: fromScaled(sum, SIZE_DECIMALS, sizeDecimals),
      // A share of pixels, not of money: a float is what the compositor wants.
      depth: deepest === 0n ? 0 : Number((sum * 10_000n) / deepest) / 10_000,
      own: ownLeft === undefined ? null : fromScaled(ownLeft, SIZE_DECIMALS, sizeDecimals),
    };
  });
}

/** Distance of the best prices; null while one is missing or they cross. */
export function spreadOf(bid: string | null, ask: string | null, tickSize: string): Spread | null {
  if (bid === null || ask === null || compareText(ask, bid) <= 0) return null;
  const distance = subtractText(ask, bid);
  const middle = divideText(subtractText(ask, multiplyText(distance, '0.5')), '1');
  const ticks = divideText(distance, tickSize, 0);
  if (ticks === null || middle === null) return null;
  return { ticks, fraction: divideText(distance, middle, 10) };
}

/** The book as rows: grouped onto `step`, summed, our own orders marked. Levels come best first. */
export function buildLadder(
  book: { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] },
  options: LadderOptions,
): Ladder {
  const decimals = Math.max(decimalsOfStep(options.step), decimalsOfStep(options.tickSize));
  const step = toScaled(options.step, decimals);
  const side = (levels: readonly BookLevel[], name: Side): Bucket[] =>
    group(levels, name, step, decimals, options.rows);
  const [asks, bids] = [side(book.asks, 'sell'), side(book.bids, 'buy')];
  const [askTotal, bidTotal] = [total(asks), total(bids)];
  const deepest = askTotal > bidTotal ? askTotal : bidTotal;
  const shown = decimalsOfStep(options.step);
  const rows = (buckets: readonly Bucket[], name: Side): LadderRow[] =>
    rowsOf(
      buckets,
      ownSizes(options.ownOrders, name, step, decimals),
      deepest,
      decimals,
      options.sizeDecimals,
    ).map((row) => (shown === decimals ? row : { ...row, price: trimTo(row.price, shown) }));
  return {
    asks: rows(asks, 'sell'),
    bids: rows(bids, 'buy'),
    spread: spreadOf(book.bids[0]?.[0] ?? null, book.asks[0]?.[0] ?? null, options.tickSize),
  };
}

/** Cuts zeros that a coarse grouping never needs: with a step of 10 the prices are 60120, not 60120.0. */
function trimTo(price: string, decimals: number): string {
  const point = price.indexOf('.');
  return decimals === 0 ? price.slice(0, point) : price.slice(0, point + 1 + decimals);
}
