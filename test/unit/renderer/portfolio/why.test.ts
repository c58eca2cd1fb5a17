import { describe, expect, it } from 'vitest';
import {
  explainAccount,
  explainTotal,
  isGapWorthALine,
} from '../../../../src-renderer/features/portfolio/why.ts';
import { walletRows } from '../../../../src-renderer/features/portfolio/wallet-rows.ts';
import type { AccountFigures } from '../../../../src-preload/contract/types/portfolio.ts';
import { account as figures, balance, holding, portfolio } from './builders.ts';

const holdings = [holding('BTC', '0.5', '30000'), holding('USDT', '1000', '1000'), holding('XYZ', '7', null)];
const account = (change: Partial<AccountFigures> = {}): AccountFigures => figures({ holdings, ...change });

describe('why this number', () => {
  it('values each balance at the price its asset was counted at', () => {
    const parts = explainAccount(account({ balances: [balance('BTC', '0.1')], equity: '6000' }));
    expect(parts.counted[0]).toMatchObject({ price: '60000', value: '6000', pricePath: ['BTC/USDT'] });
    expect(parts.walletsValue).toBe('6000');
    expect(parts.gap).toBe('0');
  });

  it('names the gap between the wallets and the equity', () => {
    const parts = explainAccount(account({ balances: [balance('USDT', '900')], equity: '865.5' }));
    expect(parts.gap).toBe('-34.5');
  });

  it('does not pretend to know the wallets when one has no price', () => {
    const one = account({ balances: [balance('USDT', '900'), balance('XYZ', '1')], equity: '900' });
    const parts = explainAccount(one);
    expect(parts.walletsValue).toBeNull();
    expect(parts.gap).toBeNull();
    expect(parts.counted.map((part) => part.balance.asset)).toEqual(['USDT', 'XYZ']);
  });

  it('keeps wallets that are not counted apart, with their reason', () => {
    const odd = balance('USDT', '50', { wallet: 'earn', counted: false, notCountedReason: 'unknown wallet' });
    const parts = explainAccount(account({ balances: [odd], equity: '0' }));
    expect(parts.counted).toEqual([]);
    expect(parts.notCounted).toEqual([odd]);
    expect(walletRows(parts)[0]).toMatchObject({ counted: false, reason: 'unknown wallet', value: null });
  });

  it('takes an empty balance without price as worth nothing, since nothing is what it is', () => {
    const parts = explainAccount(account({ balances: [balance('XYZ', '0')], equity: '0' }));
    expect(parts.walletsValue).toBe('0');
  });

  it('leaves the sum open while an account is unknown', () => {
    const view = portfolio({ total: null, accounts: [account(), account({ accountId: 'b', equity: null })] });
    expect(explainTotal(view)).toMatchObject({ sum: null, difference: null });
  });

  it('shows a total that its accounts do not add up to', () => {
    const view = portfolio({
      total: '130',
      accounts: [account(), account({ accountId: 'b', equity: '25' })],
    });
    expect(explainTotal(view)).toMatchObject({ sum: '125', difference: '5' });
  });

  it.each([
    ['0', '100', false],
    ['0.00001', '100', false],
    ['-0.01', '100', true],
    ['0.01', null, true],
    [null, '100', false],
  ] as const)('gap %s of %s is worth a line: %s', (gap, of, expected) => {
    expect(isGapWorthALine(gap, of)).toBe(expected);
  });
});

describe('wallet rows', () => {
  it('hide empty balances until asked, but never one that is not counted', () => {
    const parts = explainAccount(
      account({
        balances: [balance('BTC', '0'), balance('USDT', '5'), balance('ETH', '0', { counted: false })],
      }),
    );
    expect(walletRows(parts).map((row) => row.asset)).toEqual(['USDT', 'ETH']);
    expect(walletRows(parts, true).map((row) => row.asset)).toEqual(['USDT', 'BTC', 'ETH']);
  });
});
