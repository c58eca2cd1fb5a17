// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import AddAccountForm from '../../../../src-renderer/features/accounts/AddAccountForm.vue';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { dropAllDrafts } from '../../../../src-renderer/lib/use-draft.ts';
import { installBridge, mountView, refusal, settle, textOf, typeInto } from '../lib/bridge.ts';

const regions = [{ id: 'global', environments: ['live', 'demo'] }];
const venues = [
  { venue: 'practice', available: true, needsVenuePassphrase: false, keyTypes: [], regions: [] },
  { venue: 'bybit', available: false, needsVenuePassphrase: false, keyTypes: ['hmac'], regions },
  {
    venue: 'bybit-testnet',
    available: true,
    needsVenuePassphrase: false,
    keyTypes: ['hmac', 'rsa'],
    regions: [{ id: 'global', environments: ['testnet'] }],
  },
  { venue: 'bitget', available: false, needsVenuePassphrase: true, keyTypes: ['hmac'], regions },
];

afterEach(() => {
  dropAllDrafts();
  document.body.replaceChildren();
});

async function form(answers: Record<string, (input: unknown) => unknown> = {}) {
  const added: string[] = [];
  const bridge = installBridge({ 'accounts.list': () => [], 'accounts.venues': () => venues, ...answers });
  const wrapper = mountView(AddAccountForm, { onAdded: (id: string) => added.push(id) });
  await useAccountsStore().load();
  await settle();
  const field = (label: string): HTMLInputElement => {
    const found = wrapper.findAll('label').find((one) => one.text().startsWith(label));
    return wrapper.get<HTMLInputElement>(`[id="${found?.attributes('for')}"]`).element;
  };
  const submit = async (): Promise<void> => {
    await wrapper.get('form').trigger('submit');
    await settle();
  };
  const fill = (): void => {
    typeInto(field('Name'), 'Main');
    typeInto(field('API key'), 'test-key-1');
    typeInto(field('API secret'), 'test-secret-1');
  };
  return { bridge, wrapper, field, submit, fill, added };
}

const addCall = (bridge: ReturnType<typeof installBridge>) =>
  bridge.calls.find(({ name }) => name === 'accounts.add');

describe('AddAccountForm', () => {
  it('sends the secret as bytes, empties the field and overwrites the bytes', async () => {
    const { bridge, field, submit, fill, added } = await form({ 'accounts.add': () => ({ id: 'acc-1' }) });
    fill();
    await submit();
    const call = addCall(bridge);
    expect(textOf(call?.input['secret'])).toBe('test-secret-1');
    expect([...(call?.live['secret'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(field('API secret').value).toBe('');
    expect(added).toEqual(['acc-1']);
  });

  it('overwrites and empties after a refusal as well, and says what was refused', async () => {
    const { bridge, wrapper, field, submit, fill } = await form({
      'accounts.add': () => {
        throw refusal('input.invalid', {
          kind: 'badInput',
          problems: [{ field: 'key', rule: 'must be at least 4 characters' }],
        });
      },
    });
    fill();
    await submit();
    expect([...(addCall(bridge)?.live['secret'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(field('API secret').value).toBe('');
    expect(wrapper.text()).toContain('must be at least 4 characters');
  });

  it('names every missing field and calls nothing', async () => {
    const { bridge, wrapper, submit } = await form();
    await submit();
    expect(wrapper.text()).toMatch(/Give it a name.*At least 4 characters.*Paste the secret/s);
    expect(addCall(bridge)).toBeUndefined();
  });

  it('recognises a paste anywhere in it, and moves to the venue that was named', async () => {
    const { wrapper, field } = await form();
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    const text =
      '{"exchange":"bitget","apiKey":"test-key-1","secret":"test-secret-1","passphrase":"test passphrase"}';
    Object.assign(paste, { clipboardData: { getData: () => text } });
    field('Name').dispatchEvent(paste);
    await settle();
    expect(paste.defaultPrevented).toBe(true);
    expect([field('API key').value, field('API secret').value, field('API passphrase').value]).toEqual([
      'test-key-1',
      'test-secret-1',
      'test passphrase',
    ]);
    expect(wrapper.text()).toContain('Recognised');
  });

  it('keeps the typed name over a lock, and neither key nor secret', async () => {
    const first = await form();
    first.fill();
    await settle();
    first.wrapper.unmount();
    const second = await form();
    expect([
      second.field('Name').value,
      second.field('API key').value,
      second.field('API secret').value,
    ]).toEqual(['Main', '', '']);
  });

  it('says loudly what the permission to withdraw means', async () => {
    const { wrapper } = await form();
    const box = wrapper.get('.use.withdraw input');
    (box.element as HTMLInputElement).checked = true;
    await box.trigger('change');
    expect(wrapper.get('[role=alert]').text()).toContain('coins can leave your account');
  });

  it('sends the site that was chosen from the venue’s own table, the demo first', async () => {
    const { bridge, wrapper, submit, fill } = await form({ 'accounts.add': () => ({ id: 'acc-1' }) });
    fill();
    expect(wrapper.text()).toContain('Recommended for practising');
    await submit();
    expect(addCall(bridge)?.input).toMatchObject({ venue: 'bybit', region: 'global', environment: 'demo' });
  });

  it('follows the venue to the environments that it has', async () => {
    const { bridge, wrapper, submit, fill } = await form({ 'accounts.add': () => ({ id: 'acc-1' }) });
    await wrapper.get('select').setValue('bybit-testnet');
    await settle();
    expect(wrapper.findAll('.segment').map((one) => one.text())).toEqual(['Testnet']);
    fill();
    await submit();
    expect(addCall(bridge)?.input).toMatchObject({ venue: 'bybit-testnet', environment: 'testnet' });
  });

  it('takes a private key with its lines', async () => {
    const { bridge, wrapper, field, submit, fill } = await form({ 'accounts.add': () => ({ id: 'acc-1' }) });
    await wrapper.get('select').setValue('bybit-testnet');
    await settle();
    fill();
    const pem = ['-----BEGIN PRIVATE KEY-----', 'dGVzdA==', '-----END PRIVATE KEY-----'].join('\n');
    typeInto(field('API secret'), pem);
    await submit();
    expect(textOf(addCall(bridge)?.input['secret'])).toBe(pem);
  });

  it('says that a venue is not connected to by this version', async () => {
    const { wrapper } = await form();
    expect(wrapper.text()).toContain('does not connect to it yet');
  });
});
