/** What an inspected key means for its owner: a checklist with a verdict and a fix each. Worst first. */
import type { Account } from '../../../src-preload/contract/types/account.ts';

export type VerdictTone = 'danger' | 'warn' | 'good' | 'unknown';

export interface Verdict {
  /** Key of the texts under `accounts.verdict.<id>`. */
  readonly id: string;
  readonly tone: VerdictTone;
  readonly values: Readonly<Record<string, string | number>>;
}

const DAY = 86_400_000;
const SOON_DAYS = 14;
const ORDER: readonly VerdictTone[] = ['danger', 'warn', 'unknown', 'good'];

const verdict = (id: string, tone: VerdictTone, values: Verdict['values'] = {}): Verdict => ({
  id,
  tone,
  values,
});

function withdrawals({ permissions, uses }: Account): Verdict {
  if (permissions === null) return verdict('withdrawUnknown', 'unknown');
  if (!permissions.withdraw) return verdict('withdrawNo', 'good');
  return uses.includes('withdraw') ? verdict('withdrawUsed', 'danger') : verdict('withdrawUnused', 'danger');
}

function addresses({ permissions }: Account): Verdict {
  if (permissions === null) return verdict('ipUnknown', 'unknown');
  const list = permissions.ipAddresses;
  return list.length === 0
    ? verdict('ipOpen', 'warn')
    : verdict('ipBound', 'good', { list: list.join(', ') });
}

function expiry({ permissions }: Account, now: number): Verdict {
  if (permissions === null) return verdict('expiryUnknown', 'unknown');
  if (permissions.expiresAt === null) return verdict('expiryNever', 'good');
  const days = Math.floor((permissions.expiresAt - now) / DAY);
  if (days < 0) return verdict('expired', 'danger');
  return verdict(days <= SOON_DAYS ? 'expiresSoon' : 'expiresLater', days <= SOON_DAYS ? 'warn' : 'good', {
    days,
  });
}

function trading({ permissions, uses }: Account): Verdict {
  const wanted = uses.includes('trade');
  if (permissions === null) return verdict('tradeUnknown', 'unknown');
  if (wanted && !permissions.trade) return verdict('tradeMissing', 'warn');
  if (!wanted && permissions.trade) return verdict('tradeUnused', 'warn');
  return verdict(wanted ? 'tradeYes' : 'tradeNo', 'good');
}

function positionMode({ modes }: Account): Verdict {
  if (modes === null) return verdict('modeUnknown', 'unknown');
  return verdict(modes.positionMode === 'hedge' ? 'modeHedge' : 'modeOneWay', 'good');
}

/** The checklist of an account's key; empty for the practice account, which has none. */
export function verdictsOf(account: Account, now: number): readonly Verdict[] {
  if (account.keyType === 'none') return [];
  const list = [
    withdrawals(account),
    addresses(account),
    expiry(account, now),
    trading(account),
    positionMode(account),
  ];
  return list.toSorted((a, b) => ORDER.indexOf(a.tone) - ORDER.indexOf(b.tone));
}

/** True when money could leave the venue with this key. */
export const canWithdraw = (account: Account): boolean => account.permissions?.withdraw === true;
