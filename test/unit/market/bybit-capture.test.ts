import { describe, expect, it } from 'vitest';
import { describeText, eventsOf, openText, refusal } from './recording-files.ts';

const LINEAR = 'wss://stream.bybit.com/v5/public/linear';
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const connect = (addr = LINEAR, conn = 'a'): string => line({ t: 'connect', ts: 1, addr, conn });
const received = (ts: number, data: unknown, conn = 'a'): string =>
  line({ t: 'recv', ts, conn, data: typeof data === 'string' ? data : JSON.stringify(data) });
const bookFrame = (type: string, u: number, rest: object = {}, market = 'BTCUSDT'): unknown => ({
  topic: `orderbook.50.${market}`,
  type,
  ts: 1_500 + u,
  data: { s: market, b: [['10.10', '2']], a: [['10.2', '0.50']], u, seq: 9, ...rest },
  cts: 1_400 + u,
});
const tradeRow = (id: string, rest: object = {}): object => ({
  T: 1_650,
  s: 'BTCUSDT',
  S: 'Buy',
  v: '0.01',
  p: '10.1',
  i: id,
  BT: false,
  ...rest,
});
const trades = (...rows: object[]): unknown => ({
  topic: 'publicTrade.BTCUSDT',
  type: 'snapshot',
  ts: 1_700,
  data: rows,
});
const tickerFrame = (type: string, ts: number, data: object, market = 'BTCUSDT'): unknown => ({
  topic: `tickers.${market}`,
  type,
  ts,
  data: { symbol: market, ...data },
});
const kline = (interval: string, rest: object = {}): unknown => ({
  topic: `kline.${interval}.BTCUSDT`,
  type: 'snapshot',
  ts: 1_700,
  data: [{ start: 60_000, open: '1', high: '3', low: '1', close: '2', volume: '5', confirm: false, ...rest }],
});

