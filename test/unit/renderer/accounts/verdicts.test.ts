import { describe, expect, it } from 'vitest';
import type { Account, KeyPermissions } from '../../../../src-preload/contract/types/account.ts';
import {
  emptyDraft,
  addProblems,
  fitDraft,
} from '../../../../src-renderer/features/accounts/account-draft.ts';
import { verdictsOf } from '../../../../src-renderer/features/accounts/verdicts.ts';

const NOW = 1_795_183_331_000;
const DAY = 86_400_000;

const permissions: KeyPermissions = {
  read: true,
  trade: true,
  withdraw: false,
  transfer: false,
  ipAddresses: ['192.0.2.1'],
  expiresAt: null,
  inspectedAt: NOW,
};
const account = (change: Partial<Account> = {}): Account => ({
  id: 'acc-1',
  venue: 'bybit',
  label: 'Main',
  environment: 'live',
  region: 'global',
  uses: ['read', 'trade'],
  keyType: 'hmac',
  inspection: null,
  keyLast4: 'f4k3',
  permissions,
  modes: { positionMode: 'oneWay', marginMode: 'cross' },
  addedAt: NOW,
  state: 'live',
  ...change,
});
const ids = (change: Partial<Account>): string[] => verdictsOf(account(change), NOW).map(({ id }) => id);

describe('verdictsOf', () => {
  it('finds nothing wrong with a bound key that does what it is used for', () => {
    expect(verdictsOf(account(), NOW).every(({ tone }) => tone === 'good')).toBe(true);
  });

  it('puts the permission to withdraw first, whether it is used or not', () => {
    const open = { ...permissions, withdraw: true, ipAddresses: [] };
    expect(ids({ permissions: open })[0]).toBe('withdrawUnused');
    expect(ids({ permissions: open, uses: ['read', 'withdraw'] })[0]).toBe('withdrawUsed');
  });

  it('warns of a key that works from everywhere', () => {
    expect(ids({ permissions: { ...permissions, ipAddresses: [] } })[0]).toBe('ipOpen');
  });

  it.each([
    [-1, 'expired', 'danger'],
    [0, 'expiresSoon', 'warn'],
    [14 * DAY, 'expiresSoon', 'warn'],
    [15 * DAY, 'expiresLater', 'good'],
  ])('judges a key that expires in %i ms', (span, id, tone) => {
    const verdicts = verdictsOf(account({ permissions: { ...permissions, expiresAt: NOW + span } }), NOW);
    expect(verdicts.find((verdict) => verdict.id === id)?.tone).toBe(tone);
  });

  it('names a permission that is missing and one that is not needed', () => {
    expect(ids({ permissions: { ...permissions, trade: false } })).toContain('tradeMissing');
    expect(ids({ uses: ['read'] })).toContain('tradeUnused');
  });

  it('calls nothing good that was never inspected', () => {
    const verdicts = verdictsOf(account({ permissions: null, modes: null }), NOW);
    expect(verdicts.every(({ tone }) => tone === 'unknown')).toBe(true);
  });

  it('has nothing to say about the practice account', () => {
    expect(verdictsOf(account({ keyType: 'none' }), NOW)).toEqual([]);
  });
});

describe('the draft of a new account', () => {
  it('moves to a region and an environment that the venue has', () => {
    const draft = { ...emptyDraft(), region: 'tr', environment: 'testnet' as const };
    const venue = { regions: [{ id: 'global', environments: ['live', 'demo'] }] };
    fitDraft(draft, venue as unknown as Parameters<typeof fitDraft>[1]);
    expect(draft).toMatchObject({ region: 'global', environment: 'live' });
  });

  it('allows reading only until a person chose more', () => {
    expect(emptyDraft().uses).toEqual(['read']);
  });

  it('names each field that is missing', () => {
    const none = { key: 0, secret: 0, venuePassphrase: 0 };
    expect(addProblems(emptyDraft(), none, true)).toEqual({
      label: 'labelEmpty',
      key: 'keyShort',
      secret: 'secretEmpty',
      venuePassphrase: 'passphraseEmpty',
    });
    expect(addProblems({ ...emptyDraft(), label: ' x ' }, { ...none, key: 4, secret: 1 }, false)).toEqual({});
  });
});
