import { describe, expect, it, vi } from 'vitest';
import type { BusOptions } from '../../../../src-main/shell/dbus/connection.ts';
import type { Message } from '../../../../src-main/shell/dbus/message.ts';
import { RETRY_MS, ScreenLockListener, sessionPath } from '../../../../src-main/shell/dbus/screen-lock.ts';

const ENV = {
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/session',
  DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/system',
  XDG_SESSION_ID: '2',
};
const OUR_SESSION = '/org/freedesktop/login1/session/_32';

async function setUp(env: NodeJS.ProcessEnv = ENV, missing: readonly string[] = []) {
  const buses = new Map<string, BusOptions>();
  const disposed: string[] = [];
  const log: string[] = [];
  const timers: { ms: number; run: () => void; cancelled: boolean }[] = [];
  const listener = new ScreenLockListener(
    {
      onLock: () => log.push('lock'),
      onUnlock: () => log.push('unlock'),
      onSuspend: () => log.push('suspend'),
      onResume: () => log.push('resume'),
      onSupport: () => undefined,
    },
    {
      env,
      open: async (options) => {
        if (missing.includes(options.path)) throw new Error('ENOENT');
        buses.set(options.path, options);
        return { dispose: () => disposed.push(options.path) };
      },
      after: (ms, run) => {
        const timer = { ms, run, cancelled: false };
        timers.push(timer);
        return () => (timer.cancelled = true);
      },
    },
  );
  const support = await listener.start();
  const signal = (bus: string, message: Partial<Message>): void =>
    buses.get(bus)?.onSignal({
      type: 4,
      path: '/',
      interface: '',
      member: '',
      replySerial: 0,
      argument: undefined,
      ...message,
    });
  return { buses, disposed, log, timers, listener, support, signal };
}

describe('ScreenLockListener', () => {
  it.each(['org.freedesktop.ScreenSaver', 'org.gnome.ScreenSaver'])('hears %s', async (name) => {
    const { signal, log, support } = await setUp();
    expect(support).toEqual({ session: 'connected', system: 'connected' });
    signal('/session', { interface: name, member: 'ActiveChanged', argument: true });
    signal('/session', { interface: name, member: 'ActiveChanged', argument: false });
    expect(log).toEqual(['lock', 'unlock']);
  });

  it('hears sleep and the lock of our own session from logind', async () => {
    const { signal, log } = await setUp();
    const manager = { interface: 'org.freedesktop.login1.Manager', member: 'PrepareForSleep' };
    const session = { interface: 'org.freedesktop.login1.Session', path: OUR_SESSION };
    signal('/system', { ...manager, argument: true });
    signal('/system', { ...manager, argument: false });
    signal('/system', { ...session, member: 'Lock' });
    signal('/system', { ...session, member: 'Unlock' });
    expect(log).toEqual(['suspend', 'resume', 'lock', 'unlock']);
  });

  it('ignores the lock of another session, but hears all when it does not know its own', async () => {
    const other = {
      interface: 'org.freedesktop.login1.Session',
      path: '/org/freedesktop/login1/session/_39',
      member: 'Lock',
    };
    const known = await setUp();
    known.signal('/system', other);
    expect(known.log).toEqual([]);
    const unknown = await setUp({ ...ENV, XDG_SESSION_ID: '' });
    unknown.signal('/system', other);
    expect(unknown.log).toEqual(['lock']);
  });

  it('ignores other signals and arguments of the wrong kind', async () => {
    const { signal, log } = await setUp();
    signal('/session', { interface: 'org.gnome.ScreenSaver', member: 'ActiveChanged', argument: 'true' });
    signal('/session', { interface: 'org.gnome.ScreenSaver', member: 'WakeUpScreen' });
    signal('/session', { interface: 'org.example.ScreenSaver', member: 'ActiveChanged', argument: true });
    expect(log).toEqual([]);
  });

  it('asks the system bus only for signals that logind itself sends', async () => {
    const { buses } = await setUp();
    const rules = buses.get('/system')?.matchRules ?? [];
    expect(rules).toHaveLength(3);
    expect(rules.every((rule) => rule.includes("sender='org.freedesktop.login1'"))).toBe(true);
  });

  it('says quietly which buses are missing', async () => {
    expect((await setUp(ENV, ['/system'])).support).toEqual({ session: 'connected', system: 'unavailable' });
    expect((await setUp(ENV, ['/session', '/system'])).support).toEqual({
      session: 'unavailable',
      system: 'unavailable',
    });
    expect((await setUp({ DBUS_SYSTEM_BUS_ADDRESS: 'tcp:host=x' })).support).toEqual({
      session: 'unavailable',
      system: 'unavailable',
    });
  });

  it('looks for a bus again after it went away', async () => {
    const { buses, listener, timers, signal, log } = await setUp();
    buses.get('/session')?.onEnd();
    expect(listener.support.session).toBe('unavailable');
    expect(timers.map(({ ms }) => ms)).toEqual([RETRY_MS]);
    timers[0]?.run();
    await vi.waitFor(() => expect(listener.support.session).toBe('connected'));
    signal('/session', { interface: 'org.gnome.ScreenSaver', member: 'ActiveChanged', argument: true });
    expect(log).toEqual(['lock']);
  });

  it('leaves every bus and cancels the search on dispose, and hears nothing afterwards', async () => {
    const { buses, listener, timers, disposed, signal, log } = await setUp();
    buses.get('/system')?.onEnd();
    listener.dispose();
    expect(disposed).toEqual(['/session']);
    expect(timers[0]?.cancelled).toBe(true);
    signal('/session', { interface: 'org.gnome.ScreenSaver', member: 'ActiveChanged', argument: true });
    expect(log).toEqual([]);
  });
});

describe('sessionPath', () => {
  it.each([
    ['2', '/org/freedesktop/login1/session/_32'],
    ['c12', '/org/freedesktop/login1/session/c12'],
    ['12', '/org/freedesktop/login1/session/_312'],
    ['a-b', '/org/freedesktop/login1/session/a_2db'],
  ])('escapes %s as logind does', (id, path) => {
    expect(sessionPath(id)).toBe(path);
  });
});
