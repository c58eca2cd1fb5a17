import { describe, expect, it } from 'vitest';
import { PressGuard } from '../../../src-main/trading/press-guard.ts';
import { draft } from '../../support/markets.ts';

function guard(repeats = false) {
  let now = 1000;
  const setting = { repeats };
  const made = new PressGuard({ now: () => now, repeatsAllowed: () => setting.repeats });
  return { made, setting, later: (ms: number) => (now += ms) };
}

describe('a button that is pressed twice', () => {
  it('is one order within 300 ms, and the refusal names the rule and the setting', () => {
    const { made, later } = guard();
    made.order(draft(), 'intent-1');
    later(299);
    expect(() => made.order(draft(), 'intent-2')).toThrow(
      expect.objectContaining({
        kind: 'notAllowed',
        code: 'order.doublePress',
        message: expect.stringMatching(/300 ms.*Settings, Orders/) as string,
      }) as Error,
    );
  });

  it('is one order when nobody has said anything about repeats', () => {
    const made = new PressGuard({ now: () => 1000 });
    made.order(draft(), 'intent-1');
    expect(() => made.order(draft(), 'intent-2')).toThrow();
  });

  it('is a second order after that', () => {
    const { made, later } = guard();
    made.order(draft(), 'intent-1');
    later(300);
    expect(() => made.order(draft(), 'intent-2')).not.toThrow();
  });

  it('does not keep a third press waiting because the second was refused', () => {
    const { made, later } = guard();
    made.order(draft(), 'intent-1');
    later(200);
    expect(() => made.order(draft(), 'intent-2')).toThrow();
    later(100);
    expect(() => made.order(draft(), 'intent-3')).not.toThrow();
  });

  it('lets the same intent and every other order pass', () => {
    const { made } = guard();
    made.order(draft(), 'intent-1');
    expect(() => made.order(draft(), 'intent-1')).not.toThrow();
    expect(() => made.order(draft({ quantity: '0.2' }), 'intent-2')).not.toThrow();
    expect(() => made.order(draft({ side: 'sell' }), 'intent-3')).not.toThrow();
    expect(() => made.order({ ...draft(), accountId: 'other' }, 'intent-4')).not.toThrow();
  });
});

describe('repeats that the person asked for', () => {
  it('are orders of their own, however fast they come', () => {
    const { made } = guard(true);
    for (const intent of ['intent-1', 'intent-2', 'intent-3'])
      expect(() => made.order(draft(), intent)).not.toThrow();
  });

  it('begin and end with the setting, and the press before it was turned off counts', () => {
    const { made, setting, later } = guard();
    made.order(draft(), 'intent-1');
    setting.repeats = true;
    later(200);
    expect(() => made.order(draft(), 'intent-2')).not.toThrow();
    setting.repeats = false;
    later(200);
    expect(() => made.order(draft(), 'intent-3')).toThrow(expect.objectContaining({ kind: 'notAllowed' }));
    later(100);
    expect(() => made.order(draft(), 'intent-4')).not.toThrow();
  });

  it.each([false, true])('never close a position twice (repeats allowed: %s)', (repeats) => {
    const { made, later } = guard(repeats);
    const position = { accountId: 'account-1', symbol: 'BTC/USDT:USDT', positionSide: 'net' };
    made.close(position, 'intent-1');
    later(299);
    expect(() => made.close(position, 'intent-1')).not.toThrow();
    expect(() => made.close(position, 'intent-2')).toThrow(
      expect.objectContaining({ kind: 'notAllowed', code: 'position.doublePress' }) as Error,
    );
    expect(() => made.close({ ...position, positionSide: 'long' }, 'intent-3')).not.toThrow();
  });
});
