import { join } from 'node:path';
import { badInput, HoldfastError } from '../errors.ts';
import type { QuickUnlockStatus } from '../../src-preload/contract/types/vault.ts';
import { removeQuietly, renamePatiently, storageError, writeDurably } from './file-steps.ts';
import type { Sleep } from './file-steps.ts';
import { decodeBlob, encodeBlob } from './quick-unlock-blob.ts';
import type { QuickUnlockBlob, QuickUnlockTerms } from './quick-unlock-blob.ts';
import type { UnlockInfo } from './lock-listeners.ts';
import { ownCopy, wipe } from './secret-bytes.ts';
import type { Bytes } from './secret-bytes.ts';
import { quickUnlockInvalid } from './vault-errors.ts';
import type { VaultFs } from './vault-fs.ts';
import type { WrappedKek } from './vault.ts';

/** The asynchronous half of Electron's `safeStorage`, as far as it is used. */
export interface SafeStoragePort {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(plainText: string): Promise<Buffer>;
  decryptStringAsync(encrypted: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }>;
  /** Linux only. */
  getSelectedStorageBackend?(): string;
}

/** The part of the vault that quick unlock needs. */
export interface QuickUnlockVault {
  readonly vaultId: string;
  wrapKek(passphrase: Uint8Array, context: Bytes): Promise<WrappedKek>;
  unlockWithWrappedKey(key: WrappedKek & { context: Bytes }): Promise<UnlockInfo>;
}

export interface QuickUnlockOptions {
  readonly vault: QuickUnlockVault;
  readonly safeStorage: SafeStoragePort;
  readonly fs: VaultFs;
  /** Beside the vault, so that "forget everything" finds it: `<vault>.quick`. */
  readonly path: string;
  /** Stable id of this machine: a copied file does not open elsewhere. */
  readonly deviceId: string;
  readonly platform: NodeJS.Platform;
  readonly now: () => number;
  readonly sleep: Sleep;
}

export const MAX_QUICK_UNLOCK_DAYS = 30;
const DAY_MS = 86_400_000;
const MAX_BYTES = 64 * 1024;
/** With these the "encryption" uses a password that everybody knows. */
const WORTHLESS = ['basic_text', 'unknown'];

function refused(code: string, message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('vault', code, message, { action: 'usePassphrase' }, cause);
}

const REASONS = {
  unavailable: 'This system offers no protected key store.',
  worthless: 'This system stores keys without real protection, so quick unlock is refused.',
  expired: 'Quick unlock has expired. Use the passphrase and turn it on again.',
  backend: 'The system keeps its keys in another store than before. Use the passphrase.',
  device: 'Quick unlock was set up on another machine. Use the passphrase.',
  off: 'Quick unlock is not turned on.',
  store: 'The system could not decrypt its part of the key. Use the passphrase.',
} as const;

/**
 * Opens the vault without typing, for some days on this machine, with the help of the system's key store. It
 * is never the only key: whatever happens to the store, the passphrase opens the vault. Two halves are needed,
 * a random key in the system's store and the wrapped vault key in a file, and both are bound to vault, machine,
 * store and end date.
 */
export class QuickUnlock {
  readonly #options: QuickUnlockOptions;

  constructor(options: QuickUnlockOptions) {
    this.#options = options;
  }

  /** What the settings page shows. Never throws. */
  async status(): Promise<QuickUnlockStatus> {
    const blob = await this.#readBlob().catch(() => null);
    const expiresAt = blob?.terms.expiresAt ?? null;
    try {
      await this.#usableBackend();
    } catch (error) {
      const reason = error instanceof HoldfastError ? error.message : REASONS.unavailable;
      return { available: false, enabled: false, reason, expiresAt };
    }
    if (blob === null) return { available: true, enabled: false, reason: null, expiresAt: null };
    const problem = this.#problemWith(blob.terms, this.#backend());
    return { available: true, enabled: problem === null, reason: problem?.message ?? null, expiresAt };
  }

  /**
   * Turns quick unlock on for `days` (1 to 30). Throws `input.invalid`, `vault.quickUnlockUnavailable`,
   * `vault.quickUnlockUnsafe`, what `Vault.verify` throws, or a storage error.
   */
  async enable(passphrase: Uint8Array, days: number): Promise<void> {
    try {
      if (!Number.isInteger(days) || days < 1 || days > MAX_QUICK_UNLOCK_DAYS) {
        throw badInput([
          { field: 'days', rule: `must be a whole number from 1 to ${MAX_QUICK_UNLOCK_DAYS}` },
        ]);
      }
      const backend = await this.#usableBackend();
      const { vault, deviceId, now } = this.#options;
      const issuedAt = now();
      const terms = {
        vaultId: vault.vaultId,
        deviceId,
        backend,
        issuedAt,
        expiresAt: issuedAt + days * DAY_MS,
      };
      const wrapped = await vault.wrapKek(passphrase, contextOf(terms));
      const protectedKey = await this.#protect(wrapped.wrappingKey);
      await this.#writeBlob({ terms, protectedKey, wrappedKek: Buffer.from(wrapped.wrappedKek) });
    } finally {
      wipe(passphrase);
    }
  }

