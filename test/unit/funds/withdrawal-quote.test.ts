import { describe, expect, it } from 'vitest';
import { quoteWithdrawal, withdrawalFee } from '../../../src-main/funds/withdrawal-quote.ts';
import type { AssetNetwork, BookedAddress } from '../../../src-preload/contract/types/funds.ts';
import { ADDRESS, NETWORK } from './funds-fixture.ts';

const quote = (
  wish: { amount?: string; feeFromAmount?: boolean; addressId?: string; network?: string } = {},
  facts: { network?: Partial<AssetNetwork>; address?: Partial<BookedAddress>; available?: string } = {},
) =>
  quoteWithdrawal(
    { asset: 'USDT', network: 'ETH', addressId: 'entry-1', amount: '20', feeFromAmount: false, ...wish },
    {
      assets: [{ asset: 'USDT', name: 'Tether', networks: [{ ...NETWORK, ...facts.network }] }],
      book: [{ ...ADDRESS, ...facts.address }],
      available: facts.available ?? '100',
    },
  );
const fields = (quoted: ReturnType<typeof quote>) => quoted.problems.map((problem) => problem.field);

describe('the figures of a withdrawal', () => {
  it('with the fee on top: more leaves, all of it arrives', () => {
    expect(quote()).toMatchObject({
      debited: '23',
      fee: '3',
      received: '20',
      available: '100',
      problems: [],
    });
  });

  it('with the fee out of the amount: that much leaves, less arrives', () => {
    expect(quote({ feeFromAmount: true })).toMatchObject({
      debited: '20',
      fee: '3',
      received: '17',
      problems: [],
    });
  });

  it.each([
    // fixed 3, 2.2 %: on top 3 + 100 / 0.978 * 0.022; out of it 3 + 97 * 0.022. Rounded up to 6 decimals.
    [false, '5.249489'],
    [true, '5.134'],
  ] as const)('with a share (fee out of the amount: %s) follow the venue’s formula', (feeFromAmount, fee) => {
    expect(withdrawalFee({ ...NETWORK, withdrawFeeRate: '0.022' }, '100', feeFromAmount)).toBe(fee);
  });

  it('never take a share of an amount that does not even cover the fixed fee', () => {
    expect(withdrawalFee({ ...NETWORK, withdrawFeeRate: '0.5' }, '1', true)).toBe('3');
  });
});

describe('the rules of a withdrawal', () => {
  it.each([
    ['below the least', { amount: '9.9' }, {}, 'at least 10', '10'],
    ['above the most', { amount: '501' }, { available: '1000' }, 'at most 500', '500'],
    ['finer than the network', { amount: '20.1234567' }, {}, 'at most 6 decimals', '20.123456'],
    ['more than there is with the fee', { amount: '98' }, {}, 'with the fee of 3', '97'],
    ['more than there is', { amount: '101', feeFromAmount: true }, {}, '100 that can be withdrawn', '100'],
  ] as const)('name an amount %s and the nearest one that would do', (_name, wish, facts, rule, nearest) => {
    const [problem, ...more] = quote(wish, facts).problems;
    expect(problem).toMatchObject({ field: 'amount', nearest });
    expect(problem?.rule).toContain(rule);
    expect(more).toEqual([]);
    expect(quote({ ...wish, amount: nearest }, facts).problems).toEqual([]);
  });

  it('suggest nothing where nothing would be accepted', () => {
    const { problems } = quote({}, { available: '5' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toHaveProperty('nearest');
  });

  it('suggest what a share on top leaves room for', () => {
    const [problem] = quote({ amount: '100' }, { network: { withdrawFeeRate: '0.022' } }).problems;
    expect(problem?.nearest).toBe('94.866');
    expect(quote({ amount: '94.866' }, { network: { withdrawFeeRate: '0.022' } }).problems).toEqual([]);
  });

  it('know no most where the venue tells none', () => {
    expect(
      quote({ amount: '5000' }, { network: { maxWithdrawal: null }, available: '9000' }).problems,
    ).toEqual([]);
  });

  it('refuse an amount that the fee eats up', () => {
    const { problems, received } = quote(
      { amount: '3', feeFromAmount: true },
      { network: { minWithdrawal: null } },
    );
    expect(problems[0]?.rule).toContain('more than the fee');
    expect(received).toBe('0');
  });

  it('refuse a network that is closed, without a fee, or not the coin’s', () => {
    expect(quote({}, { network: { withdrawOpen: false } }).problems[0]?.rule).toContain('closed');
    expect(quote({}, { network: { withdrawFee: null } }).problems[0]?.rule).toContain('cannot be withdrawn');
    expect(fields(quote({ network: 'TRX' }))).toContain('network');
  });

  it('refuse an address that is not in the book, is held back, or belongs elsewhere', () => {
    expect(quote({ addressId: 'another' }).problems[0]?.rule).toContain('address book');
    expect(quote({}, { address: { usable: false } }).problems[0]?.rule).toContain('24 hours');
    expect(quote({}, { address: { network: 'TRX' } }).problems[0]?.rule).toContain('TRX');
    expect(quote({}, { address: { asset: 'XRP' } }).problems[0]?.rule).toContain('XRP');
    expect(quote({}, { address: { asset: null } }).problems).toEqual([]);
  });

  it('refuse a memo that would reach nobody', () => {
    expect(quote({}, { address: { memo: '12 34' } }).problems[0]?.rule).toContain('memo');
    expect(quote({}, { address: { memo: '1234' } }).problems).toEqual([]);
  });

  it('are all told at once', () => {
    expect(fields(quote({ amount: '700' }, { address: { usable: false } }))).toEqual([
      'addressId',
      'amount',
      'amount',
    ]);
  });
});
