// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../../src-preload/contract/types/account.ts';
import PositionModePanel from '../../../../src-renderer/features/accounts/PositionModePanel.vue';
import { modeBlocker } from '../../../../src-renderer/features/accounts/position-mode.ts';
import { installBridge, mountView, refusal, settle } from '../lib/bridge.ts';
import { account, permissions } from './builders.ts';

afterEach(() => document.body.replaceChildren());

async function panel(of: Account, setPositionMode: () => unknown = () => null) {
  const bridge = installBridge({
    'trading.setPositionMode': setPositionMode,
    'accounts.inspect': () => of,
  });
  const wrapper = mountView(PositionModePanel, { account: of });
  await settle();
  const press = async (text: string): Promise<void> => {
    const found = [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
    found?.click();
    await settle();
  };
  const choose = async (value: string): Promise<void> => {
    await wrapper.get(`input[value=${value}]`).setValue(true);
    await settle();
  };
  return { wrapper, bridge, press, choose, names: () => bridge.calls.map(({ name }) => name) };
}

describe('PositionModePanel', () => {
  it('asks before it switches, with the venue’s condition, and reads the mode back after it', async () => {
    const { bridge, choose, press, names } = await panel(account());
    await choose('hedge');
    expect(names()).toEqual([]);
    expect(document.querySelector('[role=alertdialog]')?.textContent).toContain(
      'a position or an open order',
    );
    await press('Switch to Hedge');
    expect(bridge.calls[0]).toMatchObject({ input: { accountId: 'acc-1', mode: 'hedge' } });
    expect(names()).toEqual(['trading.setPositionMode', 'accounts.inspect']);
  });

  it('changes nothing when the person thinks again, and shows the mode that is in force', async () => {
    const { wrapper, choose, press, names } = await panel(account());
    await choose('hedge');
    await press('Cancel');
    expect(names()).toEqual([]);
    expect(wrapper.get('.segment.chosen').text()).toBe('One-way');
  });

  it('says why the venue refused, and shows the mode that is in force', async () => {
    const { wrapper, choose, press, names } = await panel(account(), () => {
      throw refusal('bybit.110024', { kind: 'badInput', message: 'There is an open position.' });
    });
    await choose('hedge');
    await press('Switch to Hedge');
    expect(wrapper.get('[role=alert]').text()).toContain('There is an open position.');
    expect(wrapper.get('.segment.chosen').text()).toBe('One-way');
    expect(names()).toEqual(['trading.setPositionMode']);
  });

  it.each([
    [{ uses: ['read'] }, 'readOnly'],
    [{ permissions: { ...permissions, trade: false } }, 'noRight'],
    [{ state: 'refused' }, 'notLive'],
    [{}, null],
  ] as const)('is blocked for %j by %s', (change, blocker) => {
    expect(modeBlocker(account(change))).toBe(blocker);
  });

  it('cannot be switched while blocked, and says so', async () => {
    const { wrapper } = await panel(account({ uses: ['read'] }));
    expect(wrapper.findAll('input').every((one) => one.attributes('disabled') !== undefined)).toBe(true);
    expect(wrapper.text()).toContain('may only read this account');
  });
});
