/** Genuine answers and fixtures of Bybit's public REST side: they parse with nothing lost. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Ticker } from '../../../src-preload/contract/types/market.ts';
import {
  contractRow,
  Heard,
  instrumentsOf,
  LISTS,
  optionRow,
  type PublicHarness,
  setUp,
} from '../../unit/exchanges/bybit/public/harness.ts';

const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
const present = existsSync(DATA);
if (!present) console.warn(`Skipped: recorded data is not at ${DATA} (set HOLDFAST_DATA).`);

interface Body {
  readonly result: { readonly category?: string; readonly list: readonly object[] };
}

const rest = (file: string): string => readFileSync(join(DATA, 'bybit/rest', file), 'utf8');
const lines = (file: string): unknown[] =>
  readFileSync(join(DATA, 'bybit', file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

/** A JKorf fixture: method, path, whether it is signed, body. */
function fixture(name: string): Body {
  const found = (lines('rest/fixtures-jkorf.jsonl') as { file: string; text: string }[]).find(({ file }) =>
    file.endsWith(`/${name}.txt`),
  );
  const text = found?.text ?? '';
  return JSON.parse(text.slice(text.indexOf('{'))) as Body;
}
const xchange = (name: string): Body =>
  JSON.parse(
    (lines('rest/fixtures-xchange.jsonl') as { file: string; text: string }[]).find(({ file }) =>
      file.endsWith(`/${name}.json5`),
    )?.text ?? '',
  ) as Body;
const nautilus = (name: string): Body =>
  (lines('rest/fixtures-nautilus.jsonl') as { file: string; body: Body }[]).find(({ file }) => file === name)
    ?.body as Body;

/** Loads nothing but these rows. */
async function load(category: string, rows: readonly object[]): Promise<PublicHarness> {
  const empty = { spot: [], linear: [], inverse: [], option: [] };
  const harness = setUp({ '/v5/market/instruments-info': instrumentsOf({ ...empty, [category]: rows }) });
  await harness.bybit.index.ready();
  return harness;
}

describe.skipIf(!present)('recorded instruments', () => {
  it('800 linear ones load: none lost, none twice, every filter there', async () => {
    const body = JSON.parse(rest('instruments-info-linear-2026-08-09.json')) as Body;
    const { bybit, unknown } = await load('linear', body.result.list);
    const instruments = await bybit.market.instruments();
    expect(instruments).toHaveLength(800);
    expect(new Set(instruments.map(({ symbol }) => symbol)).size).toBe(800);
    expect(bybit.index.problems).toEqual([]);
    expect(unknown.list()).toEqual([]);
    for (const one of instruments) {
      expect(one).toMatchObject({ venue: 'bybit', kind: 'linear', status: 'trading', quantityUnit: 'base' });
      expect(one.maxLeverage).toBeDefined();
      expect(one.maxQuantity).toBeDefined();
      expect(one.maxMarketQuantity).toBeDefined();
      expect(one.minNotional).toBe('5');
      expect(bybit.index.byNative('linear', one.nativeId)?.instrument).toBe(one);
    }
    expect(instruments.filter(({ expiry }) => expiry !== undefined)).toHaveLength(40);
    expect(instruments.filter(({ fundingIntervalMs }) => fundingIntervalMs !== undefined)).toHaveLength(760);
    expect(bybit.index.bySymbol('BTC/USDT:USDT-261225')?.nativeId).toBe('BTCUSDT-25DEC26');
    expect(bybit.index.bySymbol('BTC/USDC:USDC')?.nativeId).toBe('BTCPERP');
    expect(bybit.index.bySymbol('0G/USDT:USDT')?.instrument).toEqual({
      venue: 'bybit',
      symbol: '0G/USDT:USDT',
      nativeId: '0GUSDT',
      kind: 'linear',
      base: '0G',
      quote: 'USDT',
      settle: 'USDT',
      status: 'trading',
      tickSize: '0.0001',
      lotSize: '0.1',
      quantityUnit: 'base',
      minQuantity: '0.1',
      maxQuantity: '350000.0',
      maxMarketQuantity: '70000.0',
      minNotional: '5',
      priceBand: '0.15',
      maxLeverage: '50.00',
      fundingIntervalMs: 14_400_000,
    });
  });

  it.each([
    ['spot', 'JKorf', () => fixture('GetSpotSymbols')],
    ['spot', 'JKorf, signed list', () => fixture('GetAccountSpotSymbols')],
    ['linear', 'JKorf', () => fixture('GetLinearInverseSymbols')],
    ['option', 'JKorf', () => fixture('GetOptionSymbols')],
    ['spot', 'XChange', () => xchange('getInstrumentSpot')],
    ['linear', 'XChange', () => xchange('getInstrumentLinear')],
    ['linear', 'Nautilus', () => nautilus('http_get_instruments_linear.json')],
    ['inverse', 'Nautilus', () => nautilus('http_get_instruments_inverse.json')],
    ['spot', 'Nautilus', () => nautilus('http_get_instruments_spot.json')],
  ])('%s fixtures of %s are read whole', async (category, _, body) => {
    const rows = body().result.list;
    // Options are asked for by coin, and these fixtures hold coins of their own.
    const { bybit, unknown } = await load(category, rows);
    expect(bybit.index.problems).toEqual([]);
    expect(await bybit.market.instruments()).toHaveLength(rows.length);
    expect(unknown.list()).toEqual([]);
  });
});

