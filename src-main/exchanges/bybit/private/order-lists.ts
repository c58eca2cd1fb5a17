/** Open orders, and looking one up, over all categories and over spot's separate lists. */
import { toHoldfastError } from '../../../errors.ts';
import type { Order, OrderRef } from '../../exchange.ts';
import { refusesRequest } from '../errors.ts';
import { BUDGETS } from '../limits.ts';
import { type BybitCategory, CATEGORIES } from '../public/category.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import type { BybitCall, BybitParams } from '../rest.ts';
import { type AccountContext, allRows, onePage, scopes } from './account-context.ts';
import { idOf } from './order-body.ts';
import { readOrder, SPOT_FILTERS, type SpotFilter, spotFilterOf } from './order-mapping.ts';

const PAGE_SIZE = 50;
const WINDOW_MS = 7 * 24 * 60 * 60_000;
/** Half a year: an order that is open for longer has to be looked for on the website. */
const OLDER_WINDOWS = 25;
/** The time of an order may be ours: more than a clock is off. */
const SLACK_MS = 24 * 60 * 60_000;

export interface ListedOrder {
  readonly order: Order;
  readonly filter: SpotFilter;
}

/** Asks for open orders. */
export const realtime = (params: BybitParams): BybitCall => ({
  operation: 'order.realtime',
  path: '/v5/order/realtime',
  params: { ...params, limit: PAGE_SIZE },
  lane: 'privateRead',
  budget: BUDGETS.orders,
});

/** Every open order of the account, or of one market of it. */
export async function openOrders(
  context: AccountContext,
  market?: ListedMarket,
): Promise<readonly ListedOrder[]> {
  const categories = market === undefined ? CATEGORIES : [market.category];
  const lists = await Promise.all(categories.map((category) => openIn(context, category, market)));
  return lists.flat();
}

async function openIn(
  context: AccountContext,
  category: BybitCategory,
  market: ListedMarket | undefined,
): Promise<readonly ListedOrder[]> {
  const asked = await scopes(context, category, market);
  const lists = await Promise.all(asked.map((params) => openRows(context, category, params)));
  const rows = new Map<unknown, unknown>();
  for (const row of lists.flat()) rows.set((row as { orderId?: unknown } | null)?.orderId, row);
  const orders = await Promise.all([...rows.values()].map((row) => listed(context, category, row)));
  return orders.filter(({ order }) => isOpen(order));
}

/**
 * Spot: the documentation wants every kind in one answer, older accounts were told only of plain orders. Asking
 * for each list as well costs four reads and misses none; a list that Bybit does not know is no failure.
 */
async function openRows(
  context: AccountContext,
  category: BybitCategory,
  params: BybitParams,
): Promise<readonly unknown[]> {
  const all = allRows(context, realtime({ ...params, openOnly: 0 }));
  if (category !== 'spot') return all;
  const extra = SPOT_FILTERS.filter((filter) => filter !== 'Order').map(async (orderFilter) => {
    try {
      return await allRows(context, realtime({ ...params, openOnly: 0, orderFilter }));
    } catch (error) {
      if (refusesRequest(error)) return [];
      throw error;
    }
  });
  return (await Promise.all([all, ...extra])).flat();
}

async function listed(context: AccountContext, category: BybitCategory, row: unknown): Promise<ListedOrder> {
  return { order: await readOrder(context, category, row), filter: spotFilterOf(row as object) };
}

const isOpen = ({ state }: Order): boolean =>
  state === 'working' || state === 'partiallyFilled' || state === 'untriggered' || state === 'unknown';

/**
 * Looks one order up in the open and just closed orders, then in the history. Null only when Bybit itself
 * answered that it has none; anything else rejects.
 */
export async function findListed(
  context: AccountContext,
  market: ListedMarket,
  ref: OrderRef,
): Promise<ListedOrder | null> {
  const { category, nativeId } = market;
  const params = { category, symbol: nativeId, ...idOf(ref) };
  const row =
    (await rowOf(context, realtime(params), ref)) ??
    (await rowOf(context, history(params), ref)) ??
    (ref.venueOrderId === null ? null : await olderRow(context, params, ref));
  return row === null ? null : listed(context, category, row);
}

/**
 * Without times the history goes back seven days. An order that Bybit acknowledged once can be older than that: it is
 * looked for in the windows before, back to when it was made: an order that Bybit keeps no record of any more would cost
 * half a year of calls each time. One that was never acknowledged is new.
 */
async function olderRow(context: AccountContext, params: BybitParams, ref: OrderRef): Promise<object | null> {
  const made = (ref.createdAt ?? 0) - SLACK_MS;
  let endTime = Math.floor(context.now()) - WINDOW_MS;
  for (let window = 0; window < OLDER_WINDOWS && endTime >= made; window += 1) {
    const startTime = endTime - WINDOW_MS + 1;
    const row = await rowOf(context, history({ ...params, startTime, endTime }), ref);
    if (row !== null) return row;
    endTime = startTime - 1;
  }
  return null;
}

const history = (params: BybitParams): BybitCall => ({
  operation: 'order.history',
  path: '/v5/order/history',
  params: { ...params, limit: PAGE_SIZE },
  lane: 'privateRead',
  budget: BUDGETS.orderHistory,
});

async function rowOf(context: AccountContext, call: BybitCall, ref: OrderRef): Promise<object | null> {
  try {
    const { rows } = await onePage(context, call);
    return (rows as (object | null)[]).find((row) => isThis(row, ref)) ?? null;
  } catch (error) {
    if (toHoldfastError(error).kind === 'unknownOrder') return null;
    throw error;
  }
}

function isThis(row: { orderId?: unknown; orderLinkId?: unknown } | null, ref: OrderRef): boolean {
  if (row === null) return false;
  return ref.venueOrderId === null ? row.orderLinkId === ref.clientOrderId : row.orderId === ref.venueOrderId;
}
