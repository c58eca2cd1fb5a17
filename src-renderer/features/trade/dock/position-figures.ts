import type { Order, Position } from '../../../../src-preload/contract/types/trading.ts';
import { absText, compareText, divideText, isZeroText, subtractText } from '../../../lib/decimal.ts';

/** Unrealised profit as a fraction of the margin held for the position; null while either is unknown. */
export function returnOnMargin(position: Pick<Position, 'unrealizedPnl' | 'margin'>): string | null {
  if (position.unrealizedPnl === null || isZeroText(position.margin)) return null;
  return divideText(position.unrealizedPnl, position.margin, 8);
}

/** How far the mark price may still move until the position is liquidated, as a fraction of it; null if unknown. */
export function liquidationDistance(
  position: Pick<Position, 'markPrice' | 'liquidationPrice'>,
): string | null {
  const { markPrice, liquidationPrice } = position;
  if (markPrice === null || liquidationPrice === null || isZeroText(markPrice)) return null;
  return divideText(absText(subtractText(liquidationPrice, markPrice)), markPrice, 8);
}

/** One position among all: in hedge mode a market can have two. */
export const positionKey = (position: Position): string =>
  `${position.accountId}|${position.venue}|${position.symbol}|${position.positionSide}`;

const STOPS: ReadonlySet<Order['type']> = new Set(['stopMarket', 'stopLimit']);

export interface Guard {
  /** Where a loss is stopped first; null when nothing stops it. */
  readonly price: string | null;
  /** How much of the position no stop closes; null when all of it is guarded. */
  readonly unguarded: string | null;
}

/**
 * What stops a loss of the position: its own stop-loss, which closes all of it, else waiting reduce-only stop
 * orders in the other direction, which close what they are for.
 */
export function guardOf(position: Position, orders: readonly Order[]): Guard {
  if (position.stopLoss != null) return { price: position.stopLoss, unguarded: null };
  const stops = orders.filter((order) => isStopOf(position, order));
  // Some venues hang a stop on the whole position and give it no quantity: it follows by itself.
  const isWhole = stops.some(({ quantity }) => quantity === null || isZeroText(quantity));
  const left = isWhole
    ? '0'
    : stops.reduce((rest, stop) => subtractText(rest, leavesOf(stop)), position.quantity);
  return {
    price: nearestTrigger(position, stops),
    unguarded: compareText(left, '0') > 0 ? left : null,
  };
}

function isStopOf(position: Position, order: Order): boolean {
  return (
    order.accountId === position.accountId &&
    order.venue === position.venue &&
    order.symbol === position.symbol &&
    order.positionSide === position.positionSide &&
    order.side === (position.side === 'long' ? 'sell' : 'buy') &&
    order.state === 'untriggered' &&
    order.reduceOnly &&
    STOPS.has(order.type)
  );
}

const leavesOf = ({ quantity, filledQuantity }: Order): string =>
  subtractText(quantity ?? '0', filledQuantity);

/** The one that the price meets first: the highest below a long position, the lowest above a short one. */
function nearestTrigger({ side }: Position, stops: readonly Order[]): string | null {
  const prices = stops.flatMap(({ triggerPrice }) => (triggerPrice === null ? [] : [triggerPrice]));
  return prices.reduce<string | null>((nearest, price) => {
    if (nearest === null) return price;
    const isNearer = side === 'long' ? compareText(price, nearest) > 0 : compareText(price, nearest) < 0;
    return isNearer ? price : nearest;
  }, null);
}
