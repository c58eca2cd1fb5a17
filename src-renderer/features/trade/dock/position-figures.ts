import type { Position } from '../../../../src-preload/contract/types/trading.ts';
import { divideText, isZeroText } from '../../../lib/decimal.ts';

/** Unrealised profit as a fraction of the margin held for the position; null while either is unknown. */
export function returnOnMargin(position: Pick<Position, 'unrealizedPnl' | 'margin'>): string | null {
  if (position.unrealizedPnl === null || isZeroText(position.margin)) return null;
  return divideText(position.unrealizedPnl, position.margin, 8);
}