describe.skipIf(!present)('an option whose name and delivery time disagree', () => {
  it('is left out and said, because its strike is known from the name alone', async () => {
    // The author of this fixture made the times up.
    const { bybit } = await load('option', nautilus('http_get_instruments_option.json').result.list);
    expect(await bybit.market.instruments()).toEqual([]);
    expect(bybit.index.problems).toEqual([
      'option ETH-26JUN26-16000-P: Bybit sent something undocumented in instrument.option.symbol.',
    ]);
  });
});

describe.skipIf(!present)('recorded books, candles and status', () => {
  it('are read whole', async () => {
    const { bybit, unknown } = setUp({
      '/v5/market/orderbook': () => nautilus('http_get_orderbook.json').result,
      '/v5/market/kline': () => nautilus('http_get_klines_linear.json').result,
      '/v5/system/status': () => fixture('GetSystemStatus').result,
    });
    const book = await bybit.market.book('BTC/USDT:USDT', 50);
    expect(book).toMatchObject({ state: 'live', sequence: '1234567', time: 1_709_891_679_000 });
    expect(book.bids[0]).toEqual(['27450.50', '1.500']);
    expect(book.asks).toHaveLength(3);
    expect(await bybit.market.candles('BTC/USDT:USDT', '1m', { limit: 5 })).toEqual([
      {
        time: 1_709_891_679_000,
        open: '27450',
        high: '27460',
        low: '27440',
        close: '27455',
        volume: '123.45',
        turnover: '3390000',
        closed: true,
      },
    ]);
    expect(await bybit.market.status()).toEqual({ state: 'operational', message: null, until: null });
    expect(unknown.list()).toEqual([]);
  });
});

