/** Leverage, margin mode, position mode and fees (sheet 4.2 and 4.4). */
import { HoldfastError } from '../../../errors.ts';
import type { AccountModes, FeeRate, MarginMode } from '../../exchange.ts';
import { refusalError, refusesRequest, saysNoChange } from '../errors.ts';
import { BUDGETS } from '../limits.ts';
import { orNull, payloadError, read } from '../payload.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import type { BybitWrite } from '../rest.ts';
import { type AccountContext, allRows, onePage, refused } from './account-context.ts';
import type { AccountInfo } from './account-info.ts';
import { FEE_RATE, SYMBOL_INFO } from './forms.ts';
import { openOrders } from './order-lists.ts';
import { loadPositions, positionsOf } from './positions.ts';

/** Spot and options have neither leverage nor position modes. */
export async function modesOf(
  context: AccountContext,
  info: AccountInfo,
  market: ListedMarket,
): Promise<AccountModes & { readonly leverage: string }> {
  const marginMode = await info.marginMode();
  if (!hasLeverage(market)) return { marginMode, positionMode: 'oneWay', leverage: '1' };
  const rows = await positionsOf(context, market, marginMode);
  const isHedge = rows.some(({ index }) => index !== 0);
  const told = rows.map(({ leverage }) => leverage).find((leverage) => leverage !== null && leverage !== '0');
  const leverage = told ?? (await leverageOf(context, market)) ?? '1';
  return { marginMode, positionMode: isHedge ? 'hedge' : 'oneWay', leverage };
}

/** For markets without a position row; an error in portfolio margin, which has no leverage. */
async function leverageOf(context: AccountContext, market: ListedMarket): Promise<string | null> {
  try {
    const { rows } = await onePage(context, {
      operation: 'position.symbolInfo',
      path: '/v5/position/symbol-info',
      params: { category: market.category, symbol: market.nativeId },
      lane: 'privateRead',
      budget: BUDGETS.symbolInfo,
    });
    return rows[0] === undefined ? null : orNull(read(SYMBOL_INFO, rows[0], context.unknown).leverage);
  } catch (error) {
    if (refusesRequest(error)) return null;
    throw error;
  }
}

export async function setLeverage(
  context: AccountContext,
  market: ListedMarket,
  leverage: string,
): Promise<void> {
  if (!hasLeverage(market)) throw refused('leverage', 'this market has no leverage', 'leverage');
  const { category, nativeId: symbol } = market;
  // Different figures for the two sides exist only in hedge mode with isolated margin; we keep them equal.
  await unlessAlready(context, {
    operation: 'position.setLeverage',
    path: '/v5/position/set-leverage',
    body: { category, symbol, buyLeverage: leverage, sellLeverage: leverage },
    lane: 'order',
    budget: BUDGETS.setLeverage,
  });
}

/** The mode is the whole account's. What stands in the way is in the error's problems. */
export async function setMarginMode(
  context: AccountContext,
  info: AccountInfo,
  mode: MarginMode,
): Promise<void> {
  const body = { setMarginMode: mode === 'isolated' ? 'ISOLATED_MARGIN' : 'REGULAR_MARGIN' };
  try {
    const { result } = await context.rest.post({
      operation: 'account.setMarginMode',
      path: '/v5/account/set-margin-mode',
      body,
      lane: 'order',
      budget: BUDGETS.setMarginMode,
    });
    const reasons = (result as { reasons?: unknown } | null | undefined)?.reasons;
    if (Array.isArray(reasons) && reasons.length > 0) {
      throw refusalError({ code: 3400045, message: '', result, isWrite: true });
    }
  } catch (error) {
    if (!saysNoChange(error)) throw error;
  } finally {
    info.forget();
  }
}

/**
 * For all USDT perpetuals. Bybit skips the busy ones without a word, which would leave two modes in one account:
 * so nothing is sent while there is a position or an order.
 */
export async function setPositionMode(
  context: AccountContext,
  info: AccountInfo,
  mode: AccountModes['positionMode'],
): Promise<void> {
  const positions = await loadPositions(context, await info.marginMode());
  const orders = await openOrders(context);
  const busy = new Set(
    [
      ...positions.flatMap(({ position }) => position?.symbol ?? []),
      ...orders.map(({ order }) => order.symbol),
    ].filter((symbol) => isUsdtPerpetual(context.markets.bySymbol(symbol))),
  );
  if (busy.size > 0) {
    const names = [...busy].slice(0, 5).join(', ');
    const message = `Close positions and cancel orders first: ${names}.`;
    throw refused('busyMarket', message, 'positionMode');
  }
  await unlessAlready(context, {
    operation: 'position.switchMode',
    path: '/v5/position/switch-mode',
    body: { category: 'linear', coin: 'USDT', mode: mode === 'hedge' ? 3 : 0 },
    lane: 'order',
    budget: BUDGETS.switchMode,
  });
}

function isUsdtPerpetual(market: ListedMarket | undefined): boolean {
  const instrument = market?.instrument;
  return instrument?.kind === 'linear' && instrument.settle === 'USDT' && instrument.expiry === undefined;
}

/** Demo trading has no such call: what the instrument says is Bybit's published standard rate. */
export async function feesOf(context: AccountContext, market: ListedMarket): Promise<FeeRate> {
  const { category, nativeId, instrument } = market;
  const { symbol } = instrument;
  if (context.isDemo) {
    if (instrument.makerFee !== undefined && instrument.takerFee !== undefined) {
      return { symbol, maker: instrument.makerFee, taker: instrument.takerFee };
    }
    throw new HoldfastError('notSupported', 'bybit.demo', 'Demo trading does not tell its fees.');
  }
  const scope = category === 'option' ? { baseCoin: instrument.base } : { symbol: nativeId };
  const rows = await allRows(context, {
    operation: 'account.feeRate',
    path: '/v5/account/fee-rate',
    params: { category, ...scope },
    lane: 'privateRead',
    budget: BUDGETS.feeRate,
  });
  const rates = rows.map((row) => read(FEE_RATE, row, context.unknown));
  const rate = rates.find((one) => one.symbol === nativeId) ?? rates[0];
  if (rate === undefined) throw payloadError('account.feeRate', 'list');
  return { symbol, maker: rate.makerFeeRate, taker: rate.takerFeeRate };
}

export const hasLeverage = ({ category }: ListedMarket): boolean =>
  category === 'linear' || category === 'inverse';

/** A refusal that says "it is so already" is what was wanted. */
export async function unlessAlready(context: AccountContext, write: BybitWrite): Promise<void> {
  try {
    await context.rest.post(write);
  } catch (error) {
    if (!saysNoChange(error)) throw error;
  }
}
