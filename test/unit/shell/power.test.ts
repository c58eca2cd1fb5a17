import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ScreenLockEvents } from '../../../src-main/shell/dbus/screen-lock.ts';
import { SystemPower, type PowerEvent } from '../../../src-main/shell/power.ts';

const EVENTS: readonly PowerEvent[] = ['suspend', 'resume', 'lock-screen', 'unlock-screen'];

function setUp(platform: NodeJS.Platform) {
  const monitor = Object.assign(new EventEmitter(), { getSystemIdleTime: () => 42 });
  let dbus: ScreenLockEvents | undefined;
  let disposed = 0;
  const power = new SystemPower({
    monitor: monitor,
    platform,
    createListener: (events) => {
      dbus = events;
      return {
        start: async () => {
          events.onSupport({ session: 'connected', system: 'unavailable' });
          return { session: 'connected', system: 'unavailable' };
        },
        dispose: () => (disposed += 1),
      };
    },
  });
  const log: string[] = [];
  for (const event of EVENTS) power.on(event, () => log.push(event));
  return { monitor, power, log, dbus: () => dbus, disposed: () => disposed };
}

describe('SystemPower', () => {
  it.each(EVENTS)('passes %s of the system on', (event) => {
    const { monitor, log } = setUp('win32');
    monitor.emit(event);
    expect(log).toEqual([event]);
  });

  it('hears the desktop over D-Bus on Linux, and only there', () => {
    const linux = setUp('linux');
    for (const name of ['onLock', 'onUnlock', 'onSuspend', 'onResume'] as const) linux.dbus()?.[name]();
    expect(linux.log).toEqual(['lock-screen', 'unlock-screen', 'suspend', 'resume']);
    expect(setUp('darwin').dbus()).toBeUndefined();
  });

  it('knows where screen locks come from, and says when that changes', async () => {
    expect(setUp('darwin').power.screenLockSource).toBe('system');
    const { power, dbus } = setUp('linux');
    const heard: string[] = [];
    const stop = power.onScreenLockSource((source) => heard.push(source));
    expect(power.screenLockSource).toBe('none');
    await power.start();
    dbus()?.onSupport({ session: 'connected', system: 'connected' });
    dbus()?.onSupport({ session: 'unavailable', system: 'unavailable' });
    stop();
    dbus()?.onSupport({ session: 'unavailable', system: 'connected' });
    expect(heard).toEqual(['dbus', 'none']);
    expect(power.screenLockSource).toBe('dbus');
  });

  it('answers the idle time of the system', () => {
    expect(setUp('linux').power.idleSeconds()).toBe(42);
  });

  it('stops one listener without the others', () => {
    const { power, monitor, log } = setUp('win32');
    const extra: string[] = [];
    const stop = power.on('suspend', () => extra.push('extra'));
    stop();
    monitor.emit('suspend');
    expect([log, extra]).toEqual([['suspend'], []]);
  });

  it('leaves nothing behind on dispose', () => {
    const { power, monitor, log, dbus, disposed } = setUp('linux');
    power.dispose();
    for (const event of EVENTS) expect(monitor.listenerCount(event), event).toBe(0);
    dbus()?.onLock();
    expect(log).toEqual([]);
    expect(disposed()).toBe(1);
  });
});
