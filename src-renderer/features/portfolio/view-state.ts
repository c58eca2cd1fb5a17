import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type { AccountFigures, PortfolioView } from '../../../src-preload/contract/types/portfolio.ts';

export type ViewState = 'loading' | 'empty' | 'live' | 'stale' | 'failed';

/** Older than this and a figure that calls itself live is not: main asks venues about every 30 s. */
export const STALE_AFTER_MS = 120_000;

/**
 * How the whole page is shown. A failure with figures already here is `stale`, not `failed`: the last known
 * figures stay readable, greyed with their age, as an outage must never look like a loss.
 */
export function viewState(view: PortfolioView | null, error: ErrorShape | null, now: number): ViewState {
  if (view === null) return error === null ? 'loading' : 'failed';
  if (view.accounts.length === 0) return 'empty';
  if (view.accounts.every((account) => account.state === 'failed' && account.asOf === null)) return 'failed';
  if (view.accounts.every((account) => account.state === 'loading')) return 'loading';
  if (error !== null || view.accounts.every((account) => !isFresh(account))) return 'stale';
  return view.asOf !== null && now - view.asOf > STALE_AFTER_MS ? 'stale' : 'live';
}

/** Accounts whose figures cannot be trusted now, while others can: each says so in its own place. */
export function troubled(view: PortfolioView): readonly AccountFigures[] {
  return view.accounts.filter((account) => account.state === 'failed' || account.state === 'stale');
}

const isFresh = (account: AccountFigures): boolean => account.state === 'live' || account.state === 'loading';
