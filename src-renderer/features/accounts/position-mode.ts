import type { Account } from '../../../src-preload/contract/types/account.ts';

/** Why the position mode cannot be switched from here; null when the venue may be asked. */
export function modeBlocker(account: Account): 'notLive' | 'readOnly' | 'noRight' | null {
  if (!account.uses.includes('trade')) return 'readOnly';
  if (account.permissions?.trade === false) return 'noRight';
  return account.state === 'live' || account.state === 'stale' ? null : 'notLive';
}
