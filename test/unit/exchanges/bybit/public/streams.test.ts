import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { siteOf } from '../../../../../src-main/exchanges/bybit/sites.ts';
import type { Candle, Ticker, Trade } from '../../../../../src-preload/contract/types/market.ts';
import { Heard, instrumentsOf, LISTS, optionRow, settle, setUp } from './harness.ts';

const INSTRUMENTS = '/v5/market/instruments-info';
const TICKERS = '/v5/market/tickers';
const KLINE = '/v5/market/kline';

const ticker = (symbol: string, type: string, ts: number, data: object) => ({
  topic: `tickers.${symbol}`,
  type,
  data: { symbol, ...data },
  cs: ts,
  ts,
});
const kline = (start: number, confirm: boolean, close = '1') => ({
  topic: 'kline.1.BTCUSDT',
  type: 'snapshot',
  ts: start + 5,
  data: [
    {
      start,
      end: start + 59_999,
      interval: '1',
      open: '1',
      high: '2',
      low: '1',
      close,
      volume: '3',
      turnover: '4',
      confirm,
      timestamp: start + 5,
    },
  ],
});

async function ready(...args: Parameters<typeof setUp>) {
  const harness = setUp(...args);
  await harness.bybit.index.ready();
  return harness;
}

describe('connections', () => {
  it('are not made before something is asked for', async () => {
    const { bybit, net, rest, time } = setUp();
    await time.pass(60_000);
    expect([net.sockets.length, rest.calls.length, bybit.lastDataAt()]).toEqual([0, 0, null]);
    expect(bybit.streams()).toEqual([]);
  });

  it('are one for each category in use, at the address of the site, with its headers', async () => {
    const { bybit, net } = await ready();
    bybit.market.streamTrades('BTC/USDT:USDT', new Heard());
    bybit.market.streamTrades('ETH/USDT:USDT', new Heard());
    bybit.market.streamTrades('BTC/USD:BTC', new Heard());
    expect(net.sockets.map(({ parts }) => [parts.name, parts.url(), parts.headers?.()])).toEqual([
      ['public.linear', 'wss://stream.bybit.com/v5/public/linear', {}],
      ['public.inverse', 'wss://stream.bybit.com/v5/public/inverse', {}],
    ]);
  });

  it('of a site whose stream host is not certain try the other one after a failed attempt', async () => {
    const { bybit, net, site } = await ready();
    site.current = siteOf('eu', 'live');
    bybit.market.streamTrades('BTC/USDT', new Heard());
    const attempt = (): string | undefined => net.sockets[0]?.parts.url();
    expect([attempt(), attempt(), attempt()]).toEqual([
      'wss://stream.bybit.eu/v5/public/spot',
      'wss://stream.bybit.com/v5/public/spot',
      'wss://stream.bybit.eu/v5/public/spot',
    ]);
    net.sockets[0]?.become('live');
    expect(attempt()).toBe('wss://stream.bybit.eu/v5/public/spot');
  });

  it('are closed some seconds after the last topic was left, unless another is wanted', async () => {
    const { bybit, socket, time } = await ready();
    const leave = bybit.market.streamTrades('BTC/USDT:USDT', new Heard());
    leave();
    leave();
    await time.pass(4_000);
    const again = bybit.market.streamTrades('ETH/USDT:USDT', new Heard());
    await time.pass(60_000);
    expect(socket('linear').state).not.toBe('closed');
    again();
    await time.pass(5_000);
    expect(socket('linear').state).toBe('closed');
    expect(bybit.streams()).toEqual([]);
  });

  it('are shown with their state and the age of their last frame', async () => {
    const { bybit, socket, time } = await ready();
    bybit.market.streamTrades('BTC/USDT:USDT', new Heard());
    socket('linear').become('live');
    expect(bybit.streams()).toEqual([{ name: 'public.linear', state: 'live', ageMs: null }]);
    socket('linear').frame(ticker('BTCUSDT', 'delta', 1, {}), time.now);
    await time.pass(500);
    expect(bybit.streams()).toEqual([{ name: 'public.linear', state: 'live', ageMs: 500 }]);
    expect(bybit.lastDataAt()).toBe(time.now - 500);
  });

  it('are more than one where the topics exceed what Bybit allows on one', async () => {
    const option = Array.from({ length: 900 }, (_, at) => optionRow(`BTC-25DEC26-${100_000 + at}-C-USDT`));
    const { bybit, net } = await ready({
      [INSTRUMENTS]: instrumentsOf({ ...LISTS, option }),
      [TICKERS]: () => ({ list: [] }),
    });
    bybit.market.streamOptionChain('BTC', new Heard());
    await settle();
    expect(net.sockets.map(({ parts }) => parts.name)).toEqual(['public.option', 'public.option.2']);
    expect(net.sockets.flatMap((socket) => socket.topics())).toHaveLength(900);
    for (const socket of net.sockets) {
      expect(JSON.stringify(socket.topics()).length).toBeLessThanOrEqual(21_000);
    }
  });

  it('are gone after dispose, with every timer', async () => {
    const { bybit, net, time } = await ready({ [TICKERS]: () => ({ list: [] }) });
    bybit.market.streamTicker('BTC/USDT', new Heard());
    bybit.market.streamTickers(new Heard());
    bybit.market.streamOptionChain('BTC', new Heard());
    await settle();
    bybit.dispose();
    expect(net.sockets.map(({ state }) => state)).toEqual(['closed', 'closed']);
    await settle();
    expect(time.waiting).toBe(0);
  });
});

