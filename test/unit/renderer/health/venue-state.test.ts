// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Health, VenueHealth } from '../../../../src-preload/contract/types/app.ts';
import { useHealthStore } from '../../../../src-renderer/features/health/health-store.ts';
import {
  ageNow,
  clockDirection,
  clockVerdict,
  isBudgetLow,
  newerHealth,
  refusesClocksAhead,
  replayProgress,
  secondsUntil,
  spokenChanges,
  streamsInSight,
} from '../../../../src-renderer/features/health/venue-state.ts';
import { installFakeApi } from '../portfolio/fake-api.ts';

const NOW = 1_780_000_000_000;
const venue = (change: Partial<VenueHealth> = {}): VenueHealth => ({
  venue: 'bybit',
  state: 'live',
  latencyMs: 38,
  clockOffsetMs: 12,
  dataAgeMs: 100,
  budget: 0.9,
  streams: [],
  nextAttemptAt: null,
  lastError: null,
  ...change,
});
const health = (time: number, ...venues: VenueHealth[]): Health => ({ time, venues });

describe('venue health', () => {
  it.each([
    [null, 'unknown'],
    [0, 'good'],
    [-499, 'good'],
    [500, 'warn'],
    [-999, 'warn'],
    [1000, 'bad'],
    [-86_400_000, 'bad'],
  ] as const)('judges a clock that is %s ms off as %s', (offset, verdict) => {
    expect(clockVerdict(offset)).toBe(verdict);
  });

  it('knows whose clock is ahead, and which venues never forgive that', () => {
    // The offset is the venue's clock minus ours.
    expect([clockDirection(-600), clockDirection(600)]).toEqual(['ahead', 'behind']);
    expect([refusesClocksAhead('bybit-testnet'), refusesClocksAhead('bitget')]).toEqual([true, false]);
  });

  it('shows every stream in trouble, the oldest first, and says how many are left out', () => {
    const stream = (name: string, state: string, ageMs: number | null) => ({ name, state, ageMs });
    const streams = [
      stream('a', 'live', 10),
      stream('b', 'live', 900),
      stream('c', 'stale', 5),
      stream('d', 'backingOff', 70),
      stream('e', 'live', null),
    ];
    const names = (most: number) => streamsInSight(streams, most).shown.map(({ name }) => name);
    expect(names(3)).toEqual(['d', 'c', 'b']);
    expect(streamsInSight(streams, 3).rest).toBe(2);
    expect(names(1)).toEqual(['d', 'c']);
    expect(streamsInSight(streams, 9).rest).toBe(0);
  });

  it('lets an age grow with the clock and never below zero', () => {
    expect(ageNow(100, NOW, NOW + 900)).toBe(1000);
    expect(ageNow(100, NOW, NOW - 5000)).toBe(100);
    expect(ageNow(null, NOW, NOW)).toBeNull();
  });

  it('counts down to the next attempt and stops at zero', () => {
    expect(secondsUntil(NOW + 2100, NOW)).toBe(3);
    expect(secondsUntil(NOW - 5, NOW)).toBe(0);
    expect(secondsUntil(null, NOW)).toBeNull();
  });

  it('tells a low budget from one that does not exist', () => {
    expect([isBudgetLow(0.1), isBudgetLow(0.2), isBudgetLow(null)]).toEqual([true, false, false]);
  });

  it('keeps replay progress between its ends', () => {
    const replay = { file: 'x', positionMs: 50, lengthMs: 200, speed: 1, ended: false };
    expect(replayProgress(replay)).toBe(0.25);
    expect(replayProgress({ ...replay, positionMs: 900 })).toBe(1);
    expect(replayProgress({ ...replay, lengthMs: 0 })).toBe(1);
  });

  it('says only what a trader has to hear: live lost, live again, failed', () => {
    const before = health(1, venue(), venue({ venue: 'bitget', state: 'connecting' }));
    const after = health(2, venue({ state: 'stale' }), venue({ venue: 'bitget', state: 'backingOff' }));
    expect(spokenChanges(before, after)).toEqual([{ venue: 'bybit', state: 'stale' }]);
    expect(spokenChanges(null, after)).toEqual([]);
    expect(spokenChanges(after, after)).toEqual([]);
  });

  it('lets the later report win, whichever arrives last', () => {
    const [old, recent] = [health(1), health(2)];
    expect(newerHealth(recent, old)).toBe(recent);
    expect(newerHealth(old, recent)).toBe(recent);
    expect(newerHealth(null, old)).toBe(old);
  });
});

describe('health store', () => {
  beforeEach(() => setActivePinia(createPinia()));

  it('keeps the last report when the topic breaks, and says that it broke', () => {
    const api = installFakeApi({});
    const store = useHealthStore();
    store.open();
    api.emit('app.health', health(2, venue()));
    api.emit('app.health', health(1));
    expect(store.venues).toHaveLength(1);
    api.refuse('app.health', 'gone');
    expect(store.error?.message).toBe('gone');
    expect(store.venues).toHaveLength(1);
  });
});
