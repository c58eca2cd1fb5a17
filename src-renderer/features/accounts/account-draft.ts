import type {
  AccountUse,
  Environment,
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

export const emptyDraft = (): AccountDraft => ({
  venue: 'bybit',
  region: 'global',
  environment: 'live',
  label: '',
  uses: ['read'],
});

/** Region and environment moved to ones that the venue has: what was chosen for another venue may not exist here. */
export function fitDraft(draft: AccountDraft, venue: VenueCapabilities): void {
  const region = venue.regions.find(({ id }) => id === draft.region) ?? venue.regions[0];
  if (region === undefined) return;
  draft.region = region.id;
  if (!region.environments.includes(draft.environment)) draft.environment = region.environments[0] ?? 'live';
}

export type AddProblem = 'labelEmpty' | 'keyShort' | 'secretEmpty' | 'passphraseEmpty';
export type AddProblems = Partial<Record<'label' | 'key' | 'secret' | 'venuePassphrase', AddProblem>>;

export interface AddLengths {
  readonly key: number;
  readonly secret: number;
  readonly venuePassphrase: number;
}

const SHORTEST_KEY = 4;

export type KeyProblems = Omit<AddProblems, 'label'>;

/** Rules about the key itself that need no vault to be checked; main checks all of them again. */
export function keyProblems(lengths: AddLengths, needsPassphrase: boolean): KeyProblems {
  return {
    ...(lengths.key < SHORTEST_KEY ? { key: 'keyShort' as const } : {}),
    ...(lengths.secret === 0 ? { secret: 'secretEmpty' as const } : {}),
    ...(needsPassphrase && lengths.venuePassphrase === 0
      ? { venuePassphrase: 'passphraseEmpty' as const }
      : {}),
  };
}

/** As `keyProblems`, and the account's name. */
export function addProblems(draft: AccountDraft, lengths: AddLengths, needsPassphrase: boolean): AddProblems {
  return {
    ...(draft.label.trim() === '' ? { label: 'labelEmpty' as const } : {}),
    ...keyProblems(lengths, needsPassphrase),
  };
}
