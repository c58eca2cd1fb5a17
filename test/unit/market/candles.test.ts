import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateCandles } from '../../../src-main/market/candle-aggregate.ts';
import { CandleBuilder, type CandleTrade } from '../../../src-main/market/candle-builder.ts';
import { intervalEnd, intervalStart, isComposedOf } from '../../../src-main/market/candle-interval.ts';
import { CandleSeries } from '../../../src-main/market/candle-series.ts';
import { addText, compareText, multiplyText } from '../../../src-main/market/decimal.ts';
import { CANDLE_INTERVALS, type Candle } from '../../../src-preload/contract/types/market.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const MINUTE = 60_000;

function candle(time: number, close: string, rest: Partial<Candle> = {}): Candle {
  return { time, open: close, high: close, low: close, close, volume: '1', closed: true, ...rest };
}

describe('candle intervals', () => {
  it.each([
    ['1m', '2026-11-20T12:34:56.789', '2026-11-20T12:34', '2026-11-20T12:35'],
    ['15m', '2026-11-20T12:34:56', '2026-11-20T12:30', '2026-11-20T12:45'],
    ['4h', '2026-11-20T12:34:56', '2026-11-20T12:00', '2026-11-20T16:00'],
    ['12h', '2026-11-20T11:59:59.999', '2026-11-20T00:00', '2026-11-20T12:00'],
    ['1d', '2024-02-29T23:59:59.999', '2024-02-29T00:00', '2024-03-01T00:00'],
    ['1w', '2026-11-22T23:59:59.999', '2026-11-16T00:00', '2026-11-23T00:00'],
    ['1w', '2026-11-23T00:00', '2026-11-23T00:00', '2026-11-30T00:00'],
    ['1M', '2024-02-29T12:00', '2024-02-01T00:00', '2024-03-01T00:00'],
    ['1M', '2026-12-31T23:59:59', '2026-12-01T00:00', '2027-01-01T00:00'],
  ] as const)('%s that holds %s starts at %s', (interval, time, start, end) => {
    expect(intervalStart(interval, at(time))).toBe(at(start));
    expect(intervalEnd(interval, at(start))).toBe(at(end));
  });

  it('never lie outside the time they hold, and follow each other without a gap', () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(time, fc.constantFrom(...CANDLE_INTERVALS), (moment, interval) => {
        const start = intervalStart(interval, moment);
        const end = intervalEnd(interval, start);
        expect(start <= moment && moment < end).toBe(true);
        expect(intervalStart(interval, end)).toBe(end);
        expect(intervalStart(interval, end - 1)).toBe(start);
      }),
    );
  });

  it('know which of them are made of which', () => {
    expect(isComposedOf('5m', '1m')).toBe(true);
    expect(isComposedOf('5m', '3m')).toBe(false);
    expect(isComposedOf('1w', '12h')).toBe(true);
    expect(isComposedOf('1M', '1d')).toBe(true);
    expect(isComposedOf('1M', '1w')).toBe(false);
    expect(isComposedOf('1w', '1M')).toBe(false);
    expect(isComposedOf('1M', '1M')).toBe(true);
  });
});

