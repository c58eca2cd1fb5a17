import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { HoldfastApi } from '../../src-preload/contract/index.ts';
import type { ErrorShape, Result } from '../../src-preload/contract/result.ts';
import type { Settings } from '../../src-preload/contract/types/settings.ts';
import { api } from './api.ts';

export type SettingsPatch = Parameters<HoldfastApi['settings']['update']>[0];

const DEFAULTS: Settings = {
  theme: 'system',
  palette: 'greenRed',
  density: 'comfortable',
  language: 'en',
  currency: 'USD',
  hideAmounts: false,
  lock: { idleMinutes: 10, onSuspend: true, onScreenLock: true, onMinimize: false },
  confirmations: { orders: true, cancelAll: true },
  repeatOrders: false,
  durability: 'power',
  notifications: { alerts: true, fills: true, connection: true },
  practice: { source: 'synthetic', seed: 1, replayFile: null, speed: 1 },
  layout: '{}',
};

/** Layout is written a moment after the last change: a dragged divider moves sixty times a second. */
const LAYOUT_DELAY_MS = 400;

const parseLayout = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // A layout that cannot be read costs a panel size, nothing else.
    return {};
  }
};

/** The preferences of the window. `settings` holds the defaults until main has answered. */
export const useSettingsStore = defineStore('settings', () => {
  const settings = shallowRef<Settings>(DEFAULTS);
  const loaded = shallowRef(false);
  const error = shallowRef<ErrorShape | null>(null);
  const layout = shallowRef<Record<string, unknown>>({});
  let layoutTimer: ReturnType<typeof setTimeout> | null = null;

  function accept(next: Settings): void {
    settings.value = next;
    loaded.value = true;
    // Own sizes that are still on their way to main win over the echo of an older state.
    if (layoutTimer === null) layout.value = parseLayout(next.layout);
  }

  const settle = (result: Result<Settings>): boolean => {
    error.value = result.ok ? null : result.error;
    if (result.ok) accept(result.value);
    return result.ok;
  };

  const load = async (): Promise<boolean> => settle(await api.settings.get({}));
  /** Changes what is given, keeps the rest; false when main refused (`error` says why). */
  const update = async (patch: SettingsPatch): Promise<boolean> => settle(await api.settings.update(patch));

  const layoutOf = <T>(key: string, fallback: T): T => (layout.value[key] as T | undefined) ?? fallback;

  function setLayout(key: string, value: unknown): void {
    layout.value = { ...layout.value, [key]: value };
    if (layoutTimer !== null) clearTimeout(layoutTimer);
    layoutTimer = setTimeout(() => {
      layoutTimer = null;
      void update({ layout: JSON.stringify(layout.value) });
    }, LAYOUT_DELAY_MS);
  }

  return {
    settings,
    loaded,
    error,
    hideAmounts: computed(() => settings.value.hideAmounts),
    accept,
    load,
    update,
    toggleHideAmounts: () => update({ hideAmounts: !settings.value.hideAmounts }),
    /** A remembered value, for example a panel's size; the caller names its type. */
    layoutOf,
    setLayout,
  };
});