describe('a Bybit capture', () => {
  it('becomes typed events in the order of the file, with both times', async () => {
    const file =
      connect() +
      received(1.6, bookFrame('snapshot', 1)) +
      received(1.61, bookFrame('delta', 2)) +
      received(1.7, trades(tradeRow('t1'), tradeRow('t2', { S: 'Sell' })));
    expect(await eventsOf('x.jsonl', file)).toEqual([
      {
        kind: 'bookSnapshot',
        time: 1_600,
        symbol: 'BTC/USDT:USDT',
        venueTime: 1_401,
        depth: 50,
        sequence: 1,
        bids: [['10.10', '2']],
        asks: [['10.2', '0.50']],
      },
      expect.objectContaining({ kind: 'bookDelta', time: 1_610, sequence: 2 }),
      {
        kind: 'trade',
        time: 1_700,
        symbol: 'BTC/USDT:USDT',
        trade: { id: 't1', price: '10.1', quantity: '0.01', side: 'buy', time: 1_650 },
      },
      expect.objectContaining({ trade: expect.objectContaining({ id: 't2', side: 'sell' }) }),
    ]);
  });

  it('takes the category of each connection from its address', async () => {
    const file =
      connect(LINEAR, 'a') +
      connect('wss://stream.bybit.com/v5/public/spot', 'b') +
      connect('wss://stream.bybit.com/v5/public/inverse', 'c') +
      received(2, bookFrame('snapshot', 1), 'a') +
      received(2, bookFrame('snapshot', 1), 'b') +
      received(2, bookFrame('snapshot', 1, {}, 'BTCUSD'), 'c');
    expect((await eventsOf('x.jsonl', file)).map(({ symbol }) => symbol)).toEqual([
      'BTC/USDT:USDT',
      'BTC/USDT',
      'BTC/USD:BTC',
    ]);
  });

  it('completes partial tickers, and drops a delta that nothing came before', async () => {
    const file =
      connect() +
      received(1, tickerFrame('delta', 5, { bid1Price: '1' })) +
      received(
        2,
        tickerFrame('snapshot', 6, {
          lastPrice: '10',
          bid1Price: '9',
          fundingRate: '',
          nextFundingTime: '77',
        }),
      ) +
      received(3, tickerFrame('delta', 7, { bid1Price: '9.5' }));
    const events = await eventsOf('x.jsonl', file);
    expect(events.map((event) => (event.kind === 'ticker' ? event.ticker : null))).toEqual([
      expect.objectContaining({
        last: '10',
        bid: '9',
        ask: null,
        fundingRate: null,
        nextFunding: 77,
        time: 6,
      }),
      expect.objectContaining({ last: '10', bid: '9.5', time: 7 }),
    ]);
  });

  it('turns the volumes of inverse contracts round, which Bybit counts in the quote currency', async () => {
    const file =
      connect('wss://stream.bybit.com/v5/public/inverse') +
      received(1, tickerFrame('snapshot', 5, { volume24h: '1000', turnover24h: '0.1' }, 'BTCUSD'));
    expect((await eventsOf('x.jsonl', file))[0]).toMatchObject({
      ticker: { volume24h: '0.1', turnover24h: '1000' },
    });
  });

  it('reads candles of the intervals that Holdfast has', async () => {
    const file =
      connect() +
      received(1, kline('60', { confirm: true, turnover: '9' })) +
      received(2, kline('M')) +
      received(3, kline('7'));
    const summary = await describeText('x.jsonl', file);
    expect(summary.oddities.ignored).toBe(1);
    expect(await eventsOf('x.jsonl', file)).toMatchObject([
      { kind: 'candle', interval: '1h', candle: { time: 60_000, volume: '5', turnover: '9', closed: true } },
      { kind: 'candle', interval: '1M', candle: { closed: false } },
    ]);
  });

  it("reads the bare frames of Bybit's archive, spot where the file name says so", async () => {
    const file = line(bookFrame('snapshot', 1)) + line(bookFrame('delta', 2));
    expect(await eventsOf('2024-12-01_ob500.data', file)).toMatchObject([
      { symbol: 'BTC/USDT:USDT', time: 1_501 },
      { time: 1_502 },
    ]);
    expect((await eventsOf('ob500-spot.data', file))[0]?.symbol).toBe('BTC/USDT');
  });

  it('describes its markets with the smallest steps that any figure was written with', async () => {
    const file =
      connect() +
      received(1, bookFrame('snapshot', 1)) +
      received(2, bookFrame('delta', 2, { b: [['10.05', '0.125']] })) +
      received(3, tickerFrame('snapshot', 6, { lastPrice: '10.1', markPrice: '10.123456' })) +
      received(4, trades(tradeRow('t1')));
    expect(await describeText('x.jsonl', file)).toEqual({
      format: 'bybitCapture',
      instruments: [
        {
          symbol: 'BTC/USDT:USDT',
          nativeId: 'BTCUSDT',
          kind: 'linear',
          base: 'BTC',
          quote: 'USDT',
          settle: 'USDT',
          tickSize: '0.01',
          lotSize: '0.001',
          counts: { bookSnapshot: 1, bookDelta: 1, trade: 1, ticker: 1, candle: 0 },
        },
      ],
      from: 1_000,
      to: 4_000,
      counts: { bookSnapshot: 1, bookDelta: 1, trade: 1, ticker: 1, candle: 0 },
      oddities: { outOfOrder: 0, duplicates: 0, gaps: 0, ignored: 0, truncated: false },
    });
  });
});

