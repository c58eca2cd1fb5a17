import { describe, expect, it } from 'vitest';
import { intervalEnd } from '../../../../src-main/market/candle-interval.ts';
import { NOON, openPractice } from './exchange-harness.ts';

type House = Awaited<ReturnType<typeof openPractice>>;
const SYMBOLS = [
  'BTC/USDT',
  'ETH/USDT',
  'SOL/USDT',
  'EUR/USDT',
  'BTC/USDT:USDT',
  'ETH/USDT:USDT',
  'SOL/USDT:USDT',
];

const trades = async (house: House) =>
  Promise.all(SYMBOLS.map((symbol) => house.exchange.market.trades(symbol, 500)));
const picture = async (house: House) => ({
  trades: await trades(house),
  books: await Promise.all(
    SYMBOLS.map(async (symbol) => {
      const { bids, asks } = await house.exchange.market.book(symbol, 60);
      return { bids, asks };
    }),
  ),
});

describe('the synthetic market', () => {
  it('is the same for the same seed, however late the timer comes', async () => {
    const steady = await openPractice();
    const jittering = await openPractice();
    steady.pass(60_000, 100);
    for (const late of [3, 250, 7_000, 41, 12_345, 99, 40_262]) jittering.pass(late, late);
    expect(jittering.now()).toBe(steady.now());
    expect(await picture(jittering)).toEqual(await picture(steady));
  });

  it('is another one for another seed', async () => {
    const one = await openPractice();
    const two = await openPractice({ source: { kind: 'synthetic', seed: 8 } });
    expect((await one.best()).bid).not.toBe((await two.best()).bid);
  });

  it('has the same history after a restart as it had before', async () => {
    const range = { from: NOON - 86_400_000, to: NOON - 3_600_000, limit: 1000 };
    const before = await openPractice();
    const later = await openPractice({ now: NOON + 7_200_000 });
    const candles = await before.exchange.market.candles('ETH/USDT', '5m', range);
    expect(await later.exchange.market.candles('ETH/USDT', '5m', range)).toEqual(candles);
    expect(candles.length).toBe(276);
  });

  it.each(SYMBOLS)('%s has a deep, uncrossed book on its steps, and trades', async (symbol) => {
    const house = await openPractice();
    const instrument = (await house.exchange.market.instruments()).find((one) => one.symbol === symbol);
    const decimals = (instrument?.tickSize.split('.')[1] ?? '').length;
    for (let round = 0; round < 20; round += 1) {
      house.pass(1_000);
      const { bids, asks, state } = await house.exchange.market.book(symbol, 200);
      expect(state).toBe('live');
      expect(Number(bids[0]?.[0])).toBeLessThan(Number(asks[0]?.[0]));
      expect(bids.every(([price], at) => at === 0 || Number(price) < Number(bids[at - 1]?.[0]))).toBe(true);
      expect(asks.every(([price], at) => at === 0 || Number(price) > Number(asks[at - 1]?.[0]))).toBe(true);
      for (const [price, size] of [...bids, ...asks]) {
        expect(price.split('.')[1]?.length ?? 0).toBe(decimals);
        expect(Number(size)).toBeGreaterThan(0);
      }
      expect(Math.min(bids.length, asks.length)).toBeGreaterThanOrEqual(40);
    }
    const made = await house.exchange.market.trades(symbol, 500);
    expect(made.length).toBeGreaterThan(3);
    expect(new Set(made.map((trade) => trade.side)).size).toBe(2);
  });

  it('has at least 1000 one-minute candles, each opening where the one before closed', async () => {
    const house = await openPractice();
    for (const symbol of SYMBOLS) {
      const candles = await house.exchange.market.candles(symbol, '1m', { limit: 1000 });
      expect(candles).toHaveLength(1000);
      for (const [at, candle] of candles.entries()) {
        const { open, high, low, close } = candle;
        expect(Number(high)).toBeGreaterThanOrEqual(Math.max(Number(open), Number(close)));
        expect(Number(low)).toBeLessThanOrEqual(Math.min(Number(open), Number(close)));
        const before = candles[at - 1];
        if (before !== undefined) {
          expect(open).toBe(before.close);
          expect(candle.time).toBe(before.time + 60_000);
        }
        expect(candle.closed).toBe(at < 999);
      }
    }
  });

  it.each(['5m', '1h', '4h', '1d'] as const)('%s candles are the sum of their minutes', async (interval) => {
    const house = await openPractice();
    house.pass(120_000, 1_000);
    const [first, second] = await house.exchange.market.candles('BTC/USDT', interval, { limit: 2 });
    for (const whole of [first, second]) {
      if (whole === undefined) throw new Error('no candle');
      const parts = [];
      for (let from = whole.time; from < intervalEnd(interval, whole.time); from += 600 * 60_000) {
        const to = Math.min(from + 600 * 60_000, intervalEnd(interval, whole.time));
        parts.push(...(await house.exchange.market.candles('BTC/USDT', '1m', { from, to, limit: 1000 })));
      }
      expect(parts[0]?.open).toBe(whole.open);
      expect(parts.at(-1)?.close).toBe(whole.close);
      expect(Math.max(...parts.map(({ high }) => Number(high)))).toBe(Number(whole.high));
      expect(Math.min(...parts.map(({ low }) => Number(low)))).toBe(Number(whole.low));
      const volume = parts.reduce((sum, part) => sum + Number(part.volume), 0);
      expect(volume).toBeCloseTo(Number(whole.volume), 4);
    }
  });

  it('keeps the candle of a minute equal to its trades', async () => {
    const house = await openPractice({ now: NOON - 30_000 });
    house.pass(1_000);
    const from = NOON - 30_000 + 60_000;
    const seen: { price: string; quantity: string; time: number }[] = [];
    house.exchange.market.streamTrades('BTC/USDT', { next: (list) => void seen.push(...list) });
    house.pass(125_000);
    const within = seen.filter(({ time }) => time >= from && time < from + 60_000);
    const [candle] = await house.exchange.market.candles('BTC/USDT', '1m', {
      from,
      to: from + 60_000,
      limit: 5,
    });
    expect(within.length).toBeGreaterThan(20);
    expect(candle?.closed).toBe(true);
    expect(candle?.close).toBe(within.at(-1)?.price);
    const prices = within.map(({ price }) => Number(price));
    expect(Number(candle?.high)).toBeGreaterThanOrEqual(Math.max(...prices));
    const volume = within.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    expect(Number(candle?.volume)).toBeCloseTo(volume, 5);
  });

  it('does not let a large order of the user move mark and index', async () => {
    const calm = await openPractice();
    const moved = await openPractice();
    moved.exchange.control.deposit('practice-1', 'USDT', '100000000');
    const order = await moved.place({
      symbol: 'SOL/USDT:USDT',
      side: 'sell',
      type: 'market',
      quantity: '11160',
    });
    expect(Number(order.filledQuantity)).toBeGreaterThan(1_000);
    for (const house of [calm, moved]) house.pass(300);
    const reference = async (house: House) => {
      const ticker = (await house.exchange.market.tickers()).find(({ symbol }) => symbol === 'SOL/USDT:USDT');
      return { mark: ticker?.mark, index: ticker?.index };
    };
    expect(await reference(moved)).toEqual(await reference(calm));
  });

  it('fills what the price passed while the machine slept, and goes on at the present time', async () => {
    const house = await openPractice();
    const { bid } = await house.best();
    const low = (Number(bid) * 0.999).toFixed(2);
    const high = (Number(bid) * 1.001).toFixed(2);
    await house.place({ side: 'buy', price: low });
    await house.place({ side: 'sell', price: high });
    house.pass(8 * 3_600_000, 8 * 3_600_000);
    const candles = await house.exchange.market.candles('BTC/USDT', '1m', { from: NOON, limit: 1000 });
    const passed = candles.some((candle) => Number(candle.low) < Number(low));
    const risen = candles.some((candle) => Number(candle.high) > Number(high));
    const sides = house.events.flatMap((event) => (event.kind === 'fill' ? [event.fill.side] : []));
    expect(sides.includes('buy')).toBe(passed);
    expect(sides.includes('sell')).toBe(risen);
    expect(passed || risen).toBe(true);
    expect(candles.at(-1)?.time).toBe(Math.floor(house.now() / 60_000) * 60_000);
  });
});
