/** A Bybit exchange on a network that is played by the test: routes answer by path, sockets are driven by hand. */
import { createBybitExchange } from '../../../../../src-main/exchanges/bybit/bybit-exchange.ts';
import { siteOf } from '../../../../../src-main/exchanges/bybit/sites.ts';
import type { AccountAccess, AccountEvent } from '../../../../../src-main/exchanges/exchange.ts';
import type { After } from '../../../../../src-main/market/shared-stream.ts';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import type { OrderRequest } from '../../../../../src-main/exchanges/exchange.ts';
import { fakeNet, type FakeSocket } from '../../../../support/net.ts';
import { vectorSigner } from '../rest/fake-http.ts';

export const NOW = 1_700_000_000_000;
export type Params = Readonly<Record<string, unknown>>;
/** A `result`, or `[retCode, result]` for a refusal, or `{ status, text }`, or an error of the network. */
export type Route = (params: Params) => unknown;

const contract = (
  symbol: string,
  contractType: string,
  [base, quote, settle]: string[],
  deliveryTime = '0',
) => ({
  symbol,
  contractType,
  status: 'Trading',
  baseCoin: base,
  quoteCoin: quote,
  settleCoin: settle,
  launchTime: '0',
  deliveryTime,
  deliveryFeeRate: '',
  priceScale: '1',
  leverageFilter: { minLeverage: '1', maxLeverage: '100', leverageStep: '0.01' },
  priceFilter: { minPrice: '0.1', maxPrice: '1000000', tickSize: '0.1' },
  lotSizeFilter: {
    maxOrderQty: '100',
    minOrderQty: '0.001',
    qtyStep: '0.001',
    maxMktOrderQty: '50',
    minNotionalValue: '5',
  },
  unifiedMarginTrade: true,
  fundingInterval: 480,
});

export const LISTS: Readonly<Record<string, unknown[]>> = {
  spot: [
    {
      symbol: 'BTCUSDT',
      baseCoin: 'BTC',
      quoteCoin: 'USDT',
      status: 'Trading',
      marginTrading: 'none',
      lotSizeFilter: {
        basePrecision: '0.000001',
        quotePrecision: '0.01',
        minOrderQty: '0.000001',
        minOrderAmt: '1',
      },
      priceFilter: { tickSize: '0.1' },
    },
  ],
  linear: [
    contract('BTCUSDT', 'LinearPerpetual', ['BTC', 'USDT', 'USDT']),
    contract('BTCPERP', 'LinearPerpetual', ['BTC', 'USDC', 'USDC']),
  ],
  inverse: [contract('BTCUSD', 'InversePerpetual', ['BTC', 'USD', 'BTC'])],
  option: [
    {
      symbol: 'BTC-26MAR27-60000-C-USDT',
      status: 'Trading',
      baseCoin: 'BTC',
      quoteCoin: 'USDT',
      settleCoin: 'USDT',
      optionsType: 'Call',
      launchTime: '0',
      deliveryTime: '1806019200000',
      deliveryFeeRate: '0.00015',
      priceFilter: { minPrice: '5', maxPrice: '1000000', tickSize: '5' },
      lotSizeFilter: { maxOrderQty: '100', minOrderQty: '0.01', qtyStep: '0.01' },
    },
  ],
};

export const EMPTY = { list: [], nextPageCursor: '' };

