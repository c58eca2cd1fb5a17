import { describe, expect, it } from 'vitest';
import { setUp } from './harness.ts';

const KLINE = '/v5/market/kline';
const MINUTE = 60_000;
const SYMBOL = 'BTC/USDT:USDT';

/** Bybit's minute candles up to `newest`, newest first; `end` picks those that start at or before it. */
const minutes = (newest: number) => (params: Readonly<Record<string, unknown>>) => {
  const { end = Infinity, limit = 200 } = params as { end?: number; limit?: number };
  const last = Math.min(newest, Math.floor(end / MINUTE) * MINUTE);
  const count = Math.max(0, Math.min(limit, last / MINUTE + 1));
  const rows = Array.from({ length: count }, (_, at) => {
    const start = last - at * MINUTE;
    return [String(start), '1', '2', '1', '1.5', '3', '4'];
  });
  return { category: 'linear', symbol: 'BTCUSDT', list: rows };
};

describe('candles', () => {
  it('are oldest first, and the one that runs at the time of the venue is not closed', async () => {
    const { bybit, rest } = setUp({ [KLINE]: minutes(10 * MINUTE) });
    rest.time = 10 * MINUTE + 30_000;
    const candles = await bybit.market.candles(SYMBOL, '1m', { limit: 3 });
    expect(candles.map(({ time, closed }) => [time / MINUTE, closed])).toEqual([
      [8, true],
      [9, true],
      [10, false],
    ]);
    expect(rest.asked(KLINE)).toEqual([
      { category: 'linear', symbol: 'BTCUSDT', interval: '1', end: undefined, limit: 3 },
    ]);
  });

  it('end before `to` and begin at `from`, without the candle that only contains it', async () => {
    const { bybit } = setUp({ [KLINE]: minutes(1_000 * MINUTE) });
    const range = { from: 4 * MINUTE + 1, to: 8 * MINUTE, limit: 100 };
    const candles = await bybit.market.candles(SYMBOL, '1m', range);
    expect(candles.map(({ time }) => time / MINUTE)).toEqual([5, 6, 7]);
  });

  it('are paged backwards, a thousand at a time, without a hole or a double', async () => {
    const { bybit, rest } = setUp({ [KLINE]: minutes(5_000 * MINUTE) });
    const candles = await bybit.market.candles(SYMBOL, '1m', { limit: 2_500 });
    expect(candles.map(({ time }) => time / MINUTE)).toEqual(
      Array.from({ length: 2_500 }, (_, at) => 2_501 + at),
    );
    expect(rest.asked(KLINE).map((params) => (params as { limit: number }).limit)).toEqual([
      1_000, 1_000, 500,
    ]);
  });

  it('stop where the history of the market begins', async () => {
    const { bybit, rest } = setUp({ [KLINE]: minutes(5 * MINUTE) });
    expect(await bybit.market.candles(SYMBOL, '1m', { limit: 100 })).toHaveLength(6);
    expect(await bybit.market.candles(SYMBOL, '1m', { from: 9, to: 9, limit: 100 })).toEqual([]);
    expect(rest.asked(KLINE)).toHaveLength(1);
  });

  it('of a venue that answers the same page again and again end all the same', async () => {
    const stuck = minutes(2_000 * MINUTE);
    const { bybit, rest } = setUp({ [KLINE]: (params) => stuck({ ...params, end: Infinity }) });
    const candles = await bybit.market.candles(SYMBOL, '1m', { limit: 3_000 });
    expect(new Set(candles.map(({ time }) => time)).size).toBe(candles.length);
    expect(rest.asked(KLINE)).toHaveLength(2);
  });

  it.each([
    ['1m', '1'],
    ['4h', '240'],
    ['1d', 'D'],
    ['1w', 'W'],
    ['1M', 'M'],
  ] as const)('of %s are called %s', async (interval, name) => {
    const { bybit, rest } = setUp({ [KLINE]: () => ({ list: [] }) });
    await bybit.market.candles(SYMBOL, interval, { limit: 1 });
    expect(rest.asked(KLINE)[0]).toMatchObject({ interval: name });
  });

  it('of inverse contracts count contracts, which are dollars', async () => {
    const { bybit } = setUp({ [KLINE]: minutes(0) });
    const [candle] = await bybit.market.candles('BTC/USD:BTC', '1m', { limit: 1 });
    expect(candle).toMatchObject({ volume: '3', turnover: '3' });
  });

  it.each([
    [[['x', '1', '1', '1', '1', '1', '1']]],
    [[['1', '1']]],
    [[{}]],
    [[['1', '', '1', '1', '1', '1', '1']]],
  ])('that break the form are a protocol error: %j', async (list) => {
    const { bybit } = setUp({ [KLINE]: () => ({ list }) });
    await expect(bybit.market.candles(SYMBOL, '1m', { limit: 1 })).rejects.toMatchObject({
      kind: 'protocol',
    });
  });

  it('of options and of unknown markets are refused', async () => {
    const { bybit } = setUp();
    const option = 'BTC/USDT:USDT-261225-90000-C';
    await expect(bybit.market.candles(option, '1m', { limit: 1 })).rejects.toMatchObject({
      kind: 'notSupported',
    });
    await expect(bybit.market.candles('NO/SUCH', '1m', { limit: 1 })).rejects.toMatchObject({
      kind: 'notFound',
    });
  });
});

