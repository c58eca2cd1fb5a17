/** Create, amend, cancel: one implementation behind REST, batches and order entry over WebSocket. */
import { dec } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import { checkFunds } from './funding-check.ts';
import type { Market } from './market.ts';
import type { VenueOrder } from './order.ts';
import { readOrder, readPrice, readQty } from './order-rules.ts';
import { legsOf } from './protection.ts';
import { badParameter, Refusal, type Category, type Params, type Payload } from './protocol.ts';
import type { World } from './world.ts';

const ids = (order: VenueOrder): Payload => ({ orderId: order.orderId, orderLinkId: order.linkId });

export function createOrder(world: World, account: Account, category: Category, params: Params): Payload {
  const market = world.market(category, params.need('symbol'));
  const draft = readOrder(params, account, market);
  if (draft.triggerPrice === '' || draft.orderFilter === 'tpslOrder') {
    checkFunds(account, market, draft, (coin) => world.usd(coin));
  }
  const order = world.desk.place({
    ...draft,
    uid: account.uid,
    market,
    orderId: category === 'spot' ? world.ids.digits() : world.ids.uuid(),
    createType: 'CreateByUser',
    createdAt: world.time.now(),
  });
  market.touch();
  return ids(order);
}

/** The order that a request names: `orderId` wins over `orderLinkId`. */
export function namedOrder(account: Account, category: Category, params: Params): VenueOrder | null {
  const id = params.text('orderId');
  const link = params.text('orderLinkId');
  if (id === '' && link === '') throw badParameter('params error: orderId or orderLinkId is required');
  const order =
    id === '' ? account.linked(category === 'spot' ? 'spot' : 'contract', link) : account.order(id);
  return order !== null && order.market.listing.category === category ? order : null;
}

function openOrder(account: Account, category: Category, market: Market, params: Params): VenueOrder {
  const order = namedOrder(account, category, params);
  const spot = category === 'spot';
  const filter = params.text('orderFilter') === '' ? 'Order' : params.text('orderFilter');
  // Trap 7.6: without its filter the venue does not see a conditional spot order.
  const hidden = spot && order !== null && order.spec.orderFilter !== filter;
  if (order === null || order.market !== market || hidden) {
    throw spot
      ? new Refusal(170213, 'Order does not exist.')
      : new Refusal(110001, 'order not exists or too late to cancel');
  }
  if (order.open) return order;
  if (order.status === 'Filled') {
    throw spot
      ? new Refusal(170139, 'Order has been filled.')
      : new Refusal(110001, 'order not exists or too late to cancel');
  }
  throw spot
    ? new Refusal(170142, 'Order has been canceled.')
    : new Refusal(110001, 'order not exists or too late to cancel');
}

export function cancelOrder(world: World, account: Account, category: Category, params: Params): Payload {
  const market = world.market(category, params.need('symbol'));
  const order = openOrder(account, category, market, params);
  world.desk.cancel(order);
  market.touch();
  return ids(order);
}

export function amendOrder(world: World, account: Account, category: Category, params: Params): Payload {
  const market = world.market(category, params.need('symbol'));
  const named = namedOrder(account, category, params);
  const withFilter = named === null ? params : paramsWithFilter(params, named);
  const order = openOrder(account, category, market, withFilter);
  const price = params.has('price') ? readPrice(params, 'price', market) : order.price;
  const qty = params.has('qty')
    ? readQty(params, market, order.spec.orderType, order.spec.marketUnit)
    : order.qty;
  const triggerPrice = params.has('triggerPrice')
    ? readPrice(params, 'triggerPrice', market)
    : order.triggerPrice;
  if (dec(qty).lte(order.filled)) {
    throw category === 'spot'
      ? new Refusal(170313, 'The amended quantity is not greater than the executed one.')
      : new Refusal(110064, 'The order modified during the process of replacing');
  }
  const bracketsChanged = amendBrackets(order, params, market);
  if (price === order.price && qty === order.qty && triggerPrice === order.triggerPrice) {
    if (!bracketsChanged) throw badParameter('order not modified');
    world.desk.touch(order);
    world.desk.settle();
    return ids(order);
  }
  const problem = world.desk.amend(order, { price, qty, triggerPrice });
  if (problem === 'wouldTake') {
    // As on creation: acknowledged, then the stream tells that a post-only order was cancelled.
    world.desk.cancel(order, 'wouldTake');
  } else if (problem !== null) throw badParameter(`params error: ${problem}`);
  market.touch();
  return ids(order);
}

