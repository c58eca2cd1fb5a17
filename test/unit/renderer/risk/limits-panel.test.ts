// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { defineComponent, h, ref, type Component } from 'vue';
import type { AppState } from '../../../../src-preload/contract/types/app.ts';
import LimitsPanel from '../../../../src-renderer/features/risk/limits/LimitsPanel.vue';
import { NO_LIMITS } from '../../../../src-renderer/features/risk/limits/limits-form.ts';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { useSessionStore } from '../../../../src-renderer/lib/use-session-store.ts';
import { useToasts } from '../../../../src-renderer/ui/toasts.ts';
import { installBridge, mountView, refusal, settle, textOf, typeInto, type Bridge } from '../lib/bridge.ts';
import { ACCOUNT } from '../trade/ticket-desk.ts';

let view: ReturnType<typeof mountView> | undefined;
afterEach(() => {
  view?.unmount();
  useToasts().clear();
  document.body.replaceChildren();
});

const entry = (accountId: string | null, change: object = {}, version = 3) => ({
  accountId,
  version,
  changedAt: 1_780_000_000_000,
  limits: { ...NO_LIMITS, ...change },
});
const use = {
  accountId: ACCOUNT.id,
  openOrders: 5,
  ordersLastMinute: 1,
  realizedToday: null,
  equity: null,
  reduceOnly: true,
  reason: 'maxDailyLoss',
};
async function show(
  setLimits: (input: unknown) => unknown,
  component: Component = LimitsPanel,
): Promise<Bridge> {
  const bridge = installBridge({
    'risk.limits': () => [
      entry(null, { maxOrderNotional: '25000' }),
      entry(ACCOUNT.id, { maxOpenOrders: 6 }, 2),
    ],
    'risk.use': () => [use],
    'risk.setLimits': setLimits,
  });
  view = mountView(component);
  useAccountsStore().accept([ACCOUNT]);
  await settle();
  return bridge;
}
const text = (): string => document.body.textContent.replace(/\s+/g, ' ');
const field = (label: string): Element | null => document.querySelector(`[aria-label="${label}"]`);
const button = (label: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === label);
  if (found === undefined) throw new Error(`no button ${label}`);
  return found;
};
const saves = (bridge: Bridge) => bridge.calls.filter(({ name }) => name === 'risk.setLimits');
async function give(passphrase: string): Promise<void> {
  button('Save…').click();
  await settle();
  typeInto(document.querySelector('[role=dialog] input'), passphrase);
  document
    .querySelector('[role=dialog] form')
    ?.dispatchEvent(new Event('submit', { cancelable: true, bubbles: true }));
  await settle();
}
const zeroed = (bytes: unknown): boolean => [...(bytes as Uint8Array)].every((byte) => byte === 0);

