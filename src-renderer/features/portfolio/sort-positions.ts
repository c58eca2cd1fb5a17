import type { DecimalText } from '../../../src-preload/contract/types/market.ts';
import type { Position } from '../../../src-preload/contract/types/trading.ts';
import { compareText, divideText } from '../../lib/decimal.ts';

export type PositionSort = 'symbol' | 'unrealizedPnl' | 'return';

export const positionKey = (position: Position): string =>
  `${position.accountId}:${position.venue}:${position.symbol}:${position.positionSide}`;

/** Unrealised profit as a fraction of the margin held for it; null while either is unknown or there is none. */
export function returnOnMargin(position: Position): DecimalText | null {
  return position.unrealizedPnl === null ? null : divideText(position.unrealizedPnl, position.margin, 6);
}

/** Sorted copy. What is unknown goes last in both directions: it is neither large nor small. */
export function sortPositions(
  positions: readonly Position[],
  by: PositionSort,
  direction: 'ascending' | 'descending',
): readonly Position[] {
  const turn = direction === 'ascending' ? 1 : -1;
  const figure = (position: Position): DecimalText | null =>
    by === 'return' ? returnOnMargin(position) : position.unrealizedPnl;
  return [...positions].sort((a, b) => {
    if (by === 'symbol') return turn * byText(a.symbol, b.symbol) || byText(positionKey(a), positionKey(b));
    const [left, right] = [figure(a), figure(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return turn * compareText(left, right) || byText(positionKey(a), positionKey(b));
  });
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
