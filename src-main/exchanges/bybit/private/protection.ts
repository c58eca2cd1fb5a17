/** Take-profit and stop-loss of an open position. */
import type { SendDeadline } from '../../../net/send-deadline.ts';
import type { MarginMode, PositionSide } from '../../exchange.ts';
import { BUDGETS } from '../limits.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import { orNull, read } from '../payload.ts';
import { type AccountContext, allRows, refused } from './account-context.ts';
import { ORDER } from './forms.ts';
import { unlessAlready } from './modes.ts';
import { positionIndex } from './order-body.ts';
import { realtime } from './order-lists.ts';
import { type PositionRow, positionsOf } from './positions.ts';

export interface Protection {
  /** Null removes it, undefined leaves it as it is. */
  readonly takeProfit?: string | null;
  readonly stopLoss?: string | null;
}

/**
 * Everything that is to stay is sent each time: what is left out under `Full` is cleared (field report). So the other
 * leg, a trailing stop set elsewhere and the prices that trigger are read first.
 */
export async function setProtection(
  context: AccountContext,
  market: ListedMarket,
  mode: MarginMode,
  side: PositionSide,
  stop: Protection,
  deadline?: SendDeadline,
): Promise<void> {
  if (market.category === 'spot') throw refused('protection', 'spot has no positions', 'side');
  const index = positionIndex(side);
  const rows = await positionsOf(context, market, mode);
  const row = rows.find((one) => one.index === index && one.position !== null);
  if (row === undefined) throw refused('noPosition', 'there is no such position', 'side');
  const triggers = await triggersOf(context, market, row);
  const leg = (wanted: string | null | undefined, present: string | null): string =>
    wanted === undefined ? (present ?? '0') : (wanted ?? '0');
  const takeProfit = leg(stop.takeProfit, row.takeProfit);
  const stopLoss = leg(stop.stopLoss, row.stopLoss);
  await unlessAlready(context, {
    operation: 'position.tradingStop',
    path: '/v5/position/trading-stop',
    body: {
      category: market.category,
      symbol: market.nativeId,
      tpslMode: 'Full',
      positionIdx: index,
      takeProfit,
      stopLoss,
      ...(takeProfit === '0' || triggers.takeProfit === null ? {} : { tpTriggerBy: triggers.takeProfit }),
      ...(stopLoss === '0' || triggers.stopLoss === null ? {} : { slTriggerBy: triggers.stopLoss }),
      ...trailing(row),
    },
    lane: 'order',
    budget: BUDGETS.tradingStop,
    deadline,
  });
}

/** An untouched trailing stop; without one nothing is said of it. */
function trailing({ trailingStop, activePrice }: PositionRow): Readonly<Record<string, string>> {
  if (trailingStop === null) return {};
  return { trailingStop, ...(activePrice === null ? {} : { activePrice }) };
}

interface Triggers {
  readonly takeProfit: string | null;
  readonly stopLoss: string | null;
}

/** By which price the present legs trigger: only the orders behind them tell. Null: Bybit's default is as good. */
async function triggersOf(
  context: AccountContext,
  market: ListedMarket,
  row: PositionRow,
): Promise<Triggers> {
  if (row.takeProfit === null && row.stopLoss === null) return { takeProfit: null, stopLoss: null };
  const rows = await allRows(
    context,
    realtime({ category: market.category, symbol: market.nativeId, openOnly: 0 }),
  );
  const orders = rows.map((one) => read(ORDER, one, context.unknown));
  const by = (kind: string): string | null =>
    orNull(
      orders.find((order) => order.stopOrderType === kind && (order.positionIdx ?? 0) === row.index)
        ?.triggerBy,
    );
  return { takeProfit: by('TakeProfit'), stopLoss: by('StopLoss') };
}
