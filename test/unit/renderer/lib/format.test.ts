import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  decimalParts,
  formatAge,
  formatBytes,
  formatCountdown,
  formatDecimal,
  formatPercent,
  formatTime,
  MINUS,
  parseDecimal,
} from '../../../../src-renderer/lib/format.ts';
import { formatLanguage, GROUP_SPACE as G } from '../../../../src-renderer/lib/locale.ts';

afterEach(() => {
  formatLanguage.value = 'en';
});

describe('formatDecimal', () => {
  it('groups from five digits on, so that four-digit prices stay in one piece', () => {
    expect(formatDecimal('1234.5')).toBe('1234.5');
    expect(formatDecimal('1234567.5')).toBe(`1${G}234${G}567.5`);
  });

  it('keeps every digit of a number that no float could hold', () => {
    expect(formatDecimal('9007199254740993.000000000000000001', { group: false })).toBe(
      '9007199254740993.000000000000000001',
    );
  });

  it('rounds half to even when decimals are given, and keeps their zeros', () => {
    expect(formatDecimal('0.125', { decimals: 2 })).toBe('0.12');
    expect(formatDecimal('0.135', { decimals: 2 })).toBe('0.14');
    expect(formatDecimal('5', { decimals: 2 })).toBe('5.00');
  });

  it('fills up to the least decimals but never cuts', () => {
    expect(formatDecimal('1.5', { minDecimals: 3 })).toBe('1.500');
    expect(formatDecimal('1.23456', { minDecimals: 3 })).toBe('1.23456');
  });

  it('writes a true minus, a plus on request, and no sign for what rounds to zero', () => {
    expect(formatDecimal('-3')).toBe(`${MINUS}3`);
    expect(formatDecimal('3', { sign: true })).toBe('+3');
    expect(formatDecimal('-0.001', { decimals: 2 })).toBe('0.00');
    expect(formatDecimal('0', { sign: true })).toBe('0');
  });

  it('follows the language at once', () => {
    formatLanguage.value = 'de';
    expect(formatDecimal('60123.40')).toBe(`60${G}123,40`);
  });

  it('sets trailing zeros apart, with the sign where all of it is zeros', () => {
    expect(decimalParts('1.500')).toMatchObject({ whole: '1', fraction: '.5', zeros: '00' });
    expect(decimalParts('2.00')).toMatchObject({ whole: '2', fraction: '', zeros: '.00' });
  });

  it('is read back by parseDecimal as the same number in both languages', () => {
    const text = fc
      .tuple(fc.bigInt(0n, 10n ** 15n), fc.integer({ min: 0, max: 10 ** 8 }))
      .map(([whole, part]) => `${whole}.${String(part).padStart(9, '0')}`);
    fc.assert(
      fc.property(text, fc.constantFrom('en' as const, 'de' as const), (value, language) => {
        formatLanguage.value = language;
        expect(parseDecimal(formatDecimal(value))).toBe(value);
      }),
      { numRuns: 200 },
    );
  });
});

describe('parseDecimal', () => {
  it.each([
    ['60120.5', '60120.5'],
    ['60 120.5', '60120.5'],
    ['0,5', '0.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['007', '7'],
    ['-0.0', '0.0'],
  ])('reads %s as %s', (typed, canonical) => {
    expect(parseDecimal(typed)).toBe(canonical);
  });

  it.each(['', ' ', '-', 'abc', '1e5', '0x10', '1.2.3', '1,2,3', '1.234,5', 'NaN', 'Infinity', '+1'])(
    'refuses %j',
    (typed) => {
      expect(parseDecimal(typed)).toBeNull();
    },
  );

  it('refuses what is a thousand in one language and one in the other', () => {
    expect(parseDecimal('1,234')).toBeNull();
    expect(parseDecimal('1.234')).toBe('1.234');
    formatLanguage.value = 'de';
    expect(parseDecimal('1.234')).toBeNull();
    expect(parseDecimal('1,234')).toBe('1.234');
    expect(parseDecimal('0.125')).toBe('0.125');
  });
});

describe('other figures', () => {
  it('writes fractions as signed percent without leaving decimal text', () => {
    expect(formatPercent('0.0123')).toBe(`+1.23${G}%`);
    expect(formatPercent('-0.1', { decimals: 0 })).toBe(`${MINUS}10${G}%`);
    expect(formatPercent('0.5', { sign: false })).toBe(`50.00${G}%`);
  });

  it('writes ages in their largest whole unit and never below zero', () => {
    expect(formatAge(-5000)).toBe(`0${G}s`);
    expect(formatAge(59_999)).toBe(`59${G}s`);
    expect(formatAge(60_000)).toBe(`1${G}min`);
    expect(formatAge(7_200_000)).toBe(`2${G}h`);
    expect(formatAge(172_800_000)).toBe(`2${G}d`);
  });

  it('counts down to the second that is not over yet', () => {
    expect(formatCountdown(46_001)).toBe('00:47');
    expect(formatCountdown(3_792_000)).toBe('1:03:12');
    expect(formatCountdown(-1)).toBe('00:00');
  });

  it('writes sizes in binary units', () => {
    expect(formatBytes(4096)).toBe(`4.0${G}KiB`);
    expect(formatBytes(3_145_728)).toBe(`3.0${G}MiB`);
  });

  it('writes times in the words of the language', () => {
    const noon = new Date(2026, 4, 5, 12, 0, 7).getTime();
    expect(formatTime(noon, 'time')).toBe('12:00:07');
    formatLanguage.value = 'de';
    expect(formatTime(noon, 'date')).toBe('5. Mai 2026');
  });
});