describe('a market that has to be looked up', () => {
  it('streams when the list is there', async () => {
    const { bybit, net } = setUp();
    const heard = new Heard<readonly Trade[]>();
    bybit.market.streamTrades('BTC/USDT', heard);
    expect([heard.states, net.sockets.length]).toEqual([['connecting'], 0]);
    await settle();
    expect(net.socketNamed('public.spot').topics()).toEqual(['publicTrade.BTCUSDT']);
  });

  it('is looked up again when the venue could not be asked', async () => {
    const { bybit, net, rest, time } = setUp({
      [INSTRUMENTS]: () => new HoldfastError('unavailable', 'x', 'No line.'),
    });
    const heard = new Heard<readonly Trade[]>();
    bybit.market.streamTrades('BTC/USDT', heard);
    await settle();
    expect([heard.states.at(-1), heard.reason]).toEqual(['stale', 'No line.']);
    rest.answers = { [INSTRUMENTS]: instrumentsOf(LISTS) };
    await time.pass(5_000);
    expect(net.socketNamed('public.spot').topics()).toHaveLength(1);
  });

  it('fails for good when it does not exist, and is forgotten when nobody waits any more', async () => {
    const { bybit, net } = setUp();
    const heard = new Heard<readonly Trade[]>();
    bybit.market.streamTrades('NO/SUCH', heard);
    bybit.market.streamTrades('BTC/USDT', new Heard())();
    await settle();
    expect(heard.states.at(-1)).toBe('failed');
    expect(net.sockets).toEqual([]);
  });
});

