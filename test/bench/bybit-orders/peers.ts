/** The same order by others: bybit-api, ccxt, and the least that can be done with the libraries that all build on. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Pool } from 'undici';
import WebSocket from 'ws';
import { KEY, SECRET } from './order-server.ts';
import type { Contender } from './own-account.ts';

const wsUrlOf = (origin: string): string => `${origin.replace('http', 'ws')}/v5/trade`;
const hmac = (text: string): string => createHmac('sha256', SECRET).update(text).digest('hex');

/** What everybody has to send in the end. */
const order = (orderLinkId: string) =>
  ({
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.015',
    price: '64000.5',
    timeInForce: 'GTC',
    orderLinkId,
    positionIdx: 0,
  }) as const;

interface Answer {
  readonly retCode: number;
  readonly retMsg?: string;
  readonly result: { readonly orderId: string };
}

/** Throws what a careless client would not look at. */
function accepted({ retCode, retMsg, result }: Answer): string {
  if (retCode !== 0) throw new Error(`refused: ${retCode} ${String(retMsg)}`);
  return result.orderId;
}

export async function floorRest(origin: string): Promise<Contender> {
  const pool = new Pool(origin, { connections: 1, pipelining: 1 });
  return {
    place: async (id) => {
      const body = JSON.stringify(order(id));
      const time = String(Date.now());
      const headers = {
        'Content-Type': 'application/json',
        'X-BAPI-API-KEY': KEY,
        'X-BAPI-TIMESTAMP': time,
        'X-BAPI-RECV-WINDOW': '5000',
        'X-BAPI-SIGN': hmac(`${time}${KEY}5000${body}`),
      };
      const answer = await pool.request({ method: 'POST', path: '/v5/order/create', headers, body });
      return accepted((await answer.body.json()) as Answer);
    },
    close: () => pool.close(),
  };
}

export async function bybitApiRest(origin: string): Promise<Contender> {
  const { RestClientV5 } = await import('bybit-api');
  const client = new RestClientV5({ key: KEY, secret: SECRET, baseUrl: origin });
  return {
    place: async (id) => accepted(await client.submitOrder(order(id))),
    close: () => Promise.resolve(),
  };
}

const CCXT_MARKET = {
  id: 'BTCUSDT',
  symbol: 'BTC/USDT:USDT',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  baseId: 'BTC',
  quoteId: 'USDT',
  settleId: 'USDT',
  type: 'swap',
  spot: false,
  swap: true,
  future: false,
  option: false,
  contract: true,
  linear: true,
  inverse: false,
  active: true,
  contractSize: 1,
  precision: { price: 0.1, amount: 0.001 },
  limits: {},
  info: {},
};

/** Markets loaded and account type known, as after its first calls; its own request limiter off. */
async function ccxtClient(origin: string) {
  const { default: ccxt } = await import('ccxt');
  const options = { enableUnifiedAccount: true, enableUnifiedMargin: false };
  const exchange = new ccxt.pro.bybit({ apiKey: KEY, secret: SECRET, enableRateLimit: false, options });
  await exchange.loadHttpProxyAgent();
  const rest = Object.fromEntries(['spot', 'futures', 'v2', 'public', 'private'].map((at) => [at, origin]));
  const api = { ...rest, ws: { private: { trade: wsUrlOf(origin) } } };
  (exchange.urls as unknown as { api: object }).api = api;
  exchange.setMarkets([CCXT_MARKET]);
  return exchange;
}

export async function ccxtRest(origin: string): Promise<Contender> {
  const exchange = await ccxtClient(origin);
  return {
    place: async (id) => {
      const params = { clientOrderId: id, positionIdx: 0 };
      const placed = await exchange.createOrder('BTC/USDT:USDT', 'limit', 'buy', 0.015, 64000.5, params);
      return placed.id ?? '';
    },
    close: () => exchange.close(),
  };
}

export async function ccxtSocket(origin: string): Promise<Contender> {
  const exchange = await ccxtClient(origin);
  return {
    place: async (id) => {
      const params = { clientOrderId: id, positionIdx: 0 };
      const placed = await exchange.createOrderWs('BTC/USDT:USDT', 'limit', 'buy', 0.015, 64000.5, params);
      return placed.id ?? '';
    },
    close: () => exchange.close(),
  };
}

export async function bybitApiSocket(origin: string): Promise<Contender> {
  const { WebsocketAPIClient } = await import('bybit-api');
  const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };
  const options = { key: KEY, secret: SECRET, wsUrl: wsUrlOf(origin), attachEventListeners: false };
  const client = new WebsocketAPIClient(options, silent);
  return {
    place: async (id) => {
      const { retCode, retMsg, data } = await client.submitNewOrder(order(id));
      return accepted({ retCode, retMsg, result: data });
    },
    close: async () => client.getWSClient().closeAll(true),
  };
}

interface TradeAnswer {
  readonly reqId: string;
  readonly retCode: number;
  readonly data: { readonly orderId: string };
}

export async function floorSocket(origin: string): Promise<Contender> {
  const socket = new WebSocket(wsUrlOf(origin), { perMessageDeflate: false });
  await once(socket, 'open');
  const expires = Date.now() + 10_000;
  const signature = hmac(`GET/realtime${expires}`);
  socket.send(JSON.stringify({ op: 'auth', args: [KEY, expires, signature] }));
  await once(socket, 'message');
  const pending = new Map<string, (answer: TradeAnswer) => void>();
  socket.on('message', (data: Buffer) => {
    const answer = JSON.parse(data.toString('utf8')) as TradeAnswer;
    pending.get(answer.reqId)?.(answer);
    pending.delete(answer.reqId);
  });
  return {
    place: async (id) => {
      const header = { 'X-BAPI-TIMESTAMP': String(Date.now()), 'X-BAPI-RECV-WINDOW': '5000' };
      const frame = { reqId: id, header, op: 'order.create', args: [order(id)] };
      const { retCode, data } = await new Promise<TradeAnswer>((resolve) => {
        pending.set(id, resolve);
        socket.send(JSON.stringify(frame));
      });
      return accepted({ retCode, result: data });
    },
    close: () => Promise.resolve(socket.terminate()),
  };
}
