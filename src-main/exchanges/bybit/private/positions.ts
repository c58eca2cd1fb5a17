/** Open positions of all contracts (sheet 4.4). */
import { isZeroText } from '../../../market/decimal.ts';
import type { MarginMode, Position, PositionSide } from '../../exchange.ts';
import { BUDGETS } from '../limits.ts';
import { orNull, read } from '../payload.ts';
import type { BybitCategory } from '../public/category.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import {
  type AccountContext,
  allRows,
  marketOf,
  priceOrNull,
  scopes,
  timeOf,
  zeroIfEmpty,
} from './account-context.ts';
import { POSITION } from './forms.ts';

const PAGE_SIZE = 200;
const CONTRACTS = ['linear', 'inverse', 'option'] as const;
const SIDES: readonly PositionSide[] = ['net', 'long', 'short'];

/** One row of Bybit's list, also an empty one: hedge mode and leverage show in those. */
export interface PositionRow {
  /** Category, Bybit's symbol and index: what a later message about the same position repeats. */
  readonly key: string;
  readonly index: number;
  readonly leverage: string | null;
  readonly takeProfit: string | null;
  readonly stopLoss: string | null;
  /** Distance of a trailing stop, and the price from which it follows where one is told. */
  readonly trailingStop: string | null;
  readonly activePrice: string | null;
  readonly updatedAt: number;
  readonly sequence: number;
  /** Null when there is none. */
  readonly position: Position | null;
}

export async function loadPositions(
  context: AccountContext,
  mode: MarginMode,
): Promise<readonly PositionRow[]> {
  const lists = await Promise.all(
    CONTRACTS.map(async (category) => {
      const asked = await scopes(context, category);
      const rows = await Promise.all(asked.map((params) => positionList(context, category, params)));
      return Promise.all(rows.flat().map((row) => readPosition(context, category, row, mode)));
    }),
  );
  return lists.flat();
}

/** The rows of one market; there are two in hedge mode, and one or two also without a position. */
export async function positionsOf(
  context: AccountContext,
  market: ListedMarket,
  mode: MarginMode,
): Promise<readonly PositionRow[]> {
  const { category, nativeId } = market;
  const rows = await positionList(context, category, { category, symbol: nativeId });
  return Promise.all(rows.map((row) => readPosition(context, category, row, mode)));
}

function positionList(
  context: AccountContext,
  category: BybitCategory,
  params: Readonly<Record<string, string | number | boolean | undefined>>,
): Promise<readonly unknown[]> {
  return allRows(context, {
    operation: 'position.list',
    path: '/v5/position/list',
    params: { ...params, category, limit: PAGE_SIZE },
    lane: 'privateRead',
    budget: BUDGETS.positions,
  });
}

/** A row of REST or of the stream; they differ in the name of the entry price. */
export async function readPosition(
  context: AccountContext,
  category: BybitCategory,
  value: unknown,
  marginMode: MarginMode,
): Promise<PositionRow> {
  const row = read(POSITION, value, context.unknown);
  const updatedAt = timeOf(row.updatedTime);
  const shared = {
    key: `${category} ${row.symbol} ${row.positionIdx}`,
    index: row.positionIdx,
    leverage: orNull(row.leverage),
    takeProfit: priceOrNull(row.takeProfit),
    stopLoss: priceOrNull(row.stopLoss),
    trailingStop: priceOrNull(row.trailingStop),
    activePrice: priceOrNull(row.activePrice),
    updatedAt,
    sequence: row.seq ?? 0,
  };
  const size = zeroIfEmpty(row.size);
  if (isZeroText(size) || (row.side !== 'Buy' && row.side !== 'Sell')) return { ...shared, position: null };
  const { symbol, listed } = await marketOf(context, category, row.symbol);
  const position: Position = {
    venue: context.venue,
    symbol,
    accountId: context.accountId,
    side: row.side === 'Buy' ? 'long' : 'short',
    positionSide: SIDES[row.positionIdx] ?? 'net',
    quantity: size,
    entryPrice: zeroIfEmpty(row.avgPrice ?? row.entryPrice),
    markPrice: priceOrNull(row.markPrice),
    liquidationPrice: priceOrNull(row.liqPrice),
    // Options and portfolio margin have none.
    leverage: priceOrNull(row.leverage) ?? '1',
    marginMode,
    margin: orNull(row.positionIM) ?? orNull(row.positionIMByMp) ?? zeroIfEmpty(row.positionBalance),
    unrealizedPnl: orNull(row.unrealisedPnl),
    realizedPnl: zeroIfEmpty(row.curRealisedPnl),
    takeProfit: shared.takeProfit,
    stopLoss: shared.stopLoss,
    settle: listed?.instrument.settle ?? '',
    updatedAt,
  };
  return { ...shared, position };
}

export const openPositions = (rows: Iterable<PositionRow>): readonly Position[] =>
  [...rows].flatMap(({ position }) => (position === null ? [] : [position]));
