import { describe, expect, it } from 'vitest';
import { PressGuard } from '../../../src-main/trading/press-guard.ts';
import { draft } from '../../support/markets.ts';

function guard() {
  let now = 1000;
  const made = new PressGuard(() => now);
  return { made, later: (ms: number) => (now += ms) };
}

describe('a button that is pressed twice', () => {
  it('is one order within 300 ms, and the refusal names the rule', () => {
    const { made, later } = guard();
    made.pressed(draft(), 'intent-1');
    later(299);
    expect(() => made.pressed(draft(), 'intent-2')).toThrow(
      expect.objectContaining({
        kind: 'notAllowed',
        code: 'order.doublePress',
        message: expect.stringContaining('300 ms') as string,
      }) as Error,
    );
  });

  it('is a second order after that', () => {
    const { made, later } = guard();
    made.pressed(draft(), 'intent-1');
    later(300);
    expect(() => made.pressed(draft(), 'intent-2')).not.toThrow();
  });

  it('does not keep a third press waiting because the second was refused', () => {
    const { made, later } = guard();
    made.pressed(draft(), 'intent-1');
    later(200);
    expect(() => made.pressed(draft(), 'intent-2')).toThrow();
    later(100);
    expect(() => made.pressed(draft(), 'intent-3')).not.toThrow();
  });

  it('lets the same intent and every other order pass', () => {
    const { made } = guard();
    made.pressed(draft(), 'intent-1');
    expect(() => made.pressed(draft(), 'intent-1')).not.toThrow();
    expect(() => made.pressed(draft({ quantity: '0.2' }), 'intent-2')).not.toThrow();
    expect(() => made.pressed(draft({ side: 'sell' }), 'intent-3')).not.toThrow();
    expect(() => made.pressed({ ...draft(), accountId: 'other' }, 'intent-4')).not.toThrow();
  });
});
