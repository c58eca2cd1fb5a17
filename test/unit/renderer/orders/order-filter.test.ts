import { describe, expect, it } from 'vitest';
import { ORDER_STATES } from '../../../../src-preload/contract/types/trading.ts';
import {
  HISTORY_STATES,
  NO_FILTER,
  inState,
  matches,
  queryOf,
  restOf,
} from '../../../../src-renderer/features/orders/order-filter.ts';
import { summarise } from '../../../../src-renderer/features/orders/use-cancel.ts';
import { bad, good } from '../portfolio/fake-api.ts';
import { order } from './builders.ts';

describe('order filter', () => {
  it('puts every state into exactly one group', () => {
    for (const state of ORDER_STATES) {
      expect([state, HISTORY_STATES.filter((group) => inState(state, group)).length]).toEqual([state, 1]);
    }
  });

  it('lets everything through when nothing is chosen', () => {
    expect(matches(order('a'), NO_FILTER)).toBe(true);
    expect(queryOf(NO_FILTER)).toEqual({});
    expect(restOf(NO_FILTER)).toBeUndefined();
  });

  it('tells the same symbol of two venues apart, though main filters by symbol only', () => {
    const filter = { ...NO_FILTER, market: 'bybit BTC/USDT' };
    expect(queryOf(filter)).toEqual({ symbol: 'BTC/USDT' });
    const keep = restOf(filter);
    expect([keep?.(order('a')), keep?.(order('b', { venue: 'bybit' }))]).toEqual([false, true]);
  });

  it('leaves the state to the window and the account to main', () => {
    const filter = { ...NO_FILTER, accountId: 'acc-1', state: 'attention' as const };
    expect(queryOf(filter)).toEqual({ accountId: 'acc-1' });
    const keep = restOf<ReturnType<typeof order>>(filter, (row) => row.state);
    expect([keep?.(order('a')), keep?.(order('b', { state: 'needsYou' }))]).toEqual([false, true]);
  });
});

describe('the report of a cancel-all', () => {
  it('counts a refused account as a failure and not as nothing to cancel', () => {
    const report = { requested: 2, cancelled: ['a'], failed: [{ clientOrderId: 'b', message: 'Too late.' }] };
    expect(summarise([good(report), bad('Offline.')])).toEqual({
      cancelled: 1,
      failures: ['Too late.', 'Offline.'],
    });
  });
});
