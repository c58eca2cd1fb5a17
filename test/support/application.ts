import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createApplication } from '../../src-main/application.ts';
import type { Application } from '../../src-main/application.ts';
import type { ApplicationPorts } from '../../src-main/application-ports.ts';
import { systemTimers } from '../../src-main/session/timers.ts';
import { CommandBus } from '../../src-main/shell/commands.ts';
import type { SettingsStore } from '../../src-main/storage/settings.ts';
import { DEFAULT_SETTINGS, mergeSettings } from '../../src-main/storage/settings-values.ts';
import type { Settings } from '../../src-preload/contract/types/settings.ts';

export const PASSPHRASE = 'test passphrase for one vault';
export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Argon2id far below the floor: allowed by a parameter of the constructor only, never by a file. */
export const FAST_KDF = {
  kdfLimits: {
    floor: { memoryKiB: 8, passes: 1, lanes: 1 },
    cap: { memoryKiB: 1024, passes: 16, lanes: 16 },
  },
  kdfTargetMs: 1,
};

/** Settings without a file. */
export function memorySettings(initial: Settings = DEFAULT_SETTINGS): SettingsStore {
  let current = initial;
  const listeners = new Set<(settings: Settings) => void>();
  const save = (next: Settings): Settings => {
    current = next;
    for (const listener of listeners) listener(next);
    return next;
  };
  return {
    path: '/nowhere/settings.json',
    setAside: null,
    get: () => current,
    update: (change) => save(mergeSettings(current, change)),
    setPractice: (practice) => save({ ...current, practice }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A person who cancels every file dialog, and means it when asked to forget everything. */
export const NO_DIALOGS: ApplicationPorts['dialogs'] = {
  saveExport: () => Promise.resolve(null),
  saveActivity: () => Promise.resolve(null),
  saveOrders: () => Promise.resolve(null),
  openExport: () => Promise.resolve(null),
  openReplay: () => Promise.resolve(null),
  confirmForget: () => Promise.resolve(true),
};

export interface TestApplication {
  readonly application: Application;
  readonly handlers: Application['handlers'];
  readonly settings: SettingsStore;
  readonly folder: string;
  readonly failures: { where: string; error: unknown }[];
  /** Ends it as quitting does, keeping the files. */
  stop(): Promise<void>;
  /** Ends it and removes the files. */
  remove(): Promise<void>;
}

/** The whole application of the main process under plain Node: real vault, real ledger, practice exchange. */
export function testApplication(over: Partial<ApplicationPorts> & { folder?: string } = {}): TestApplication {
  const folder = over.folder ?? mkdtempSync(join(tmpdir(), 'holdfast-app-'));
  const settings = over.settings ?? memorySettings();
  const failures: TestApplication['failures'] = [];
  const application = createApplication({
    userData: folder,
    version: '0.0.0-test',
    platform: 'linux',
    packaged: false,
    createVaultWorker: () => new Worker(new URL('../../src-main/vault/worker.ts', import.meta.url)),
    createLedgerWorker: () => new Worker(new URL('../../src-main/storage/ledger/worker.ts', import.meta.url)),
    safeStorage: {
      isAsyncEncryptionAvailable: () => Promise.resolve(false),
      encryptStringAsync: () => Promise.reject(new Error('no key store in this test')),
      decryptStringAsync: () => Promise.reject(new Error('no key store in this test')),
    },
    power: { idleSeconds: () => 0, on: () => () => undefined },
    screenLock: { source: () => 'system', onChange: () => () => undefined },
    settings,
    commands: new CommandBus(),
    timers: systemTimers,
    dialogs: NO_DIALOGS,
    copySensitive: () => Promise.resolve(),
    clearClipboard: () => Promise.resolve(),
    reveal: () => undefined,
    openLink: () => Promise.resolve(),
    quit: () => undefined,
    onFailure: (where, error) => failures.push({ where, error }),
    vaultOptions: FAST_KDF,
    ...over,
  });
  const stop = () => application.dispose();
  return {
    application,
    handlers: application.handlers,
    settings,
    folder,
    failures,
    stop,
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
