/** What Bybit really sent in public, through our own stream code: nothing lost, no gap, no crossed book. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareText } from '../../../src-main/market/decimal.ts';
import type { BookView, Candle, Ticker, Trade } from '../../../src-preload/contract/types/market.ts';
import { NaiveBook } from '../../unit/market/naive-book.ts';
import {
  contractRow,
  Heard,
  instrumentsOf,
  type PublicHarness,
  settle,
  setUp,
  spotRow,
} from '../../unit/exchanges/bybit/public/harness.ts';

const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
const present = existsSync(DATA);
if (!present) console.warn(`Skipped: recorded data is not at ${DATA} (set HOLDFAST_DATA).`);

const WS = join(DATA, 'bybit/ws');
const lines = (file: string): string[] => readFileSync(join(WS, file), 'utf8').trim().split('\n');
const received = (file: string): string[] =>
  lines(file)
    .map((line) => JSON.parse(line) as { t: string; data: string })
    .filter((record) => record.t === 'recv')
    .map((record) => record.data);

/** Markets of the recordings; which fields they have does not matter here. */
const LISTS = {
  spot: [spotRow('BTCUSDT'), spotRow('ETHUSDT')],
  linear: [
    ...['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'].map((name) => contractRow(name)),
    ...['DOGE', 'BAND', 'RAD', 'SNT', 'AIOZ'].map((base) => contractRow(`${base}USDT`, { baseCoin: base })),
    contractRow('BTCPERP', { quoteCoin: 'USDC', settleCoin: 'USDC' }),
  ],
  inverse: [contractRow('BTCUSD', { contractType: 'InversePerpetual', quoteCoin: 'USD', settleCoin: 'BTC' })],
  option: [],
};

async function ready(): Promise<PublicHarness> {
  const harness = setUp({ '/v5/market/instruments-info': instrumentsOf(LISTS) });
  await harness.bybit.index.ready();
  return harness;
}

const levels = (text: string) =>
  (JSON.parse(text) as { data: { b: [string, string][]; a: [string, string][] } }).data;

describe.skipIf(!present)('recorded books through the live stream code', () => {
  it.each([
    ['linear', 'BTC/USDT:USDT', 'v5-2026-08-09-linear-BTC-DOGE.jsonl', 'orderbook.200.BTCUSDT', 414],
    ['linear', 'DOGE/USDT:USDT', 'v5-2026-08-09-linear-BTC-DOGE.jsonl', 'orderbook.200.DOGEUSDT', 380],
    ['spot', 'BTC/USDT', 'v5-2026-08-09-spot-BTC.jsonl', 'orderbook.200.BTCUSDT', 300],
  ])('%s %s rebuilds without a gap or a crossed book', async (category, symbol, file, topic, count) => {
    const { bybit, socket, unknown } = await ready();
    const heard = new Heard<BookView>();
    bybit.market.streamBook(symbol, 200, heard);
    expect(socket(category).topics()).toEqual([topic]);
    socket(category).become('live');
    const model = new NaiveBook();
    for (const text of received(file)) {
      socket(category).frame(text, 1);
      if (!text.includes(`"topic":"${topic}"`)) continue;
      const { b, a } = levels(text);
      model[text.includes('"type":"snapshot"') ? 'snapshot' : 'delta'](b, a);
      expect(heard.last).toMatchObject({ state: 'live', bids: model.bids(), asks: model.asks() });
      expect(compareText(heard.last?.bids[0]?.[0] ?? '', heard.last?.asks[0]?.[0] ?? '')).toBe(-1);
    }
    expect(heard.values).toHaveLength(count);
    expect(heard.states.at(-1)).toBe('live');
    expect(socket(category).renewed).toEqual([]);
    expect(bybit.protocolErrors()).toBe(0);
    expect(unknown.list()).toEqual([]);
  });

  it('a frame that is left out is a gap: stale, a fresh snapshot is asked for, and then live again', async () => {
    const { bybit, socket } = await ready();
    const heard = new Heard<BookView>();
    bybit.market.streamBook('BTC/USDT', 200, heard);
    socket('spot').become('live');
    const books = received('v5-2026-08-09-spot-BTC.jsonl').filter((text) => text.includes('orderbook.200'));
    books.slice(0, 10).forEach((text) => socket('spot').frame(text, 1));
    books.slice(11, 20).forEach((text) => socket('spot').frame(text, 1));
    expect(heard.last?.state).toBe('stale');
    expect(heard.states.at(-1)).toBe('stale');
    expect(socket('spot').renewed).toEqual(['orderbook.200.BTCUSDT']);
    socket('spot').frame(books[0] ?? '', 1);
    expect(heard.last?.state).toBe('live');
  });

  it('the 500-level archive rebuilds under the name of a depth that is still streamed', async () => {
    const { bybit, socket, unknown } = await ready();
    const heard = new Heard<BookView>();
    bybit.market.streamBook('XRP/USDT:USDT', 500, heard);
    socket('linear').become('live');
    for (const text of lines('ob500-XRPUSDT-2024-12-01.jsonl')) {
      socket('linear').frame(text.replace('orderbook.500.', 'orderbook.1000.'), 1);
    }
    expect(heard.values).toHaveLength(50);
    expect(heard.values.every(({ state }) => state === 'live')).toBe(true);
    expect(heard.last?.bids).toHaveLength(500);
    expect([bybit.protocolErrors(), unknown.list()]).toEqual([0, []]);
  });

  it('the first level is replaced by every message, also with a number that does not follow', async () => {
    const { bybit, socket } = await ready();
    const heard = new Map(
      ['BAND', 'RAD', 'SNT', 'AIOZ'].map((base) => [base, new Heard<BookView>()] as const),
    );
    for (const [base, listener] of heard) bybit.market.streamBook(`${base}/USDT:USDT`, 1, listener);
    socket('linear').become('live');
    for (const text of received('v5-2025-06-13-linear-orderbook1.jsonl')) socket('linear').frame(text, 1);
    const counts = [...heard].map(([base, { values }]) => `${base} ${values.length}`);
    expect(counts).toEqual(['BAND 45', 'RAD 18', 'SNT 107', 'AIOZ 28']);
    expect([...heard.values()].every(({ values }) => values.every(({ state }) => state === 'live'))).toBe(
      true,
    );
    expect(bybit.protocolErrors()).toBe(0);
  });
});

