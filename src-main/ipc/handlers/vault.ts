import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { QuickUnlockStatus, VaultStatus } from '../../../src-preload/contract/types/vault.ts';
import type { Vault } from '../../vault/vault.ts';
import type { CallContext } from '../router.ts';

interface Parts {
  readonly vault: Vault;
  readonly quickUnlock: {
    status(): Promise<QuickUnlockStatus>;
    unlock(): Promise<unknown>;
    enable(passphrase: Uint8Array, days: number): Promise<void>;
    disable(): Promise<void>;
  };
  /** Tells the idle lock that a person is here. */
  readonly onActivity: () => void;
  readonly chooseExportFile: () => Promise<string | null>;
  readonly chooseImportFile: () => Promise<string | null>;
  /** Resolves when what locking or unlocking set off is done: only then is the session there, or gone. */
  readonly settled: () => Promise<void>;
  /** Files besides the vault that "forget everything" deletes. */
  readonly otherFiles: () => readonly string[];
  readonly onForgotten: () => void;
  readonly onKeysImported: () => void;
}

export function vaultHandlers(parts: Parts): Handlers<CallContext>['vault'] {
  const { vault, quickUnlock } = parts;
  const status = async (): Promise<VaultStatus> => {
    const { state, path, saveCounter, savedAt, throttledUntil, kdf } = await vault.status();
    const shown = kdf && { memoryMiB: kdf.memoryKiB / 1024, iterations: kdf.passes, lanes: kdf.lanes };
    return {
      state,
      path,
      saveCounter,
      savedAt,
      throttledUntil,
      kdf: shown,
      quickUnlock: await quickUnlock.status(),
    };
  };
  return {
    status,
    create: async ({ passphrase }) => {
      await vault.create(passphrase);
      await parts.settled();
      return status();
    },
    unlock: async ({ passphrase }) => {
      await vault.unlock(passphrase);
      await parts.settled();
      return status();
    },
    quickUnlock: async () => {
      await quickUnlock.unlock();
      await parts.settled();
      return status();
    },
    lock: async () => {
      await vault.lock('command');
      return null;
    },
    activity: () => {
      parts.onActivity();
      return null;
    },
    changePassphrase: async ({ current, next }) => {
      await vault.changePassphrase(current, next);
      // It wraps the old key: it has to be turned on again, by the person.
      await quickUnlock.disable();
      return null;
    },
    recalibrate: async ({ passphrase }) => {
      await vault.recalibrate(passphrase);
      await quickUnlock.disable();
      return status();
    },
    enableQuickUnlock: async ({ passphrase, days }) => {
      await quickUnlock.enable(passphrase, days);
      return status();
    },
    disableQuickUnlock: async () => {
      await quickUnlock.disable();
      return status();
    },
    generations: () => vault.listGenerations(),
    restoreGeneration: async ({ generationId }) => {
      await vault.restoreGeneration(generationId);
      return status();
    },
    exportEncrypted: async ({ passphrase, exportPassphrase }) => {
      const path = await parts.chooseExportFile();
      if (path === null) return null;
      await vault.exportEncrypted(path, passphrase, exportPassphrase);
      return { path };
    },
    importEncrypted: async ({ exportPassphrase }) => {
      const path = await parts.chooseImportFile();
      if (path === null) return null;
      const report = await vault.importEncrypted(path, exportPassphrase);
      parts.onKeysImported();
      return report;
    },
    forgetEverything: async () => {
      await vault.lock('forget');
      await parts.settled();
      const report = await vault.forgetEverything(parts.otherFiles());
      await quickUnlock.disable();
      parts.onForgotten();
      return { deleted: report.filter((file) => file.deleted).map((file) => file.path) };
    },
  };
}
