import { describe, expect, it } from 'vitest';
import { deviceId } from '../../../src-main/device-id.ts';

const machine = (hostname: string, files: Readonly<Record<string, string>>) => ({
  hostname: () => hostname,
  readFile: (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('denied'), { code: 'EACCES' });
    return text;
  },
});
const ID = '/etc/machine-id';

describe('the id of this machine', () => {
  it('is the same each time, and hides what it was made of', () => {
    const one = deviceId(machine('test-host', { [ID]: 'test-machine-1\n' }));
    expect(one).toBe(deviceId(machine('test-host', { [ID]: 'test-machine-1' })));
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs with the host name and with the machine', () => {
    const ids = [
      machine('test-host', { [ID]: 'test-machine-1' }),
      machine('test-host', { [ID]: 'test-machine-2' }),
      machine('other-host', { [ID]: 'test-machine-1' }),
      machine('test-host', {}),
    ].map(deviceId);
    expect(new Set(ids).size).toBe(4);
  });

  it('takes the second place where the first cannot be read or is empty', () => {
    const second = { '/var/lib/dbus/machine-id': 'test-machine-1' };
    const wanted = deviceId(machine('test-host', { [ID]: 'test-machine-1' }));
    expect(deviceId(machine('test-host', second))).toBe(wanted);
    expect(deviceId(machine('test-host', { ...second, [ID]: '' }))).toBe(wanted);
  });

  it('works on this machine', () => {
    expect(deviceId()).toBe(deviceId());
  });
});
