import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { compareText, dec, isMultipleOf, text } from '../../../src-main/market/decimal.ts';
import { positionSize } from '../../../src-main/risk/position-size.ts';
import type { SizeInput } from '../../../src-main/risk/position-size.ts';
import { BTC_PERPETUAL, BTC_SPOT } from '../../support/markets.ts';

const INVERSE = {
  ...BTC_PERPETUAL,
  symbol: 'BTC/USD:BTC',
  kind: 'inverse',
  quote: 'USD',
  settle: 'BTC',
  quantityUnit: 'contracts',
  contractValue: '1',
  lotSize: '1',
  minQuantity: '1',
  maxQuantity: '10000000',
} as const;

const size = (over: Partial<SizeInput> = {}) =>
  positionSize({
    instrument: BTC_PERPETUAL,
    side: 'buy',
    entry: '60000',
    stop: '59000',
    riskAmount: '100',
    takerFee: '0.0005',
    byBalance: null,
    byLimit: null,
    ...over,
  });

/** What is lost when entry and stop both trade at their prices and taker fees are paid twice: with other means. */
function lossOf({ instrument, entry, stop, takerFee }: SizeInput, quantity: string): number {
  const [q, e, s, f] = [Number(quantity), Number(entry), Number(stop), Math.max(0, Number(takerFee))];
  if (instrument.kind === 'inverse') return Math.abs(q / e - q / s) + (q / e + q / s) * f;
  return q * Math.abs(e - s) + q * (e + s) * f;
}

const price = fc.integer({ min: 1_000, max: 2_000_000 }).map((ticks) => (ticks / 10).toFixed(1));
const input = fc
  .record({
    instrument: fc.constantFrom(BTC_PERPETUAL, BTC_SPOT, INVERSE),
    a: price,
    b: price,
    isBuy: fc.boolean(),
    risk: fc.integer({ min: 1, max: 10_000_000 }),
    fee: fc.constantFrom('0', '0.0005', '0.001', '-0.0001'),
  })
  .filter(({ a, b }) => a !== b)
  .map(({ instrument, a, b, isBuy, risk, fee }): SizeInput => {
    const [low, high] = compareText(a, b) < 0 ? [a, b] : [b, a];
    const side = instrument.kind === 'spot' || isBuy ? 'buy' : 'sell';
    const [entry, stop] = side === 'buy' ? [high, low] : [low, high];
    const riskAmount = text(dec(String(risk)).div(instrument.kind === 'inverse' ? '100000' : '100'));
    return { instrument, side, entry, stop, riskAmount, takerFee: fee, byBalance: null, byLimit: null };
  });

/** Null when no order is small enough. */
function tried(wish: SizeInput) {
  try {
    return positionSize(wish);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'risk.belowMinimum') return null;
    throw error;
  }
}

describe('the size of a position', () => {
  it('is what the risk allows after both fees, rounded down to the lot', () => {
    // (1000 + (60000 + 59000) x 0.0005) = 1059.5 a coin.
    expect(size()).toMatchObject({ quantity: '0.0943', boundBy: 'risk', currency: 'USDT', risk: '99.91085' });
    expect(size()).toMatchObject({ fees: '5.61085', notional: '5658' });
  });

  it('never risks more than was asked for, in any market, and one lot more would', () => {
    fc.assert(
      fc.property(input, (wish) => {
        const found = tried(wish);
        if (found === null) return;
        expect(compareText(found.risk, wish.riskAmount)).toBeLessThanOrEqual(0);
        expect(isMultipleOf(found.quantity, wish.instrument.lotSize)).toBe(true);
        const loss = lossOf(wish, found.quantity);
        expect(loss).toBeLessThanOrEqual(Number(wish.riskAmount) * (1 + 1e-9));
        expect(Number(found.risk)).toBeCloseTo(loss, 6);
        if (found.boundBy !== 'risk') return;
        const next = text(dec(found.quantity).plus(wish.instrument.lotSize));
        expect(lossOf(wish, next)).toBeGreaterThan(Number(wish.riskAmount) * (1 - 1e-9));
      }),
      { numRuns: 500 },
    );
  });

  it('grows with the risk and never shrinks', () => {
    fc.assert(
      fc.property(input, fc.integer({ min: 0, max: 1_000_000 }), (wish, more) => {
        const larger = { ...wish, riskAmount: text(dec(wish.riskAmount).plus(dec(String(more)).div('100'))) };
        const [small, large] = [tried(wish), tried(larger)];
        if (small !== null && large === null) throw new Error('more risk allowed less');
        if (small !== null && large !== null)
          expect(compareText(large.quantity, small.quantity)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is bound by balance, limits and the largest order of the venue, whichever is least', () => {
    expect(size({ byBalance: '0.05004' })).toMatchObject({ quantity: '0.05', boundBy: 'balance' });
    expect(size({ byBalance: '0.05', byLimit: '0.02' })).toMatchObject({
      quantity: '0.02',
      boundBy: 'limit',
    });
    expect(size({ riskAmount: '1000000' })).toMatchObject({ quantity: '100', boundBy: 'venue' });
    const instrument = { ...BTC_PERPETUAL, maxMarketQuantity: '7' };
    expect(size({ instrument, riskAmount: '1000000' })).toMatchObject({ quantity: '7', boundBy: 'venue' });
  });

  it('is refused with the numbers where the smallest order would risk more', () => {
    expect(() => size({ riskAmount: '0.05' })).toThrow(
      expect.objectContaining({
        kind: 'badInput',
        code: 'risk.belowMinimum',
        message: expect.stringMatching(/smallest order is 0\.0001 and would risk 0\.10595 USDT/) as unknown,
        details: { problems: [expect.objectContaining({ field: 'riskAmount', nearest: '0.10595' })] },
      }) as Error,
    );
  });

  it('needs the stop on the losing side, and no short spot position', () => {
    const code = (over: Partial<SizeInput>) => () => size(over);
    expect(code({ stop: '60000' })).toThrow(/must be below/);
    expect(code({ side: 'sell' })).toThrow(/must be above/);
    expect(code({ instrument: BTC_SPOT, side: 'sell', stop: '61000' })).toThrow(/no short positions/);
    expect(code({ instrument: { ...BTC_PERPETUAL, kind: 'option' } })).toThrow(
      expect.objectContaining({ code: 'risk.noOptions' }) as Error,
    );
  });
});
