import { describe, expect, it } from 'vitest';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import {
  STALE_AFTER_MS,
  troubled,
  viewState,
} from '../../../../src-renderer/features/portfolio/view-state.ts';
import { NOW, account, portfolio } from './builders.ts';

const failure: ErrorShape = { code: 'portfolio.unavailable', kind: 'unavailable', message: 'No answer.' };

describe('state of the portfolio page', () => {
  it('is loading until the first word, and failed when that word is an error', () => {
    expect(viewState(null, null, NOW)).toBe('loading');
    expect(viewState(null, failure, NOW)).toBe('failed');
  });

  it('invites to begin when there is no account', () => {
    expect(viewState(portfolio({ accounts: [] }), null, NOW)).toBe('empty');
  });

  it('keeps the last figures as stale when a later answer fails', () => {
    expect(viewState(portfolio(), failure, NOW)).toBe('stale');
  });

  it('is stale when the oldest figure is old, whatever the accounts say of themselves', () => {
    expect(viewState(portfolio(), null, NOW + STALE_AFTER_MS)).toBe('live');
    expect(viewState(portfolio(), null, NOW + STALE_AFTER_MS + 1)).toBe('stale');
  });

  it('stays live while one account of several fails, and names it', () => {
    const failed = account({ accountId: 'b', state: 'failed', equity: null });
    const view = portfolio({ accounts: [account(), failed] });
    expect(viewState(view, null, NOW)).toBe('live');
    expect(troubled(view)).toEqual([failed]);
  });

  it('has failed when no account ever answered', () => {
    const never = account({ state: 'failed', equity: null, asOf: null });
    expect(viewState(portfolio({ accounts: [never] }), null, NOW)).toBe('failed');
    expect(viewState(portfolio({ accounts: [{ ...never, asOf: NOW }] }), null, NOW)).toBe('stale');
  });
});
