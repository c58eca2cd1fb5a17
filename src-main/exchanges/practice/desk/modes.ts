/** Leverage, margin mode and attached protection of an account's market. */
import { HoldfastError } from '../../../errors.ts';
import type { AccountModes, MarginMode } from '../../exchange.ts';
import { larger } from '../amount.ts';
import {
  initialMargin,
  leverageText,
  maintenanceMargin,
  parseLeverage,
  rawAvailable,
  unrealized,
} from '../accounts/margin.ts';
import type { PositionBook } from '../accounts/ledger.ts';
import type { PracticeMarket } from '../market-source.ts';
import type { Desk } from './desk.ts';
import type { DeskAccount } from './desk-account.ts';
import { refreshHolds } from './order-holds.ts';
import * as refusals from './refusals.ts';

function contract(desk: Desk, symbol: string): PracticeMarket {
  const market = desk.market(symbol);
  if (market.terms.kind === 'linear') return market;
  throw new HoldfastError('notSupported', 'practice.spotHasNoLeverage', `${symbol} is a spot market.`);
}

export function modesOf(
  desk: Desk,
  account: DeskAccount,
  symbol: string,
): AccountModes & { leverage: string } {
  const { terms } = desk.market(symbol);
  if (terms.kind === 'spot') return { positionMode: 'oneWay', marginMode: 'cross', leverage: '1' };
  const { marginMode, leverage } = account.book.mode(terms);
  return { positionMode: 'oneWay', marginMode, leverage: leverageText(leverage) };
}

/**
 * Changes the leverage of a market, of its open position and of its orders. Refused when the new margins are
 * not there, or when they would leave the position below its maintenance margin.
 */
export function setLeverage(desk: Desk, account: DeskAccount, symbol: string, text: string): void {
  const market = contract(desk, symbol);
  const leverage = parseLeverage(text, market.terms);
  if (leverage === null) {
    const most = leverageText(market.terms.maxLeverage);
    throw refusals.invalidOrder([
      { field: 'leverage', rule: `must be between 1 and ${most}, in steps of 0.01`, nearest: most },
    ]);
  }
  const modes = account.book.mode(market.terms);
  const position = account.book.positions.get(symbol);
  const before = { leverage: modes.leverage, margin: position?.margin ?? 0n };
  const apply = (to: number, margin: bigint | null): void => {
    modes.leverage = to;
    if (position !== undefined) {
      position.leverage = to;
      if (position.marginMode === 'isolated') position.margin = margin ?? initialMargin(position.cost, to);
    }
    refreshHolds(account.book, market, account.ordersOf(symbol));
  };
  desk.operation(() => {
    apply(leverage, null);
    const short = rawAvailable(account.book, market.terms.quote, desk.marks) < 0n;
    if (short || (position !== undefined && tooThin(desk, position))) {
      apply(before.leverage, before.margin);
      throw new HoldfastError(
        'insufficientFunds',
        'practice.leverageMargin',
        short
          ? 'The balance does not cover the margin at this leverage.'
          : 'The position would be liquidated at this leverage.',
      );
    }
    desk.touch(account, symbol);
  });
}

function tooThin(desk: Desk, position: PositionBook): boolean {
  if (position.marginMode === 'cross') return false;
  const mark = desk.marks(position.terms.symbol);
  return position.margin + unrealized(position, mark) <= larger(maintenanceMargin(position, mark), 0n);
}

/** Refused while the market has a position or open orders of the account. */
export function setMarginMode(desk: Desk, account: DeskAccount, symbol: string, mode: MarginMode): void {
  const market = contract(desk, symbol);
  const modes = account.book.mode(market.terms);
  if (modes.marginMode === mode) return;
  if (account.book.positions.has(symbol) || account.ordersOf(symbol).length > 0) {
    throw refusals.invalidOrder([
      { field: 'marginMode', rule: 'close the position and cancel the open orders of this market first' },
    ]);
  }
  desk.operation(() => {
    modes.marginMode = mode;
    desk.touch(account, symbol);
  });
}

/** Sets or, with null, removes the prices at which the whole position is closed at market (by last price). */
export function setProtection(
  desk: Desk,
  account: DeskAccount,
  symbol: string,
  stop: { takeProfit?: string | null; stopLoss?: string | null },
): void {
  const market = contract(desk, symbol);
  const position = account.book.positions.get(symbol);
  if (position === undefined) {
    throw refusals.invalidOrder([
      { field: 'symbol', rule: 'there is no position to protect in this market' },
    ]);
  }
  const takeProfit =
    stop.takeProfit === undefined
      ? position.takeProfit
      : level(market, position, 'takeProfit', stop.takeProfit);
  const stopLoss =
    stop.stopLoss === undefined ? position.stopLoss : level(market, position, 'stopLoss', stop.stopLoss);
  desk.operation(() => {
    position.takeProfit = takeProfit;
    position.stopLoss = stopLoss;
    desk.touch(account, symbol);
  });
}

function level(
  market: PracticeMarket,
  position: PositionBook,
  field: 'takeProfit' | 'stopLoss',
  price: string | null,
): number | null {
  if (price === null) return null;
  const { tickSize } = market.instrument;
  const ticks = /^\d{1,20}(?:\.\d{1,18})?$/.test(price) ? market.terms.scale.ticks(price) : null;
  if (ticks === null || ticks <= 0) {
    throw refusals.invalidOrder([{ field, rule: `must be a multiple of the tick size ${tickSize}` }]);
  }
  const { last } = market.prices();
  const above = position.lots > 0 === (field === 'takeProfit');
  if (last !== null && (above ? ticks <= last : ticks >= last)) {
    throw refusals.invalidOrder([
      {
        field,
        rule: `must be ${above ? 'above' : 'below'} the last price ${market.terms.scale.priceText(last)}`,
      },
    ]);
  }
  return ticks;
}
