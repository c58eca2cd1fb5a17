// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import type { VueWrapper } from '@vue/test-utils';
import type { Settings } from '../../../../src-preload/contract/types/settings.ts';
import SettingsView from '../../../../src-renderer/features/settings/SettingsView.vue';
import TradingSection from '../../../../src-renderer/features/settings/sections/TradingSection.vue';
import { useSettingsStore } from '../../../../src-renderer/lib/use-settings-store.ts';
import { installBridge, mountView, refusal, settle, type Bridge } from '../lib/bridge.ts';

let view: VueWrapper | null = null;
afterEach(() => {
  view?.unmount();
  document.body.replaceChildren();
});

/** The section over a main process that takes every change and answers the whole of the settings. */
function section(): Bridge {
  const bridge = installBridge({
    'settings.update': (change) => ({ ...useSettingsStore().settings, ...(change as Partial<Settings>) }),
  });
  view = mountView(TradingSection);
  return bridge;
}
const inputWith = (label: string): HTMLInputElement => {
  const found = [...document.querySelectorAll('label')].find((one) => one.textContent.includes(label));
  const input = found?.querySelector('input');
  if (!input) throw new Error(`no input ${label}`);
  return input;
};
const POWER = 'A power cut';
const PROCESS = 'Only a crash of Holdfast';
const REPEATS = 'Allow the same order twice within 300 ms';
const warning = (): string | undefined => document.querySelector('.warning')?.textContent.trim();

describe('what a written order survives', () => {
  it('is a power cut at first, without a warning, and both choices say what they cost', () => {
    section();
    expect([inputWith(POWER).checked, inputWith(PROCESS).checked]).toEqual([true, false]);
    expect(warning()).toBeUndefined();
    for (const choice of [POWER, PROCESS]) {
      const described = document.getElementById(inputWith(choice).getAttribute('aria-describedby') ?? '');
      expect(described?.textContent.length).toBeGreaterThan(40);
    }
  });

  it('is sent to main when it is chosen, and warns as long as it is the weaker one', async () => {
    const bridge = section();
    inputWith(PROCESS).click();
    await settle();
    expect(bridge.calls).toMatchObject([{ name: 'settings.update', input: { durability: 'process' } }]);
    expect(warning()).toContain('After a power cut');
    inputWith(POWER).click();
    await settle();
    expect(bridge.calls.at(-1)?.input).toEqual({ durability: 'power' });
    expect(warning()).toBeUndefined();
  });
});

describe('repeats of an order', () => {
  it('are off, and main is told when they are allowed', async () => {
    const bridge = section();
    expect(inputWith(REPEATS).checked).toBe(false);
    inputWith(REPEATS).click();
    await settle();
    expect(bridge.calls).toMatchObject([{ name: 'settings.update', input: { repeatOrders: true } }]);
    expect(inputWith(REPEATS).checked).toBe(true);
  });
});

describe('a change that main refuses', () => {
  it('leaves the controls at what is in force, each time, and says why', async () => {
    installBridge({
      'settings.update': () => {
        throw refusal('settings.notWritable', { kind: 'storage', message: 'The disk is full.' });
      },
    });
    view = mountView(SettingsView);
    await view.vm.$router.push({ name: 'settings', params: { section: 'trading' } });
    await settle();
    for (const label of [REPEATS, PROCESS, REPEATS]) {
      inputWith(label).click();
      await settle();
      expect(inputWith(label).checked).toBe(false);
    }
    expect(inputWith(POWER).checked).toBe(true);
    expect(document.body.textContent).toContain('The disk is full.');
  });
});
