/**
 * The least that answers as Bybit does: orders over REST and over `/v5/trade`, a clock, and one market. It keeps no
 * orders. Signatures are checked until it is told that the warm-up is over, so that everybody is known to send what
 * Bybit would accept, and nobody's figures contain the check. Runs as a child process; tells its origin.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export const KEY = 'test-key-bench';
export const SECRET = 'test-secret-bench';

/** Such as Bybit gives to makers: what is measured is the way of an order, not the wait for a limit. */
const LIMIT = '1000000';
const INSTRUMENT = {
  symbol: 'BTCUSDT',
  contractType: 'LinearPerpetual',
  status: 'Trading',
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  launchTime: '0',
  deliveryTime: '0',
  deliveryFeeRate: '',
  priceScale: '1',
  leverageFilter: { minLeverage: '1', maxLeverage: '100', leverageStep: '0.01' },
  priceFilter: { minPrice: '0.1', maxPrice: '1000000', tickSize: '0.1' },
  lotSizeFilter: { maxOrderQty: '100', minOrderQty: '0.001', qtyStep: '0.001', maxMktOrderQty: '50' },
  unifiedMarginTrade: true,
  fundingInterval: 480,
};

let isChecking = true;
let orders = 0;

const hmac = (text: string): string => createHmac('sha256', SECRET).update(text).digest('hex');

function isSigned({ headers }: IncomingMessage, body: string): boolean {
  const text = `${String(headers['x-bapi-timestamp'])}${KEY}${String(headers['x-bapi-recv-window'])}${body}`;
  return headers['x-bapi-api-key'] === KEY && headers['x-bapi-sign'] === hmac(text);
}

/** The venue's own id: 36 characters, as Bybit's. */
const nextId = (): string => `c6f055d9-7f21-4079-913d-${String((orders += 1)).padStart(12, '0')}`;

function rest(path: string, request: IncomingMessage, body: string): object {
  if (path.startsWith('/v5/order/create')) {
    if (isChecking && !isSigned(request, body)) return refusal(10004, 'error sign!');
    const { orderLinkId } = JSON.parse(body) as { orderLinkId: string };
    return { orderId: nextId(), orderLinkId };
  }
  if (path.startsWith('/v5/market/instruments-info')) {
    const category = /category=(\w+)/.exec(path)?.[1];
    return { category, list: category === 'linear' ? [INSTRUMENT] : [], nextPageCursor: '' };
  }
  if (path.startsWith('/v5/market/time')) {
    const now = Date.now();
    return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
  }
  return refusal(10001, `this server has no ${path}`);
}

class Refused {
  readonly retCode: number;
  readonly retMsg: string;
  constructor(retCode: number, retMsg: string) {
    this.retCode = retCode;
    this.retMsg = retMsg;
  }
}
const refusal = (code: number, text: string): Refused => new Refused(code, text);

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const result = rest(request.url ?? '', request, body);
  const now = Date.now();
  const envelope =
    result instanceof Refused
      ? { ...result, result: {}, retExtInfo: {}, time: now }
      : { retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: now };
  const text = JSON.stringify(envelope);
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'X-Bapi-Limit': LIMIT,
    'X-Bapi-Limit-Status': LIMIT,
    'X-Bapi-Limit-Reset-Timestamp': String(now),
  });
  response.end(text);
}

interface TradeFrame {
  readonly op: string;
  readonly reqId?: string;
  readonly args?: readonly unknown[];
}

function trade(socket: WebSocket, { op, reqId, args }: TradeFrame): void {
  const id = reqId === undefined ? {} : { reqId };
  if (op === 'ping') socket.send('{"retCode":0,"retMsg":"OK","op":"pong","data":["0"],"connId":"bench-0"}');
  if (op === 'auth') {
    const [key, expires, signature] = args ?? [];
    const good = key === KEY && signature === hmac(`GET/realtime${String(expires)}`);
    const verdict = good ? { retCode: 0, retMsg: 'OK' } : { retCode: 10004, retMsg: 'error sign!' };
    socket.send(JSON.stringify({ ...id, ...verdict, op, connId: 'bench-0' }));
  }
  if (op !== 'order.create') return;
  const { orderLinkId } = args?.[0] as { orderLinkId: string };
  const now = String(Date.now());
  const header = {
    'X-Bapi-Limit': LIMIT,
    'X-Bapi-Limit-Status': LIMIT,
    'X-Bapi-Limit-Reset-Timestamp': now,
    Traceid: 'bench',
    Timenow: now,
  };
  const data = { orderId: nextId(), orderLinkId };
  const frame = { ...id, retCode: 0, retMsg: 'OK', op, data, retExtInfo: {}, header, connId: 'bench-0' };
  socket.send(JSON.stringify(frame));
}

async function main(): Promise<void> {
  const http = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => trade(socket, JSON.parse(data.toString('utf8')) as TradeFrame));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  process.on('message', () => {
    isChecking = false;
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) await main();
