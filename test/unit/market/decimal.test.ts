import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addText,
  compareText,
  dec,
  Decimal,
  decimalsOf,
  floorToStep,
  isDecimalText,
  isMultipleOf,
  isZeroText,
  multiplyText,
  normalise,
  roundToStep,
  subtractText,
  text,
} from '../../../src-main/market/decimal.ts';

const PLAIN = /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/;

/** Decimal text of up to `digits` digits on each side of the point. */
function decimalText(digits = 18, signed = true) {
  return fc
    .tuple(
      signed ? fc.constantFrom('', '-') : fc.constant(''),
      fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n }),
      fc.stringMatching(new RegExp(`^[0-9]{0,${digits}}$`)),
    )
    .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`);
}

const step = decimalText(6, false).filter((value) => /[1-9]/.test(value));
/** Wide enough that no intermediate of the model is rounded. */
const Exact = Decimal.clone({ precision: 200 });

describe('decimal text', () => {
  it('is never written in E-notation, with trailing zeros or as a negative zero', () => {
    fc.assert(
      fc.property(decimalText(), decimalText(), step, (a, b, s) => {
        const results = [
          normalise(a),
          addText(a, b),
          subtractText(a, b),
          multiplyText(a, b),
          floorToStep(a, s),
          roundToStep(a, s, 'halfEven'),
        ];
        for (const result of results) {
          expect(result).toMatch(PLAIN);
          expect(result).not.toBe('-0');
        }
        expect(text(dec(a))).toMatch(/^-?\d+(\.\d+)?$/);
      }),
    );
  });

  it('adds, subtracts, multiplies and compares exactly', () => {
    fc.assert(
      fc.property(decimalText(), decimalText(), (a, b) => {
        const [x, y] = [new Exact(a), new Exact(b)];
        expect(addText(a, b)).toBe(normalise(x.plus(y)));
        expect(subtractText(a, b)).toBe(normalise(x.minus(y)));
        expect(multiplyText(a, b)).toBe(normalise(x.times(y)));
        expect(compareText(a, b)).toBe(x.comparedTo(y));
        expect(isZeroText(a)).toBe(x.isZero());
      }),
    );
  });

  it('reads the E-notation that Bitfinex sends', () => {
    expect(normalise('7e-7')).toBe('0.0000007');
    expect(normalise('-1.5E+3')).toBe('-1500');
    expect(text(dec('1e-18').times('1e-3'))).toBe('0.000000000000000000001');
    expect(text(dec('1e21'))).toBe('1000000000000000000000');
  });

  it.each([
    '',
    '.',
    '-',
    ' 1',
    '1 ',
    '1,5',
    '0x10',
    'NaN',
    'Infinity',
    '1e',
    '1e9999',
    '--1',
    '9'.repeat(401),
  ])('refuses %j as a protocol error', (value) => {
    expect(isDecimalText(value)).toBe(false);
    expect(() => dec(value)).toThrow(expect.objectContaining({ kind: 'protocol', code: 'decimal.invalid' }));
    expect(() => compareText('1', value)).toThrow(expect.objectContaining({ kind: 'protocol' }));
  });

  it('refuses to write what a division by zero made', () => {
    expect(() => text(dec('1').div('0'))).toThrow(expect.objectContaining({ code: 'decimal.invalid' }));
    expect(text(dec('-0'))).toBe('0');
  });

  it('says that only text is decimal text', () => {
    expect([1, null, undefined, {}].map(isDecimalText)).toEqual([false, false, false, false]);
    expect(['0', '-1.50', '.5', '1.'].map(isDecimalText)).toEqual([true, true, true, true]);
  });
});

describe('rounding to a step', () => {
  it('never goes above the value when it floors, and stays less than a step below', () => {
    fc.assert(
      fc.property(decimalText(), step, (value, s) => {
        const floored = floorToStep(value, s);
        expect(compareText(floored, value)).toBeLessThanOrEqual(0);
        expect(compareText(subtractText(value, floored), s)).toBe(-1);
        expect(isMultipleOf(floored, s)).toBe(true);
      }),
    );
  });

  it('never answers more digits than the step has', () => {
    fc.assert(
      fc.property(
        decimalText(),
        step,
        fc.constantFrom('down', 'up', 'halfEven', 'halfUp') as fc.Arbitrary<'down' | 'up'>,
        (value, s, rounding) => {
          const rounded = roundToStep(value, s, rounding);
          expect(decimalsOf(rounded)).toBeLessThanOrEqual(decimalsOf(s));
          expect(isMultipleOf(rounded, s)).toBe(true);
        },
      ),
    );
  });

  it('rounds as decimal.js does with enough digits', () => {
    const modes = {
      down: Decimal.ROUND_DOWN,
      up: Decimal.ROUND_UP,
      halfEven: Decimal.ROUND_HALF_EVEN,
      halfUp: Decimal.ROUND_HALF_UP,
    } as const;
    const named = Object.keys(modes) as (keyof typeof modes)[];
    // Tenths of a step make ties frequent.
    fc.assert(
      fc.property(
        fc.integer({ min: -999, max: 999 }),
        step,
        fc.constantFrom(...named),
        (tenths, s, rounding) => {
          const value = multiplyText(multiplyText(s, '0.1'), String(tenths));
          const steps = new Exact(tenths).div(10).toDecimalPlaces(0, modes[rounding]);
          expect(roundToStep(value, s, rounding)).toBe(normalise(steps.times(s)));
        },
      ),
    );
  });

  it('floors where a 40 digit quotient would have rounded up to the next step', () => {
    const justBelow = `2.${'9'.repeat(60)}`;
    expect(floorToStep(justBelow, '3')).toBe('0');
    expect(roundToStep(justBelow, '1', 'down')).toBe('2');
  });

  it('knows ties, signs and steps that are no power of ten', () => {
    expect(roundToStep('0.25', '0.1', 'halfEven')).toBe('0.2');
    expect(roundToStep('0.25', '0.1', 'halfUp')).toBe('0.3');
    expect(roundToStep('-0.25', '0.1', 'halfUp')).toBe('-0.3');
    expect(roundToStep('-0.21', '0.1', 'down')).toBe('-0.2');
    expect(roundToStep('-0.21', '0.1', 'up')).toBe('-0.3');
    expect(floorToStep('-0.21', '0.1')).toBe('-0.3');
    expect(floorToStep('63917.37', '0.25')).toBe('63917.25');
    expect(isMultipleOf('63917.37', '0.25')).toBe(false);
    expect(isMultipleOf('0.3', '0.1')).toBe(true);
    expect(decimalsOf('0.0100')).toBe(2);
    expect(decimalsOf('10')).toBe(0);
  });

  it.each(['0', '-0.1', '0.00'])('refuses %s as a step', (bad) => {
    expect(() => floorToStep('1', bad)).toThrow(expect.objectContaining({ code: 'decimal.badStep' }));
    expect(() => isMultipleOf('1', bad)).toThrow(expect.objectContaining({ code: 'decimal.badStep' }));
  });
});