describe('a ticker', () => {
  it('of a contract keeps what a change leaves out, and forgets what becomes empty', async () => {
    const { bybit, socket } = await ready();
    const heard = new Heard<Ticker>();
    bybit.market.streamTicker('BTC/USDT:USDT', heard);
    const line = socket('linear');
    line.frame(ticker('BTCUSDT', 'delta', 5, { bid1Price: '1' }), 1);
    expect(heard.values).toEqual([]);
    line.frame(
      ticker('BTCUSDT', 'snapshot', 10, {
        lastPrice: '100',
        markPrice: '100.1',
        bid1Price: '99',
        nextFundingTime: '5',
      }),
      11,
    );
    line.frame(ticker('BTCUSDT', 'delta', 20, { bid1Price: '99.5', markPrice: '' }), 21);
    line.frame(ticker('BTCUSDT', 'delta', 19, { bid1Price: '1' }), 22);
    expect(heard.values).toHaveLength(2);
    expect(heard.last).toMatchObject({
      last: '100',
      mark: null,
      bid: '99.5',
      nextFunding: 5,
      time: 20,
      receivedAt: 21,
    });
    line.frame(ticker('BTCUSDT', 'snapshot', 30, { lastPrice: '101' }), 31);
    expect(heard.last).toMatchObject({ last: '101', bid: null });
  });

  it('is stale while the line is down and waits for a snapshot then', async () => {
    const { bybit, socket } = await ready();
    const heard = new Heard<Ticker>();
    bybit.market.streamTicker('BTC/USDT:USDT', heard);
    const line = socket('linear');
    line.become('live');
    line.frame(ticker('BTCUSDT', 'snapshot', 10, { lastPrice: '100' }), 1);
    line.become('backingOff');
    line.become('live');
    line.frame(ticker('BTCUSDT', 'delta', 20, { lastPrice: '1' }), 1);
    expect([heard.states.at(-1), heard.last?.last]).toEqual(['stale', '100']);
    line.frame(ticker('BTCUSDT', 'snapshot', 30, { lastPrice: '103' }), 1);
    expect([heard.states.at(-1), heard.last?.last]).toEqual(['live', '103']);
  });

  it.each([
    ['a figure that is no decimal', { lastPrice: 'many' }],
    ['a figure that is a number', { lastPrice: 100 }],
    ['a funding time that is none', { nextFundingTime: 'soon' }],
    ['another market', { symbol: 'ETHUSDT' }],
  ])('with %s is a protocol error: counted, stale, and asked for again', async (_, data) => {
    const { bybit, socket } = await ready();
    const heard = new Heard<Ticker>();
    bybit.market.streamTicker('BTC/USDT:USDT', heard);
    const line = socket('linear');
    line.become('live');
    line.frame(ticker('BTCUSDT', 'snapshot', 10, { lastPrice: '100' }), 1);
    line.frame(ticker('BTCUSDT', 'delta', 11, data), 1);
    expect([bybit.protocolErrors(), heard.states.at(-1), heard.last?.last]).toEqual([1, 'stale', '100']);
    expect(line.renewed).toEqual(['tickers.BTCUSDT']);
  });

  it('names unknown fields once and keeps them out; E-notation is written out', async () => {
    const { bybit, socket, unknown } = await ready();
    const heard = new Heard<Ticker>();
    bybit.market.streamTicker('BTC/USDT:USDT', heard);
    socket('linear').frame(ticker('BTCUSDT', 'snapshot', 1, { lastPrice: '1e-7', novelty: 'x' }), 1);
    expect(heard.last?.last).toBe('0.0000001');
    expect(heard.last).not.toHaveProperty('novelty');
    expect(unknown.list()).toEqual(['ticker.linear.novelty']);
  });

  it('of spot loses bid and ask while its book is broken, and is still live', async () => {
    const { bybit, socket } = await ready();
    const heard = new Heard<Ticker>();
    bybit.market.streamTicker('BTC/USDT', heard);
    const line = socket('spot');
    line.become('live');
    const touch = (u: number, bid: string) => ({
      topic: 'orderbook.1.BTCUSDT',
      ts: 50 + u,
      type: 'snapshot',
      data: { s: 'BTCUSDT', b: [[bid, '1']], a: [['11', '1']], u, seq: u },
      cts: 1,
    });
    line.frame(touch(1, '10'), 1);
    expect(heard.values).toEqual([]);
    line.frame(ticker('BTCUSDT', 'snapshot', 40, { lastPrice: '10.5' }), 2);
    expect(heard.last).toMatchObject({ last: '10.5', bid: '10', ask: '11', time: 51, receivedAt: 2 });
    line.frame(touch(2, '11'), 3);
    expect(heard.last).toMatchObject({ last: '10.5', bid: null, ask: null });
    expect(heard.states.at(-1)).toBe('stale');
    line.frame(touch(3, '10.1'), 4);
    expect(heard.last?.bid).toBe('10.1');
    expect(heard.states.at(-1)).toBe('live');
  });
});

