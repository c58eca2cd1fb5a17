import { describe, expect, it } from 'vitest';
import { ORDER_STATES } from '../../../../src-preload/contract/types/trading.ts';
import {
  HISTORY_STATES,
  NO_FILTER,
  STATES_OF,
  fillsQueryOf,
  historyQueryOf,
  isFiltered,
  matches,
  restOf,
  type OrderFilter,
} from '../../../../src-renderer/features/orders/order-filter.ts';
import { summarise } from '../../../../src-renderer/features/orders/use-cancel.ts';
import { bad, good } from '../portfolio/fake-api.ts';
import { order } from './builders.ts';

describe('order filter', () => {
  it('puts every state into exactly one group', () => {
    for (const state of ORDER_STATES) {
      const groups = HISTORY_STATES.filter((group) => STATES_OF[group].includes(state));
      expect([state, groups.length]).toEqual([state, 1]);
    }
  });

  it('lets everything through when nothing is chosen', () => {
    expect(matches(order('a'), NO_FILTER)).toBe(true);
    expect(historyQueryOf(NO_FILTER)).toEqual({});
    expect(restOf(NO_FILTER)).toBeUndefined();
    expect(isFiltered(NO_FILTER)).toBe(false);
  });

  it('asks main for account, venue, market and states of the history', () => {
    const filter: OrderFilter = {
      accountId: 'acc-1',
      venue: '',
      market: 'bybit BTC/USDT',
      state: 'attention',
    };
    expect(historyQueryOf(filter)).toEqual({
      accountId: 'acc-1',
      venue: 'bybit',
      symbol: 'BTC/USDT',
      states: ['unknown', 'needsYou'],
    });
    expect(historyQueryOf({ ...NO_FILTER, venue: 'practice' })).toEqual({ venue: 'practice' });
  });

  it('tells the fills of the same symbol of two venues apart, though main filters them by symbol only', () => {
    const filter: OrderFilter = { ...NO_FILTER, market: 'bybit BTC/USDT', state: 'filled' };
    expect(fillsQueryOf(filter)).toEqual({ symbol: 'BTC/USDT' });
    const keep = restOf(filter);
    expect([keep?.(order('a')), keep?.(order('b', { venue: 'bybit' }))]).toEqual([false, true]);
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