describe('books', () => {
  const book = (rest: object) => ({
    s: 'BTCUSDT',
    b: [['10', '1']],
    a: [['11', '1']],
    ts: 5,
    u: 6,
    seq: 7,
    cts: 4,
    ...rest,
  });

  it.each([
    ['BTC/USDT', 5_000, 1_000],
    ['BTC/USDT', 0, 1],
    ['BTC/USDT:USDT-261225-90000-C', 500, 25],
  ])('of %s with %i levels ask for %i', async (symbol, depth, limit) => {
    const { bybit, rest } = setUp({ '/v5/market/orderbook': () => book({}) });
    await bybit.market.book(symbol, depth);
    expect(rest.asked('/v5/market/orderbook')[0]).toMatchObject({ limit });
  });

  it.each([
    ['crossed', { b: [['12', '1']] }],
    ['malformed', { b: [['many', '1']] }],
    ['without a number', { u: 'x' }],
  ])('that are %s are a protocol error, not data', async (_, change) => {
    const { bybit } = setUp({ '/v5/market/orderbook': () => book(change) });
    await expect(bybit.market.book(SYMBOL, 5)).rejects.toMatchObject({ kind: 'protocol' });
  });
});

describe('trades', () => {
  it('are oldest first, and no more than Bybit has', async () => {
    const row = (execId: string) => ({
      execId,
      symbol: 'X',
      price: '1',
      size: '2',
      side: 'Buy',
      time: '3',
      isBlockTrade: false,
    });
    const { bybit, rest } = setUp({ '/v5/market/recent-trade': () => ({ list: [row('new'), row('old')] }) });
    expect((await bybit.market.trades('BTC/USDT', 500)).map(({ id }) => id)).toEqual(['old', 'new']);
    await bybit.market.trades(SYMBOL, 500);
    expect(rest.asked('/v5/market/recent-trade')).toMatchObject([{ limit: 60 }, { limit: 500 }]);
  });
});

describe('time and status', () => {
  it('read nineteen digits exactly, to the millisecond', async () => {
    const { bybit } = setUp({
      '/v5/market/time': () => ({ timeSecond: '1700000000', timeNano: '1700000000123999999' }),
    });
    expect(await bybit.market.serverTime()).toBe(1_700_000_000_123);
  });

  it('do not wait for the time behind reads: half the wait would be taken for an offset of the clock', async () => {
    const { bybit, rest } = setUp({
      '/v5/market/time': () => ({ timeSecond: '1700000000', timeNano: '1700000000123999999' }),
    });
    await bybit.market.serverTime();
    expect(rest.calls.map(({ lane }) => lane)).toEqual(['order']);
  });

  it.each([[{ timeSecond: '1', timeNano: '' }], [{ timeSecond: '1' }], [null]])(
    'refuse %j',
    async (answer) => {
      const { bybit } = setUp({ '/v5/market/time': () => answer as object });
      await expect(bybit.market.serverTime()).rejects.toMatchObject({ kind: 'protocol' });
    },
  );

  it('say what is going on and until when', async () => {
    const entry = (state: string, end: string) => ({ id: '1', title: 'Upgrade', state, begin: '1', end });
    const { bybit, rest } = setUp({
      '/v5/system/status': () => ({ list: [entry('completed', '5'), entry('ongoing', '9')] }),
    });
    expect(await bybit.market.status()).toEqual({ state: 'maintenance', message: 'Upgrade', until: 9 });
    rest.answers = { '/v5/system/status': () => ({ list: [entry('ongoing', '')] }) };
    expect(await bybit.market.status()).toMatchObject({ until: null });
    rest.answers = { '/v5/system/status': () => ({ list: [entry('scheduled', '9')] }) };
    expect(await bybit.market.status()).toEqual({ state: 'operational', message: null, until: null });
  });
});
