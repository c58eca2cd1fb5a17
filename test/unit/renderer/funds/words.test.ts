import { describe, expect, it } from 'vitest';
import { addressGroups, amountInWords } from '../../../../src-renderer/features/funds/amount-words.ts';

const english = {
  digits: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
  point: 'point',
};

describe('an amount in words', () => {
  it('is read digit by digit, so that a lost zero is heard', () => {
    expect(amountInWords('10.05', english)).toBe('one zero point zero five');
    expect(amountInWords('1000', english)).not.toBe(amountInWords('100', english));
  });
});

describe('groups of an address', () => {
  it('are its first and last eight characters in fours, with nothing lost between', () => {
    const { first, middle, last } = addressGroups('0123456789abcdefghij0123');
    expect([first, last]).toEqual(['0123 4567', 'ghij 0123']);
    expect(first.replace(' ', '') + middle + last.replace(' ', '')).toBe('0123456789abcdefghij0123');
  });

  it('leave a short one whole', () => {
    expect(addressGroups('100200300')).toEqual({ first: '1002 0030 0', middle: '', last: '' });
  });
});
