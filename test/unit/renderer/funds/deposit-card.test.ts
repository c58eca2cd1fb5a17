// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import DepositCard from '../../../../src-renderer/features/funds/DepositCard.vue';
import { installBridge, mountView, refusal, settle } from '../lib/bridge.ts';

const address = {
  asset: 'XRP',
  network: 'XRP',
  address: 'rFakeFakeFakeFakeFakeFake01',
  memo: null as string | null,
  contractEnd: null,
  fetchedAt: 0,
};

afterEach(() => document.body.replaceChildren());

const button = (text: RegExp): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => text.test(one.textContent ?? ''));
const page = (): string => document.body.textContent ?? '';

async function card(over: Partial<typeof address>, answer: () => unknown = () => null) {
  const bridge = installBridge({ 'funds.copyDepositAddress': answer });
  mountView(DepositCard, {
    accountId: 'acc-1',
    address: { ...address, ...over },
    networkName: 'XRP Ledger',
  });
  await settle();
  return bridge;
}

describe('DepositCard', () => {
  it('shows no address before the memo was taken along, where the network needs one', async () => {
    await card({ memo: '100200300' });
    expect(page()).toContain('100200300');
    expect(page()).not.toContain(address.address);
    document.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
    await settle();
    expect(page()).toContain(address.address);
  });

  it('has main compare what is shown before anything is copied', async () => {
    const bridge = await card({});
    button(/Compare and copy/)?.click();
    await settle();
    expect(bridge.calls.at(-1)).toMatchObject({
      name: 'funds.copyDepositAddress',
      input: { accountId: 'acc-1', asset: 'XRP', network: 'XRP', part: 'address', shown: address.address },
    });
    expect(button(/Copied/)).toBeDefined();
  });

  it('says that nothing was copied when the venue names another address now', async () => {
    await card({}, () => {
      throw refusal('funds.addressChanged', { kind: 'protocol', message: 'The address has changed.' });
    });
    button(/Compare and copy/)?.click();
    await settle();
    expect(page()).toContain('The venue names another one now. Nothing was copied.');
    expect(button(/Copied/)).toBeUndefined();
  });
});