describe('what is odd in a capture but has a rule', () => {
  it('a trade that came before is left out, a block trade too', async () => {
    const file =
      connect() +
      received(1, trades(tradeRow('t1'))) +
      received(2, trades(tradeRow('t1'), tradeRow('t2', { BT: true })));
    expect(await eventsOf('x.jsonl', file)).toHaveLength(1);
    expect((await describeText('x.jsonl', file)).oddities).toMatchObject({ duplicates: 1 });
  });

  it('a missing book message empties the book until the next snapshot, and a repeated one is left out', async () => {
    const file =
      connect() +
      received(1, bookFrame('delta', 4)) +
      received(1, bookFrame('snapshot', 5)) +
      received(2, bookFrame('delta', 6)) +
      received(3, bookFrame('delta', 6)) +
      received(4, bookFrame('delta', 8)) +
      received(5, bookFrame('delta', 9)) +
      received(6, bookFrame('snapshot', 1)) +
      received(7, bookFrame('delta', 2));
    const books = (await eventsOf('x.jsonl', file)).map((event) =>
      'bids' in event ? [event.kind, event.sequence, event.bids.length] : [],
    );
    expect(books).toEqual([
      ['bookSnapshot', 5, 1],
      ['bookDelta', 6, 1],
      ['bookSnapshot', null, 0],
      ['bookSnapshot', 1, 1],
      ['bookDelta', 2, 1],
    ]);
    expect((await describeText('x.jsonl', file)).oddities).toMatchObject({ gaps: 1, duplicates: 1 });
  });

  it('a row that is a little late takes the time of the row before', async () => {
    const file = connect() + received(61, trades(tradeRow('t1'))) + received(2, trades(tradeRow('t2')));
    expect((await eventsOf('x.jsonl', file)).map(({ time }) => time)).toEqual([61_000, 61_000]);
    expect((await describeText('x.jsonl', file)).oddities.outOfOrder).toBe(1);
  });

  it.each(['', '{"t":"recv"', '{"t":"recv","ts":3,"conn":"a","data":"{\\"to'])(
    'a last line that was cut off (%j) is left out',
    async (tail) => {
      const file = connect() + received(1, trades(tradeRow('t1'))) + tail;
      expect(await eventsOf('x.jsonl', file)).toHaveLength(1);
      expect((await describeText('x.jsonl', file)).oddities.truncated).toBe(tail !== '');
    },
  );

  it('answers, heartbeats, options, private streams and unknown topics say nothing', async () => {
    const file =
      connect() +
      connect('wss://stream.bybit.com/v5/public/option', 'o') +
      connect('wss://stream.bybit.com/v5/private', 'p') +
      line({ t: 'send', ts: 1, conn: 'a', data: 'subscribe' }) +
      received(1, { success: true, op: 'subscribe' }) +
      received(1, trades(tradeRow('x')), 'o') +
      received(1, { topic: 'order', data: [] }, 'p') +
      received(1, { topic: 'allLiquidation.BTCUSDT', data: [] }) +
      received(1, {
        topic: 'orderbook.rpi.BTCUSDT',
        type: 'delta',
        ts: 1,
        data: { b: [['1', '2', '3']], a: [], u: 1 },
      }) +
      received(1, { topic: 'publicTrade.BTCUSDT-26DEC25', data: [] }) +
      received(1, trades(tradeRow('t1')));
    const summary = await describeText('x.jsonl', file);
    expect(summary.counts).toEqual({ bookSnapshot: 0, bookDelta: 0, trade: 1, ticker: 0, candle: 0 });
    expect(summary.oddities.ignored).toBe(5);
  });

  it('byte order mark, blank lines, CRLF and characters cut between chunks do no harm', async () => {
    const file = `\ufeff${connect()}\r\n\n${received(1, trades(tradeRow('ü€'))).trim()}\r\n`;
    expect((await eventsOf('x.jsonl', file))[0]).toMatchObject({ trade: { id: 'ü€' } });
  });
});

