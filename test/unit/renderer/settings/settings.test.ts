// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { speedIndex, SPEEDS } from '../../../../src-renderer/features/settings/practice/speeds.ts';
import PracticeSection from '../../../../src-renderer/features/settings/sections/PracticeSection.vue';
import ForgetSection from '../../../../src-renderer/features/settings/sections/ForgetSection.vue';
import ChangePassphrase from '../../../../src-renderer/features/settings/vault/ChangePassphrase.vue';
import LockPolicy from '../../../../src-renderer/features/settings/vault/LockPolicy.vue';
import type { AppState } from '../../../../src-preload/contract/types/app.ts';
import { useSessionStore } from '../../../../src-renderer/lib/use-session-store.ts';
import { dropAllDrafts, useDraft } from '../../../../src-renderer/lib/use-draft.ts';
import { useSettingsStore } from '../../../../src-renderer/lib/use-settings-store.ts';
import { installBridge, mountView, refusal, settle, textOf, typeInto } from '../lib/bridge.ts';

afterEach(() => {
  vi.useRealTimers();
  dropAllDrafts();
  document.body.replaceChildren();
});

const buttonNamed = (text: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')]
    .filter((one) => one.textContent?.trim() === text)
    .at(-1);
  if (found === undefined) throw new Error(`no button ${text}`);
  return found;
};

describe('settings store', () => {
  beforeEach(() => setActivePinia(createPinia()));

  it('shows what main confirmed, not what was asked for', async () => {
    installBridge({
      'settings.update': () => {
        throw refusal('settings.notWritable', { kind: 'storage' });
      },
    });
    const store = useSettingsStore();
    expect(await store.update({ theme: 'light' })).toBe(false);
    expect(store.settings.theme).toBe('system');
    expect(store.error?.code).toBe('settings.notWritable');
  });

  it('writes a dragged layout once, when the hand rests', async () => {
    vi.useFakeTimers();
    const bridge = installBridge({ 'settings.update': () => useSettingsStore().settings });
    const store = useSettingsStore();
    for (const share of [51, 52, 53]) store.setLayout('split.trade', share);
    expect(store.layoutOf('split.trade', 50)).toBe(53);
    await vi.advanceTimersByTimeAsync(1000);
    expect(bridge.calls.map(({ input }) => input)).toEqual([{ layout: '{"split.trade":53}' }]);
  });

  it('falls back when the stored layout is damaged', () => {
    installBridge();
    const store = useSettingsStore();
    store.accept({ ...store.settings, layout: '{"split' });
    expect(store.layoutOf('split.trade', 50)).toBe(50);
  });
});

describe('LockPolicy', () => {
  const told = (screenLock: AppState['screenLock']): void => {
    installBridge();
    mountView(LockPolicy);
    useSessionStore().accept({ screenLock } as AppState);
  };

  it('says so when this desktop tells no screen locks', async () => {
    told('none');
    await settle();
    expect(document.body.textContent).toContain('no screen-lock signal');
  });

  it.each(['system', 'dbus'] as const)('says nothing of it when they come from %s', async (source) => {
    told(source);
    await settle();
    expect(document.body.textContent).not.toContain('no screen-lock signal');
  });
});

describe('ForgetSection', () => {
  it('deletes nothing before the word is typed', async () => {
    const bridge = installBridge({ 'vault.forgetEverything': () => ({ deleted: [] }) });
    mountView(ForgetSection);
    useDraft('order', () => ({ price: '' })).price = '1';
    buttonNamed('Forget everything').click();
    await settle();
    buttonNamed('Delete all of it').click();
    await settle();
    expect(bridge.calls).toEqual([]);

    typeInto(document.querySelector('[role=alertdialog] input'), 'FORGET');
    await settle();
    buttonNamed('Delete all of it').click();
    await settle();
    expect(bridge.calls).toMatchObject([{ name: 'vault.forgetEverything', input: { confirm: 'FORGET' } }]);
    expect(useDraft('order', () => ({ price: '' })).price).toBe('');
  });
});

describe('ChangePassphrase', () => {
  async function sheet(answer: () => unknown) {
    const bridge = installBridge({ 'vault.changePassphrase': answer });
    mountView(ChangePassphrase, { open: true });
    await settle();
    const fill = (texts: readonly string[]): void =>
      document
        .querySelectorAll('[role=dialog] input')
        .forEach((input, index) => typeInto(input, texts[index] ?? ''));
    const submit = async (): Promise<void> => {
      document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
      await settle();
    };
    return { bridge, fill, submit };
  }

  it('sends both as bytes and overwrites them, also when main refuses', async () => {
    const { bridge, fill, submit } = await sheet(() => {
      throw refusal('vault.wrongPassphrase');
    });
    fill(['test passphrase old', 'test passphrase new', 'test passphrase new']);
    await settle();
    await submit();
    const [call] = bridge.calls;
    expect([textOf(call?.input['current']), textOf(call?.input['next'])]).toEqual([
      'test passphrase old',
      'test passphrase new',
    ]);
    for (const bytes of [call?.live['current'], call?.live['next']] as Uint8Array[]) {
      expect([...bytes].every((byte) => byte === 0)).toBe(true);
    }
    expect(document.body.textContent).toContain('Wrong passphrase');
  });

  it('sends nothing when the new one was typed differently', async () => {
    const { bridge, fill, submit } = await sheet(() => null);
    fill(['test passphrase old', 'test passphrase new', 'test passphrase nwe']);
    await settle();
    await submit();
    expect(bridge.calls).toEqual([]);
    expect(document.body.textContent).toContain('The two passphrases differ');
  });
});

describe('PracticeSection', () => {
  const practice = { source: 'synthetic', seed: 7, replayFile: null, speed: 1 };

  it('refuses a seed that is no whole number of 32 bits, with the rule', async () => {
    const bridge = installBridge({ 'practice.settings': () => practice });
    const wrapper = mountView(PracticeSection);
    await settle();
    typeInto(wrapper.get('#practice-seed').element, '4294967296');
    await settle();
    expect(wrapper.text()).toContain('A whole number from 0 to 4294967295');
    buttonNamed('Start it anew').click();
    await settle();
    expect(bridge.calls.map(({ name }) => name)).toEqual(['practice.settings']);
  });

  it('says which line of a chosen file was no record', async () => {
    installBridge({
      'practice.settings': () => practice,
      'practice.chooseReplay': () => {
        throw refusal('recording.badLine', { kind: 'badInput', message: 'Line 3: expected a JSON object.' });
      },
    });
    const wrapper = mountView(PracticeSection);
    await settle();
    buttonNamed('Choose a record').click();
    await settle();
    expect(wrapper.text()).toContain('Line 3: expected a JSON object.');
  });

  it('does not deposit nothing', async () => {
    installBridge({ 'practice.settings': () => practice });
    const wrapper = mountView(PracticeSection);
    await settle();
    typeInto(wrapper.get('#practice-amount').element, '0.00');
    await settle();
    expect(buttonNamed('Add').disabled).toBe(true);
  });

  it('offers the speed that is nearest to the one in force', () => {
    expect([1, 3, 40, 100].map((speed) => SPEEDS[speedIndex(speed)])).toEqual([1, 2, 50, 100]);
  });
});
