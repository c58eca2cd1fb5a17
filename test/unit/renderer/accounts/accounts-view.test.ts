// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../../src-preload/contract/types/account.ts';
import AccountsView from '../../../../src-renderer/features/accounts/AccountsView.vue';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { dropAllDrafts } from '../../../../src-renderer/lib/use-draft.ts';
import { installBridge, mountView, settle, typeInto } from '../lib/bridge.ts';
import { account, finding, inspection } from './builders.ts';

const venues = (available: boolean) => [
  {
    venue: 'bybit',
    available,
    needsVenuePassphrase: false,
    keyTypes: ['hmac', 'rsa'],
    positionModeSwitch: true,
    regions: [{ id: 'global', environments: ['live', 'demo'] }],
  },
];

let mounted: ReturnType<typeof mountView> | undefined;
afterEach(() => {
  mounted?.unmount();
  dropAllDrafts();
  document.body.replaceChildren();
});

async function view(list: readonly Account[], available = true) {
  const bridge = installBridge({
    'accounts.list': () => list,
    'accounts.venues': () => venues(available),
    'accounts.add': () => account({ id: 'acc-new' }),
    'accounts.inspect': () => account({ id: 'acc-new' }),
  });
  const wrapper = mountView(AccountsView);
  mounted = wrapper;
  await useAccountsStore().load();
  await settle();
  return { bridge, wrapper, names: () => bridge.calls.map(({ name }) => name) };
}

async function addAccount(wrapper: ReturnType<typeof mountView>): Promise<void> {
  await wrapper.get('.accounts .head button').trigger('click');
  await settle();
  for (const [label, text] of [
    ['Name', 'Main'],
    ['API key', 'test-key-1'],
    ['API secret', 'test-secret-1'],
  ] as const) {
    const found = [...document.querySelectorAll('label')].find((one) => one.textContent?.startsWith(label));
    typeInto(document.querySelector(`[id="${String(found?.htmlFor)}"]`), text);
  }
  document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
}

describe('AccountsView', () => {
  it('inspects a new key straight away', async () => {
    const { bridge, wrapper, names } = await view([account({ id: 'acc-new' })]);
    await addAccount(wrapper);
    expect(names().slice(-2)).toEqual(['accounts.add', 'accounts.inspect']);
    expect(bridge.calls.at(-1)?.input).toEqual({ accountId: 'acc-new' });
  });

  it('lets a key wait whose venue cannot be asked yet', async () => {
    const { wrapper, names } = await view([account({ id: 'acc-new', state: 'notSupported' })], false);
    await addAccount(wrapper);
    expect(names().at(-1)).toBe('accounts.add');
  });

  it('shows inspector and position mode of an account, and neither of the practice account', async () => {
    const full = await view([account()]);
    expect(full.wrapper.text()).toMatch(/Key inspector.*Position mode/s);
    expect(full.wrapper.text()).toMatch(/Bybit\s+· Global/);
    full.wrapper.unmount();
    const own = await view([account({ venue: 'practice', keyType: 'none', environment: 'practice' })]);
    expect(own.wrapper.text()).not.toContain('Key inspector');
  });

  it('leaves the reason of a refusal to the inspector once that has found it out', async () => {
    const refused = account({ state: 'refused', stateReason: 'The venue does not accept the key.' });
    const before = await view([{ ...refused, inspection: null }]);
    expect(before.wrapper.text()).toContain('does not accept the key');
    before.wrapper.unmount();
    const after = await view([
      { ...refused, inspection: inspection([finding('refused', 'danger', { message: 'Invalid.' })]) },
    ]);
    expect(after.wrapper.text()).not.toContain('does not accept the key');
    expect(after.wrapper.text()).toMatch(/The venue refuses the key.*The venue says: Invalid\./);
  });
});
