import { describe, expect, it } from 'vitest';
import type { KeyFinding } from '../../../../src-preload/contract/types/account.ts';
import {
  canWithdraw,
  daysLeft,
  explainsRefusal,
  findingsOf,
} from '../../../../src-renderer/features/accounts/findings.ts';
import { keyPageOf, siteFrom } from '../../../../src-renderer/features/accounts/key-site.ts';
import { DAY, NOW, account, finding, inspection, permissions } from './builders.ts';

const shown = (findings: readonly KeyFinding[], change: Parameters<typeof account>[0] = {}) =>
  findingsOf(account({ inspection: inspection(findings), ...change }), NOW);

describe('findingsOf', () => {
  it('puts dangers first and what is in order last', () => {
    const list = shown([
      finding('read'),
      finding('rsaKey', 'info'),
      finding('ipUnbound', 'warning'),
      finding('withdraw', 'danger'),
    ]);
    expect(list.map(({ code }) => code)).toEqual(['withdraw', 'ipUnbound', 'rsaKey', 'read']);
  });

  it('has nothing to say before the first inspection', () => {
    expect(findingsOf(account({ inspection: null }), NOW)).toEqual([]);
  });

  it.each([
    ['refused', { reason: 'unknownKey' }, 'unknownKey'],
    ['refused', { reason: 'toString' }, 'what'],
    ['refused', {}, 'what'],
    ['ipBound', { addresses: '192.0.2.1' }, 'which'],
    ['ipBound', { addresses: '' }, 'what'],
    ['expires', { days: '60', date: '2027-01-19' }, 'dated'],
    ['expires', { days: '60' }, 'counted'],
    ['expires', {}, 'what'],
    ['otherSite', { site: 'bybit-testnet/global/testnet' }, 'which'],
    ['read', {}, 'what'],
  ] as const)('says %s with %j in the form %s', (code, values, form) => {
    expect(shown([finding(code, 'info', values)])[0]?.form).toBe(form);
  });

  it('tells a right to withdraw that Holdfast may use from one that it may not', () => {
    const list = [finding('withdraw', 'danger')];
    expect(shown(list)[0]?.form).toBe('unused');
    expect(shown(list, { uses: ['read', 'withdraw'] })[0]?.form).toBe('used');
  });

  it('raises a missing right to trade to a warning only where Holdfast is meant to trade', () => {
    expect(shown([finding('noTrade', 'info')])[0]).toMatchObject({ severity: 'warning' });
    expect(shown([finding('noTrade', 'info')], { uses: ['read'] })[0]).toMatchObject({ severity: 'info' });
  });

  it('calls a key dangerous twice that withdraws from any address', () => {
    const list = [finding('ipUnbound', 'warning')];
    expect(shown(list)[0]?.severity).toBe('warning');
    expect(shown(list, { permissions: { ...permissions, withdraw: true } })[0]?.severity).toBe('danger');
  });

  it('does not say twice that a read-only key cannot trade', () => {
    const list = shown([finding('readOnlyKey', 'info'), finding('noTrade', 'info')]);
    expect(list.map(({ code }) => code)).toEqual(['readOnlyKey']);
  });

  it('knows which inspections explain a refusal', () => {
    const of = (...findings: KeyFinding[]) => account({ inspection: inspection(findings) });
    expect(explainsRefusal(of(finding('ipRefused', 'danger')))).toBe(true);
    expect(explainsRefusal(of(finding('clockOff', 'warning')))).toBe(false);
    expect(explainsRefusal(account({ inspection: null }))).toBe(false);
  });

  it('counts the days from today, and calls a key that ended meanwhile expired', () => {
    const ends = (span: number) =>
      inspection([finding('expiresSoon', 'warning', { days: '9', date: '2026-11-29' })], {
        inspectedAt: NOW - 2 * DAY,
        permissions: { ...permissions, expiresAt: NOW + span },
      });
    const first = (span: number) => findingsOf(account({ inspection: ends(span) }), NOW)[0];
    expect(first(7 * DAY)).toMatchObject({ code: 'expiresSoon', days: 7, values: { days: '7' } });
    expect(first(-1)).toMatchObject({ code: 'expired', severity: 'danger', form: 'dated' });
  });

  it('says where the key belongs instead of that it was refused, and offers to move only there', () => {
    const list = [finding('refused', 'danger'), finding('otherSite', 'danger')];
    const known = inspection(list, {
      otherSite: { venue: 'bybit-testnet', region: 'global', environment: 'testnet' },
    });
    const remedies = (of: typeof known) =>
      findingsOf(account({ inspection: of }), NOW).map(({ remedy }) => remedy);
    expect(remedies(known)).toEqual(['move']);
    expect(remedies(inspection(list))).toEqual(['replace', null]);
  });
});

describe('daysLeft', () => {
  it('prefers the time of the end to the number that was told', () => {
    const told = [finding('expires', 'ok', { days: '30' })];
    expect(
      daysLeft(inspection(told, { permissions: { ...permissions, expiresAt: NOW + 5.5 * DAY } }), NOW),
    ).toBe(5);
    expect(daysLeft(inspection(told, { inspectedAt: NOW - 2.5 * DAY }), NOW)).toBe(28);
  });

  it('is unknown for a key without an end, and for a number that is none', () => {
    expect(daysLeft(inspection(), NOW)).toBeNull();
    expect(daysLeft(inspection([finding('expires', 'ok', { days: 'soon' })]), NOW)).toBeNull();
  });
});

describe('sites of keys', () => {
  it('are read from three parts, and nothing else', () => {
    expect(siteFrom('bybit/nl/live')).toEqual({ venue: 'bybit', region: 'nl', environment: 'live' });
    for (const text of ['', 'bybit', 'bybit/nl', 'elsewhere/nl/live', 'bybit/nl/production'])
      expect(siteFrom(text)).toBeNull();
  });

  it('link to the venue’s own key page, and the practice exchange has none', () => {
    expect(keyPageOf('bybit-testnet')).toBe('bybit-testnet');
    expect(keyPageOf('practice')).toBeNull();
  });
});

it('knows a key that money could leave with', () => {
  expect(canWithdraw(account({ permissions: { ...permissions, withdraw: true } }))).toBe(true);
  expect(canWithdraw(account({ permissions: null }))).toBe(false);
});
