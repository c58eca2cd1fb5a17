import type { Settings } from '../../../src-preload/contract/types/settings.ts';
import type { FakePart } from './fake-state.ts';

export const DEFAULT_SETTINGS: Settings = {
  theme: 'dark',
  palette: 'greenRed',
  density: 'comfortable',
  language: 'en',
  currency: 'USD',
  hideAmounts: false,
  lock: { idleMinutes: 10, onSuspend: true, onScreenLock: true, onMinimize: false },
  confirmations: { orders: true, cancelAll: true },
  repeatOrders: false,
  durability: 'power',
  notifications: { alerts: true, fills: true, connection: false },
  practice: { source: 'synthetic', seed: 20_261_120, replayFile: null, speed: 1 },
  layout: '{}',
};

export const settings: FakePart = (state) => {
  const durability = state.flags.includes('quickJournal') ? 'process' : DEFAULT_SETTINGS.durability;
  let current: Settings = { ...DEFAULT_SETTINGS, durability, ...state.settings };
  const listeners = new Set<(next: Settings) => void>();
  return {
    calls: {
      settings: {
        get: () => current,
        update: (patch) => {
          const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
          current = {
            ...current,
            ...given,
            lock: { ...current.lock, ...patch.lock },
            confirmations: { ...current.confirmations, ...patch.confirmations },
            notifications: { ...current.notifications, ...patch.notifications },
          } as Settings;
          for (const listener of listeners) listener(current);
          return current;
        },
      },
    },
    topics: {
      settings: {
        changed: (_params, emit) => {
          listeners.add(emit);
          return () => listeners.delete(emit);
        },
      },
    },
  };
};
