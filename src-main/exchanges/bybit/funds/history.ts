/** Deposits, withdrawals, transfers and conversions of the past, a page at a time, newest first. */
import { badInput } from '../../../errors.ts';
import type { BybitCall } from '../rest.ts';
import type { FundsMovement, Page } from '../../exchange.ts';
import { read, readList } from '../payload.ts';
import type { Form } from '../payload.ts';
import { BUDGETS } from './context.ts';
import type { FundsContext } from './context.ts';
import { CONVERSION, DEPOSIT, INTERNAL_DEPOSIT, LIST, ROWS, TRANSFER, WITHDRAWAL } from './forms.ts';
import { conversionOf, depositOf, internalDepositOf, transferOf, withdrawalOf } from './movements.ts';
import { DAY_MS, badCursor, walkBack } from './windows.ts';
import type { Source } from './windows.ts';

/** "Less than 30 days"; a second is kept off. */
const RECORDS_WINDOW_MS = 30 * DAY_MS - 1_000;
const TRANSFERS_WINDOW_MS = 7 * DAY_MS;
const PAGE = 50;
const CONVERT_PAGE = 100;
const LAST_CONVERT_PAGE = 10_000;
/** `withdrawType`: chain and internal ones together. */
const ALL_WITHDRAWALS = 2;

type Call = Omit<BybitCall, 'lane'>;
type Mapped<T> = (accountId: string, row: T, askedAt: number) => FundsMovement;

/** One of Bybit's record interfaces as a source of the walk. */
function records<T>(
  context: FundsContext,
  call: Call,
  what: Form<T>,
  mapped: Mapped<T>,
): Source<FundsMovement> {
  return async ({ from, to, cursor }) => {
    const { result, time } = await context.rest.get({
      ...call,
      lane: 'privateRead',
      params: { ...call.params, startTime: from, endTime: to, limit: PAGE, cursor },
    });
    const { rows, next } = rowsOf(context, result);
    return {
      rows: readList(what, rows, context.unknown).map((row) => mapped(context.accountId, row, time)),
      next,
    };
  };
}

/** Asset records come as `rows`, transfers as `list`. */
function rowsOf(context: FundsContext, result: unknown): { rows: unknown; next: string | null | undefined } {
  const isList = typeof result === 'object' && result !== null && 'list' in result;
  if (isList) {
    const { list, nextPageCursor } = read(LIST, result, context.unknown);
    return { rows: list ?? [], next: nextPageCursor };
  }
  const { rows, nextPageCursor } = read(ROWS, result, context.unknown);
  return { rows: rows ?? [], next: nextPageCursor };
}

export function deposits(
  context: FundsContext,
  cursor: string | null,
  since: number,
): Promise<Page<FundsMovement>> {
  const sources = [
    records(
      context,
      {
        operation: 'asset.depositRecords',
        path: '/v5/asset/deposit/query-record',
        budget: BUDGETS.depositRecords,
      },
      DEPOSIT,
      depositOf,
    ),
    records(
      context,
      {
        operation: 'asset.internalDeposits',
        path: '/v5/asset/deposit/query-internal-record',
        budget: BUDGETS.internalDeposits,
      },
      INTERNAL_DEPOSIT,
      internalDepositOf,
    ),
  ];
  return walkBack({ sources, windowMs: RECORDS_WINDOW_MS, now: context.clock() }, cursor, since);
}

export function withdrawals(
  context: FundsContext,
  cursor: string | null,
  since: number,
): Promise<Page<FundsMovement>> {
  const source = records(
    context,
    {
      operation: 'asset.withdrawRecords',
      path: '/v5/asset/withdraw/query-record',
      params: { withdrawType: ALL_WITHDRAWALS },
      budget: BUDGETS.withdrawRecords,
    },
    WITHDRAWAL,
    withdrawalOf,
  );
  return walkBack({ sources: [source], windowMs: RECORDS_WINDOW_MS, now: context.clock() }, cursor, since);
}

export function transfers(
  context: FundsContext,
  cursor: string | null,
  since: number,
): Promise<Page<FundsMovement>> {
  const source = records(
    context,
    {
      operation: 'asset.transferList',
      path: '/v5/asset/transfer/query-inter-transfer-list',
      budget: BUDGETS.transferList,
    },
    TRANSFER,
    transferOf,
  );
  return walkBack({ sources: [source], windowMs: TRANSFERS_WINDOW_MS, now: context.clock() }, cursor, since);
}

/** The convert history has numbered pages and no times to ask by: our cursor is the number of the page. */
export async function conversions(
  context: FundsContext,
  cursor: string | null,
  since: number,
): Promise<Page<FundsMovement>> {
  const index = pageOf(cursor);
  const { result, time } = await context.rest.get({
    operation: 'convert.history',
    path: '/v5/asset/exchange/query-convert-history',
    params: { index, limit: CONVERT_PAGE },
    lane: 'privateRead',
    budget: BUDGETS.convert,
  });
  const { list } = read(LIST, result, context.unknown);
  const all = readList(CONVERSION, list ?? [], context.unknown).map((row) =>
    conversionOf(context.accountId, row, time),
  );
  const rows = all.filter((row) => row.time >= since).toSorted((a, b) => b.time - a.time);
  const isLast = all.length < CONVERT_PAGE || rows.length < all.length;
  return { rows, cursor: isLast ? null : String(index + 1) };
}

function pageOf(cursor: string | null): number {
  if (cursor === null) return 1;
  const index = /^\d{1,5}$/.test(cursor) ? Number(cursor) : 0;
  if (index < 1) throw badCursor();
  if (index > LAST_CONVERT_PAGE) throw badInput([{ field: 'cursor', rule: 'is beyond the last page' }]);
  return index;
}