  /**
   * Opens the vault. Every refusal says what happened and leaves the passphrase as the way in:
   * `vault.quickUnlockOff`, `…Expired`, `…OtherDevice`, `…BackendChanged`, `…Unsafe`, `…Unavailable`,
   * `…StoreFailed`, `vault.quickUnlockInvalid` (passphrase changed, file tampered with).
   */
  async unlock(): Promise<UnlockInfo> {
    const blob = await this.#readBlob();
    if (blob === null) throw refused('vault.quickUnlockOff', REASONS.off);
    const backend = await this.#usableBackend();
    const problem = this.#problemWith(blob.terms, backend);
    if (problem !== null) {
      // Expired stays expired; a store that changed may come back, so that half is kept.
      if (problem.code === 'vault.quickUnlockExpired') await this.disable();
      throw problem;
    }
    const { wrappingKey, renewed } = await this.#unprotect(blob.protectedKey);
    try {
      const context = contextOf(blob.terms);
      const key = { wrappingKey, wrappedKek: ownCopy(blob.wrappedKek), context };
      const info = await this.#options.vault.unlockWithWrappedKey(key);
      // The vault is open by now; the old encryption still works, so the renewal can wait for the next time.
      if (renewed !== null) await this.#writeBlob({ ...blob, protectedKey: renewed }).catch(() => undefined);
      return info;
    } catch (error) {
      if (error instanceof HoldfastError && error.code === quickUnlockInvalid().code) await this.disable();
      throw error;
    } finally {
      wipe(wrappingKey);
    }
  }

  /** Turns quick unlock off. Works locked and unlocked. */
  async disable(): Promise<void> {
    await removeQuietly(this.#options.fs, this.#options.path);
  }

  #backend(): string {
    const { platform, safeStorage } = this.#options;
    if (platform === 'win32') return 'dpapi';
    if (platform === 'darwin') return 'keychain';
    return safeStorage.getSelectedStorageBackend?.() ?? 'unknown';
  }

  async #usableBackend(): Promise<string> {
    const backend = this.#backend();
    if (WORTHLESS.includes(backend)) throw refused('vault.quickUnlockUnsafe', REASONS.worthless);
    const available = await this.#options.safeStorage.isAsyncEncryptionAvailable().catch(() => false);
    if (!available) throw refused('vault.quickUnlockUnavailable', REASONS.unavailable);
    return backend;
  }

  #problemWith(terms: QuickUnlockTerms, backend: string): HoldfastError | null {
    const now = this.#options.now();
    // Before its own beginning means that the clock was set back, perhaps to get round the end.
    if (now >= terms.expiresAt || now < terms.issuedAt) {
      return refused('vault.quickUnlockExpired', REASONS.expired);
    }
    if (terms.deviceId !== this.#options.deviceId) {
      return refused('vault.quickUnlockOtherDevice', REASONS.device);
    }
    if (terms.backend !== backend) return refused('vault.quickUnlockBackendChanged', REASONS.backend);
    return null;
  }

  /** `safeStorage` takes strings only, so this key is one for a moment; alone it opens nothing. */
  async #protect(key: Uint8Array): Promise<Buffer> {
    try {
      return await this.#options.safeStorage.encryptStringAsync(Buffer.from(key).toString('base64'));
    } catch (error) {
      throw refused('vault.quickUnlockStoreFailed', REASONS.store, error);
    } finally {
      wipe(key);
    }
  }

  /** The random key, and its new encryption when the system has changed its own key since. */
  async #unprotect(protectedKey: Buffer): Promise<{ wrappingKey: Bytes; renewed: Buffer | null }> {
    const { safeStorage } = this.#options;
    try {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(protectedKey);
      const renewed = shouldReEncrypt ? await safeStorage.encryptStringAsync(result) : null;
      return { wrappingKey: ownCopy(Buffer.from(result, 'base64')), renewed };
    } catch (error) {
      throw refused('vault.quickUnlockStoreFailed', REASONS.store, error);
    }
  }

  async #readBlob(): Promise<QuickUnlockBlob | null> {
    const { fs, path } = this.#options;
    try {
      const size = await fs.size(path);
      if (size === null) return null;
      if (size > MAX_BYTES) throw quickUnlockInvalid();
      return decodeBlob(await fs.readFile(path));
    } catch (error) {
      throw storageError(error);
    }
  }

  async #writeBlob(blob: QuickUnlockBlob): Promise<void> {
    const { fs, path, sleep } = this.#options;
    const temporary = `${path}.tmp`;
    try {
      await removeQuietly(fs, temporary);
      await writeDurably(fs, temporary, encodeBlob(blob));
      await renamePatiently(fs, temporary, path, sleep);
      await fs.syncFolder(join(path, '..'));
    } catch (error) {
      await removeQuietly(fs, temporary);
      throw storageError(error);
    }
  }
}

/** The terms are associated data of the wrapped key: changing the end date in the file spoils the key. */
function contextOf(terms: QuickUnlockTerms): Bytes {
  const { vaultId, deviceId, backend, issuedAt, expiresAt } = terms;
  return ownCopy(
    Buffer.from(
      JSON.stringify(['holdfast/quick-unlock/v1', vaultId, deviceId, backend, issuedAt, expiresAt]),
    ),
  );
}
