import { describe, expect, it } from 'vitest';
import { ApplicationState } from '../../../src-main/app-state.ts';
import { Notices } from '../../../src-main/notices.ts';
import type { UnlockedSession } from '../../../src-main/session/unlocked-session.ts';
import { Signal } from '../../../src-main/signal.ts';
import { LockListeners } from '../../../src-main/vault/lock-listeners.ts';
import type { AppState } from '../../../src-preload/contract/types/app.ts';

function state(setAside: string | null = null) {
  const listeners = new LockListeners();
  const host = { isOpen: false, changed: new Signal<UnlockedSession | null>() };
  const vault = {
    exists: () => Promise.resolve(true),
    onLock: listeners.onLock.bind(listeners),
    onUnlock: listeners.onUnlock.bind(listeners),
  };
  const screenLock = { source: 'none' as AppState['screenLock'], changed: new Signal<void>() };
  const made = new ApplicationState({
    vault,
    host,
    notices: new Notices(),
    settings: { setAside },
    screenLock: {
      source: () => screenLock.source,
      onChange: (listener) => screenLock.changed.on(listener),
    },
    about: { version: '0', platform: 'linux', packaged: false },
    now: () => 1000,
  });
  let told = 0;
  made.changed.on(() => (told += 1));
  return { made, vault, host, listeners, screenLock, told: () => told };
}
const info = (rolledBack: { seen: number; found: number } | null) => ({
  vaultId: 'test',
  saveCounter: 1,
  savedAt: 0,
  rolledBack,
});

describe('the state of the application', () => {
  it('never answers an old phase because the answer took long', async () => {
    const { made, vault, host } = state();
    const slow = Promise.withResolvers<boolean>();
    vault.exists = () => slow.promise;
    const early = made.now();
    host.isOpen = true;
    slow.resolve(true);
    expect((await early).phase).toBe('unlocked');
  });

  it('tells why the vault was locked until it is unlocked', async () => {
    const { made, listeners, told } = state();
    listeners.locked('suspend');
    expect(told()).toBe(1);
    expect(await made.now()).toMatchObject({ phase: 'locked', lockReason: 'suspend' });
    listeners.unlocked(info(null));
    expect((await made.now()).lockReason).toBeNull();
  });

  it('is on the first run while there is no vault', async () => {
    const { made, vault } = state();
    vault.exists = () => Promise.resolve(false);
    expect((await made.now()).phase).toBe('firstRun');
  });

  it('tells where screen locks come from, also when a bus is found later', async () => {
    const { made, screenLock, told } = state();
    expect((await made.now()).screenLock).toBe('none');
    screenLock.source = 'dbus';
    screenLock.changed.emit();
    expect(told()).toBe(1);
    expect((await made.now()).screenLock).toBe('dbus');
  });

  it('has a notice for an older vault and for settings that were set aside', async () => {
    const { made, listeners } = state('/tmp/settings.json.broken');
    listeners.unlocked(info({ seen: 9, found: 4 }));
    const { notices } = await made.now();
    expect(notices.map(({ code }) => code)).toEqual(['settings.setAside', 'vault.rolledBack']);
    expect(notices[1]?.message).toMatch(/save 4 .* save 9/);
  });

  it('tells nothing after its end', () => {
    const { made, listeners, told } = state();
    made.dispose();
    listeners.locked('quit');
    expect(told()).toBe(0);
  });
});
