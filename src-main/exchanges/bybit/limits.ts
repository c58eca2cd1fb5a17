/** What Bybit allows a UID per second (protocol sheet 4.2 to 4.4 and 6.2); its headers correct these as we go. */
import type { BybitCategory } from './public/category.ts';
import type { BybitCall } from './rest.ts';

export type Budget = NonNullable<BybitCall['budget']>;

export const ORDER_OPERATIONS = ['create', 'amend', 'cancel', 'cancelAll'] as const;
export type OrderOperation = (typeof ORDER_OPERATIONS)[number];
export type BatchOperation = Exclude<OrderOperation, 'cancelAll'>;

/** Orders per second at the lowest tier; linear and inverse share theirs. */
const ORDERS: Readonly<Record<OrderOperation, { futures: number; option: number; spot: number }>> = {
  create: { futures: 10, option: 10, spot: 20 },
  amend: { futures: 10, option: 10, spot: 10 },
  cancel: { futures: 10, option: 10, spot: 20 },
  cancelAll: { futures: 10, option: 1, spot: 20 },
};
const BATCHES = { futures: 10, option: 10, spot: 20 } as const;

/** One page of the documentation says 10, another 20: ten is safe in both. */
export const LARGEST_BATCH = 10;

const group = (category: BybitCategory): 'futures' | 'option' | 'spot' =>
  category === 'linear' || category === 'inverse' ? 'futures' : category;

export function orderBudget(operation: OrderOperation, category: BybitCategory): Budget {
  const of = group(category);
  return { name: `order.${operation}.${of}`, limit: ORDERS[operation][of] };
}

/** A batch takes a unit for each order in it; a batch of options takes one. */
export function batchBudget(operation: BatchOperation, category: BybitCategory, orders: number): Budget {
  const of = group(category);
  return {
    name: `order.${operation}Batch.${of}`,
    limit: BATCHES[of],
    units: of === 'option' ? 1 : orders,
  };
}

export const BUDGETS = {
  orders: { name: 'order.realtime', limit: 50 },
  orderHistory: { name: 'order.history', limit: 50 },
  executions: { name: 'execution.list', limit: 50 },
  positions: { name: 'position.list', limit: 50 },
  walletBalance: { name: 'account.walletBalance', limit: 50 },
  coinsBalance: { name: 'asset.coinsBalance', limit: 5 },
  assetOverview: { name: 'asset.overview', limit: 50 },
  transactionLog: { name: 'account.transactionLog', limit: 25 },
  accountInfo: { name: 'account.info', limit: 50 },
  feeRate: { name: 'account.feeRate', limit: 5 },
  symbolInfo: { name: 'position.symbolInfo', limit: 10 },
  setLeverage: { name: 'position.setLeverage', limit: 10 },
  setMarginMode: { name: 'account.setMarginMode', limit: 5 },
  switchMode: { name: 'position.switchMode', limit: 10 },
  tradingStop: { name: 'position.tradingStop', limit: 10 },
} as const satisfies Readonly<Record<string, Budget>>;
