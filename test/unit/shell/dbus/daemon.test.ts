/** The client against the real message bus, where Debian's dbus-daemon is installed. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ScreenLockListener } from '../../../../src-main/shell/dbus/screen-lock.ts';

const present = ['dbus-daemon', 'dbus-send'].every((tool) => spawnSync(tool, ['--help']).error === undefined);
if (!present)
  console.warn('dbus-daemon is not installed: the D-Bus client is tested against the scripted bus only');

describe.skipIf(!present)('ScreenLockListener on a real bus', () => {
  let folder = '';
  let daemon: ChildProcess | undefined;
  let address = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-dbus-'));
    address = `unix:path=${join(folder, 'bus')}`;
    daemon = spawn(
      'dbus-daemon',
      ['--session', '--nofork', '--nopidfile', '--print-address=1', `--address=${address}`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    await new Promise((resolve) => daemon?.stdout?.once('data', resolve));
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => daemon?.once('close', resolve));
    daemon?.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const emit = (name: string, argument: string): void => {
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address };
    execFileSync('dbus-send', ['--session', '--type=signal', '/ScreenSaver', name, argument], { env });
  };

  it('hears the screen savers of the desktop and nothing else', async () => {
    const log: string[] = [];
    const listener = new ScreenLockListener(
      {
        onLock: () => log.push('lock'),
        onUnlock: () => log.push('unlock'),
        onSuspend: () => log.push('suspend'),
        onResume: () => log.push('resume'),
        onSupport: () => undefined,
      },
      {
        env: {
          DBUS_SESSION_BUS_ADDRESS: address,
          DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(folder, 'none')}`,
        },
      },
    );
    try {
      expect(await listener.start()).toEqual({ session: 'connected', system: 'unavailable' });
      emit('org.example.Other.ActiveChanged', 'boolean:true');
      emit('org.freedesktop.ScreenSaver.ActiveChanged', 'boolean:true');
      emit('org.gnome.ScreenSaver.ActiveChanged', 'boolean:false');
      await vi.waitFor(() => expect(log).toEqual(['lock', 'unlock']));
    } finally {
      listener.dispose();
    }
  });

  it('is not believed as logind when somebody else sends its signals', async () => {
    const log: string[] = [];
    const heard = { onLock: () => log.push('lock'), onUnlock: () => log.push('unlock') };
    const slept = {
      onSuspend: () => log.push('suspend'),
      onResume: () => log.push('resume'),
      onSupport: () => undefined,
    };
    const listener = new ScreenLockListener(
      { ...heard, ...slept },
      { env: { DBUS_SESSION_BUS_ADDRESS: address, DBUS_SYSTEM_BUS_ADDRESS: address } },
    );
    try {
      expect(await listener.start()).toEqual({ session: 'connected', system: 'connected' });
      emit('org.freedesktop.login1.Manager.PrepareForSleep', 'boolean:true');
      emit('org.freedesktop.ScreenSaver.ActiveChanged', 'boolean:true');
      await vi.waitFor(() => expect(log).toEqual(['lock']));
    } finally {
      listener.dispose();
    }
  });
});
