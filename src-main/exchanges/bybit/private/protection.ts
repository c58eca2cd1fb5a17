/** Take-profit and stop-loss of an open position. */
import type { MarginMode, PositionSide } from '../../exchange.ts';
import { BUDGETS } from '../limits.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import { type AccountContext, refused } from './account-context.ts';
import { unlessAlready } from './modes.ts';
import { positionIndex } from './order-body.ts';
import { positionsOf } from './positions.ts';

export interface Protection {
  /** Null removes it, undefined leaves it as it is. */
  readonly takeProfit?: string | null;
  readonly stopLoss?: string | null;
}

/**
 * Both legs are sent each time: one that is left out under `Full` is cleared (field report). So the leg that is to
 * stay is read from the position first.
 */
export async function setProtection(
  context: AccountContext,
  market: ListedMarket,
  mode: MarginMode,
  side: PositionSide,
  stop: Protection,
): Promise<void> {
  if (market.category === 'spot') throw refused('protection', 'spot has no positions', 'side');
  const index = positionIndex(side);
  const rows = await positionsOf(context, market, mode);
  const row = rows.find((one) => one.index === index && one.position !== null);
  if (row === undefined) throw refused('noPosition', 'there is no such position', 'side');
  const leg = (wanted: string | null | undefined, present: string | null): string =>
    wanted === undefined ? (present ?? '0') : (wanted ?? '0');
  await unlessAlready(context, {
    operation: 'position.tradingStop',
    path: '/v5/position/trading-stop',
    body: {
      category: market.category,
      symbol: market.nativeId,
      tpslMode: 'Full',
      positionIdx: index,
      takeProfit: leg(stop.takeProfit, row.takeProfit),
      stopLoss: leg(stop.stopLoss, row.stopLoss),
    },
    lane: 'order',
    budget: BUDGETS.tradingStop,
  });
}
