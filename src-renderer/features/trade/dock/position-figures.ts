import type { Order, Position } from '../../../../src-preload/contract/types/trading.ts';
import { absText, divideText, isZeroText, subtractText } from '../../../lib/decimal.ts';

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

/**
 * The price at which a loss is stopped: the position's own stop-loss, else that of a waiting reduce-only stop
 * order in the other direction. Null when nothing stops it.
 */
export function stopOf(position: Position, orders: readonly Order[]): string | null {
  if (position.stopLoss != null) return position.stopLoss;
  const closing = position.side === 'long' ? 'sell' : 'buy';
  const order = orders.find(
    (one) =>
      one.accountId === position.accountId &&
      one.venue === position.venue &&
      one.symbol === position.symbol &&
      one.positionSide === position.positionSide &&
      one.side === closing &&
      one.state === 'untriggered' &&
      one.reduceOnly &&
      STOPS.has(one.type),
  );
  return order?.triggerPrice ?? null;
}
