// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import OnboardingView from '../../../../src-renderer/features/onboarding/OnboardingView.vue';
import { installBridge, mountView, refusal, settle, textOf, typeInto } from '../lib/bridge.ts';

afterEach(() => document.body.replaceChildren());

async function importing(answer: () => unknown) {
  const bridge = installBridge({
    'app.files': () => ({ vault: '/tmp/vault.hfv' }),
    'vault.importEncrypted': answer,
  });
  const wrapper = mountView(OnboardingView);
  await settle();
  await wrapper
    .findAll('button')
    .find((one) => one.text() === 'I have an export')
    ?.trigger('click');
  await settle();
  typeInto(document.querySelector('[role=dialog] input'), 'test passphrase export');
  await settle();
  document.querySelector('[role=dialog] form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
  const call = bridge.calls.find(({ name }) => name === 'vault.importEncrypted');
  return { call, dialog: document.querySelector('[role=dialog]') };
}

describe('an export on the first run', () => {
  it('is imported with its own passphrase, which is overwritten', async () => {
    const { call, dialog } = await importing(() => ({ added: 2, skipped: 0 }));
    expect(textOf(call?.input['exportPassphrase'])).toBe('test passphrase export');
    expect([...(call?.live['exportPassphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(dialog?.getAttribute('data-state')).not.toBe('open');
  });

  it('stays open when the person closed the file dialog', async () => {
    const { dialog } = await importing(() => null);
    expect(dialog?.querySelector('form')).not.toBeNull();
  });

  it('says what was wrong, and overwrites the passphrase all the same', async () => {
    const { call, dialog } = await importing(() => {
      throw refusal('vault.wrongPassphrase');
    });
    expect([...(call?.live['exportPassphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(dialog?.querySelector('[role=alert]')).not.toBeNull();
  });
});
