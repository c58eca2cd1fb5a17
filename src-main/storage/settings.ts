import { renameSync } from 'node:fs';
import { ipcMain } from 'electron';
import ElectronStore from 'electron-store';
import type { Settings } from '../../src-preload/contract/types/settings.ts';
import { mergeSettings, parseSettings } from './settings-values.ts';
import type { SettingsChange } from './settings-values.ts';

export type { SettingsChange } from './settings-values.ts';

/** Harmless preferences in a plain file. Never a secret, never history. */
export interface SettingsStore {
  readonly path: string;
  get(): Settings;
  update(change: SettingsChange): Settings;
  setPractice(practice: Settings['practice']): Settings;
  onChange(listener: (settings: Settings) => void): () => void;
  /** True when the file could not be read at start and was set aside next to the new one. */
  readonly setAside: string | null;
}

/** Opens `settings.json` in `folder`. A damaged file is renamed, never overwritten, and defaults are used. */
export function openSettings(folder: string, now: () => number = Date.now): SettingsStore {
  const listeners = new Set<(settings: Settings) => void>();
  const open = () =>
    new ElectronStore<{ settings: unknown }>({ name: 'settings', cwd: folder, clearInvalidConfig: false });
  let setAside: string | null = null;
  let store: ReturnType<typeof open>;
  try {
    store = open();
    store.get('settings');
  } catch {
    const path = `${folder}/settings.json`;
    setAside = `${folder}/settings-damaged-${String(now())}.json`;
    renameSync(path, setAside);
    store = open();
  }
  // electron-store opens a channel of its own for renderers, which would answer any page with our folder.
  ipcMain.removeAllListeners('electron-store-get-data');
  let current = parseSettings(store.get('settings'));
  const save = (next: Settings): Settings => {
    store.set('settings', next);
    current = next;
    for (const listener of listeners) listener(next);
    return next;
  };
  return {
    path: store.path,
    setAside,
    get: () => current,
    update: (change) => save(mergeSettings(current, change)),
    setPractice: (practice) => save({ ...current, practice }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