describe('the limits', () => {
  it('show version, time, what is used and why only reducing orders pass', async () => {
    await show(() => null);
    expect(text()).toContain('version 3, changed');
    expect(text()).toContain('5 of 6');
    expect(text()).toContain('near');
    expect(text()).toContain('not known');
    expect(text()).toContain('Only reducing orders pass in Practice: Loss in a day is reached.');
    expect(button('Save…').disabled).toBe(true);
  });

  it('refuse what cannot be a limit, with the rule', async () => {
    await show(() => null);
    typeInto(field('Open orders, Practice'), '2.5');
    await settle();
    expect(text()).toContain('A whole number from 1 to 10000.');
    expect(button('Save…').disabled).toBe(true);
    typeInto(field('Open orders, Practice'), 'many');
    await settle();
    expect(text()).toContain('This is no number.');
    expect(button('Save…').disabled).toBe(true);
  });

  it('are saved scope by scope with one passphrase, whose bytes are overwritten', async () => {
    const bridge = await show((input) => {
      const { accountId, limits } = input as { accountId: string | null; limits: object };
      return entry(accountId, limits, 9);
    });
    typeInto(field('Largest order, All accounts'), '30000');
    typeInto(field('Open orders, Practice'), '');
    await settle();
    expect(text()).toContain('2 changes');
    await give('test passphrase limits');
    expect(saves(bridge).map(({ input }) => [input['accountId'], input['limits']])).toEqual([
      [null, { ...NO_LIMITS, maxOrderNotional: '30000' }],
      [ACCOUNT.id, NO_LIMITS],
    ]);
    for (const { input, live } of saves(bridge)) {
      expect(textOf(input['passphrase'])).toBe('test passphrase limits');
      expect(zeroed(live['passphrase'])).toBe(true);
    }
    expect(text()).toContain('version 9');
    expect(button('Save…').disabled).toBe(true);
  });

  it('say before the passphrase is given what will change from what to what', async () => {
    await show(() => null);
    typeInto(field('Open orders, Practice'), '');
    await settle();
    button('Save…').click();
    await settle();
    expect(text()).toContain('Practice, Open orders: 6 → off');
  });

  it('stay as typed, and the bytes are overwritten, when the passphrase is wrong', async () => {
    const bridge = await show(() => {
      throw refusal('vault.wrongPassphrase');
    });
    typeInto(field('Open orders, Practice'), '7');
    await settle();
    await give('test passphrase wrong');
    expect(saves(bridge)).toHaveLength(1);
    expect(zeroed(saves(bridge)[0]?.live['passphrase'])).toBe(true);
    expect(text()).toContain('Wrong passphrase');
    expect(text()).toContain('1 change');
  });

  it('go back to what is saved when they are discarded', async () => {
    await show(() => null);
    typeInto(field('Open orders, Practice'), '7');
    await settle();
    button('Discard').click();
    await settle();
    expect((field('Open orders, Practice') as HTMLInputElement).value).toBe('6');
    expect(button('Save…').disabled).toBe(true);
  });

  it('stay as typed while another page is looked at, with a warning, and go with the lock', async () => {
    const shown = ref(true);
    const Host = defineComponent({ setup: () => () => (shown.value ? h(LimitsPanel) : null) });
    await show(() => null, Host);
    const session = useSessionStore();
    session.accept({ phase: 'unlocked' } as AppState);
    expect(text()).not.toContain('Not in force until saved');
    typeInto(field('Open orders, Practice'), '7');
    await settle();
    expect(text()).toContain('1 change Not in force until saved; kept until Holdfast locks.');

    shown.value = false;
    await settle();
    expect(useToasts().toasts.map(({ title }) => title)).toEqual(['Limits not saved']);
    shown.value = true;
    await settle();
    expect((field('Open orders, Practice') as HTMLInputElement).value).toBe('7');

    // Locked from another page, too.
    shown.value = false;
    await settle();
    useToasts().clear();
    session.accept({ phase: 'locked' } as AppState);
    session.accept({ phase: 'unlocked' } as AppState);
    shown.value = true;
    await settle();
    expect((field('Open orders, Practice') as HTMLInputElement).value).toBe('6');
    expect(button('Save…').disabled).toBe(true);
  });

  it('say nothing on leaving when nothing was typed, nor when the lock takes them away', async () => {
    const shown = ref(true);
    const Host = defineComponent({ setup: () => () => (shown.value ? h(LimitsPanel) : null) });
    await show(() => null, Host);
    const session = useSessionStore();
    session.accept({ phase: 'unlocked' } as AppState);
    shown.value = false;
    await settle();
    shown.value = true;
    await settle();
    typeInto(field('Open orders, Practice'), '7');
    await settle();
    session.accept({ phase: 'locked' } as AppState);
    shown.value = false;
    await settle();
    expect(useToasts().toasts).toEqual([]);
  });

  it('do not undo what was saved elsewhere while nothing was typed here', async () => {
    const shown = ref(true);
    const Host = defineComponent({ setup: () => () => (shown.value ? h(LimitsPanel) : null) });
    let saved = '25000';
    installBridge({ 'risk.limits': () => [entry(null, { maxOrderNotional: saved })], 'risk.use': () => [] });
    view = mountView(Host);
    useAccountsStore().accept([ACCOUNT]);
    await settle();
    shown.value = false;
    await settle();
    saved = '40000';
    shown.value = true;
    await settle();
    expect((field('Largest order, All accounts') as HTMLInputElement).value).toBe('40000');
    expect(button('Save…').disabled).toBe(true);
  });
});
