import type { Account } from '../../src-preload/contract/types/account.ts';

type Money = Pick<Account, 'environment'>;

const isReal = ({ environment }: Money): boolean => environment === 'live';

/**
 * Which accounts count. Play money (practice, demo, testnet) added to real money would make a total that nobody
 * owns: as soon as there is one account with real money, only such accounts count. Without one, all do.
 */
export function countingRule(accounts: readonly Money[]): (account: Money) => boolean {
  const hasReal = accounts.some(isReal);
  return (account) => !hasReal || isReal(account);
}
