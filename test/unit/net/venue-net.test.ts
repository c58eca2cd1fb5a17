import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { RequestRow } from '../../../src-preload/contract/types/activity.ts';
import { RequestLog } from '../../../src-main/net/request-log.ts';
import type { SocketDialect } from '../../../src-main/net/types.ts';
import { createVenueNet } from '../../../src-main/net/venue-net.ts';
import type { OwnedVenueNet } from '../../../src-main/net/venue-net.ts';
import { until } from '../../support/net-time.ts';

const server = createServer((_request, response) => response.end('{"retCode":10001}'));
let sockets: WebSocketServer;
let address: string;
let net: OwnedVenueNet;
let rows: RequestRow[];
let log: RequestLog;
let pings: number;

const dialect: SocketDialect = {
  subscribe: (topics) => [topics.join()],
  unsubscribe: () => [],
  ping: () => 'ping',
  isPong: (text) => text === 'pong',
};

beforeEach(async () => {
  rows = [];
  pings = 0;
  sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      if (data.toString() === 'ping') pings += 1;
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  log = new RequestLog({
    append: (added) => Promise.resolve(added.map((_, n) => n + 1)),
    onRows: (added) => rows.push(...added),
  });
  net = createVenueNet({ venue: 'bybit', log, isRefusal: (text) => !text.includes('"retCode":0') });
});
afterEach(async () => {
  net.dispose();
  await log.dispose();
  for (const one of sockets.clients) one.terminate();
  sockets.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = () =>
  net.http.send({
    operation: 'time',
    lane: 'publicRead',
    budgets: [],
    accountId: null,
    isWrite: false,
    build: () => ({ method: 'GET', origin: `http://${address}`, path: '/time', headers: {} }),
  });
const socket = () =>
  net.socket({
    name: 'public',
    url: () => `ws://${address}/v5`,
    dialect,
    accountId: null,
    onFrame: () => undefined,
  });

describe('the network of a venue', () => {
  it('logs requests, connections and what the adapter adds under the name of the venue', async () => {
    await get();
    const one = socket();
    one.open();
    await one.ready();
    net.log.record({
      time: 1,
      accountId: 'a',
      transport: 'websocket',
      operation: 'order.create',
      method: 'order.create',
      path: '/v5/trade',
      request: '{}',
      response: '{"retCode":0}',
      status: null,
      outcome: 'ok',
      waitedMs: 0,
      flightMs: 3,
    });
    await log.flush();
    expect(rows.map(({ venue, operation, outcome }) => [venue, operation, outcome])).toEqual([
      ['bybit', 'time', 'refused'],
      ['bybit', 'connect', 'ok'],
      ['bybit', 'order.create', 'ok'],
    ]);
  });

  it('looks at every socket and takes every clock anew on wake', async () => {
    let asked = 0;
    net.clock(() => Promise.resolve((asked += 1)));
    net.clock(() => Promise.reject(new Error('not reachable')));
    const one = socket();
    one.open();
    await one.ready();
    net.wake();
    await until(() => pings === 1 && asked === 5);
  });

  it('closes everything it made, sockets asked for later too', async () => {
    const one = socket();
    one.open();
    await one.ready();
    net.dispose();
    net.dispose();
    expect(one.state).toBe('closed');
    expect(socket().state).toBe('closed');
    await expect(get()).rejects.toMatchObject({ code: 'net.notSent' });
    await until(() => sockets.clients.size === 0);
  });
});
