import { describe, expect, it } from 'vitest';
import { KnownWindows } from '../../../src-main/ipc/sender.ts';
import { ORIGIN, WINDOW, ourFrame } from './fakes.ts';

const windows = (): KnownWindows => {
  const known = new KnownWindows(ORIGIN);
  known.add(WINDOW, ['read', 'trade']);
  return known;
};
const refusal = expect.objectContaining({ kind: 'notAllowed', code: 'ipc.sender' }) as unknown;

describe('KnownWindows', () => {
  it('answers with the grant of a known window whose main frame shows our page', () => {
    const grant = windows().check({ sender: { id: WINDOW }, senderFrame: ourFrame });
    expect(grant.windowId).toBe(WINDOW);
    expect([...grant.capabilities]).toEqual(['read', 'trade']);
  });

  it.each([
    ['a frame that is gone', null],
    ['a sub-frame', { ...ourFrame, parent: {} }],
    ['a foreign origin', { ...ourFrame, origin: 'https://example.org' }],
    ['an opaque origin', { ...ourFrame, origin: 'null' }],
    ['our scheme with another host', { ...ourFrame, origin: 'app://evil', url: 'app://evil/index.html' }],
    [
      'our origin as a mere prefix',
      { ...ourFrame, origin: `${ORIGIN}.evil`, url: `${ORIGIN}.evil/index.html` },
    ],
    ['our origin with a foreign address', { ...ourFrame, url: 'about:blank' }],
  ])('refuses %s', (_name, senderFrame) => {
    expect(() => windows().check({ sender: { id: WINDOW }, senderFrame })).toThrow(refusal);
  });

  it('refuses a window that nobody registered', () => {
    expect(() => windows().check({ sender: { id: 8 }, senderFrame: ourFrame })).toThrow(refusal);
  });

  it('refuses a window once it was withdrawn', () => {
    const known = new KnownWindows(ORIGIN);
    const withdraw = known.add(WINDOW, ['read']);
    withdraw();
    expect(() => known.check({ sender: { id: WINDOW }, senderFrame: ourFrame })).toThrow(refusal);
  });
});
