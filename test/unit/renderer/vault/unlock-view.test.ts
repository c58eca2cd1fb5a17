// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import UnlockView from '../../../../src-renderer/features/vault/UnlockView.vue';
import { useSessionStore } from '../../../../src-renderer/lib/use-session-store.ts';
import type { AppState } from '../../../../src-preload/contract/types/app.ts';
import { installBridge, mountView, refusal, settle, textOf, typeInto } from '../lib/bridge.ts';

const status = {
  state: 'locked',
  path: '/tmp/vault.hfv',
  throttledUntil: null,
  fault: null,
  recoveredFrom: null,
  quickUnlock: { available: true, enabled: false, reason: null, expiresAt: null },
};
afterEach(() => document.body.replaceChildren());

async function view(answers: Record<string, (input: unknown) => unknown> = {}) {
  const bridge = installBridge({ 'vault.status': () => status, ...answers });
  const wrapper = mountView(UnlockView);
  await settle();
  const tryWith = async (passphrase: string): Promise<void> => {
    typeInto(wrapper.get('input').element, passphrase);
    await wrapper.get('form').trigger('submit');
    await settle();
  };
  return { bridge, wrapper, tryWith };
}
const unlocks = (bridge: ReturnType<typeof installBridge>) =>
  bridge.calls.filter(({ name }) => name === 'vault.unlock');

describe('UnlockView', () => {
  it('sends the passphrase once, empties the field and overwrites the bytes', async () => {
    const { bridge, wrapper, tryWith } = await view({ 'vault.unlock': () => status });
    await tryWith('test passphrase');
    const [call] = unlocks(bridge);
    expect(textOf(call?.input['passphrase'])).toBe('test passphrase');
    expect([...(call?.live['passphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(wrapper.get('input').element.value).toBe('');
  });

  it('says beside the field that the passphrase was wrong', async () => {
    const { wrapper, tryWith } = await view({
      'vault.unlock': () => {
        throw refusal('vault.wrongPassphrase');
      },
    });
    await tryWith('test passphrase');
    expect(wrapper.get('input').attributes('aria-invalid')).toBe('true');
    expect(wrapper.text()).toContain('does not open the vault');
  });

  it('counts down and sends nothing while guessing is throttled', async () => {
    const { bridge, wrapper, tryWith } = await view({
      'vault.unlock': () => {
        throw refusal('vault.throttled', { kind: 'throttled', retryAfterMs: 30_000 });
      },
    });
    await tryWith('test passphrase');
    expect(wrapper.get('[role=timer]').text()).toMatch(/00:(2\d|3[01])/);
    await tryWith('test passphrase again');
    expect(unlocks(bridge)).toHaveLength(1);
    expect(wrapper.get('button[type=submit]').attributes('disabled')).toBeDefined();
  });

  it('knows a throttle that began before the window was opened', async () => {
    const { wrapper } = await view({
      'vault.status': () => ({ ...status, throttledUntil: Date.now() + 60_000 }),
    });
    expect(wrapper.find('[role=timer]').exists()).toBe(true);
  });

  it.each([
    ['vault.damaged', 'The vault file is damaged'],
    ['vault.newerVersion', 'A newer Holdfast made this vault'],
    ['vault.notAVault', 'This is not a Holdfast vault'],
  ])('tells %s apart', async (code, title) => {
    const { wrapper, tryWith } = await view({
      'vault.unlock': () => {
        throw refusal(code);
      },
    });
    await tryWith('test passphrase');
    expect(wrapper.get('[role=alert]').text()).toContain(title);
    expect(wrapper.get('input').attributes('aria-invalid')).toBeUndefined();
  });

  it('asks for no passphrase while the file itself is at fault, and offers the earlier states', async () => {
    const generation = { id: 'gen-fake-1', savedAt: 1_795_000_000_000, saveCounter: 7, bytes: 4096 };
    let fault: string | null = 'vault.damaged';
    const { wrapper } = await view({
      'vault.status': () => ({ ...status, fault }),
      'vault.generations': () => [generation],
    });
    expect(wrapper.find('input').exists()).toBe(false);
    expect(wrapper.get('[role=alert]').text()).toContain('The vault file is damaged');
    const button = (text: string) => wrapper.findAll('button').find((one) => one.text() === text);
    await button('Restore an earlier state')?.trigger('click');
    await settle();
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('Save 7');
    fault = null;
    await button('Look again')?.trigger('click');
    await settle();
    expect(wrapper.find('input').exists()).toBe(true);
    expect(wrapper.find('[role=alert]').exists()).toBe(false);
  });

  it('says that an earlier state was put back by itself', async () => {
    const { wrapper } = await view({ 'vault.status': () => ({ ...status, recoveredFrom: 'gen-fake-1' }) });
    expect(wrapper.get('.reason').text()).toContain('The last verified state was put back');
  });

  it.each([
    'command',
    'idle',
    'suspend',
    'screenLock',
    'minimise',
    'quit',
    'restore',
    'forget',
    'workerFailed',
    'openFailed',
  ])('has words for a lock because of "%s"', async (lockReason) => {
    const { wrapper } = await view();
    useSessionStore().accept({ lockReason } as AppState);
    await settle();
    expect(wrapper.get('.reason').text()).toMatch(/^Locked/);
  });

  it('offers earlier states on a locked vault, and restores one only after a question', async () => {
    const generation = { id: 'gen-fake-1', savedAt: 1_795_000_000_000, saveCounter: 7, bytes: 4096 };
    const { bridge, wrapper } = await view({
      'vault.generations': () => [generation],
      'vault.restoreGeneration': () => status,
    });
    await wrapper.get('.link').trigger('click');
    await settle();
    const button = (text: string): HTMLButtonElement =>
      [...document.querySelectorAll<HTMLButtonElement>('[role=dialog] button, [role=alertdialog] button')]
        .filter((one) => one.textContent?.trim() === text)
        .at(-1)!;
    button('Restore').click();
    await settle();
    expect(bridge.calls.some(({ name }) => name === 'vault.restoreGeneration')).toBe(false);
    button('Restore').click();
    await settle();
    expect(bridge.calls.at(-2)).toMatchObject({
      name: 'vault.restoreGeneration',
      input: { generationId: 'gen-fake-1' },
    });
    expect(wrapper.text()).toContain('Restored');
  });

  it('offers quick unlock only when it is on', async () => {
    const off = await view();
    expect(off.wrapper.text()).not.toContain('Unlock with this system');
    const on = await view({
      'vault.status': () => ({ ...status, quickUnlock: { ...status.quickUnlock, enabled: true } }),
    });
    expect(on.wrapper.text()).toContain('Unlock with this system');
  });
});
