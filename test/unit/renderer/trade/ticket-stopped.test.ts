// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { useKillSwitchStore } from '../../../../src-renderer/features/risk/kill-switch-store.ts';
import { engaged, OFF } from '../risk/builders.ts';
import { bridgeWith, calls, fill, finish, mountTicket, start, submit, text, think } from './ticket-desk.ts';

afterEach(finish);

describe('the ticket while the kill switch is engaged', () => {
  it('cannot be sent and says why, until the switch is released', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket(undefined, false);
    useKillSwitchStore().accept(engaged());
    await fill('100', '1');
    expect(text()).toContain('nothing is sent until it is released');
    expect(document.querySelector<HTMLButtonElement>('button[type=submit]')?.disabled).toBe(true);
    await submit();
    expect(calls(bridge, 'trading.place')).toEqual([]);

    useKillSwitchStore().accept(OFF);
    await think();
    await submit();
    expect(calls(bridge, 'trading.place')).toHaveLength(1);
  });

  it('takes a review away that was open when the switch was thrown', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket();
    await fill('100', '1');
    await submit();
    expect(document.querySelector('[role=dialog]')).not.toBeNull();
    useKillSwitchStore().accept(engaged());
    await think();
    expect(document.querySelector('[role=dialog]')).toBeNull();
    expect(calls(bridge, 'trading.place')).toEqual([]);
  });
});
