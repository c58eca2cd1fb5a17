import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstChange } from '../../../../src-renderer/features/trade/book/changed-digits.ts';
import { buildLadder, groupings, spreadOf } from '../../../../src-renderer/features/trade/book/ladder.ts';
import { fromScaled, SIZE_DECIMALS, toScaled } from '../../../../src-renderer/features/trade/book/scaled.ts';
import { addText, compareText } from '../../../../src-renderer/lib/decimal.ts';
import { book, order } from './builders.ts';

const options = { tickSize: '0.1', step: '0.1', rows: 10, sizeDecimals: 3, ownOrders: [] };

describe('the ladder', () => {
  it('sums sizes outwards from the best price', () => {
    const { asks, bids } = buildLadder(book(), options);
    expect(asks.map((row) => [row.price, row.size, row.sum])).toEqual([
      ['100.1', '1.000', '1.000'],
      ['100.3', '2.500', '3.500'],
      ['101.0', '0.500', '4.000'],
    ]);
    expect(bids.at(-1)?.sum).toBe('4.000');
  });

  it('never shows a grouped level at a better price than it holds', () => {
    const { asks, bids } = buildLadder(book(), { ...options, step: '1' });
    expect(asks.map((row) => [row.price, row.size])).toEqual([['101', '4.000']]);
    expect(bids.map((row) => [row.price, row.size])).toEqual([['99', '4.000']]);
  });

  it('measures the bars of both sides against the deeper one', () => {
    const { asks, bids } = buildLadder(book({ bids: [['99.9', '1.000']] }), options);
    expect(asks.at(-1)?.depth).toBe(1);
    expect(bids[0]?.depth).toBe(0.25);
  });

  it('marks what is left of our own resting orders, and only of those', () => {
    const ownOrders = [
      order(),
      order({ clientOrderId: 'second', quantity: '1', filledQuantity: '0' }),
      order({ clientOrderId: 'ended', state: 'cancelled' }),
      order({ clientOrderId: 'waiting', state: 'untriggered' }),
    ];
    const { bids } = buildLadder(book(), { ...options, ownOrders });
    expect(bids.map((row) => row.own)).toEqual([null, '1.010', null]);
  });

  it('puts our own order into the group its price belongs to', () => {
    const { bids } = buildLadder(book(), { ...options, step: '1', ownOrders: [order()] });
    expect(bids[0]?.own).toBe('0.010');
  });

  it('shows no spread for an empty side or a crossed book', () => {
    expect(buildLadder(book({ bids: [] }), options).spread).toBeNull();
    expect(spreadOf('100.2', '100.1', '0.1')).toBeNull();
  });

  it('tells the spread in ticks and as a fraction of the middle', () => {
    expect(spreadOf('99.9', '100.1', '0.1')).toEqual({ ticks: '2', fraction: '0.002' });
  });

  it('keeps every unit of size, whatever the grouping', () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 1_000_000 }));
    fc.assert(
      fc.property(
        fc.uniqueArray(level, { selector: ([price]) => price, minLength: 1 }),
        fc.constantFrom('0.1', '0.5', '1', '10'),
        (levels, step) => {
          const asks = [...levels]
            .sort(([a], [b]) => a - b)
            .map(([price, size]) => [fromScaled(BigInt(price), 1), fromScaled(BigInt(size), 3)] as const);
          const { asks: rows } = buildLadder({ asks, bids: [] }, { ...options, step, rows: 1000 });
          const whole = asks.reduce((sum, [, size]) => addText(sum, size), '0');
          expect(compareText(rows.at(-1)?.sum ?? '0', whole)).toBe(0);
          for (const row of rows)
            expect(compareText(row.price, asks[0]?.[0] ?? '0')).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('groupings', () => {
  it('are multiples of the tick up to one percent of the price', () => {
    expect(groupings('0.5', '500').map((one) => one.step)).toEqual(['0.5', '1', '2.5', '5']);
  });

  it('offer the tick itself for a market whose tick is coarse', () => {
    expect(groupings('1', '20').map((one) => one.step)).toEqual(['1']);
  });
});

describe('scaled numbers', () => {
  it('give back the text that they were made from', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 38n }), (value) => {
        expect(toScaled(fromScaled(value, SIZE_DECIMALS), SIZE_DECIMALS)).toBe(value);
      }),
    );
  });

  it('round towards the asked direction when the text is finer', () => {
    expect(toScaled('1.29', 1)).toBe(12n);
    expect(toScaled('1.21', 1, 'up')).toBe(13n);
    expect(toScaled('1.20', 1, 'up')).toBe(12n);
  });
});

describe('changed digits', () => {
  it('begin at the first that differs', () => {
    expect(firstChange('60123.4', '60129.4')).toBe(4);
  });

  it('are all of them when the length changed, and none when nothing did', () => {
    expect(firstChange('9.9', '10.1')).toBe(0);
    expect(firstChange('9.9', '9.9')).toBe(-1);
  });
});
