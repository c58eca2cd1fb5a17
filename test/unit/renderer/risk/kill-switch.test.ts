// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import KillSwitch from '../../../../src-renderer/features/risk/KillSwitch.vue';
import { byUrgency, summariseSteps } from '../../../../src-renderer/features/risk/kill-steps.ts';
import { useKillSwitchStore } from '../../../../src-renderer/features/risk/kill-switch-store.ts';
import { useSessionStore } from '../../../../src-renderer/lib/use-session-store.ts';
import { spoken } from '../../../../src-renderer/lib/announce.ts';
import type { AppState } from '../../../../src-preload/contract/types/app.ts';
import { installBridge, mountView, refusal, settle, textOf, typeInto, type Bridge } from '../lib/bridge.ts';
import { engaged, OFF, step } from './builders.ts';

const TOPIC = 'risk.killSwitch {}';
let view: ReturnType<typeof mountView> | undefined;

afterEach(() => {
  view?.unmount();
  document.body.replaceChildren();
});

const text = (): string => document.body.textContent.replace(/\s+/g, ' ');
const button = (label: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === label);
  if (found === undefined) throw new Error(`no button ${label}`);
  return found;
};
const press = (target: EventTarget = document.body): void => {
  target.dispatchEvent(
    new KeyboardEvent('keydown', {
      key: 'Escape',
      code: 'Escape',
      shiftKey: true,
      bubbles: true,
      cancelable: true,
    }),
  );
};
async function show(answers: Parameters<typeof installBridge>[0] = {}): Promise<Bridge> {
  const bridge = installBridge({
    'risk.killSwitch': () => OFF,
    'trading.openOrders': () => [],
    'trading.fills': () => ({ rows: [], total: 0 }),
    ...answers,
  });
  view = mountView(KillSwitch);
  await settle();
  return bridge;
}
const named = (bridge: Bridge, name: string) => bridge.calls.filter((call) => call.name === name);

describe('the kill switch', () => {
  it('that engaged itself says why, offers to stop what is open, and warns before it is released', async () => {
    const status = engaged({ reason: 'newLedger', progress: 'off' });
    await show({ 'risk.killSwitch': () => status });
    expect(view?.text()).toContain('limits and the switch’s state are gone');
    expect(spoken.assertive.text).toContain('because the ledger is new');
    press();
    await settle();
    expect(text()).toContain('stop orders too');
    expect(text()).not.toContain('There was no open order');
    expect(button('Stop everything').disabled).toBe(false);
    button('Release…').click();
    await settle();
    expect(text()).toContain('Set them again first');
  });

  it('opens by its key, also while somebody is typing, and says what will happen', async () => {
    await show();
    const field = document.body.appendChild(document.createElement('input'));
    press(field);
    await settle();
    expect(document.querySelector('[role=alertdialog]')).not.toBeNull();
    expect(text()).toContain('stop orders too');
    expect(text()).toContain('release it with the passphrase');
  });

  it('engages by one press, without a passphrase, and does not close positions unless asked to', async () => {
    const bridge = await show({ 'risk.engageKillSwitch': () => engaged() });
    press();
    await settle();
    expect(document.querySelector('[role=alertdialog] input[type=password]')).toBeNull();
    button('Stop everything').click();
    await settle();
    expect(named(bridge, 'risk.engageKillSwitch').map(({ input }) => input)).toEqual([{ flatten: false }]);
    expect(text()).toContain('Looking for what is open');
  });

  it('says on its button that it closes positions too, and does', async () => {
    const bridge = await show({ 'risk.engageKillSwitch': () => engaged({ flatten: true }) });
    press();
    await settle();
    document.querySelector<HTMLInputElement>('[role=alertdialog] input[type=checkbox]')?.click();
    await settle();
    button('Stop everything and close all positions').click();
    await settle();
    expect(named(bridge, 'risk.engageKillSwitch')[0]?.input).toEqual({ flatten: true });
  });

  it('is engaged once by two quick presses', async () => {
    const bridge = await show({ 'risk.engageKillSwitch': () => new Promise(() => undefined) });
    press();
    await settle();
    button('Stop everything').click();
    button('Stop everything').click();
    await settle();
    expect(named(bridge, 'risk.engageKillSwitch')).toHaveLength(1);
  });

  it('stays open with the refusal when engaging failed', async () => {
    await show({
      'risk.engageKillSwitch': () => {
        throw refusal('journal.notWritable', { kind: 'storage', message: 'The disk is full.' });
      },
    });
    press();
    await settle();
    button('Stop everything').click();
    await settle();
    expect(text()).toContain('The disk is full.');
    expect(button('Stop everything').disabled).toBe(false);
  });

  it('shows each result as it comes, and says aloud when the venues have confirmed it', async () => {
    const bridge = await show({
      'risk.killSwitch': () => engaged({ steps: [step('order-1'), step('order-2')] }),
    });
    expect(document.querySelector('.band')?.textContent).toContain('0 of 2 are gone');
    bridge.emit(TOPIC, {
      ok: true,
      value: engaged({ steps: [step('order-1', { result: 'gone' }), step('order-2')] }),
    });
    await settle();
    expect(document.querySelector('.band')?.textContent).toContain('1 of 2 are gone');
    const steps = [step('order-1', { result: 'gone' }), step('order-2', { result: 'gone' })];
    bridge.emit(TOPIC, { ok: true, value: engaged({ progress: 'verified', steps }) });
    await settle();
    expect(document.querySelector('.band')?.textContent).toContain('every venue has confirmed it');
    expect(spoken.assertive.text).toContain('Every venue has confirmed it');
  });

  it('never calls it done while a venue has not confirmed, and tries what is left again', async () => {
    const steps = [
      step('order-1', { result: 'left', message: 'Timed out.' }),
      step('order-2', { result: 'gone' }),
    ];
    const bridge = await show({
      'risk.killSwitch': () => engaged({ progress: 'incomplete', flatten: true, steps }),
      'risk.engageKillSwitch': () => engaged({ flatten: true, steps }),
    });
    expect(document.querySelector('.band')?.textContent).toContain('1 could not be stopped');
    button('What happened').click();
    await settle();
    expect(text()).toContain('Timed out.');
    button('Try what is left again').click();
    await settle();
    expect(named(bridge, 'risk.engageKillSwitch')[0]?.input).toEqual({ flatten: true });
  });

  it('names an account that could not be asked at all', async () => {
    const steps = [step('', { symbol: '', result: 'unknown', message: 'The venue did not answer.' })];
    await show({ 'risk.killSwitch': () => engaged({ progress: 'incomplete', flatten: true, steps }) });
    button('What happened').click();
    await settle();
    expect(text()).toContain('The whole account');
    expect(text()).toContain('The venue did not answer.');
  });

  it('does not let an old answer overwrite what the topic has said since', async () => {
    let finish: (status: unknown) => void = () => undefined;
    const bridge = await show({
      'risk.engageKillSwitch': () => new Promise((resolve) => (finish = resolve)),
    });
    press();
    await settle();
    button('Stop everything').click();
    await settle();
    bridge.emit(TOPIC, { ok: true, value: engaged({ progress: 'verified', steps: [] }) });
    finish(engaged());
    await settle();
    expect(useKillSwitchStore().status?.progress).toBe('verified');
  });

  it('is not shown as off while main has not said so', async () => {
    await show({
      'risk.killSwitch': () => {
        throw refusal('ledger.closed', { kind: 'storage', message: 'The ledger is closed.' });
      },
    });
    expect(useKillSwitchStore().status).toBeNull();
    press();
    await settle();
    expect(text()).toContain('The ledger is closed.');
  });

  it('is forgotten by a locked window', async () => {
    await show({ 'risk.killSwitch': () => engaged() });
    expect(useKillSwitchStore().engaged).toBe(true);
    useSessionStore().accept({ phase: 'locked' } as AppState);
    expect(useKillSwitchStore().status).toBeNull();
  });
});

