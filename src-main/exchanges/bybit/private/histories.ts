/** Order history, fills and funding of an account, walked back in windows. */
import type { Fill, FundingPayment, Order, Page } from '../../exchange.ts';
import { BUDGETS } from '../limits.ts';
import { type BybitCategory, CATEGORIES } from '../public/category.ts';
import { type AccountContext, onePage } from './account-context.ts';
import { closedProfits } from './closed-profit.ts';
import { isFunding, readFill, readFunding } from './executions.ts';
import { walkBack } from './history-walk.ts';
import { readOrder } from './order-mapping.ts';

const ORDERS_PAGE = 50;
const EXECUTIONS_PAGE = 100;

/** Closed orders. Unfilled ones that were cancelled are kept by Bybit for 24 hours only. */
export function orderHistory(
  context: AccountContext,
  cursor: string | null,
  since: number,
): Promise<Page<Order>> {
  const page = async (category: BybitCategory, startTime: number, endTime: number, next: string) => {
    const answer = await onePage(context, {
      operation: 'order.history',
      path: '/v5/order/history',
      params: { category, startTime, endTime, limit: ORDERS_PAGE, cursor: next === '' ? undefined : next },
      lane: 'privateRead',
      budget: BUDGETS.orderHistory,
    });
    const rows = await Promise.all(answer.rows.map((row) => readOrder(context, category, row)));
    return { rows, cursor: answer.cursor };
  };
  const id = (order: Order): string => order.venueOrderId ?? order.clientOrderId;
  const time = (order: Order): number => order.createdAt;
  return walkBack({ categories: CATEGORIES, page, id, time }, cursor, since, Math.floor(context.now()));
}

export function fills(context: AccountContext, cursor: string | null, since: number): Promise<Page<Fill>> {
  const page = async (category: BybitCategory, from: number, to: number, next: string) => {
    const answer = await executions(context, category, from, to, next);
    const trades = answer.rows.filter((row) => !isFunding(row));
    const profits = await closedProfits(context, category, trades);
    return {
      rows: await Promise.all(trades.map((row) => readFill(context, category, row, profits))),
      cursor: answer.cursor,
    };
  };
  const source = {
    categories: CATEGORIES,
    page,
    id: (fill: Fill) => fill.id,
    time: (fill: Fill) => fill.time,
  };
  return walkBack(source, cursor, since, Math.floor(context.now()));
}

export function funding(
  context: AccountContext,
  cursor: string | null,
  since: number,
): Promise<Page<FundingPayment>> {
  const page = async (category: BybitCategory, from: number, to: number, next: string) => {
    const answer = await executions(context, category, from, to, next, 'Funding');
    const payments = answer.rows.filter(isFunding);
    const rows = await Promise.all(payments.map((row) => readFunding(context, category, row)));
    return { rows, cursor: answer.cursor };
  };
  const source = {
    categories: ['linear', 'inverse'] as const,
    page,
    id: (payment: FundingPayment) => payment.id,
    time: (payment: FundingPayment) => payment.time,
  };
  return walkBack(source, cursor, since, Math.floor(context.now()));
}

function executions(
  context: AccountContext,
  category: BybitCategory,
  startTime: number,
  endTime: number,
  cursor: string,
  execType?: string,
): ReturnType<typeof onePage> {
  return onePage(context, {
    operation: 'execution.list',
    path: '/v5/execution/list',
    params: {
      category,
      execType,
      startTime,
      endTime,
      limit: EXECUTIONS_PAGE,
      cursor: cursor === '' ? undefined : cursor,
    },
    lane: 'privateRead',
    budget: BUDGETS.executions,
  });
}
