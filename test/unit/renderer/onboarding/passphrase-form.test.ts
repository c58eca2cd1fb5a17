// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import PassphraseForm from '../../../../src-renderer/features/onboarding/PassphraseForm.vue';
import { strengthOf } from '../../../../src-renderer/lib/passphrase-strength.ts';
import { installBridge, mountView, settle, textOf, typeInto } from '../lib/bridge.ts';

afterEach(() => document.body.replaceChildren());

async function form(first: string, second: string) {
  const bridge = installBridge({ 'vault.create': () => ({}) });
  const wrapper = mountView(PassphraseForm);
  const [one, two] = wrapper.findAll('input');
  typeInto(one?.element, first);
  typeInto(two?.element, second);
  await settle();
  await wrapper.get('form').trigger('submit');
  await settle();
  return { bridge, wrapper, inputs: [one?.element.value, two?.element.value] };
}

describe('PassphraseForm', () => {
  it('creates the vault with what was typed twice, then forgets it', async () => {
    const { bridge, inputs } = await form('test passphrase one', 'test passphrase one');
    expect(bridge.calls.map(({ name }) => name)).toEqual(['vault.create']);
    expect(textOf(bridge.calls[0]?.input['passphrase'])).toBe('test passphrase one');
    expect([...(bridge.calls[0]?.live['passphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(inputs).toEqual(['', '']);
  });

  it.each([
    ['short', 'short', 'At least 10 characters'],
    ['test passphrase one', 'test passphrase two', 'The two passphrases differ'],
  ])('refuses %s and %s', async (first, second, message) => {
    const { bridge, wrapper } = await form(first, second);
    expect(bridge.calls).toEqual([]);
    expect(wrapper.text()).toContain(message);
  });
});

describe('strengthOf', () => {
  it.each(['short', 'password', '1234567890', 'holdfast', 'aaaaaaaaaaaaaaaa', 'passwordpassword'])(
    'does not call %s good',
    (text) => {
      expect(strengthOf(text).score).toBeLessThan(3);
    },
  );

  it('calls several unrelated words strong', () => {
    expect(strengthOf('cobalt meadow frigate lantern').score).toBe(4);
  });

  it('never calls better what is too short for the vault', () => {
    expect(strengthOf('x9$Kq2!v').score).toBe(0);
  });
});
