// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import RemoveAccount from '../../../../src-renderer/features/accounts/RemoveAccount.vue';
import { installBridge, mountView, refusal, settle } from '../lib/bridge.ts';

const OPEN = '"Main" still has something open: 1 open order (buy 0.1 BTC/USDT at 59000).';
const account = { id: 'acc-1', venue: 'bybit', label: 'Main', keyType: 'hmac' };

afterEach(() => document.body.replaceChildren());

async function dialog(answer: (leaveOpen: unknown) => unknown) {
  const inputs: Record<string, unknown>[] = [];
  installBridge({
    'accounts.remove': (input) => {
      const asked = input as Record<string, unknown>;
      inputs.push(asked);
      return answer(asked['leaveOpen']);
    },
    'trading.openOrders': () => [],
    'trading.fills': () => ({ rows: [], total: 0 }),
  });
  mountView(RemoveAccount, { open: true, account });
  await settle();
  const press = async (label: string): Promise<void> => {
    const found = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === label);
    if (found === undefined) throw new Error(`no button ${label}`);
    found.click();
    await settle();
  };
  return { inputs, press };
}
const text = (): string => document.body.textContent;

it('names what is open, and removes it only when a person has read that and says so', async () => {
  const refused = refusal('account.notEmpty', { kind: 'notAllowed', message: OPEN });
  const { inputs, press } = await dialog((leaveOpen) => {
    if (leaveOpen !== true) throw refused;
    return null;
  });
  expect(text()).not.toContain('leave it open');
  await press('Remove account');
  expect(inputs).toEqual([{ accountId: 'acc-1' }]);
  expect(document.querySelector('[role=alert]')?.textContent).toBe(OPEN);
  await press('Remove and leave it open');
  expect(inputs[1]).toEqual({ accountId: 'acc-1', leaveOpen: true });
});

it('does not take another failure for that', async () => {
  const { inputs, press } = await dialog(() => {
    throw refusal('vault.saveFailed', { kind: 'storage', message: 'No room.' });
  });
  await press('Remove account');
  await press('Remove account');
  expect(inputs).toEqual([{ accountId: 'acc-1' }, { accountId: 'acc-1' }]);
});