/** What every account answers unless a test says otherwise. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/v5/market/time': () => ({ timeSecond: String(NOW / 1000), timeNano: `${NOW}000000` }),
  '/v5/market/instruments-info': ({ category, baseCoin }) => ({
    list: category === 'option' && baseCoin !== 'BTC' ? [] : (LISTS[String(category)] ?? []),
    nextPageCursor: '',
  }),
  '/v5/account/info': () => ({ unifiedMarginStatus: 5, marginMode: 'REGULAR_MARGIN', updatedTime: '0' }),
  '/v5/account/wallet-balance': () => ({ list: [{ accountType: 'UNIFIED', coin: [] }] }),
  '/v5/asset/transfer/query-account-coins-balance': () => ({ balance: [] }),
  '/v5/asset/asset-overview': () => ({ list: [] }),
  '/v5/order/realtime': () => EMPTY,
  '/v5/order/history': () => EMPTY,
  '/v5/execution/list': () => EMPTY,
  '/v5/position/list': () => EMPTY,
};

export interface Asked {
  readonly path: string;
  readonly params: Params;
}

export function harness(routes: Readonly<Record<string, Route>> = {}, access: Partial<AccountAccess> = {}) {
  const time = { now: NOW };
  const asked: Asked[] = [];
  const net = fakeNet(
    async (request) => {
      const [path = '', query = ''] = request.path.split('?');
      const params: Params =
        request.body === undefined
          ? Object.fromEntries(new URLSearchParams(query))
          : (JSON.parse(request.body) as Params);
      asked.push({ path, params });
      const route = routes[path] ?? ROUTES[path];
      if (route === undefined) return { status: 404, text: 'no such route' };
      const value = await route(params);
      if (value instanceof Error) return value;
      const [code, result] = Array.isArray(value) ? (value as [number, unknown]) : [0, value];
      const full = value as { result?: unknown; retExtInfo?: unknown };
      const isWhole = code === 0 && full?.retExtInfo !== undefined;
      return JSON.stringify({
        retCode: code,
        retMsg: code === 0 ? 'OK' : 'refused',
        result: isWhole ? full.result : (result ?? value),
        retExtInfo: isWhole ? full.retExtInfo : {},
        time: time.now,
      });
    },
    () => time.now,
  );
  const timers = fakeTimers(time);
  const exchange = createBybitExchange({
    venue: 'bybit',
    net,
    sites: siteOf,
    feedRegion: () => 'global',
    clock: () => time.now,
    timers: timers.after,
  });
  const signer = vectorSigner();
  const account = exchange.openAccount({
    accountId: 'a1',
    environment: 'live',
    region: 'global',
    uses: ['read', 'trade'],
    keyType: 'hmac',
    signer,
    ...access,
  });
  return {
    net,
    exchange,
    account,
    signer,
    asked,
    time,
    timers,
    to: (path: string): Params[] => asked.filter((one) => one.path === path).map(({ params }) => params),
  };
}

function fakeTimers(time: { now: number }) {
  const waiting = new Set<{ at: number; run: () => void }>();
  const after: After = (ms, run) => {
    const timer = { at: time.now + ms, run };
    waiting.add(timer);
    return () => waiting.delete(timer);
  };
  const pass = async (ms: number): Promise<void> => {
    time.now += ms;
    for (const timer of [...waiting].filter(({ at }) => at <= time.now)) {
      waiting.delete(timer);
      timer.run();
    }
    await settled();
  };
  return { after, pass };
}

/** Everything that needs no timer has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export const REQUEST: OrderRequest = {
  symbol: 'BTC/USDT:USDT',
  clientOrderId: '1001',
  side: 'buy',
  type: 'limit',
  quantity: '0.01',
  price: '25000',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
};

export const orderRow = (fields: Readonly<Record<string, unknown>> = {}) => ({
  symbol: 'BTCUSDT',
  orderId: 'o-1',
  orderLinkId: '1001',
  side: 'Buy',
  orderType: 'Limit',
  price: '25000',
  qty: '0.01',
  timeInForce: 'GTC',
  orderStatus: 'New',
  cumExecQty: '0',
  cumExecValue: '0',
  avgPrice: '',
  positionIdx: 0,
  reduceOnly: false,
  cancelType: 'UNKNOWN',
  rejectReason: 'EC_NoError',
  stopOrderType: '',
  triggerPrice: '',
  createdTime: String(NOW),
  updatedTime: String(NOW),
  ...fields,
});

export const positionRow = (fields: Readonly<Record<string, unknown>> = {}) => ({
  symbol: 'BTCUSDT',
  positionIdx: 0,
  side: 'Buy',
  size: '0.5',
  avgPrice: '25000',
  markPrice: '25010',
  leverage: '10',
  liqPrice: '',
  positionIM: '1250',
  unrealisedPnl: '5',
  curRealisedPnl: '-1',
  takeProfit: '',
  stopLoss: '24000',
  updatedTime: String(NOW),
  seq: 10,
  ...fields,
});

/** An account whose private stream is live, and all that it told. */
export async function streaming(
  routes: Readonly<Record<string, Route>> = {},
  access: Partial<AccountAccess> = {},
) {
  const made = harness(routes, access);
  const events: AccountEvent[] = [];
  const stop = made.account.stream((event) => events.push(event));
  const socket: FakeSocket = made.net.socketNamed('private');
  await socket.goLive();
  await settled();
  return { ...made, events, stop, socket };
}

export const failure = async (run: Promise<unknown>): Promise<HoldfastError> => {
  const error: unknown = await run.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof HoldfastError)) throw new Error('it did not fail as it should', { cause: error });
  return error;
};
