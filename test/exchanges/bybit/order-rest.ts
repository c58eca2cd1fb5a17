/** Private REST of orders and executions (sheet section 4.3). */
import type { Account } from './accounts.ts';
import { checkFunds } from './funding-check.ts';
import { perSecond, type Allowance } from './limits.ts';
import { amendOrder, cancelAll, cancelOrder, createOrder, runBatch } from './order-actions.ts';
import type { VenueOrder } from './order.ts';
import { readOrder } from './order-rules.ts';
import {
  Answer,
  badParameter,
  DAY,
  isCategory,
  page,
  window,
  type Category,
  type Params,
  type Payload,
} from './protocol.ts';
import type { PrivateCall, PrivateRoute } from './routes.ts';
import { valuation } from './valuation.ts';

const RIGHTS: Record<Category, readonly string[]> = {
  spot: ['Spot.SpotTrade'],
  linear: ['ContractTrade.Order'],
  inverse: ['ContractTrade.Order'],
  option: ['Options.OptionsTrade'],
};

/** Rights that an order of a category needs; any of them will do. */
export function orderRights(params: Params): readonly string[] {
  const category = params.text('category');
  return isCategory(category) ? RIGHTS[category] : Object.values(RIGHTS).flat();
}

/** Orders per second: futures, options, spot. */
export const orderLimit =
  (futures: number, option: number, spot: number) =>
  (params: Params): Allowance => {
    const category = params.text('category');
    return perSecond(category === 'spot' ? spot : category === 'option' ? option : futures);
  };

type Run = PrivateRoute['run'];

const write = (path: string, limit: PrivateRoute['limit'], run: Run): PrivateRoute => ({
  access: 'private',
  method: 'POST',
  path,
  limit,
  rights: orderRights,
  demo: true,
  run,
});
const read = (path: string, run: Run): PrivateRoute => ({
  access: 'private',
  method: 'GET',
  path,
  limit: perSecond(50),
  rights: null,
  demo: true,
  run,
});

/** Option batches take one unit each, the others one for every order in them. */
export const batchUnits = (params: Params): number =>
  params.text('category') === 'option' ? 1 : Math.max(1, params.rows('request').length);

/** Orders of a batch that may run: the tail that no longer fits fails by itself. */
export const batchAllowance = (params: Params, granted: number): number =>
  params.text('category') === 'option' ? Infinity : granted;

function batch(path: string, spot: number, action: Parameters<typeof runBatch>[3]): PrivateRoute {
  return {
    ...write(path, orderLimit(10, 10, spot), ({ world, account, params, granted }) => {
      const allowed = batchAllowance(params, granted);
      const { list, codes } = runBatch(world, account, params, action, allowed);
      return new Answer({ list }, { list: codes });
    }),
    units: batchUnits,
  };
}

const newestFirst = (orders: readonly VenueOrder[]): VenueOrder[] => [...orders].reverse();

function matches(order: VenueOrder, params: Params, category: Category): boolean {
  const { listing, symbol } = order.market;
  const wants = (name: string, value: string): boolean => !params.has(name) || params.text(name) === value;
  return (
    listing.category === category &&
    wants('symbol', symbol) &&
    wants('baseCoin', listing.base) &&
    wants('settleCoin', listing.settle) &&
    wants('orderId', order.orderId) &&
    wants('orderLinkId', order.linkId) &&
    wants('orderFilter', order.spec.orderFilter) &&
    wants('orderStatus', order.status)
  );
}

function realtime({ account, params }: PrivateCall): Payload {
  const category = params.category();
  const scoped = ['symbol', 'baseCoin', 'settleCoin', 'orderId', 'orderLinkId'].some((name) =>
    params.has(name),
  );
  if (category === 'linear' && !scoped)
    throw badParameter('params error: symbol, baseCoin or settleCoin is required');
  const closed = params.text('openOnly') === '1';
  const named = params.has('orderId') || params.has('orderLinkId');
  const found = newestFirst(account.orders).filter((order) => matches(order, params, category));
  // A query by id also finds what has just ended.
  const list = closed
    ? found.filter((order) => !order.open).slice(0, 500)
    : found.filter((order) => order.open || named);
  const { rows, cursor } = page(list, params, 20, 50);
  return { category, nextPageCursor: cursor, list: rows.map((order) => order.payload()) };
}

