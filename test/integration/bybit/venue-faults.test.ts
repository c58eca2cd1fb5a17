/** Every misbehaviour that the loopback venue can be told to show, seen from a plain client. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpFault } from '../../exchanges/bybit/faults.ts';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { get, post, raw, RawSocket, signedHeaders, type Message } from './raw-client.ts';
import { eventually, fundedVenue, UID } from './sdk-support.ts';

const CREATE = '/v5/order/create';
const BUY = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '0.01',
  price: '64000',
};
const BOOK = 'orderbook.50.BTCUSDT';

let venue: BybitVenue;
const sockets: RawSocket[] = [];

beforeEach(async () => {
  venue = await fundedVenue();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.end();
  await venue.dispose();
});

async function open(path: string): Promise<RawSocket> {
  const socket = await RawSocket.open(venue, path);
  sockets.push(socket);
  return socket;
}

async function privateSocket(...topics: string[]): Promise<RawSocket> {
  const socket = await open('/v5/private');
  socket.login(venue);
  await socket.op('auth');
  socket.send({ op: 'subscribe', args: topics });
  await socket.op('subscribe');
  return socket;
}

const rawCreate = (orderLinkId: string) => {
  const body = JSON.stringify({ ...BUY, orderLinkId });
  return raw(venue, 'POST', CREATE, signedHeaders(venue, body), body);
};
const placed = (): number => venue.account(UID).orders.length;

describe('HTTP', () => {
  it('drops the answer after acting', async () => {
    venue.faults.http(CREATE, { kind: 'dropAfter' });
    await expect(rawCreate('test-1')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(placed()).toBe(1);
    expect(JSON.parse((await rawCreate('test-1')).text)).toMatchObject({ retCode: 110072 });
  });

  it('drops the request before acting', async () => {
    venue.faults.http(CREATE, { kind: 'dropBefore' });
    await expect(rawCreate('test-1')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(placed()).toBe(0);
    expect(venue.counters.requests(CREATE)).toBe(1);
  });

  it.each<[string, HttpFault, number, number]>([
    ['a 429', { kind: 'status', status: 429 }, 429, 0],
    ['a 403 page', { kind: 'status', status: 403 }, 403, 0],
    ['a 502', { kind: 'status', status: 502 }, 502, 0],
    ['a 504 after acting', { kind: 'status', status: 504, acts: true }, 504, 1],
    ['an HTML page after acting', { kind: 'html' }, 200, 1],
    ['half of the JSON after acting', { kind: 'truncated' }, 200, 1],
  ])('answers %s', async (_name, fault, status, orders) => {
    venue.faults.http(CREATE, fault);
    const answer = await rawCreate('test-1');
    expect(answer.status).toBe(status);
    expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
    expect(placed()).toBe(orders);
    expect(JSON.parse((await rawCreate('test-2')).text)).toMatchObject({ retCode: 0 });
  });

  it.each([10000, 10016, 10019, 10429, 170146])(
    'answers %i as often as it is told, acting or not',
    async (code) => {
      venue.faults.http(CREATE, { kind: 'code', code }, 2);
      venue.faults.http(CREATE, { kind: 'code', code, acts: true });
      for (const orders of [0, 0, 1]) {
        expect(await post(venue, CREATE, BUY)).toMatchObject({ retCode: code });
        expect(placed()).toBe(orders);
      }
    },
  );

  it('answers 10006 with and without the time of the reset', async () => {
    venue.faults.http('*', { kind: 'code', code: 10006, reset: true });
    venue.faults.http('*', { kind: 'code', code: 10006 });
    const first = await raw(venue, 'GET', '/v5/market/time');
    expect(first.headers['x-bapi-limit-status']).toBe('0');
    const second = await raw(venue, 'GET', '/v5/market/time');
    expect(second.headers).not.toHaveProperty('x-bapi-limit-status');
    expect(JSON.parse(second.text)).toMatchObject({ retCode: 10006 });
  });

  it('keeps an answer back while it has acted already', async () => {
    venue.faults.http(CREATE, { kind: 'latency', ms: 30 });
    let answered = false;
    const slow = rawCreate('test-1').then(() => (answered = true));
    await eventually(() => placed() === 1);
    expect(answered).toBe(false);
    await slow;
  });

  it('refuses connections for a while and comes back on the same port with its state', async () => {
    await post(venue, CREATE, BUY);
    await venue.refuse();
    await expect(raw(venue, 'GET', '/v5/market/time')).rejects.toThrow('ECONNREFUSED');
    await venue.listen();
    expect(
      (await get(venue, '/v5/order/realtime', 'category=linear&symbol=BTCUSDT')).result.list,
    ).toHaveLength(1);
  });
});

describe('streams', () => {
  const subscribe = async (): Promise<RawSocket> => {
    const socket = await open('/v5/public/linear');
    socket.send({ op: 'subscribe', args: [BOOK] });
    await socket.topic(BOOK);
    return socket;
  };
  const kinds = (socket: RawSocket): unknown[] =>
    socket.seen.map((message) => message['type'] ?? message['op']);

  it('send the snapshot before the acknowledgement', async () => {
    venue.faults.snapshotBeforeAck = true;
    const socket = await open('/v5/public/linear');
    socket.send({ op: 'subscribe', args: [BOOK] });
    await eventually(() => socket.seen.length === 2);
    expect(kinds(socket)).toEqual(['snapshot', 'subscribe']);
  });

  it('send a delta before the snapshot', async () => {
    venue.faults.deltaBeforeSnapshot = true;
    const socket = await open('/v5/public/linear');
    socket.send({ op: 'subscribe', args: [BOOK] });
    await eventually(() => socket.seen.length === 3);
    expect(kinds(socket)).toEqual(['subscribe', 'delta', 'snapshot']);
  });

  it('acknowledge late', async () => {
    venue.faults.slowAckMs = 20;
    const socket = await open('/v5/public/linear');
    socket.send({ op: 'subscribe', args: [BOOK] });
    await eventually(() => socket.seen.length === 2);
    expect(kinds(socket)).toEqual(['snapshot', 'subscribe']);
  });

  it('of one kind are cut, the others stay', async () => {
    const market = await subscribe();
    const own = await privateSocket('order');
    venue.disconnect('private');
    await own.closed();
    market.send({ op: 'ping' });
    await market.op('ping');
    venue.disconnect();
    await market.closed();
  });

  it('fall silent without closing, and new ones work', async () => {
    const dead = await subscribe();
    venue.stall('public');
    venue.market('linear', 'BTCUSDT').take('Buy', '0.1');
    venue.flush();
    dead.send({ op: 'ping' });
    const alive = await subscribe();
    venue.market('linear', 'BTCUSDT').take('Buy', '0.1');
    await alive.topic(BOOK);
    expect(dead.seen.filter((message) => message['op'] !== 'subscribe')).toEqual([]);
    expect(dead.socket.readyState).toBe(dead.socket.OPEN);
  });

  it('of a kind fall silent as long as that is asked for', async () => {
    const socket = await open('/v5/private');
    venue.faults.halfOpen.add('private');
    socket.login(venue);
    const market = await subscribe();
    market.send({ op: 'ping' });
    await market.op('ping');
    expect(socket.seen).toEqual([]);
    venue.faults.clear();
    socket.login(venue);
    expect(await socket.op('auth')).toMatchObject({ success: true });
  });

  it('say nothing of orders that go on', async () => {
    const socket = await privateSocket('order');
    venue.faults.privateSilent = true;
    await post(venue, CREATE, BUY);
    venue.flush();
    socket.send({ op: 'ping' });
    await socket.op('pong');
    expect(socket.seen).toEqual([]);
    expect(placed()).toBe(1);
  });

  it('repeat, lose and reorder private messages', async () => {
    const socket = await privateSocket('order', 'execution');
    const order = { ...BUY, orderType: 'Market', price: '' };
    venue.faults.privateMessages('order', 'duplicate');
    await post(venue, CREATE, order);
    await eventually(() => socket.seen.length === 3);
    expect(socket.seen.map((message) => message['topic'])).toEqual(['order', 'order', 'execution']);
    const ids = socket.seen.splice(0).map((message: Message) => message['id']);
    expect(ids[0]).toBe(ids[1]);
    venue.faults.privateMessages('order', 'reverse');
    await post(venue, CREATE, order);
    await eventually(() => socket.seen.length === 2);
    expect(socket.seen.splice(0).map((message) => message['topic'])).toEqual(['execution', 'order']);
    venue.faults.privateMessages('order', 'drop');
    await post(venue, CREATE, order);
    expect(await socket.take(() => true)).toMatchObject({ topic: 'execution' });
  });

  it('announce maintenance, which the status of the system shows too', async () => {
    const socket = await open('/v5/public/misc/status');
    socket.send({ op: 'subscribe', args: ['system.status'] });
    await socket.op('subscribe');
    const begin = venue.clock.now();
    venue.announceMaintenance({
      id: 'test-1',
      title: 'Upgrade',
      state: 'scheduled',
      begin,
      end: begin + 60_000,
    });
    const row = { id: 'test-1', state: 'scheduled', begin: String(begin) };
    expect(await socket.topic('system.status')).toMatchObject({ data: [row] });
    const status = await raw(venue, 'GET', '/v5/system/status');
    expect(JSON.parse(status.text)).toMatchObject({ result: { list: [row] } });
  });
});

describe('order entry', () => {
  async function entry(): Promise<{ socket: RawSocket; send: (reqId: string) => void }> {
    const socket = await open('/v5/trade');
    socket.login(venue, 'reqId');
    await socket.op('auth');
    const header = { 'X-BAPI-TIMESTAMP': String(venue.clock.now()) };
    return { socket, send: (reqId) => socket.send({ reqId, header, op: 'order.create', args: [BUY] }) };
  }

  it('loses the acknowledgement after acting, or the order before', async () => {
    const { socket, send } = await entry();
    venue.faults.trade('order.create', { kind: 'dropAfter' });
    venue.faults.trade('order.create', { kind: 'dropBefore' });
    for (const reqId of ['r-1', 'r-2', 'r-3']) send(reqId);
    expect(await socket.op('order.create')).toMatchObject({ reqId: 'r-3', retCode: 0 });
    expect(placed()).toBe(2);
    expect(venue.counters.requests('ws:order.create')).toBe(3);
  });

  it('ends the connection after acting', async () => {
    const { socket, send } = await entry();
    venue.faults.trade('*', { kind: 'disconnectAfter' });
    send('r-1');
    await socket.closed();
    expect(placed()).toBe(1);
  });

  it('says that it restarts', async () => {
    const { socket, send } = await entry();
    venue.faults.trade('order.create', { kind: 'code', code: 10019 });
    send('r-1');
    expect(await socket.op('order.create')).toMatchObject({ reqId: 'r-1', retCode: 10019 });
    expect(placed()).toBe(0);
  });
});
