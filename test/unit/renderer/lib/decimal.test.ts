import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addText,
  compareText,
  decimalsOfStep,
  divideText,
  isDecimalText,
  multiplyText,
  snapText,
  subtractText,
} from '../../../../src-renderer/lib/decimal.ts';

const amount = fc
  .tuple(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.integer({ min: 0, max: 8 }))
  .map(([digits, places]) => {
    const bare = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
    const text = places === 0 ? bare : `${bare.slice(0, -places)}.${bare.slice(-places)}`;
    return digits < 0n ? `-${text}` : text;
  });

describe('decimal text', () => {
  it('adds what binary floats cannot', () => {
    expect(addText('0.1', '0.2')).toBe('0.3');
  });

  it('never answers in E-notation', () => {
    expect(multiplyText('0.000000001', '0.000000001')).toBe('0.000000000000000001');
    expect(multiplyText('1000000000000000', '1000000000000000')).toBe(`1${'0'.repeat(30)}`);
  });

  it('takes back exactly what was added', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(compareText(subtractText(addText(a, b), b), a)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('answers null for a division by zero', () => {
    expect(divideText('1', '0.00')).toBeNull();
    expect(divideText('1', '3', 4)).toBe('0.3333');
  });

  it('snaps to a multiple of the step, on the side that was asked for', () => {
    expect(snapText('60120.3', '0.5')).toBe('60120.5');
    expect(snapText('60120.3', '0.5', 'down')).toBe('60120');
    expect(snapText('0.0151', '0.001', 'up')).toBe('0.016');
  });

  it('knows the decimals of a step, whatever zeros it carries', () => {
    expect([decimalsOfStep('0.10'), decimalsOfStep('5'), decimalsOfStep('0.00001')]).toEqual([1, 0, 5]);
  });

  it.each(['1', '-0.5', '0.000', '12345678901234567890.123'])('accepts %s as canonical', (text) => {
    expect(isDecimalText(text)).toBe(true);
  });

  it.each(['', '01', '.5', '5.', '1e3', '+1', '1 000', '-'])('does not accept %j as canonical', (text) => {
    expect(isDecimalText(text)).toBe(false);
  });
});
