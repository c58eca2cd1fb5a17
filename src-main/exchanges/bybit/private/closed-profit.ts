/**
 * What closing trades earned. Bybit's stream tells it with each trade and its list of executions does not (sheet
 * 4.3); the log of the account's transactions does, by trade.
 */
import { toHoldfastError } from '../../../errors.ts';
import { isZeroText } from '../../../market/decimal.ts';
import { BUDGETS } from '../limits.ts';
import type { BybitCategory } from '../public/category.ts';
import { type AccountContext, onePage } from './account-context.ts';

const PAGE = 50;
/** The log may stamp a trade a moment beside its execution. */
const BLUR_MS = 1000;
const WINDOW_MS = 7 * 24 * 60 * 60_000;

interface Execution {
  readonly execId?: unknown;
  readonly execTime?: unknown;
  readonly execPnl?: unknown;
  readonly closedSize?: unknown;
}

interface Transaction {
  readonly tradeId?: unknown;
  readonly cashFlow?: unknown;
}

/**
 * Profits by execution id, before fees, as far as they can be had: of trades that closed nothing it is "0". A key
 * without a right to the log goes without; any other failure rejects, so that the fills are asked for again.
 */
export async function closedProfits(
  context: AccountContext,
  category: BybitCategory,
  rows: readonly unknown[],
): Promise<ReadonlyMap<string, string>> {
  const profits = new Map<string, string>();
  if (category !== 'linear' && category !== 'inverse') return profits;
  const untold = rows.map((row) => row as Execution).filter(({ execPnl }) => !isFigure(execPnl));
  const closing = untold.filter(({ closedSize }) => !isFigure(closedSize) || !isZeroText(closedSize));
  for (const { execId } of untold) if (typeof execId === 'string') profits.set(execId, '0');
  for (const { execId } of closing) if (typeof execId === 'string') profits.delete(execId);
  if (closing.length === 0) return profits;
  try {
    for (const [id, profit] of await logged(context, category, closing)) profits.set(id, profit);
  } catch (error) {
    const { kind } = toHoldfastError(error);
    if (kind !== 'permission' && kind !== 'notSupported') throw error;
  }
  return profits;
}

async function logged(
  context: AccountContext,
  category: BybitCategory,
  closing: readonly Execution[],
): Promise<ReadonlyMap<string, string>> {
  const times = closing.map(({ execTime }) => Number(execTime));
  const startTime = Math.min(...times) - BLUR_MS;
  const endTime = Math.min(Math.max(...times) + BLUR_MS, startTime + WINDOW_MS);
  const profits = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await onePage(context, {
      operation: 'account.transactionLog',
      path: '/v5/account/transaction-log',
      params: { accountType: 'UNIFIED', category, startTime, endTime, limit: PAGE, cursor },
      lane: 'privateRead',
      budget: BUDGETS.transactionLog,
    });
    for (const { tradeId, cashFlow } of page.rows as readonly Transaction[])
      if (typeof tradeId === 'string' && isFigure(cashFlow)) profits.set(tradeId, cashFlow);
    // Never the same page for ever.
    cursor = page.cursor === cursor ? undefined : (page.cursor ?? undefined);
  } while (cursor !== undefined);
  return profits;
}

const isFigure = (value: unknown): value is string =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