describe.skipIf(!present)('recorded tickers, trades and candles through the live stream code', () => {
  it('linear: every frame counts, and every figure of the last ones is there', async () => {
    const { bybit, socket, unknown } = await ready();
    const tickers = new Heard<Ticker>();
    const trades = new Heard<readonly Trade[]>();
    const candles = new Heard<Candle>();
    bybit.market.streamTicker('BTC/USDT:USDT', tickers);
    bybit.market.streamTrades('BTC/USDT:USDT', trades);
    bybit.market.streamCandles('BTC/USDT:USDT', '1m', candles);
    socket('linear').become('live');
    for (const text of received('v5-2026-08-09-linear-BTC-DOGE.jsonl')) socket('linear').frame(text, 7);
    // 22 frames: the one at the turn of the minute carries the closed candle and the new one.
    expect([tickers.values.length, candles.values.length]).toEqual([185, 23]);
    expect(trades.values).toHaveLength(16);
    expect(Object.values(tickers.last ?? {}).filter((value) => value === null || value === '')).toEqual([]);
    expect(tickers.last).toMatchObject({
      symbol: 'BTC/USDT:USDT',
      fundingRate: '0.0001',
      nextFunding: 1_786_320_000_000,
      receivedAt: 7,
    });
    expect(trades.values[0]?.[0]).toEqual({
      venue: 'bybit',
      symbol: 'BTC/USDT:USDT',
      id: 'a9188a0a-82bc-50de-be60-03eedbe3cdd7',
      price: '65114.20',
      quantity: '0.004',
      side: 'sell',
      time: 1_786_310_819_680,
    });
    expect(candles.values.some(({ closed }) => closed)).toBe(true);
    expect([bybit.protocolErrors(), unknown.list()]).toEqual([0, []]);
  });

  it('spot: bid and ask come from the first level', async () => {
    const { bybit, socket, unknown } = await ready();
    const tickers = new Heard<Ticker>();
    const trades = new Heard<readonly Trade[]>();
    bybit.market.streamTicker('BTC/USDT', tickers);
    bybit.market.streamTrades('BTC/USDT', trades);
    bybit.market.streamCandles('BTC/USDT', '1m', new Heard<Candle>());
    expect(socket('spot').topics()).toEqual(
      expect.arrayContaining([
        'tickers.BTCUSDT',
        'orderbook.1.BTCUSDT',
        'publicTrade.BTCUSDT',
        'kline.1.BTCUSDT',
      ]),
    );
    socket('spot').become('live');
    const frames = received('v5-2026-08-09-spot-BTC.jsonl');
    for (const text of frames) socket('spot').frame(text, 7);
    expect(tickers.values).toHaveLength(41);
    expect(tickers.last).toMatchObject({ bid: null, ask: null, high24h: '65305.6' });
    const touch = '{"s":"BTCUSDT","b":[["65140","1"]],"a":[["65141","2"]],"u":5,"seq":6},"cts":1';
    socket('spot').frame(`{"topic":"orderbook.1.BTCUSDT","ts":9,"type":"snapshot","data":${touch}}`, 8);
    expect(tickers.last).toMatchObject({ bid: '65140', ask: '65141', receivedAt: 8 });
    expect(trades.values).toHaveLength(11);
    expect([bybit.protocolErrors(), unknown.list()]).toEqual([0, []]);
  });

  it('ticker frames of other recorders: BTCPERP and BTCUSD with their deltas', async () => {
    const { bybit, socket, unknown } = await ready();
    const usdc = new Heard<Ticker>();
    const inverse = new Heard<Ticker>();
    const linear = new Heard<Ticker>();
    bybit.market.streamTicker('BTC/USDC:USDC', usdc);
    bybit.market.streamTicker('BTC/USD:BTC', inverse);
    bybit.market.streamTicker('BTC/USDT:USDT', linear);
    await settle();
    for (const text of lines('gct-wsTicker.jsonl')) {
      socket(text.includes('tickers.BTCUSD"') ? 'inverse' : 'linear').frame(text, 1);
    }
    // The recorder wrote one time of the second message with a digit missing: older, so it changes nothing.
    expect(usdc.values.map(({ bid }) => bid)).toHaveLength(1);
    expect(inverse.values.length).toBeGreaterThan(0);
    expect(inverse.last?.mark).toBe('61894.00');
    expect(bybit.protocolErrors()).toBe(0);
    expect(unknown.list()).toEqual([]);
  });
});
