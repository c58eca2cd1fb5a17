import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { SessionHost } from '../../../src-main/session/session-host.ts';
import { Teardown } from '../../../src-main/session/teardown.ts';
import type { UnlockedSession } from '../../../src-main/session/unlocked-session.ts';
import type { LockReason } from '../../../src-main/vault/lock-listeners.ts';
import { LockListeners } from '../../../src-main/vault/lock-listeners.ts';

const INFO = { vaultId: 'test', saveCounter: 1, savedAt: 0, rolledBack: null };

class FakeVault {
  readonly listeners = new LockListeners();
  readonly reasons: LockReason[] = [];
  isUnlocked = false;
  onLock = this.listeners.onLock.bind(this.listeners);
  onUnlock = this.listeners.onUnlock.bind(this.listeners);
  unlock(): void {
    this.isUnlocked = true;
    this.listeners.unlocked(INFO);
  }
  lock(reason: LockReason): Promise<void> {
    this.isUnlocked = false;
    this.reasons.push(reason);
    this.listeners.locked(reason);
    return Promise.resolve();
  }
}

function hosted(open?: () => Promise<unknown>) {
  const vault = new FakeVault();
  const closed: string[] = [];
  const failures: unknown[] = [];
  let opened = 0;
  const session = () => {
    const name = `session-${String(++opened)}`;
    return {
      close: () => {
        closed.push(name);
        return Promise.resolve();
      },
    };
  };
  const host = new SessionHost({
    vault,
    open: async () => {
      await open?.();
      return session() as unknown as UnlockedSession;
    },
    onFailed: (error) => failures.push(error),
  });
  const heard: (boolean | null)[] = [];
  host.changed.on((live) => heard.push(live !== null));
  return { vault, host, closed, failures, heard };
}

describe('the session host', () => {
  it('opens on unlock and closes on lock', async () => {
    const { vault, host, closed, heard } = hosted();
    vault.unlock();
    await host.opened();
    expect(host.isOpen).toBe(true);
    await vault.lock('command');
    expect(() => host.live()).toThrowError(HoldfastError);
    await host.settled();
    expect(closed).toEqual(['session-1']);
    expect(heard).toEqual([true, false]);
  });

  it('closes at once, unheard, what was being opened when the vault was locked', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { vault, host, closed, failures, heard } = hosted(() => promise);
    vault.unlock();
    const opened = host.opened();
    await Promise.resolve();
    await vault.lock('suspend');
    resolve();
    await expect(opened).rejects.toMatchObject({ kind: 'locked' });
    await host.settled();
    expect(closed).toEqual(['session-1']);
    expect([heard, failures]).toEqual([[], []]);
  });

  it('does not call it a failure when the opening broke because of a lock', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const { vault, host, failures } = hosted(() => promise);
    vault.unlock();
    const opened = host.opened();
    await Promise.resolve();
    await vault.lock('idle');
    reject(new HoldfastError('locked', 'vault.locked', 'Locked.'));
    await expect(opened).rejects.toMatchObject({ kind: 'locked' });
    expect(failures).toEqual([]);
    expect(vault.reasons).toEqual(['idle']);
  });

  it('locks again when nothing could be opened, tells why, and opens at the next try', async () => {
    const broken = [new HoldfastError('unavailable', 'test.noMarket', 'No market.')];
    const { vault, host, failures, heard } = hosted(() => {
      const error = broken.shift();
      return error ? Promise.reject(error) : Promise.resolve();
    });
    vault.unlock();
    await expect(host.opened()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(vault.reasons).toEqual(['openFailed']);
    expect(failures).toHaveLength(1);
    vault.unlock();
    await host.opened();
    expect(heard).toEqual([true]);
  });

  it('opens one session only, when locked and unlocked again quickly', async () => {
    const { vault, host, closed } = hosted();
    vault.unlock();
    await vault.lock('command');
    vault.unlock();
    await host.opened();
    await host.settled();
    expect(host.isOpen).toBe(true);
    await host.dispose();
    expect(new Set(closed).size).toBe(closed.length);
    expect(host.isOpen).toBe(false);
  });
});

describe('the teardown', () => {
  it('closes in reverse order, waits, and goes on when one part throws or rejects', async () => {
    const order: string[] = [];
    const failures: unknown[] = [];
    const teardown = new Teardown((error) => failures.push(error));
    teardown.add(() => order.push('first'));
    teardown.add(async () => {
      await Promise.resolve();
      order.push('second');
      throw new Error('rejects');
    });
    teardown.own({
      dispose: () => {
        order.push('third');
        throw new Error('throws');
      },
    });
    await teardown.run();
    expect(order).toEqual(['third', 'second', 'first']);
    expect(failures).toHaveLength(2);
    await teardown.run();
    expect(order).toHaveLength(3);
  });
});
