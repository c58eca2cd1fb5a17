import type { Trade } from '../../../../src-preload/contract/types/market.ts';
import { addText } from '../../../lib/decimal.ts';

/** One line of the tape: a trade, or several that one taker order caused. */
export interface TapeRow {
  readonly id: string;
  readonly price: string;
  readonly quantity: string;
  readonly side: Trade['side'];
  readonly time: number;
  /** How many trades it stands for. */
  readonly count: number;
}

/** A taker order that sweeps a level shows up as many trades at one price within moments of each other. */
const SWEEP_MS = 250;

const rowOf = (trade: Trade): TapeRow => ({
  id: trade.id,
  price: trade.price,
  quantity: trade.quantity,
  side: trade.side,
  time: trade.time,
  count: 1,
});

const belongs = (row: TapeRow, trade: Trade): boolean =>
  row.side === trade.side && row.price === trade.price && Math.abs(trade.time - row.time) <= SWEEP_MS;

/**
 * The tape's lines, newest first. `trades` come newest first as well. With `aggregate`, neighbours of one side
 * and price within a quarter of a second become one line that keeps the id of its oldest trade, so that a line
 * does not change identity while it grows.
 */
export function tapeRows(trades: readonly Trade[], aggregate: boolean, limit: number): TapeRow[] {
  const rows: TapeRow[] = [];
  for (const trade of trades) {
    const last = rows.at(-1);
    if (aggregate && last !== undefined && belongs(last, trade)) {
      rows[rows.length - 1] = {
        ...last,
        id: trade.id,
        quantity: addText(last.quantity, trade.quantity),
        count: last.count + 1,
      };
    } else if (rows.length === limit) {
      break;
    } else {
      rows.push(rowOf(trade));
    }
  }
  return rows;
}

/** Adds a batch (oldest first, as it arrives) in front; a trade seen before is not shown twice. */
export function pushTrades(known: readonly Trade[], batch: readonly Trade[], limit: number): Trade[] {
  const ids = new Set(known.map((trade) => trade.id));
  const fresh = batch.filter((trade) => !ids.has(trade.id));
  return [...fresh.reverse(), ...known].slice(0, limit);
}