describe('a capture that stops being one', () => {
  const before = connect() + received(1, trades(tradeRow('t1')));

  it.each<[string, string, string]>([
    ['no JSON', 'nonsense\n', 'line 3: expected a JSON object with "t", "ts" and "data"'],
    ['an array', '[1]\n', 'line 3: expected a JSON object with "t", "ts" and "data"'],
    ['no time', line({ t: 'recv', data: '{}' }), 'line 3: expected a JSON object with "t", "ts" and "data"'],
    ['a time in ms', line({ t: 'recv', ts: 1e12, conn: 'a', data: '{}' }), 'line 3: expected a JSON object'],
    ['no data', line({ t: 'recv', ts: 1, conn: 'a' }), 'line 3: expected a JSON object'],
    ['an unknown connection', received(2, {}, 'zz'), 'line 3: expected an earlier line with "t":"connect"'],
    ['cut data', received(2, '{"topic":'), 'line 3: expected complete JSON in "data"'],
    [
      'cut book data',
      received(2, '{"topic":"orderbook.50.BTCUSDT","type":'),
      'line 3: expected complete JSON',
    ],
    ['data that is no object', received(2, 'null'), 'line 3: expected a JSON object in "data"'],
    [
      'a book without a type',
      received(2, { ...(bookFrame('x', 1) as object) }),
      'line 3: expected an order-book',
    ],
    [
      'a book with a bad size',
      received(2, bookFrame('delta', 1, { b: [['1', 'x']] })),
      'line 3: expected decimal text',
    ],
    [
      'a book with numbers',
      received(2, bookFrame('delta', 1, { b: [[1, 2]] })),
      'line 3: expected decimal text',
    ],
    ['a trade without price', received(2, trades(tradeRow('b', { p: '' }))), 'line 3: expected trades with'],
    [
      'a trade of size zero',
      received(2, trades(tradeRow('b', { v: '0.00' }))),
      'line 3: expected trades with',
    ],
    ['a negative price', received(2, trades(tradeRow('b', { p: '-1' }))), 'line 3: expected trades with'],
    ['an unknown side', received(2, trades(tradeRow('b', { S: 'Long' }))), 'line 3: expected trades with'],
    [
      'trades that are no list',
      received(2, { topic: 'publicTrade.BTCUSDT', data: {} }),
      'line 3: expected trades',
    ],
    [
      'a ticker without time',
      received(2, { topic: 'tickers.BTCUSDT', data: {} }),
      'line 3: expected a ticker',
    ],
    [
      'a ticker with words',
      received(2, tickerFrame('snapshot', 1, { lastPrice: 'x' })),
      'line 3: expected decimal',
    ],
    ['a candle without close', received(2, kline('1', { close: null })), 'line 3: expected candles with'],
    [
      'a frame long before',
      before.replace('"ts":1,"conn":"a","data"', '"ts":99,"conn":"a","data"') +
        received(1, trades(tradeRow('t2'))),
      'line 5: expected rows in order of time',
    ],
  ])('with %s is refused with its line', async (name, text, words) => {
    const file = name === 'a frame long before' ? connect() + received(99, trades()) + text : before + text;
    expect(await refusal('x.jsonl', `${file}\n`)).toContain(words);
  });

  it('with nothing to play is refused', async () => {
    await expect(describeText('x.jsonl', connect())).rejects.toMatchObject({ kind: 'badInput' });
  });

  it('with an endless line is refused before it fills the memory', async () => {
    let sent = 0;
    const recording = await openText('x.jsonl', before);
    expect(recording.format).toBe('bybitCapture');
    const { openRecording } = await import('../../../src-main/market/recording/open-recording.ts');
    const endless = openRecording('x.jsonl', async function* () {
      for (;;) {
        sent += 1;
        yield Buffer.alloc(1024 * 1024, 'x');
      }
    });
    await expect(endless).rejects.toMatchObject({ kind: 'badInput' });
    expect(sent).toBeLessThan(20);
  });

  it('is still read to where it was good, and its file is closed when the reader stops', async () => {
    let closed = 0;
    const { openRecording } = await import('../../../src-main/market/recording/open-recording.ts');
    const recording = await openRecording('x.jsonl', async function* () {
      try {
        yield Buffer.from(before);
        yield Buffer.from('nonsense\n');
      } finally {
        closed += 1;
      }
    });
    closed = 0;
    for await (const event of recording.events()) {
      expect(event.kind).toBe('trade');
      break;
    }
    expect(closed).toBe(1);
    await expect(recording.describe(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(closed).toBe(2);
  });
});
