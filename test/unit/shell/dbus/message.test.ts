import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_MESSAGE_BYTES,
  MESSAGE_TYPE,
  decodeMessage,
  encodeCall,
  messageLength,
} from '../../../../src-main/shell/dbus/message.ts';
import { signalBytes } from './wire.ts';

const hello = {
  serial: 1,
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
};

describe('encodeCall', () => {
  it('writes the Hello call byte for byte as the specification lays it out', () => {
    // Worked out by hand from the specification's tables: flags 0, body 0, serial 1, fields 1, 2, 3, 6.
    const hex = [
      '6c01000100000000010000006d000000',
      '01016f00150000002f6f72672f667265656465736b746f702f44427573000000',
      '02017300140000006f72672e667265656465736b746f702e4442757300000000',
      '030173000500000048656c6c6f000000',
      '06017300140000006f72672e667265656465736b746f702e4442757300000000',
    ].join('');
    expect(encodeCall(hello).toString('hex')).toBe(hex);
  });

  it('is read back by the decoder, with and without an argument', () => {
    for (const argument of [undefined, '', "type='signal',member='é'"]) {
      const bytes = encodeCall({ ...hello, serial: 9, ...(argument === undefined ? {} : { argument }) });
      expect(messageLength(bytes)).toBe(bytes.length);
      expect(decodeMessage(bytes)).toEqual({
        type: MESSAGE_TYPE.methodCall,
        path: hello.path,
        interface: hello.interface,
        member: 'Hello',
        replySerial: 0,
        argument,
      });
    }
  });
});

describe('decodeMessage', () => {
  const signal = {
    path: '/org/gnome/ScreenSaver',
    interface: 'org.gnome.ScreenSaver',
    member: 'ActiveChanged',
  };

  it.each([true, false])('reads a signal with the boolean %s in both byte orders', (argument) => {
    for (const littleEndian of [true, false]) {
      const bytes = signalBytes({ ...signal, argument }, littleEndian);
      expect(messageLength(bytes)).toBe(bytes.length);
      expect(decodeMessage(bytes)).toMatchObject({ ...signal, type: MESSAGE_TYPE.signal, argument });
    }
  });

  it('reads a signal without an argument', () => {
    expect(decodeMessage(signalBytes(signal, true)).argument).toBeUndefined();
  });

  it('waits for more bytes until the header is whole', () => {
    const bytes = signalBytes(signal, true);
    expect(messageLength(bytes.subarray(0, 15))).toBeUndefined();
    expect(messageLength(bytes.subarray(0, 16))).toBe(bytes.length);
  });

  it('refuses what is no D-Bus message, another version, and a message beyond the limit', () => {
    expect(() => messageLength(Buffer.from('HTTP/1.1 400 Bad Request'))).toThrow('not a D-Bus message');
    const version = signalBytes(signal, true);
    version[3] = 2;
    expect(() => messageLength(version)).toThrow('version');
    const huge = signalBytes(signal, true);
    huge.writeUInt32LE(MAX_MESSAGE_BYTES, 4);
    expect(() => messageLength(huge)).toThrow('larger');
  });

  it('refuses or reads damaged bytes, but never reads beyond them or hangs', () => {
    const whole = signalBytes({ ...signal, argument: true }, true);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, cut) => {
        const bytes = Buffer.from(whole.subarray(0, Math.max(16, cut)));
        bytes[at % bytes.length] = value;
        try {
          const length = messageLength(bytes);
          if (length !== undefined && length <= bytes.length) decodeMessage(bytes.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
