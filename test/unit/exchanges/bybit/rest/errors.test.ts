import { describe, expect, it } from 'vitest';
import { isNoChange, refusalError, statusError } from '../../../../../src-main/exchanges/bybit/errors.ts';

const write = (code: number) => refusalError({ code, message: 'words of the venue', isWrite: true });
const asked = (code: number) => refusalError({ code, message: 'words of the venue', isWrite: false });

describe('the sheet’s codes', () => {
  it.each([
    [10001, 'invalidOrder'],
    [10002, 'clock'],
    [-1, 'clock'],
    [10003, 'auth'],
    [10004, 'auth'],
    [-2015, 'auth'],
    [10005, 'permission'],
    [10024, 'permission'],
    [10028, 'permission'],
    [10006, 'rateLimited'],
    [10403, 'rateLimited'],
    [170222, 'rateLimited'],
    [10014, 'duplicateOrder'],
    [110072, 'duplicateOrder'],
    [170141, 'duplicateOrder'],
    [110001, 'unknownOrder'],
    [170142, 'unknownOrder'],
    [110079, 'unavailable'],
    [110007, 'insufficientFunds'],
    [170131, 'insufficientFunds'],
    [110074, 'marketClosed'],
    [170159, 'marketClosed'],
    [110003, 'invalidOrder'],
    [700008, 'invalidOrder'],
    [10404, 'protocol'],
  ])('%i is %s', (code, kind) => {
    expect(write(code)).toMatchObject({
      kind,
      details: { venueCode: String(code), venueMessage: 'words of the venue' },
    });
  });

  it.each([10000, 10016, 10019, 170007, 170146, 170147, 170310, 131200])(
    '%i leaves a write unknown and makes a read unavailable',
    (code) => {
      expect(write(code).kind).toBe('unknownOutcome');
      expect(asked(code).kind).toBe('unavailable');
    },
  );

  it('an unknown code is a refusal that is shown, never a guess', () => {
    expect(write(987654)).toMatchObject({ kind: 'invalidOrder', code: 'bybit.refused' });
    expect(asked(987654)).toMatchObject({ kind: 'unavailable', code: 'bybit.refused' });
  });

  it('only the no-change class is one', () => {
    expect([110025, 110026, 110027, 110043, 34040].every(isNoChange)).toBe(true);
    expect([0, 10001, 110024].some(isNoChange)).toBe(false);
  });

  it('reasons of a refused margin mode become problems', () => {
    const result = {
      reasons: [{ reasonCode: '3400000', reasonMsg: 'Equity needs to be at least 1000 USDC' }, 7],
    };
    const error = refusalError({ code: 3400045, message: '', result, isWrite: true });
    expect(error.details.problems).toEqual([
      { field: 'marginMode', rule: 'Equity needs to be at least 1000 USDC' },
    ]);
  });

  it('the venue’s text is cut', () => {
    const error = refusalError({ code: 10001, message: 'x'.repeat(5000), isWrite: false });
    expect(error.details.venueMessage).toHaveLength(300);
  });

  it.each([
    [400, 'protocol'],
    [401, 'auth'],
    [403, 'rateLimited'],
    [404, 'notSupported'],
    [429, 'rateLimited'],
    [503, 'unknownOutcome'],
  ])('HTTP %i is %s', (status, kind) => {
    expect(statusError(status, true).kind).toBe(kind);
  });
});
