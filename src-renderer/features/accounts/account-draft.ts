import type {
  AccountUse,
  Environment,
  KeySite,
  VenueCapabilities,
} from '../../../src-preload/contract/types/account.ts';
import type { VenueId } from '../../../src-preload/contract/types/market.ts';

/** What survives a lock in the middle of adding an account. Key and secret are left out on purpose. */
export interface AccountDraft {
  venue: VenueId;
  region: string;
  environment: Environment;
  label: string;
  uses: readonly AccountUse[];
}

/** Where a venue offers it, the demo is proposed: a key in the wrong place is found out, a wrong order is not. */
const RECOMMENDED: Environment = 'demo';

export const emptyDraft = (): AccountDraft => ({
  venue: 'bybit',
  region: 'global',
  environment: RECOMMENDED,
  label: '',
  uses: ['read'],
});

/** Region and environment moved to ones that the venue has: what was chosen for another venue may not exist here. */
export function fittedSite(site: KeySite, venue: VenueCapabilities): KeySite {
  const region = venue.regions.find(({ id }) => id === site.region) ?? venue.regions[0];
  if (region === undefined) return site;
  const has = (environment: Environment): boolean => region.environments.includes(environment);
  const other = has(RECOMMENDED) ? RECOMMENDED : (region.environments[0] ?? 'live');
  return {
    venue: site.venue,
    region: region.id,
    environment: has(site.environment) ? site.environment : other,
  };
}

export type AddProblem = 'labelEmpty' | 'keyShort' | 'secretEmpty' | 'passphraseEmpty';

export interface KeyLengths {
  readonly key: number;
  readonly secret: number;
  readonly venuePassphrase: number;
}

const SHORTEST_KEY = 4;

export type KeyProblems = Partial<Record<'key' | 'secret' | 'venuePassphrase', AddProblem>>;

/** Rules about the key itself that need no vault to be checked; main checks all of them again. */
export function keyProblems(lengths: KeyLengths, needsPassphrase: boolean): KeyProblems {
  return {
    ...(lengths.key < SHORTEST_KEY ? { key: 'keyShort' as const } : {}),
    ...(lengths.secret === 0 ? { secret: 'secretEmpty' as const } : {}),
    ...(needsPassphrase && lengths.venuePassphrase === 0
      ? { venuePassphrase: 'passphraseEmpty' as const }
      : {}),
  };
}

export const labelProblem = (label: string): AddProblem | null => (label.trim() === '' ? 'labelEmpty' : null);