describe('trades', () => {
  const frame = (topic: string, rows: readonly object[]) => ({ topic, type: 'snapshot', ts: 9, data: rows });
  const row = (s: string, i: string) => ({ T: 8, s, S: 'Sell', v: '2', p: '3', i, BT: false, seq: 1 });

  it('of options are picked out of those of the coin', async () => {
    const { bybit, socket } = await ready();
    const heard = new Heard<readonly Trade[]>();
    bybit.market.streamTrades('BTC/USDT:USDT-261225-90000-C', heard);
    expect(socket('option').topics()).toEqual(['publicTrade.BTC']);
    socket('option').become('live');
    expect(heard.states.at(-1)).toBe('live');
    const rows = [
      row('BTC-25DEC26-90000-C-USDT', '1'),
      row('BTC-25DEC26-100000-C-USDT', '2'),
      row('BTC-1JAN20-1-C', '3'),
    ];
    socket('option').frame(frame('publicTrade.BTC', rows), 1);
    socket('option').frame(frame('publicTrade.BTC', rows.slice(1)), 1);
    expect(heard.values.flat().map(({ id, side }) => `${id} ${side}`)).toEqual(['1 sell']);
  });

  it.each([
    ['no id', { i: '' }],
    ['no side', { S: 'Short' }],
    ['no price', { p: '' }],
    ['no time', { T: 'x' }],
    ['another market than their topic', { s: 'ETHUSDT' }],
  ])('with %s are a protocol error', async (_, change) => {
    const { bybit, socket } = await ready();
    const heard = new Heard<readonly Trade[]>();
    bybit.market.streamTrades('BTC/USDT', heard);
    socket('spot').frame(frame('publicTrade.BTCUSDT', [{ ...row('BTCUSDT', '1'), ...change }]), 1);
    expect([bybit.protocolErrors(), heard.values]).toEqual([1, []]);
  });
});

describe('candles', () => {
  it('that closed while the line was down come first when it is back', async () => {
    const rows = [120_000, 60_000, 0].map((start) => [
      String(start),
      '1',
      '2',
      '1',
      `${start / 1_000}`,
      '3',
      '4',
    ]);
    const { bybit, socket, rest } = await ready({ [KLINE]: () => ({ list: rows }) });
    const heard = new Heard<Candle>();
    bybit.market.streamCandles('BTC/USDT:USDT', '1m', heard);
    const line = socket('linear');
    line.become('live');
    line.frame(kline(0, false), 1);
    line.become('backingOff');
    line.become('live');
    line.frame(kline(120_000, false, '7'), 1);
    expect(heard.values).toHaveLength(1);
    await settle();
    expect(heard.values.map(({ time, close }) => `${time} ${close}`)).toEqual([
      '0 1',
      '0 0',
      '60000 60',
      '120000 120',
      '120000 7',
    ]);
    expect(rest.asked(KLINE)).toHaveLength(1);
    line.frame(kline(60_000, true), 1);
    expect(heard.values).toHaveLength(5);
  });

  it('go on when the missed ones cannot be had', async () => {
    const { bybit, socket } = await ready();
    const heard = new Heard<Candle>();
    bybit.market.streamCandles('BTC/USDT:USDT', '1m', heard);
    const line = socket('linear');
    line.become('live');
    line.frame(kline(0, false), 1);
    line.become('backingOff');
    line.become('live');
    line.frame(kline(120_000, true), 1);
    await settle();
    expect(heard.values.map(({ time, closed }) => `${time} ${closed}`)).toEqual(['0 false', '120000 true']);
  });

  it('of options do not exist', async () => {
    const { bybit, net } = await ready();
    const heard = new Heard<Candle>();
    bybit.market.streamCandles('BTC/USDT:USDT-261225-90000-C', '1m', heard);
    expect([heard.states, net.sockets.length]).toEqual([['failed'], 0]);
  });
});
