import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addText, compareText, multiplyText } from '../../../src-main/market/decimal.ts';
import { RollingTicker } from '../../../src-main/market/rolling-ticker.ts';
import { mergeTicker, UNKNOWN_TICKER } from '../../../src-main/market/ticker.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const START = Date.parse('2026-11-19T00:00Z');

describe('partial tickers', () => {
  it('change what they name and nothing else', () => {
    const known = { ...UNKNOWN_TICKER, last: '10', bid: '9', time: 5 };
    expect(mergeTicker(known, { bid: '9.5', ask: undefined, time: 6 })).toEqual({
      ...known,
      bid: '9.5',
      time: 6,
    });
  });

  it('can say that a figure is gone', () => {
    expect(mergeTicker({ ...UNKNOWN_TICKER, bid: '9' }, { bid: null }).bid).toBeNull();
  });

  it('change nothing when they are older than what is known', () => {
    const known = { ...UNKNOWN_TICKER, last: '10', time: 5 };
    expect(mergeTicker(known, { last: '11', time: 4 })).toBe(known);
  });
});

describe('rolling 24 hour figures', () => {
  it('know nothing before the first trade', () => {
    expect(new RollingTicker().at(START)).toEqual({
      last: null,
      open24h: null,
      high24h: null,
      low24h: null,
      volume24h: '0',
      turnover24h: '0',
    });
  });

  it('sum the window and forget what leaves it', () => {
    const ticker = new RollingTicker();
    ticker.addTrade({ time: START, price: '10', quantity: '0.1' });
    ticker.addTrade({ time: START + MINUTE, price: '30', quantity: '0.2' });
    ticker.addTrade({ time: START + 2 * MINUTE, price: '20', quantity: '1' });
    expect(ticker.at(START + 2 * MINUTE)).toEqual({
      last: '20',
      open24h: '10',
      high24h: '30',
      low24h: '10',
      volume24h: '1.3',
      turnover24h: '27',
    });
    // The first minute started 24 hours ago: its price is the one to compare with now.
    expect(ticker.at(START + DAY)).toMatchObject({
      open24h: '10',
      high24h: '30',
      low24h: '20',
      volume24h: '1.2',
    });
    expect(ticker.at(START + DAY + 2 * MINUTE)).toEqual({
      last: '20',
      open24h: '20',
      high24h: '20',
      low24h: '20',
      volume24h: '0',
      turnover24h: '0',
    });
  });

  it('start from history', () => {
    const ticker = new RollingTicker();
    const flat = { open: '5', high: '7', low: '4', close: '6', closed: true };
    ticker.seed([{ time: START, ...flat, volume: '2', turnover: '11' }]);
    ticker.addTrade({ time: START + MINUTE, price: '8', quantity: '1' });
    expect(ticker.at(START + MINUTE)).toEqual({
      last: '8',
      open24h: '5',
      high24h: '8',
      low24h: '4',
      volume24h: '3',
      turnover24h: '19',
    });
  });

  it('keep the newest price when an older trade comes late', () => {
    const ticker = new RollingTicker();
    ticker.addTrade({ time: START + 10, price: '10', quantity: '1' });
    ticker.addTrade({ time: START + 5, price: '9', quantity: '1' });
    expect(ticker.at(START + 10)).toMatchObject({ last: '10', low24h: '9', volume24h: '2' });
  });

  it('agree with a plain sum over the window for any trades', () => {
    const trades = fc.array(
      fc.record({
        time: fc.integer({ min: 0, max: 3 * DAY }).map((offset) => START + offset),
        price: fc.integer({ min: 1, max: 999 }).map((tick) => multiplyText(String(tick), '0.1')),
        quantity: fc.integer({ min: 1, max: 99 }).map((lot) => multiplyText(String(lot), '0.01')),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(trades, (unsorted) => {
        const sorted = unsorted.toSorted((a, b) => a.time - b.time);
        const ticker = new RollingTicker();
        for (const trade of sorted) ticker.addTrade(trade);
        const now = sorted.at(-1)?.time ?? START;
        const since = Math.floor((now - DAY) / MINUTE) * MINUTE + MINUTE;
        const inside = sorted.filter(({ time }) => time >= since);
        const prices = inside.map(({ price }) => price).sort(compareText);
        expect(ticker.at(now)).toMatchObject({
          last: sorted.at(-1)?.price,
          high24h: prices.at(-1),
          low24h: prices[0],
          volume24h: inside.reduce((sum, { quantity }) => addText(sum, quantity), '0'),
        });
      }),
      { numRuns: 40 },
    );
  });
});