describe('building candles from trades', () => {
  const START = at('2026-11-20T12:00');
  const trade = (offset: number, price: string, quantity = '1'): CandleTrade => ({
    time: START + offset,
    price,
    quantity,
  });

  it('takes open, high, low, close, volume and turnover from the ticks', () => {
    const builder = new CandleBuilder('1m');
    for (const next of [
      trade(0, '10', '0.1'),
      trade(1, '12', '0.2'),
      trade(2, '9.50'),
      trade(59_999, '11'),
    ]) {
      expect(builder.add(next)).toEqual([]);
    }
    expect(builder.running).toEqual({
      time: START,
      open: '10',
      high: '12',
      low: '9.50',
      close: '11',
      volume: '2.3',
      turnover: '23.9',
      closed: false,
    });
  });

  it('closes a candle with the first trade of a later interval, and not before', () => {
    const builder = new CandleBuilder('1m', { turnover: false });
    builder.add(trade(59_999, '10'));
    expect(builder.advance(START + 59_999)).toEqual([]);
    expect(builder.add(trade(60_000, '11'))).toEqual([candle(START, '10')]);
    expect(builder.running).toMatchObject({ time: START + MINUTE, open: '11', closed: false });
  });

  it('closes a candle when its time is over, also without a further trade', () => {
    const builder = new CandleBuilder('1m', { turnover: false });
    builder.add(trade(0, '10'));
    expect(builder.advance(START + MINUTE)).toEqual([candle(START, '10')]);
    expect(builder.running).toBeNull();
    expect(builder.advance(START + MINUTE)).toEqual([]);
  });

  it('lets trades of the running interval come in any order', () => {
    const builder = new CandleBuilder('1m');
    builder.add(trade(10, '10'));
    builder.add(trade(5, '8'));
    builder.add(trade(30, '12'));
    builder.add(trade(20, '20'));
    builder.add(trade(30, '11'));
    expect(builder.running).toMatchObject({ open: '8', high: '20', low: '8', close: '11' });
  });

  it('counts a trade of a closed interval as late and changes nothing', () => {
    const builder = new CandleBuilder('1m');
    builder.add(trade(60_000, '10'));
    const before = builder.running;
    expect(builder.add(trade(59_999, '99'))).toEqual([]);
    expect(builder.running).toEqual(before);
    builder.advance(START + 2 * MINUTE);
    builder.add(trade(60_001, '99'));
    expect(builder.late).toBe(2);
  });

  it('fills silence with flat candles of zero volume', () => {
    const builder = new CandleBuilder('1m');
    builder.add(trade(0, '10'));
    const closed = builder.add(trade(3 * MINUTE, '11'));
    expect(closed.map(({ time, close, volume }) => [time - START, close, volume])).toEqual([
      [0, '10', '1'],
      [MINUTE, '10', '0'],
      [2 * MINUTE, '10', '0'],
    ]);
    expect(builder.advance(START + 5 * MINUTE).map(({ close }) => close)).toEqual(['11', '11']);
  });

  it('leaves a silence that is longer than the limit as a gap', () => {
    const builder = new CandleBuilder('1m', { maxFill: 3 });
    builder.add(trade(0, '10'));
    expect(builder.add(trade(4 * MINUTE, '11'))).toHaveLength(4);
    expect(builder.add(trade(9 * MINUTE, '12')).map(({ time }) => time - START)).toEqual([4 * MINUTE]);
    expect(builder.running).toMatchObject({ time: START + 9 * MINUTE, open: '12' });
  });

  it('has no candle before the first trade', () => {
    const builder = new CandleBuilder('1d');
    expect(builder.advance(START)).toEqual([]);
    expect(builder.running).toBeNull();
  });

  const ticks = fc.array(
    fc.record({
      time: fc.integer({ min: 0, max: 20 * MINUTE }).map((offset) => START + offset),
      price: fc.integer({ min: 1, max: 9_999 }).map((tick) => multiplyText(String(tick), '0.01')),
      quantity: fc.integer({ min: 1, max: 999 }).map((lot) => multiplyText(String(lot), '0.001')),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it('agrees with a plain model for any trades in order', () => {
    fc.assert(
      fc.property(ticks, (unsorted) => {
        const trades = unsorted.toSorted((a, b) => a.time - b.time);
        const builder = new CandleBuilder('1m');
        const built = trades.flatMap((next) => builder.add(next));
        built.push(...builder.advance(START + 21 * MINUTE));
        for (const made of built) {
          const inside = trades.filter(({ time }) => time >= made.time && time < made.time + MINUTE);
          const prices = inside.map(({ price }) => price).sort(compareText);
          expect(made.volume).toBe(inside.reduce((sum, { quantity }) => addText(sum, quantity), '0'));
          if (inside.length === 0) continue;
          expect([made.open, made.high, made.low, made.close]).toEqual([
            inside[0]?.price,
            prices.at(-1),
            prices[0],
            inside.at(-1)?.price,
          ]);
        }
        const times = built.map(({ time }) => time);
        expect(times).toEqual(times.map((_, at) => (times[0] as number) + at * MINUTE));
      }),
    );
  });

  it('never looks ahead: what is closed after some trades stays so whatever follows', () => {
    fc.assert(
      fc.property(ticks, ticks, (first, second) => {
        const some = new CandleBuilder('3m');
        const all = new CandleBuilder('3m');
        const early = first.flatMap((next) => some.add(next));
        const later = [...first, ...second].flatMap((next) => all.add(next));
        expect(later.slice(0, early.length)).toEqual(early);
      }),
    );
  });

  it('makes the same coarse candles from ticks as from fine candles', () => {
    fc.assert(
      fc.property(ticks, fc.constantFrom('3m', '5m', '15m'), (unsorted, interval) => {
        const trades = unsorted.toSorted((a, b) => a.time - b.time);
        const build = (step: '1m' | '3m' | '5m' | '15m'): Candle[] => {
          const builder = new CandleBuilder(step);
          const closed = trades.flatMap((next) => builder.add(next));
          return [...closed, ...builder.advance(START + 30 * MINUTE)];
        };
        const fine = build('1m');
        const first = intervalStart(interval, trades[0]?.time ?? START);
        const coarse = aggregateCandles(fine, '1m', interval);
        const complete = fine[0]?.time === first;
        expect(coarse).toEqual(complete ? build(interval) : build(interval).slice(1));
      }),
    );
  });
});

describe('coarser candles', () => {
  const START = at('2026-11-16T00:00');

  it('are closed only when their last fine candle is there and closed', () => {
    const three = [0, 1, 2].map((minute) => candle(START + minute * MINUTE, '10'));
    expect(aggregateCandles(three, '1m', '3m')).toMatchObject([{ closed: true, volume: '3' }]);
    expect(aggregateCandles(three.slice(0, 2), '1m', '3m')).toMatchObject([{ closed: false, volume: '2' }]);
    const running = [...three.slice(0, 2), candle(START + 2 * MINUTE, '10', { closed: false })];
    expect(aggregateCandles(running, '1m', '3m')).toMatchObject([{ closed: false, volume: '3' }]);
  });

  it('are closed when a later candle follows a hole', () => {
    const holed = [candle(START, '10'), candle(START + 3 * MINUTE, '11')];
    expect(aggregateCandles(holed, '1m', '3m')).toMatchObject([
      { time: START, closed: true },
      { time: START + 3 * MINUTE, closed: false },
    ]);
  });

  it('leave out a first one that begins in its middle', () => {
    const late = [1, 2, 3].map((minute) => candle(START + minute * MINUTE, '10'));
    expect(aggregateCandles(late, '1m', '3m').map(({ time }) => time)).toEqual([START + 3 * MINUTE]);
    expect(aggregateCandles(late.slice(0, 2), '1m', '3m')).toEqual([]);
    expect(aggregateCandles([], '1m', '3m')).toEqual([]);
  });

  it('keep a turnover only when all parts have one', () => {
    const parts = [candle(START, '1', { turnover: '5' }), candle(START + MINUTE, '2')];
    expect(aggregateCandles(parts, '1m', '3m')[0]).not.toHaveProperty('turnover', '5');
  });

  it('refuse intervals that do not divide', () => {
    expect(() => aggregateCandles([], '3m', '5m')).toThrow(expect.objectContaining({ kind: 'badInput' }));
  });
});

describe('a series of candles', () => {
  const times = (candles: readonly Candle[]): number[] => candles.map(({ time }) => time / MINUTE);
  const minute = (number: number, close = '1', closed = true): Candle =>
    candle(number * MINUTE, close, { closed });

  it('joins pages in any order with the live stream', () => {
    const series = new CandleSeries('1m');
    series.update(minute(10, '1', false));
    series.merge([minute(9), minute(7), minute(8)]);
    series.merge([minute(6), minute(7)]);
    series.update(minute(10));
    series.update(minute(11, '2', false));
    expect(times(series.page(100))).toEqual([6, 7, 8, 9, 10, 11]);
    expect(series.length).toBe(6);
    expect(series.first?.time).toBe(6 * MINUTE);
  });

  it('never turns a closed candle back into a running one, and takes corrections of closed ones', () => {
    const series = new CandleSeries('1m');
    series.update(minute(1, '5'));
    series.update(minute(1, '4', false));
    expect(series.last).toMatchObject({ close: '5', closed: true });
    series.merge([minute(1, '4', false)]);
    expect(series.last?.close).toBe('5');
    series.merge([minute(1, '6')]);
    expect(series.last?.close).toBe('6');
    series.update(minute(3));
    series.update(minute(1, '7'));
    expect(series.page(9)[0]?.close).toBe('7');
  });

  it('pages backwards', () => {
    const series = new CandleSeries('1m');
    series.merge([1, 2, 3, 4, 5].map((number) => minute(number)));
    expect(times(series.page(2))).toEqual([4, 5]);
    expect(times(series.page(2, 4 * MINUTE))).toEqual([2, 3]);
    expect(times(series.page(9, 2 * MINUTE))).toEqual([1]);
    expect(series.page(9, MINUTE)).toEqual([]);
  });

  it('drops the oldest at its limit', () => {
    const series = new CandleSeries('1m', 3);
    series.merge([1, 2, 3, 4].map((number) => minute(number)));
    expect(times(series.page(9))).toEqual([2, 3, 4]);
    series.update(minute(5));
    expect(times(series.page(9))).toEqual([3, 4, 5]);
  });

  it('names its gaps', () => {
    const series = new CandleSeries('1m');
    series.merge([minute(1), minute(2), minute(5)]);
    expect(series.gaps()).toEqual([{ from: 3 * MINUTE, to: 5 * MINUTE }]);
  });
});
