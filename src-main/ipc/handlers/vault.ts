import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { QuickUnlockStatus, VaultStatus } from '../../../src-preload/contract/types/vault.ts';
import type { Vault } from '../../vault/vault.ts';
import type { CallContext } from '../router.ts';
import { vaultFileHandlers } from './vault-files.ts';

export interface VaultParts {
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
  readonly confirmForget: () => Promise<boolean>;
  readonly chooseImportFile: () => Promise<string | null>;
  /** Resolves when what an unlock set off is done; rejects when the session could not be opened. */
  readonly opened: () => Promise<void>;
  /** Resolves when what locking set off is done: only then are all files closed. */
  readonly closed: () => Promise<void>;
  /** Files besides the vault that "forget everything" deletes. */
  readonly otherFiles: () => readonly string[];
  readonly onForgotten: () => void;
  readonly onKeysImported: () => void;
}

type VaultHandlers = Handlers<CallContext>['vault'];

export function vaultHandlers(parts: VaultParts): VaultHandlers {
  const { vault, quickUnlock } = parts;
  const status = () => vaultStatus(parts);
  const opened = async (): Promise<VaultStatus> => {
    await parts.opened();
    return status();
  };
  return {
    ...vaultFileHandlers(parts, status),
    status,
    create: async ({ passphrase }) => {
      await vault.create(passphrase);
      return opened();
    },
    unlock: async ({ passphrase }) => {
      await vault.unlock(passphrase);
      return opened();
    },
    quickUnlock: async () => {
      await quickUnlock.unlock();
      return opened();
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
  };
}

async function vaultStatus({ vault, quickUnlock }: VaultParts): Promise<VaultStatus> {
  const { kdf, createdAt: _notShown, ...state } = await vault.status();
  return {
    ...state,
    kdf: kdf && { memoryMiB: kdf.memoryKiB / 1024, iterations: kdf.passes, lanes: kdf.lanes },
    quickUnlock: await quickUnlock.status(),
  };
}