/** Amending takes no filter: it finds conditional orders by their id alone. */
function paramsWithFilter(params: Params, order: VenueOrder): Params {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(params)) as Params, params);
  return Object.assign(copy, { raw: { ...params.raw, orderFilter: order.spec.orderFilter } });
}

function amendBrackets(order: VenueOrder, params: Params, market: Market): boolean {
  let changed = false;
  for (const name of ['takeProfit', 'stopLoss', 'tpLimitPrice', 'slLimitPrice'] as const) {
    if (!params.has(name)) continue;
    order.brackets[name] = readPrice(params, name, market);
    changed = true;
  }
  if (changed && order.brackets.tpslMode === '' && order.family === 'contract')
    order.brackets.tpslMode = 'Full';
  if (legsOf(order.brackets).length === 0) order.brackets.tpslMode = '';
  return changed;
}

const FUTURES_CANCEL_CAP = 500;

export function cancelAll(world: World, account: Account, params: Params): Payload {
  const category = params.category();
  const linear = category === 'linear' || category === 'inverse';
  if (linear && !params.has('symbol') && !params.has('baseCoin') && !params.has('settleCoin')) {
    throw badParameter('params error: symbol, baseCoin and settleCoin cannot all be empty');
  }
  if (params.has('symbol')) world.market(category, params.text('symbol'));
  const orders = account.openOrders().filter((order) => inScope(order, category, params));
  const chosen = linear ? orders.slice(0, FUTURES_CANCEL_CAP) : orders;
  const touched = new Set<Market>();
  const list = chosen.map((order) => {
    world.desk.cancel(order);
    touched.add(order.market);
    return ids(order);
  });
  for (const market of touched) market.touch();
  return { list, success: '1' };
}

function inScope(order: VenueOrder, category: Category, params: Params): boolean {
  const { listing, symbol } = order.market;
  if (listing.category !== category) return false;
  if (params.has('symbol')) {
    if (params.text('symbol') !== symbol) return false;
  } else if (params.has('baseCoin')) {
    if (params.text('baseCoin') !== listing.base) return false;
  } else if (params.has('settleCoin') && params.text('settleCoin') !== listing.settle) return false;
  const filter = params.text('orderFilter');
  if (category === 'spot') return order.spec.orderFilter === (filter === '' ? 'Order' : filter);
  if (params.text('stopOrderType') === 'Stop') return order.spec.stopOrderType === 'Stop';
  return filter === '' || filter === order.spec.orderFilter;
}

type Action = (world: World, account: Account, category: Category, params: Params) => Payload;

export interface BatchResult {
  readonly list: Payload[];
  readonly codes: { code: number; msg: string }[];
}

const BATCH_CAP: Record<Category, number> = { spot: 10, linear: 20, inverse: 20, option: 20 };

/** Runs each order of a batch by itself; `allowed` = how many the rate limit lets through. */
export function runBatch(
  world: World,
  account: Account,
  params: Params,
  action: Action,
  allowed = Infinity,
): BatchResult {
  const category = params.category();
  const rows = params.rows('request');
  if (rows.length === 0 || rows.length > BATCH_CAP[category]) {
    throw badParameter(`params error: request must hold 1 to ${BATCH_CAP[category]} orders`);
  }
  const result: BatchResult = { list: [], codes: [] };
  rows.forEach((row, index) => {
    const frame = {
      category,
      symbol: row.text('symbol'),
      orderId: '',
      orderLinkId: row.text('orderLinkId'),
      createAt: '',
    };
    try {
      if (index >= allowed) throw new Refusal(10006, 'Too many visits!');
      const done = action(world, account, category, row);
      result.list.push({ ...frame, ...done, createAt: String(world.time.now()) });
      result.codes.push({ code: 0, msg: 'OK' });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      result.list.push(frame);
      result.codes.push({ code: error.code, msg: error.message });
    }
  });
  return result;
}
