/** Accounts and inspections for the tests of this folder. */
import type {
  Account,
  KeyFinding,
  KeyInspection,
  KeyPermissions,
} from '../../../../src-preload/contract/types/account.ts';

export const NOW = 1_795_183_331_000;
export const DAY = 86_400_000;

export const permissions: KeyPermissions = {
  read: true,
  trade: true,
  withdraw: false,
  transfer: false,
  ipAddresses: ['192.0.2.1'],
  expiresAt: null,
  inspectedAt: NOW,
};

export const inspection = (
  findings: readonly KeyFinding[] = [],
  change: Partial<KeyInspection> = {},
): KeyInspection => ({
  inspectedAt: NOW,
  permissions,
  modes: { positionMode: 'oneWay', marginMode: 'cross' },
  accountType: 'unified',
  clockOffsetMs: 12,
  otherSite: null,
  findings,
  ...change,
});

export const account = (change: Partial<Account> = {}): Account => ({
  id: 'acc-1',
  venue: 'bybit',
  label: 'Main',
  environment: 'live',
  region: 'global',
  uses: ['read', 'trade'],
  keyType: 'hmac',
  inspection: inspection(),
  keyLast4: 'f4k3',
  permissions,
  modes: { positionMode: 'oneWay', marginMode: 'cross' },
  addedAt: NOW,
  state: 'live',
  ...change,
});

export const finding = (
  code: KeyFinding['code'],
  severity: KeyFinding['severity'] = 'ok',
  values: KeyFinding['values'] = {},
): KeyFinding => ({ code, severity, values });
