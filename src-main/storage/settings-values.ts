import type * as z from 'zod/mini';
import { settings as contract } from '../../src-preload/contract/settings.ts';
import type { PracticeSettings, Settings } from '../../src-preload/contract/types/settings.ts';

export type SettingsChange = z.infer<(typeof contract)['calls']['update']['input']>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  palette: 'greenRed',
  density: 'comfortable',
  language: 'en',
  currency: 'USD',
  hideAmounts: false,
  lock: { idleMinutes: 15, onSuspend: true, onScreenLock: true, onMinimize: false },
  confirmations: { orders: true, cancelAll: true },
  repeatOrders: false,
  durability: 'power',
  notifications: { alerts: true, fills: true, connection: true },
  practice: { source: 'synthetic', seed: 20_260, replayFile: null, speed: 1 },
  layout: '',
};

const GROUPS = ['lock', 'confirmations', 'notifications'] as const;

/** `change` over `current`: what is given changes, the rest stays. */
export function mergeSettings(current: Settings, change: SettingsChange): Settings {
  const given = <T extends object>(values: T | undefined): Partial<T> =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
  const next = { ...current, ...given(change) } as Settings & Record<string, unknown>;
  for (const group of GROUPS)
    Object.assign(next, { [group]: { ...current[group], ...given(change[group]) } });
  return next;
}

/** What a file holds as settings: every field that is valid, defaults for the rest. Never throws. */
export function parseSettings(stored: unknown): Settings {
  if (typeof stored !== 'object' || stored === null) return DEFAULT_SETTINGS;
  let settings = DEFAULT_SETTINGS;
  for (const [field, value] of Object.entries(stored as Record<string, unknown>)) {
    // Field by field, so that one bad value does not cost the others.
    const parsed = contract.calls.update.input.safeParse({ [field]: value });
    if (parsed.success) settings = mergeSettings(settings, parsed.data);
  }
  return { ...settings, practice: parsePractice((stored as { practice?: unknown }).practice) };
}

function parsePractice(stored: unknown): PracticeSettings {
  const fallback = DEFAULT_SETTINGS.practice;
  if (typeof stored !== 'object' || stored === null) return fallback;
  const { source, seed, replayFile, speed } = stored as Record<string, unknown>;
  const whole = (value: unknown, low: number, high: number, otherwise: number): number =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high ? value : otherwise;
  const file = typeof replayFile === 'string' && replayFile.length > 0 ? replayFile : null;
  return {
    source: source === 'replay' && file ? 'replay' : 'synthetic',
    seed: whole(seed, 0, 4_294_967_295, fallback.seed),
    replayFile: file,
    speed: whole(speed, 1, 100, fallback.speed),
  };
}
