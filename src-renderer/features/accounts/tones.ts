import type { AccountState, Environment } from '../../../src-preload/contract/types/account.ts';

type Tone = 'neutral' | 'accent' | 'warn' | 'danger';

const ENVIRONMENT: Readonly<Record<Environment, Tone>> = {
  practice: 'accent',
  demo: 'warn',
  testnet: 'warn',
  live: 'danger',
};
const STATE: Readonly<Record<AccountState, Tone>> = {
  connecting: 'neutral',
  live: 'accent',
  stale: 'warn',
  paused: 'warn',
  notSupported: 'neutral',
  refused: 'danger',
};

/** Colours of the environment band, for badges: live is the one to notice. */
export const environmentTone = (environment: Environment): Tone => ENVIRONMENT[environment];
export const accountStateTone = (state: AccountState): Tone => STATE[state];
