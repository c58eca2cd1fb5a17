import { describe, expect, it } from 'vitest';
import {
  emptyDraft,
  fittedSite,
  keyProblems,
  labelProblem,
} from '../../../../src-renderer/features/accounts/account-draft.ts';

type Capabilities = Parameters<typeof fittedSite>[1];
const venue = (...regions: readonly { id: string; environments: readonly string[] }[]) =>
  ({ regions }) as unknown as Capabilities;
const BYBIT = venue({ id: 'global', environments: ['live', 'demo'] }, { id: 'tr', environments: ['live'] });

describe('the draft of a new account', () => {
  it('begins in the demo, and allows reading only until a person chose more', () => {
    expect(emptyDraft()).toMatchObject({ environment: 'demo', uses: ['read'] });
  });

  it('keeps a site that the venue has', () => {
    const site = { venue: 'bybit', region: 'tr', environment: 'live' } as const;
    expect(fittedSite(site, BYBIT)).toEqual(site);
  });

  it('moves to a region that the venue has, and to the demo where there is one', () => {
    const site = { venue: 'bybit', region: 'jp', environment: 'testnet' } as const;
    expect(fittedSite(site, BYBIT)).toEqual({ venue: 'bybit', region: 'global', environment: 'demo' });
  });

  it('moves to what a regional site has when it has no demo', () => {
    const site = { venue: 'bybit', region: 'tr', environment: 'demo' } as const;
    expect(fittedSite(site, BYBIT)).toEqual({ ...site, environment: 'live' });
  });

  it('stays where it is while the venue’s table is empty', () => {
    const site = { venue: 'bybit', region: 'tr', environment: 'demo' } as const;
    expect(fittedSite(site, venue())).toEqual(site);
  });

  it('names each field that is missing', () => {
    expect(keyProblems({ key: 0, secret: 0, venuePassphrase: 0 }, true)).toEqual({
      key: 'keyShort',
      secret: 'secretEmpty',
      venuePassphrase: 'passphraseEmpty',
    });
    expect(keyProblems({ key: 4, secret: 1, venuePassphrase: 0 }, false)).toEqual({});
    expect([labelProblem('  '), labelProblem(' x ')]).toEqual(['labelEmpty', null]);
  });
});
