import { describe, expect, it } from 'vitest';
import { sessionBusPath, socketPath, systemBusPath } from '../../../../src-main/shell/dbus/address.ts';

describe('socketPath', () => {
  it.each([
    ['unix:path=/run/user/1000/bus', '/run/user/1000/bus'],
    ['unix:path=/tmp/dbus-x,guid=0123', '/tmp/dbus-x'],
    ['unix:guid=0123,path=/tmp/a%20b', '/tmp/a b'],
    ['unix:abstract=/tmp/dbus-y,guid=1', '\0/tmp/dbus-y'],
    ['tcp:host=localhost,port=1;unix:path=/second', '/second'],
  ])('reads %s', (address, path) => {
    expect(socketPath(address)).toBe(path);
  });

  it.each([
    '',
    'tcp:host=127.0.0.1,port=7',
    'unix:',
    'unix:path=',
    'unix:tmpdir=/tmp',
    'unix:path=%zz',
    'nonsense',
  ])('finds no socket in %s', (address) => {
    expect(socketPath(address)).toBeUndefined();
  });
});

describe('the buses of a desktop', () => {
  it('are taken from the environment, then from their usual places', () => {
    expect(sessionBusPath({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/a', XDG_RUNTIME_DIR: '/b' })).toBe('/a');
    expect(sessionBusPath({ XDG_RUNTIME_DIR: '/run/user/7' })).toBe('/run/user/7/bus');
    expect(sessionBusPath({})).toBeUndefined();
    expect(systemBusPath({})).toBe('/run/dbus/system_bus_socket');
    expect(systemBusPath({ DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/c' })).toBe('/c');
  });
});
