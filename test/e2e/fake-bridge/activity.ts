import type { LatencyRow, RequestRow } from '../../../src-preload/contract/types/activity.ts';
import { BYBIT_ACCOUNT } from './accounts.ts';
import { UNAVAILABLE, answer, refuse, type FakePart, type FakeState } from './fake-state.ts';

const TOTAL = 1_284;

type Shape = Omit<RequestRow, 'id' | 'time' | 'waitedMs' | 'flightMs'> & {
  readonly flight: number | null;
  readonly waited: number;
};

const get = (operation: string, path: string, query: string, flight: number): Shape => ({
  venue: 'bybit',
  accountId: null,
  transport: 'http',
  operation,
  method: 'GET',
  path,
  request: query,
  response: '{"retCode":0,"retMsg":"OK","result":{},"retExtInfo":{},"time":1795183331000}',
  status: 200,
  venueCode: '0',
  outcome: 'ok',
  waited: 0.2,
  flight,
});

const order = (change: Partial<Shape>): Shape => ({
  ...get('order.create', 'order.create', '', 9.4),
  accountId: BYBIT_ACCOUNT,
  transport: 'websocket',
  method: 'SEND',
  path: '/v5/trade',
  request:
    '{"op":"order.create","reqId":"hf-41","args":[{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.015","price":"60120.0","timeInForce":"PostOnly","orderLinkId":"hf-test-41"}]}',
  response:
    '{"reqId":"hf-41","retCode":0,"retMsg":"OK","op":"order.create","data":{"orderId":"1523347543495541248","orderLinkId":"hf-test-41"},"header":{"X-Bapi-Limit":"10","X-Bapi-Limit-Status":"9"}}',
  status: null,
  waited: 0.6,
  ...change,
});

const SHAPES: readonly Shape[] = [
  get('tickers', '/v5/market/tickers', 'category=linear', 41.8),
  order({}),
  order({
    outcome: 'refused',
    venueCode: '110007',
    response:
      '{"reqId":"hf-42","retCode":110007,"retMsg":"ab not enough for new order","op":"order.create","data":{}}',
    flight: 11.2,
  }),
  {
    ...get('order.open', '/v5/order/realtime', 'category=linear&settleCoin=USDT&limit=50', 62.3),
    accountId: BYBIT_ACCOUNT,
    waited: 14.1,
  },
  order({
    transport: 'http',
    method: 'POST',
    path: '/v5/order/cancel',
    operation: 'order.cancel',
    outcome: 'unknown',
    response: null,
    venueCode: null,
    flight: null,
  }),
  {
    ...get('wallet', '/v5/account/wallet-balance', 'accountType=UNIFIED', 55),
    accountId: BYBIT_ACCOUNT,
    outcome: 'failed',
    status: 502,
    venueCode: null,
    response: '<html><body>Bad Gateway</body></html>',
  },
  get('candles', '/v5/market/kline', 'category=linear&symbol=BTCUSDT&interval=15&limit=500', 87.9),
  { ...get('instruments', '/v5/market/instruments-info', 'category=spot', 412.5), venue: 'bybit-testnet' },
];

const row = (state: FakeState, at: number): RequestRow => {
  const { flight, waited, ...shape } = SHAPES[at % SHAPES.length] as Shape;
  const flightMs = flight === null ? null : Number((flight + (at % 7) * 1.3).toFixed(1));
  return { ...shape, id: TOTAL - at, time: state.now - 400 - at * 2_317, waitedMs: waited, flightMs };
};

const latencyOf = (
  operation: string,
  transport: LatencyRow['transport'],
  [count, failed]: readonly [number, number],
  [p50, p95, p99]: readonly [number, number, number],
  [ackP50, ackP99]: readonly [number, number],
): LatencyRow => ({
  venue: 'bybit',
  operation,
  transport,
  count,
  failed,
  p50,
  p95,
  p99,
  ackP50,
  ackP99,
});

const LATENCY: readonly LatencyRow[] = [
  latencyOf('order.create', 'websocket', [148, 0], [9.2, 14.8, 31.4], [9.9, 33.1]),
  latencyOf('order.cancel', 'websocket', [61, 1], [8.8, 13.9, 28], [9.4, 29.7]),
  latencyOf('order.create', 'http', [4, 0], [41.2, 66, 71.8], [41.9, 72.6]),
  latencyOf('order.open', 'http', [322, 2], [58.4, 91.3, 140.2], [71, 212.8]),
  latencyOf('wallet', 'http', [287, 3], [54.9, 80.1, 122.7], [55.4, 131.2]),
  latencyOf('candles', 'http', [58, 0], [84.1, 133.9, 180.4], [84.7, 181.6]),
  {
    ...latencyOf('instruments', 'http', [12, 0], [398.2, 455, 512.9], [398.9, 513.5]),
    venue: 'bybit-testnet',
  },
];

export const activity: FakePart = (state) => ({
  calls: {
    activity: {
      requests: ({ limit, offset, text, outcome, venue, accountId }) => {
        const all = Array.from({ length: TOTAL }, (_one, at) => row(state, at)).filter(
          (one) =>
            (outcome === undefined || one.outcome === outcome) &&
            (venue === undefined || one.venue === venue) &&
            (accountId === undefined || one.accountId === accountId) &&
            `${one.operation} ${one.path}`.includes(text ?? ''),
        );
        const page = { rows: all.slice(offset, offset + limit), total: all.length };
        return answer(state, page, { rows: [], total: 0 });
      },
      latency: () => answer(state, LATENCY, []),
      export: () =>
        state.name === 'error'
          ? refuse(UNAVAILABLE)
          : { path: '/home/example/holdfast-requests.jsonl', rows: TOTAL },
      clear: () => null,
    },
  },
  topics: {
    activity: {
      requests: (_params, emit) => {
        if (state.name === 'full') emit({ ...row(state, 1), id: TOTAL + 1, time: state.now - 40 });
        return () => undefined;
      },
    },
  },
});
