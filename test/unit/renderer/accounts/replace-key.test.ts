// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import ReplaceKeyDialog from '../../../../src-renderer/features/accounts/ReplaceKeyDialog.vue';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { installBridge, mountView, refusal, settle, textOf, typeInto } from '../lib/bridge.ts';

const venues = [
  { venue: 'bybit', needsVenuePassphrase: false, keyTypes: ['hmac'], regions: [] },
  { venue: 'bitget', needsVenuePassphrase: true, keyTypes: ['hmac'], regions: [] },
];
const account = { id: 'acc-1', venue: 'bybit', label: 'Main', keyType: 'hmac' };

afterEach(() => document.body.replaceChildren());

async function dialog(answer: () => unknown, over: object = {}) {
  const bridge = installBridge({
    'accounts.list': () => [],
    'accounts.venues': () => venues,
    'accounts.replaceKey': answer,
  });
  mountView(ReplaceKeyDialog, { open: true, account: { ...account, ...over } });
  await useAccountsStore().load();
  await settle();
  const field = (label: string): HTMLInputElement | null => {
    const found = [...document.querySelectorAll('label')].find((one) => one.textContent?.startsWith(label));
    return document.querySelector(`[id="${String(found?.htmlFor)}"]`);
  };
  const submit = async (): Promise<void> => {
    document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  };
  const fill = async (): Promise<void> => {
    typeInto(field('API key'), 'test-key-0002');
    typeInto(field('API secret'), 'test-secret-0002');
    typeInto(field('Your Holdfast passphrase'), 'test passphrase');
    await settle();
  };
  const call = () => bridge.calls.find(({ name }) => name === 'accounts.replaceKey');
  return { field, submit, fill, call };
}
const isWiped = (value: unknown): boolean => [...(value as Uint8Array)].every((byte) => byte === 0);

describe('ReplaceKeyDialog', () => {
  it('sends key, secret and passphrase once, then overwrites the bytes and empties the fields', async () => {
    const { field, submit, fill, call } = await dialog(() => account);
    await fill();
    await submit();
    expect(call()?.input).toMatchObject({ accountId: 'acc-1', key: 'test-key-0002' });
    expect(textOf(call()?.input['secret'])).toBe('test-secret-0002');
    expect(textOf(call()?.input['passphrase'])).toBe('test passphrase');
    expect(call()?.input).not.toHaveProperty('venuePassphrase');
    expect(isWiped(call()?.live['secret']) && isWiped(call()?.live['passphrase'])).toBe(true);
    expect(field('API secret')?.value ?? '').toBe('');
  });

  it('overwrites after a refusal as well, and says what was refused', async () => {
    const { submit, fill, call } = await dialog(() => {
      throw refusal('vault.wrongPassphrase');
    });
    await fill();
    await submit();
    expect(isWiped(call()?.live['secret']) && isWiped(call()?.live['passphrase'])).toBe(true);
    expect(document.querySelector('[role=alert]')?.textContent).toContain('does not open the vault');
  });

  it('sends nothing while a part is missing, the passphrase of the venue included', async () => {
    const { field, submit, fill, call } = await dialog(() => account, { venue: 'bitget' });
    await submit();
    expect(document.body.textContent).toMatch(
      /At least 4.*Paste the secret.*This venue needs it.*Needed once/s,
    );
    await fill();
    await submit();
    expect(call()).toBeUndefined();
    typeInto(field('API passphrase'), 'test-venue-passphrase');
    await settle();
    await submit();
    expect(textOf(call()?.input['venuePassphrase'])).toBe('test-venue-passphrase');
    expect(isWiped(call()?.live['venuePassphrase'])).toBe(true);
  });
});