function history({ account, params, now }: PrivateCall): Payload {
  const category = params.category();
  const { start, end } = window(params, now, 7);
  const list = newestFirst(account.orders).filter((order) => {
    if (order.open || !matches(order, params, category)) return false;
    const time = order.spec.createdAt;
    // Unfilled orders are kept for a day only.
    const forgotten = order.filled.isZero() && now - order.updatedAt >= DAY;
    return time >= start && time <= end && !forgotten;
  });
  const { rows, cursor } = page(list, params, 20, 50);
  return { category, nextPageCursor: cursor, list: rows.map((order) => order.payload()) };
}

function executions({ account, params, now }: PrivateCall): Payload {
  const category = params.category();
  const { start, end } = window(params, now, 7);
  const wanted = ['symbol', 'orderId', 'orderLinkId', 'execType'].filter((name) => params.has(name));
  const list = [...account.executions].reverse().filter((row) => {
    const time = Number(row['execTime']);
    return (
      row['category'] === category &&
      time >= start &&
      time <= end &&
      wanted.every((name) => row[name] === params.text(name))
    );
  });
  const { rows, cursor } = page(list, params, 50, 100);
  return { category, nextPageCursor: cursor, list: rows.map(restExecution) };
}

/** REST leaves out what only the stream tells. */
function restExecution(row: Payload): Payload {
  const { category: _category, isLeverage: _leverage, execPnl: _pnl, marketUnit: _unit, ...rest } = row;
  return rest;
}

function preCheck({ world, account, params }: PrivateCall): Payload {
  const category = params.category();
  if (category === 'spot') throw badParameter('params error: category invalid');
  const market = world.market(category, params.need('symbol'));
  const draft = readOrder(params, account, market);
  const usd = (coin: string) => world.usd(coin);
  checkFunds(account, market, draft, usd);
  const { equity, initialMargin, maintenanceMargin } = valuation(account, usd);
  const share = (part: typeof equity): number =>
    equity.gt(0) ? part.div(equity).times(10_000).floor().toNumber() : 0;
  const before = share(initialMargin);
  const maintenance = share(maintenanceMargin);
  return {
    orderId: '',
    orderLinkId: draft.linkId,
    preImrE4: before,
    preMmrE4: maintenance,
    postImrE4: before + 1,
    postMmrE4: maintenance + 1,
  };
}

function borrowCheck({ world, account, params }: PrivateCall): Payload {
  const market = world.market('spot', params.need('symbol'));
  const buy = params.need('side') === 'Buy';
  const coin = buy ? market.listing.quote : market.listing.base;
  const free = spotFree(account, coin);
  return {
    symbol: market.symbol,
    side: params.text('side'),
    maxTradeQty: buy ? '' : free,
    maxTradeAmount: buy ? free : '',
    spotMaxTradeQty: buy ? '' : free,
    spotMaxTradeAmount: buy ? free : '',
    borrowCoin: coin,
  };
}

const spotFree = (account: Account, coin: string): string => account.balance(coin).toFixed();

export const ORDER_ROUTES: readonly PrivateRoute[] = [
  write('/v5/order/create', orderLimit(10, 10, 20), ({ world, account, params }) =>
    createOrder(world, account, params.category(), params),
  ),
  write('/v5/order/amend', orderLimit(10, 10, 10), ({ world, account, params }) =>
    amendOrder(world, account, params.category(), params),
  ),
  write('/v5/order/cancel', orderLimit(10, 10, 20), ({ world, account, params }) =>
    cancelOrder(world, account, params.category(), params),
  ),
  write('/v5/order/cancel-all', orderLimit(10, 1, 20), ({ world, account, params }) =>
    cancelAll(world, account, params),
  ),
  batch('/v5/order/create-batch', 20, createOrder),
  batch('/v5/order/amend-batch', 20, amendOrder),
  batch('/v5/order/cancel-batch', 20, cancelOrder),
  write('/v5/order/pre-check', orderLimit(10, 10, 20), preCheck),
  read('/v5/order/realtime', realtime),
  read('/v5/order/history', history),
  read('/v5/execution/list', executions),
  read('/v5/order/spot-borrow-check', borrowCheck),
];