describe('releasing it', () => {
  async function release(answer: () => unknown): Promise<Bridge> {
    const bridge = await show({
      'risk.killSwitch': () => engaged({ progress: 'verified' }),
      'risk.releaseKillSwitch': answer,
    });
    button('Release…').click();
    await settle();
    return bridge;
  }
  const submit = async (): Promise<void> => {
    document
      .querySelector('[role=dialog] form')
      ?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    await settle();
  };

  it('sends nothing without a passphrase', async () => {
    const bridge = await release(() => OFF);
    await submit();
    expect(named(bridge, 'risk.releaseKillSwitch')).toEqual([]);
    expect(document.querySelector('.band')).not.toBeNull();
  });

  it('sends the passphrase as bytes, overwrites them, and takes the band away', async () => {
    const bridge = await release(() => OFF);
    typeInto(document.querySelector('[role=dialog] input'), 'test passphrase release');
    await submit();
    const [call] = named(bridge, 'risk.releaseKillSwitch');
    expect(textOf(call?.input['passphrase'])).toBe('test passphrase release');
    expect([...(call?.live['passphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(document.querySelector('.band')).toBeNull();
  });

  it('stays engaged and overwrites the bytes when the passphrase is wrong', async () => {
    const bridge = await release(() => {
      throw refusal('vault.wrongPassphrase');
    });
    typeInto(document.querySelector('[role=dialog] input'), 'test passphrase wrong');
    await submit();
    const [call] = named(bridge, 'risk.releaseKillSwitch');
    expect([...(call?.live['passphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(text()).toContain('Wrong passphrase');
    expect(useKillSwitchStore().engaged).toBe(true);
  });
});

describe('the list of what it went after', () => {
  it('puts what is left first and keeps the rest in its order', () => {
    const steps = [
      step('a', { result: 'gone' }),
      step('b'),
      step('c', { result: 'left' }),
      step('d', { result: 'gone' }),
      step('e', { result: 'unknown' }),
    ];
    expect(byUrgency(steps).map(({ name }) => name)).toEqual(['c', 'e', 'b', 'a', 'd']);
  });

  it('counts what is not known as left, never as gone', () => {
    const steps = [step('a', { result: 'unknown' }), step('b', { result: 'filledBefore' }), step('c')];
    expect(summariseSteps(steps)).toEqual({ total: 3, settled: 1, pending: 1, left: 1 });
  });
});
