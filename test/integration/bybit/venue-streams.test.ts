/** The loopback venue's WebSockets: acknowledgements of all shapes, books, private order, order entry. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCapture, replay } from '../../exchanges/bybit/replay.ts';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { post, RawSocket, type Message } from './raw-client.ts';
import { eventually, fundedVenue, UID } from './sdk-support.ts';

const BUY = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '0.01',
  price: '64000',
};
const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
const CAPTURE = join(DATA, 'bybit/ws/v5-2026-08-09-linear-BTC-DOGE.jsonl');

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

async function loggedIn(path: '/v5/private' | '/v5/trade'): Promise<RawSocket> {
  const socket = await open(path);
  socket.login(venue, path === '/v5/trade' ? 'reqId' : 'req_id');
  await socket.op('auth');
  return socket;
}

type Book = { b: [string, string][]; a: [string, string][]; u: number; seq: number };
const bookOf = (message: Message): Book => message['data'] as Book;
const firstRow = (message: Message): Message => (message['data'] as Message[])[0] ?? {};

describe('pings and acknowledgements', () => {
  it.each([
    ['/v5/public/spot', { success: true, ret_msg: 'pong', op: 'ping', conn_id: 'conn-1' }],
    ['/v5/public/linear', { success: true, ret_msg: 'pong', op: 'ping', conn_id: 'conn-1', req_id: 'p' }],
    ['/v5/public/inverse', { success: true, ret_msg: 'pong', op: 'ping', conn_id: 'conn-1', req_id: 'p' }],
    ['/v5/public/option', { op: 'pong', args: [expect.any(String)] }],
    ['/v5/private', { op: 'pong', args: [expect.any(String)], conn_id: 'conn-1', req_id: 'p' }],
    ['/v5/trade', { op: 'pong', retCode: 0, retMsg: 'OK', data: [expect.any(String)], connId: 'conn-1' }],
  ])('a ping on %s is answered in its own shape', async (path, pong) => {
    const socket = await open(path);
    socket.send({ op: 'ping', req_id: 'p' });
    expect(await socket.take((message) => message['op'] !== undefined)).toEqual(pong);
  });

  it('refuses more than ten spot topics, unknown depths and unknown symbols', async () => {
    const spot = await open('/v5/public/spot');
    spot.send({ op: 'subscribe', req_id: '1', args: Array.from({ length: 11 }, () => 'tickers.BTCUSDT') });
    expect(await spot.op('subscribe')).toMatchObject({ success: false, ret_msg: 'args size >10' });
    const linear = await open('/v5/public/linear');
    linear.send({ op: 'subscribe', req_id: '2', args: ['orderbook.500.BTCUSDT'] });
    expect(await linear.op('subscribe')).toMatchObject({
      success: false,
      ret_msg: 'error:handler not found,topic:orderbook.500.BTCUSDT',
    });
    linear.send({ op: 'subscribe', req_id: '3', args: ['tickers.NOPE'] });
    expect(await linear.op('subscribe')).toMatchObject({
      success: false,
      ret_msg: 'Invalid symbol :[tickers.NOPE]',
    });
  });

  it('tells option subscribers topic by topic', async () => {
    const socket = await open('/v5/public/option');
    const good = 'tickers.BTC-26MAR27-65000-C-USDT';
    socket.send({ op: 'subscribe', args: [good, 'orderbook.50.BTC-26MAR27-65000-C-USDT'] });
    expect(await socket.take((message) => message['type'] === 'COMMAND_RESP')).toMatchObject({
      success: false,
      data: { successTopics: [good], failTopics: ['orderbook.50.BTC-26MAR27-65000-C-USDT'] },
    });
    expect((await socket.topic(good))['data']).toMatchObject({ bidPrice: '5400', markPriceIv: '0.52' });
  });

  it('cuts a silent connection, later when it asked for that', async () => {
    await open('/v5/private?max_active_time=30s');
    const patient = await open('/v5/private');
    venue.clock.offsetMs = 31_000;
    venue.cutIdle();
    await sockets[0]?.closed();
    patient.send({ op: 'ping' });
    await patient.op('pong');
    await expect(RawSocket.open(venue, '/v5/private?max_active_time=5s')).rejects.toThrow('400');
  });
});

describe('order books', () => {
  it('begin with a snapshot, go on without a gap and leave the reader with the same book', async () => {
    const market = venue.market('linear', 'BTCUSDT');
    const socket = await open('/v5/public/linear');
    socket.send({ op: 'subscribe', args: ['orderbook.50.BTCUSDT'] });
    const first = await socket.topic('orderbook.50.BTCUSDT');
    expect(first['type']).toBe('snapshot');
    const sides = { b: new Map(bookOf(first).b), a: new Map(bookOf(first).a) };
    let { u, seq } = bookOf(first);
    for (const step of [1, 2, 3, 4]) {
      market.setLevel('Buy', `6499${step}.3`, `1.${step}`);
      market.take(step % 2 === 0 ? 'Buy' : 'Sell', '0.7');
      venue.flush();
      const message = await socket.topic('orderbook.50.BTCUSDT');
      const delta = bookOf(message);
      expect(message['type']).toBe('delta');
      expect(delta.u).toBe(u + 1);
      expect(delta.seq).toBeGreaterThan(seq);
      ({ u, seq } = delta);
      for (const side of ['b', 'a'] as const) {
        for (const [price, size] of delta[side]) {
          if (size === '0') sides[side].delete(price);
          else sides[side].set(price, size);
        }
      }
    }
    const book = market.book(50);
    expect([...sides.b].sort((x, y) => Number(y[0]) - Number(x[0]))).toEqual(book.bids);
    expect([...sides.a].sort((x, y) => Number(x[0]) - Number(y[0]))).toEqual(book.asks);
  });

  it('of level 1 come as snapshots only', async () => {
    const socket = await open('/v5/public/spot');
    socket.send({ op: 'subscribe', args: ['orderbook.1.BTCUSDT'] });
    const first = await socket.topic('orderbook.1.BTCUSDT');
    venue.market('spot', 'BTCUSDT').take('Buy', '0.01');
    const second = await socket.topic('orderbook.1.BTCUSDT');
    expect([first['type'], second['type']]).toEqual(['snapshot', 'snapshot']);
    expect(bookOf(second).u).toBe(bookOf(first).u + 1);
  });

  it('start over at 1 after a restart, skip a number and cross when they are told to', async () => {
    const socket = await open('/v5/public/linear');
    const topic = 'orderbook.50.BTCUSDT';
    socket.send({ op: 'subscribe', args: [topic] });
    const first = bookOf(await socket.topic(topic));
    venue.gap('linear', 'BTCUSDT');
    venue.market('linear', 'BTCUSDT').take('Buy', '0.1');
    expect(bookOf(await socket.topic(topic)).u).toBe(first.u + 2);
    venue.crossBook('linear', 'BTCUSDT');
    const crossed = bookOf(await socket.topic(topic));
    expect(Number(crossed.b[0]?.[0])).toBeGreaterThan(Number(first.a[0]?.[0]));
    venue.restart();
    const restarted = await socket.topic(topic);
    expect(restarted).toMatchObject({ type: 'snapshot', data: { u: 1 } });
    expect(bookOf(restarted).a).toHaveLength(50);
  });
});

describe('tickers, trades and candles', () => {
  it('tickers of contracts send what changed, those of spot everything and no bid', async () => {
    const linear = await open('/v5/public/linear');
    linear.send({ op: 'subscribe', args: ['tickers.BTCUSDT'] });
    expect(await linear.topic('tickers.BTCUSDT')).toMatchObject({
      type: 'snapshot',
      data: { bid1Price: '65000.0', fundingIntervalHour: '8' },
    });
    venue.market('linear', 'BTCUSDT').setPrices({ mark: '65001.23' });
    const delta = await linear.topic('tickers.BTCUSDT');
    expect(delta).toMatchObject({ type: 'delta', data: { symbol: 'BTCUSDT', markPrice: '65001.23' } });
    expect(delta['data']).not.toHaveProperty('lastPrice');
    const spot = await open('/v5/public/spot');
    spot.send({ op: 'subscribe', args: ['tickers.BTCUSDT'] });
    const first = await spot.topic('tickers.BTCUSDT');
    expect(first).toMatchObject({ type: 'snapshot', data: { lastPrice: '65000' } });
    expect(first['data']).not.toHaveProperty('bid1Price');
  });

  it('trades carry the side of the taker, candles the whole interval', async () => {
    const socket = await open('/v5/public/linear');
    socket.send({ op: 'subscribe', args: ['publicTrade.BTCUSDT', 'kline.D.BTCUSDT'] });
    await socket.op('subscribe');
    venue.market('linear', 'BTCUSDT').take('Sell', '0.3');
    expect(firstRow(await socket.topic('publicTrade.BTCUSDT'))).toMatchObject({
      S: 'Sell',
      v: '0.3',
      p: '65000.0',
      BT: false,
    });
    expect(firstRow(await socket.topic('kline.D.BTCUSDT'))).toMatchObject({
      interval: 'D',
      close: '65000.0',
      confirm: false,
    });
  });

  it.skipIf(!existsSync(CAPTURE))(
    'replays a capture byte for byte to those who follow its topics',
    async () => {
      const socket = await open('/v5/public/linear');
      socket.send({ op: 'subscribe', args: ['orderbook.200.BTCUSDT'] });
      await socket.topic('orderbook.200.BTCUSDT');
      const frames = readCapture(CAPTURE).filter((frame) => frame.topic === 'orderbook.200.BTCUSDT');
      const sent = await replay(venue, CAPTURE);
      expect(sent).toBe(readCapture(CAPTURE).length);
      await eventually(
        () =>
          socket.seen.filter((message) => message['topic'] === 'orderbook.200.BTCUSDT').length ===
          frames.length,
      );
      expect(
        socket.seen
          .filter((message) => message['topic'] === 'orderbook.200.BTCUSDT')
          .map((message) => bookOf(message).u),
      ).toEqual(frames.map((frame) => bookOf(JSON.parse(frame.text) as Message).u));
    },
  );
});

describe('the private stream', () => {
  it('wants a login that is in time and signed, before any topic', async () => {
    const socket = await open('/v5/private');
    socket.send({ op: 'subscribe', args: ['order'] });
    expect(await socket.op('subscribe')).toMatchObject({ success: false, ret_msg: 'Request not authorized' });
    socket.login(venue, 'req_id', { timestamp: venue.clock.now() - 1 });
    expect(await socket.op('auth')).toMatchObject({ success: false, ret_msg: 'Params Error' });
    socket.login(venue, 'req_id', { secret: 'test-secret-wrong' });
    expect(await socket.op('auth')).toMatchObject({ success: false });
    socket.login(venue, 'req_id', { key: 'test-key-none' });
    expect(await socket.op('auth')).toMatchObject({ success: false, ret_msg: 'API key is invalid.' });
    socket.login(venue);
    expect(await socket.op('auth')).toEqual({
      success: true,
      ret_msg: '',
      op: 'auth',
      conn_id: 'conn-1',
      req_id: 'login',
    });
    socket.send({ op: 'subscribe', args: ['order', 'order.linear'] });
    expect(await socket.op('subscribe')).toMatchObject({ success: false });
  });

  it('tells a fill in the order order, execution, position, wallet, and links them by seq', async () => {
    const socket = await loggedIn('/v5/private');
    socket.send({ op: 'subscribe', args: ['wallet', 'position', 'execution', 'order'] });
    await socket.op('subscribe');
    await post(venue, '/v5/order/create', { ...BUY, orderType: 'Market', price: '' });
    await eventually(() => socket.seen.length >= 4);
    expect(socket.seen.map((message) => message['topic'])).toEqual([
      'order',
      'execution',
      'position',
      'wallet',
    ]);
    const [, execution = {}, position = {}] = socket.seen;
    expect(firstRow(execution)['seq']).toBe(firstRow(position)['seq']);
    expect(firstRow(position)).toHaveProperty('entryPrice', '65000.1');
    expect(firstRow(position)).not.toHaveProperty('avgPrice');
  });

  it('sends categorised topics their own rows, and fast executions without the id of a maker', async () => {
    const socket = await loggedIn('/v5/private');
    socket.send({ op: 'subscribe', args: ['order.spot', 'execution.fast.linear'] });
    await socket.op('subscribe');
    const { result } = await post(venue, '/v5/order/create', { ...BUY, orderLinkId: 'test-maker' });
    venue.fill(UID, String(result['orderId']));
    const fast = firstRow(await socket.topic('execution.fast.linear'));
    expect(fast).toMatchObject({ isMaker: true, orderLinkId: '', execPrice: '64000' });
    await post(venue, '/v5/order/create', { ...BUY, category: 'spot' });
    expect(firstRow(await socket.topic('order.spot'))).toMatchObject({
      category: 'spot',
      orderStatus: 'New',
    });
  });

  it('shows a trigger as Triggered before it shows the fill', async () => {
    const socket = await loggedIn('/v5/private');
    socket.send({ op: 'subscribe', args: ['order'] });
    await socket.op('subscribe');
    await post(venue, '/v5/order/create', {
      ...BUY,
      orderType: 'Market',
      price: '',
      triggerPrice: '65500',
      triggerDirection: 1,
    });
    await socket.topic('order');
    venue.market('linear', 'BTCUSDT').setPrices({ last: '65500' });
    const rows = (await socket.topic('order'))['data'] as Message[];
    expect(rows.map((row) => row['orderStatus'])).toEqual(['Triggered', 'Filled']);
  });

  it('charges funding as an execution of its own kind', async () => {
    await post(venue, '/v5/order/create', { ...BUY, orderType: 'Market', price: '' });
    // The fill itself has gone out before anybody listens.
    venue.flush();
    const socket = await loggedIn('/v5/private');
    socket.send({ op: 'subscribe', args: ['execution'] });
    await socket.op('subscribe');
    venue.chargeFunding('linear', 'BTCUSDT', '0.0001');
    expect(firstRow(await socket.topic('execution'))).toMatchObject({
      execType: 'Funding',
      execFee: '0.065',
      execQty: '0.01',
    });
    expect(venue.account(UID).ledger.at(-1)).toMatchObject({
      type: 'SETTLEMENT',
      funding: '-0.065',
      change: '-0.065',
    });
  });
});

describe('order entry', () => {
  const header = (time = venue.clock.now()) => ({
    'X-BAPI-TIMESTAMP': String(time),
    'X-BAPI-RECV-WINDOW': '5000',
  });

  it('acknowledges with the limit headers and the id of the request', async () => {
    const socket = await loggedIn('/v5/trade');
    socket.send({
      reqId: 'r-1',
      header: header(),
      op: 'order.create',
      args: [{ ...BUY, orderLinkId: 'test-1' }],
    });
    expect(await socket.op('order.create')).toMatchObject({
      reqId: 'r-1',
      retCode: 0,
      data: { orderLinkId: 'test-1' },
      header: { 'X-Bapi-Limit': '10' },
      connId: 'conn-1',
    });
    socket.login(venue, 'reqId');
    expect(await socket.op('auth')).toMatchObject({ retCode: 20001 });
  });

  it('refuses a repeated id, a late message and one before the login', async () => {
    const early = await open('/v5/trade');
    early.send({ reqId: 'r-1', header: header(), op: 'order.create', args: [BUY] });
    expect(await early.op('order.create')).toMatchObject({ retCode: 10005 });
    const socket = await loggedIn('/v5/trade');
    const send = (reqId: string, time?: number): void =>
      socket.send({ reqId, header: header(time), op: 'order.create', args: [BUY] });
    send('r-1');
    send('r-1');
    send('r-2', venue.clock.now() - 6000);
    const codes = [
      await socket.op('order.create'),
      await socket.op('order.create'),
      await socket.op('order.create'),
    ].map((message) => message['retCode']);
    expect(codes).toEqual([0, 20006, 10002]);
    socket.send({ reqId: 'r-3', header: header(), op: 'order.nothing', args: [BUY] });
    expect(await socket.op('order.nothing')).toMatchObject({ retCode: 10404 });
  });

  it('sends parameter refusals without the id of the request', async () => {
    const socket = await loggedIn('/v5/trade');
    socket.send({ reqId: 'r-1', header: header(), op: 'order.create', args: [{ ...BUY, price: '1.05' }] });
    const answer = await socket.op('order.create');
    expect(answer).toMatchObject({ retCode: 10001 });
    expect(answer).not.toHaveProperty('reqId');
  });

  it('answers batches order by order and shares the budget of REST', async () => {
    const socket = await loggedIn('/v5/trade');
    const request = [
      { ...BUY, orderLinkId: 'test-a' },
      { ...BUY, qty: '5000' },
    ];
    socket.send({
      reqId: 'r-1',
      header: header(),
      op: 'order.create-batch',
      args: [{ category: 'linear', request }],
    });
    expect(await socket.op('order.create-batch')).toMatchObject({
      retCode: 0,
      data: { list: [{ orderLinkId: 'test-a' }, {}] },
      retExtInfo: { list: [{ code: 0 }, { code: 10001 }] },
    });
    await Promise.all(Array.from({ length: 10 }, () => post(venue, '/v5/order/create', BUY)));
    socket.send({ reqId: 'r-2', header: header(), op: 'order.create', args: [BUY] });
    expect(await socket.op('order.create')).toMatchObject({ retCode: 10006, reqId: 'r-2' });
  });

  it('does not exist in the demo environment', async () => {
    const demo = await fundedVenue({ environment: 'demo' });
    await expect(RawSocket.open(demo, '/v5/trade')).rejects.toThrow('404');
    const socket = await RawSocket.open(demo, '/v5/private');
    socket.login(demo);
    expect(await socket.op('auth')).toMatchObject({ success: true });
    socket.end();
    await demo.dispose();
  });
});
