import { describe, expect, it } from 'vitest';
import { AutoLock, DEFAULT_AUTO_LOCK } from '../../../src-main/vault/auto-lock.ts';
import type { AutoLockPolicy, PowerEvent, PowerEvents } from '../../../src-main/vault/auto-lock.ts';
import { codeOf } from './support/vaults.ts';

const MINUTE = 60_000;

class FakePower implements PowerEvents {
  readonly listeners = new Map<PowerEvent, Set<() => void>>();
  idle = 0;

  on(event: PowerEvent, listener: () => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  }

  idleSeconds(): number {
    return this.idle;
  }

  emit(event: PowerEvent): void {
    for (const listener of this.listeners.get(event) ?? []) listener();
  }
}

function setUp(policy: Partial<AutoLockPolicy> = {}) {
  const power = new FakePower();
  const locks: string[] = [];
  const errors: unknown[] = [];
  const unlockListeners = new Set<() => void>();
  const state = { unlocked: true, now: 1_000_000_000, fails: false };
  const checks = new Set<() => void>();
  const lock = new AutoLock({
    power,
    policy: { ...DEFAULT_AUTO_LOCK, ...policy },
    onError: (error) => errors.push(error),
    vault: {
      get isUnlocked() {
        return state.unlocked;
      },
      lock: async (reason) => {
        locks.push(reason);
        state.unlocked = false;
        if (state.fails) throw new Error('test failure');
      },
      onUnlock: (listener) => {
        unlockListeners.add(listener);
        return () => unlockListeners.delete(listener);
      },
    },
    timers: {
      now: () => state.now,
      every: (action) => {
        checks.add(action);
        return () => checks.delete(action);
      },
    },
  });
  /** Lets time pass in steps of the check, with the person idle or not. */
  const pass = (minutes: number, options: { idle: boolean }): void => {
    for (let step = 0; step < minutes * 12; step += 1) {
      state.now += 5000;
      power.idle = options.idle ? power.idle + 5 : 0;
      for (const check of checks) check();
    }
  };
  const unlock = (): void => {
    state.unlocked = true;
    for (const listener of unlockListeners) listener();
  };
  return { power, locks, errors, state, lock, pass, unlock, checks, unlockListeners };
}

describe('the automatic lock', () => {
  it('locks after the idle time, not before, and once', () => {
    const { locks, pass } = setUp({ idleMinutes: 10 });
    pass(9, { idle: true });
    expect(locks).toEqual([]);
    pass(5, { idle: true });
    expect(locks).toEqual(['idle']);
  });

  it('does not lock while the person is at the machine', () => {
    const { locks, pass } = setUp({ idleMinutes: 1 });
    pass(30, { idle: false });
    expect(locks).toEqual([]);
  });

  it('counts activity in Holdfast where the system reports none of it', () => {
    const { locks, pass, lock } = setUp({ idleMinutes: 2 });
    for (let round = 0; round < 5; round += 1) {
      pass(1, { idle: true });
      lock.activity();
    }
    expect(locks).toEqual([]);
    pass(2, { idle: true });
    expect(locks).toEqual(['idle']);
  });

  it('gives the whole time after an unlock, however long the system was idle before', () => {
    const { locks, pass, unlock, power } = setUp({ idleMinutes: 5 });
    pass(5, { idle: true });
    power.idle = 10_000;
    unlock();
    pass(4, { idle: true });
    expect(locks).toEqual(['idle']);
  });

  it('never locks for idleness when that is turned off', () => {
    const { locks, pass } = setUp({ idleMinutes: null });
    pass(60 * 24, { idle: true });
    expect(locks).toEqual([]);
  });

  it.each([
    ['suspend', 'onSuspend', 'suspend'],
    ['lock-screen', 'onScreenLock', 'screenLock'],
    ['minimise', 'onMinimise', 'minimise'],
  ] as const)('follows %s only when the policy says so', (event, field, reason) => {
    const on = setUp({ [field]: true });
    on.power.emit(event);
    on.power.emit(event);
    expect(on.locks).toEqual([reason]);
    const off = setUp({ [field]: false });
    off.power.emit(event);
    expect(off.locks).toEqual([]);
  });

  it('locks on waking when the machine slept and nobody had told', () => {
    const { locks, state, power } = setUp({ idleMinutes: null });
    state.now += 90 * MINUTE;
    power.emit('resume');
    expect(locks).toEqual(['suspend']);
  });

  it('locks on waking after the idle time even when sleep itself does not lock', () => {
    const { locks, state, power } = setUp({ idleMinutes: 15, onSuspend: false });
    state.now += 10 * MINUTE;
    power.emit('resume');
    expect(locks).toEqual([]);
    state.now += 20 * MINUTE;
    power.emit('resume');
    expect(locks).toEqual(['idle']);
  });

  it('is not held open by a clock that was set back', () => {
    const { locks, state, pass } = setUp({ idleMinutes: 5 });
    state.now -= 24 * 60 * MINUTE;
    pass(6, { idle: true });
    expect(locks).toEqual(['idle']);
  });

  it('applies a new policy at once and refuses one outside its ranges', async () => {
    const { locks, pass, lock } = setUp({ idleMinutes: 60 });
    pass(10, { idle: true });
    for (const idleMinutes of [0, -1, 1.5, 1441, Number.NaN]) {
      expect(await codeOf(() => lock.setPolicy({ ...DEFAULT_AUTO_LOCK, idleMinutes }))).toBe('input.invalid');
    }
    expect(lock.policy.idleMinutes).toBe(60);
    lock.setPolicy({ ...DEFAULT_AUTO_LOCK, idleMinutes: 5 });
    expect(locks).toEqual(['idle']);
  });

  it('reports a lock that failed', async () => {
    const { power, errors, state } = setUp();
    state.fails = true;
    power.emit('suspend');
    await Promise.resolve();
    expect(errors).toHaveLength(1);
  });

  it('leaves nothing behind when it is disposed of', () => {
    const { lock, power, checks, unlockListeners, locks } = setUp({ onMinimise: true });
    lock.dispose();
    for (const event of ['suspend', 'resume', 'lock-screen', 'minimise'] as const) power.emit(event);
    expect([locks.length, checks.size, unlockListeners.size]).toEqual([0, 0, 0]);
    expect([...power.listeners.values()].every((set) => set.size === 0)).toBe(true);
  });
});
