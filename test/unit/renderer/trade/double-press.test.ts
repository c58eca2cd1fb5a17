// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import {
  useOwnTrading,
  type OwnTrading,
} from '../../../../src-renderer/features/trade/dock/use-own-trading.ts';
import { useToasts } from '../../../../src-renderer/ui/toasts.ts';
import { installBridge, mountView } from '../lib/bridge.ts';
import { PERPETUAL } from './builders.ts';
import {
  ACCOUNT,
  bridgeWith,
  calls,
  doubled,
  field,
  fill,
  finish,
  mountTicket,
  start,
  submit,
  text,
} from './ticket-desk.ts';

afterEach(() => {
  finish();
  useToasts().clear();
});

const inField = (label: string): string => (field(label) as HTMLInputElement).value;

describe('a double click on the ticket', () => {
  it('is one order, says so, and does not ask for the size that the first press took', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket(ACCOUNT, false);
    await fill('100', '0.5');
    await submit();
    expect(inField('Size')).toBe('');
    await submit();
    expect(calls(bridge, 'trading.place')).toHaveLength(1);
    expect(doubled).toHaveBeenCalledOnce();
    expect(text()).not.toContain('Fill this in.');
  });

  it('is two orders of the same where repeats are asked for: the ticket keeps what stands in it', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket(ACCOUNT, false, { repeats: true });
    await fill('100', '0.5');
    await submit();
    expect([inField('Price'), inField('Size')]).toEqual(['100', '0.5']);
    await submit();
    const [first, second] = calls(bridge, 'trading.place').map(({ input }) => input);
    expect(second).toEqual({ ...first, intentId: second?.['intentId'] });
    expect(second?.['intentId']).not.toBe(first?.['intentId']);
    expect(doubled).not.toHaveBeenCalled();
  });
});

describe('what is said of a double click', () => {
  function own(): OwnTrading {
    installBridge({ 'trading.openOrders': () => [], 'trading.fills': () => ({ rows: [], total: 0 }) });
    let made: OwnTrading | null = null;
    mountView(
      defineComponent({
        setup: () => {
          made = useOwnTrading(() => PERPETUAL);
          return () => h('div');
        },
      }),
    );
    if (made === null) throw new Error('not mounted');
    return made;
  }
  const error = (code: string): ErrorShape => ({ code, kind: 'notAllowed', message: 'main says no' });

  it('is calm, because the first press counts, and names the place of the setting', () => {
    own().doubled();
    const [toast] = useToasts().toasts;
    expect(toast).toMatchObject({ tone: 'neutral', title: 'Taken for a double click' });
    expect(toast?.text).toContain('Settings, Orders');
  });

  it.each(['order.doublePress', 'position.doublePress'])('is as calm when main says it: %s', (code) => {
    own().failed(error(code));
    expect(useToasts().toasts).toMatchObject([{ tone: 'neutral', title: 'Taken for a double click' }]);
  });

  it('does not send somebody who closes a position to a setting that does not cover it', () => {
    own().failed(error('position.doublePress'));
    expect(useToasts().toasts[0]?.text).not.toContain('Settings');
  });

  it('leaves every other refusal the alarm that it is', () => {
    own().failed(error('account.readOnly'));
    expect(useToasts().toasts).toMatchObject([{ tone: 'danger' }]);
  });
});