describe.skipIf(!present)('stream fixtures of SDKs', () => {
  it('of v5 public topics are read whole, and acknowledgements and other topics are not mistaken for data', async () => {
    const subscriptions = (lines('ws/fixtures-jkorf.jsonl') as { file: string; text: string }[])
      .filter(({ file }) => /V5\/(Linear|Spot|Option)\//.test(file))
      // One file splits its candles by connection and leaves their figures out.
      .filter(({ file }) => !file.endsWith('Concurrent.txt'))
      .flatMap(({ text }) => text.split(/\n(?=[<=>])/).map((part) => part.trim()))
      .filter((part) => part.startsWith('=') || part.startsWith('<'))
      .map((part) => JSON.stringify(JSON.parse(part.slice(1))));
    const nautilusFrames = (lines('ws/fixtures-nautilus.jsonl') as { file: string; body: object }[])
      .filter(({ file }) => /ws_(orderbook|ticker|subscription)/.test(file))
      .map(({ body }) => JSON.stringify(body));
    const book = (lines('rest/fixtures-xchange.jsonl') as { file: string; text: string }[]).find(({ file }) =>
      file.endsWith('orderBookSnapshotResponse.json5'),
    );
    const { bybit, socket, unknown } = setUp();
    await bybit.index.ready();
    const [trades, candles, ticker, deep, top] = Array.from({ length: 5 }, () => new Heard<unknown>());
    bybit.market.streamTrades('BTC/USDT:USDT', trades as Heard<unknown>);
    bybit.market.streamCandles('BTC/USDT:USDT', '1M', candles as Heard<unknown>);
    bybit.market.streamTicker('BTC/USDT:USDT', ticker as Heard<unknown>);
    bybit.market.streamBook('BTC/USDT:USDT', 50, deep as Heard<unknown>);
    bybit.market.streamBook('BTC/USDT:USDT', 1, top as Heard<unknown>);
    const compact = JSON.stringify(JSON.parse(book?.text ?? ''));
    for (const text of [...subscriptions, ...nautilusFrames, compact]) socket('linear').frame(text, 1);
    const counts = [trades, candles, ticker, deep, top].map((heard) => heard?.values.length);
    expect(counts).toEqual([2, 1, 1, 1, 1]);
    expect(bybit.protocolErrors()).toBe(0);
    expect(unknown.list()).toEqual([]);
  });
});

describe.skipIf(!present)('recorded tickers', () => {
  it.each([
    ['inverse', 'JKorf', () => fixture('GetLinearInverseTickers')],
    ['inverse', 'XChange', () => xchange('getTickerInverse')],
    ['spot', 'XChange', () => xchange('getTickerSpot')],
  ])('%s of %s: every figure is read and no field is unknown', async (category, _, body) => {
    const { result } = body();
    const { bybit, unknown } = setUp({
      '/v5/market/tickers': (params) =>
        params['category'] === category ? result : { category: params['category'], list: [] },
    });
    const tickers = await bybit.market.tickers();
    expect(tickers).toHaveLength(result.list.length);
    expect(Object.values(tickers[0] as Ticker)).not.toContain(null);
    expect(unknown.list()).toEqual([]);
  });

  it('inverse volume is given in coins and turnover in dollars', async () => {
    const { result } = fixture('GetLinearInverseTickers');
    const { bybit } = setUp({
      '/v5/market/tickers': (params) => (params['category'] === 'inverse' ? result : { list: [] }),
    });
    expect((await bybit.market.tickers())[0]).toMatchObject({
      symbol: 'BTC/USD:BTC',
      volume24h: '2352.94950046',
      turnover24h: '49337318',
    });
  });
});

describe.skipIf(!present)('recorded messages of several years', () => {
  it('v5 frames among them are read through the streams of their category', async () => {
    const records = (lines('ws/messages-tardis.jsonl') as { test: string; msg: { topic?: string } }[]).filter(
      ({ msg }) => /^(tickers|publicTrade|orderbook)\./.test(msg.topic ?? ''),
    );
    const day = String(Date.UTC(2023, 3, 28, 8));
    const option = (symbol: string, base: string) =>
      optionRow(symbol, { baseCoin: base, quoteCoin: 'USD', settleCoin: 'USDC', deliveryTime: day });
    const { bybit, socket, unknown } = setUp({
      '/v5/market/instruments-info': instrumentsOf({
        ...LISTS,
        inverse: [
          ...(LISTS['inverse'] ?? []),
          contractRow('BTCUSDU23', {
            contractType: 'InverseFutures',
            quoteCoin: 'USD',
            settleCoin: 'BTC',
            deliveryTime: String(Date.UTC(2023, 8, 29, 8)),
          }),
        ],
        option: [
          option('BTC-28APR23-29500-C', 'BTC'),
          option('SOL-28APR23-30-C', 'SOL'),
          option('SOL-28APR23-24-C', 'SOL'),
        ],
      }),
    });
    await bybit.index.ready();
    const ticker = new Heard<Ticker>();
    bybit.market.streamTicker('SOL/USD:USDC-230428-24-C', ticker);
    for (const symbol of ['BTC/USD:BTC', 'BTC/USD:BTC-230929', 'BTC/USDT:USDT']) {
      bybit.market.streamTicker(symbol, new Heard<Ticker>());
    }
    bybit.market.streamTrades('BTC/USD:USDC-230428-29500-C', new Heard());
    bybit.market.streamTrades('BTC/USD:BTC', new Heard());
    bybit.market.streamBook('SOL/USD:USDC-230428-30-C', 25, new Heard());
    for (const { test, msg } of records) {
      const topic = msg.topic ?? '';
      const category = test.includes('options') ? 'option' : topic.includes('USDT') ? 'linear' : 'inverse';
      if (!test.includes('spot')) socket(category).frame(msg, 1);
    }
    expect(ticker.values).toHaveLength(1);
    expect(ticker.last).toMatchObject({ bid: '0.34', ask: '3.11', option: { bidIv: '0.6004' } });
    expect(bybit.protocolErrors()).toBe(0);
    expect(unknown.list()).toEqual([]);
  });
});
