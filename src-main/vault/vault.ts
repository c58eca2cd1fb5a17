import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { VaultGeneration } from '../../src-preload/contract/types/vault.ts';
import type { Sleep } from './file-steps.ts';
import type { ForgottenFile } from './forget.ts';
import { KDF_LIMITS, KDF_TARGET_MS } from './kdf.ts';
import type { KdfLimits, KdfParameters } from './kdf.ts';
import { checkKeyMaterial, validMetaPatch, validNewKeyMeta } from './key-record.ts';
import type { KeyMaterial, KeyMetaPatch, KeyRecordPublic, NewKeyMeta } from './key-record.ts';
import type { LockReason, UnlockInfo } from './lock-listeners.ts';
import { checkGivenPassphrase, checkNewPassphrase } from './passphrase.ts';
import { ownCopy, takeSecret, wiping } from './secret-bytes.ts';
import type { Bytes } from './secret-bytes.ts';
import { SideStateFile } from './side-state.ts';
import { VaultSigner } from './signer.ts';
import type { Signer } from './signer.ts';
import { VaultEngine } from './vault-engine.ts';
import { exportVault, importExport } from './vault-export.ts';
import { nodeVaultFs } from './vault-fs.ts';
import type { VaultFs } from './vault-fs.ts';
import { vaultState } from './vault-status.ts';
import type { VaultState } from './vault-status.ts';
import { VaultStore } from './vault-store.ts';
import type { NewKey, VaultChange } from './worker-protocol.ts';
import { WorkerSupply } from './worker-supply.ts';

export interface VaultOptions {
  /** The vault file, for example `<userData>/vault.hfv`. Its companions lie beside it. */
  readonly path: string;
  readonly createWorker: () => Worker;
  readonly fs?: VaultFs;
  /** Milliseconds UTC. */
  readonly now?: () => number;
  /** Milliseconds that only grow. */
  readonly elapsed?: () => number;
  readonly sleep?: Sleep;
  /** Tests lower the floor here; a file never can. */
  readonly kdfLimits?: KdfLimits;
  readonly kdfTargetMs?: number;
  /** How many earlier verified states are kept. */
  readonly generations?: number;
  /** Keep a worker without any content ready, so that an unlock does not wait for a thread to start. */
  readonly prewarm?: boolean;
}

/** What quick unlock keeps: neither half opens anything without the other. */
export interface WrappedKek {
  readonly wrappingKey: Bytes;
  readonly wrappedKek: Bytes;
}

const GENERATIONS = 5;

/**
 * The vault as the rest of main sees it. It keeps ciphertext and public fields; every secret is in the worker.
 * Byte arrays handed in as secrets are overwritten before a call returns, whatever its outcome.
 */
export class Vault {
  readonly #engine: VaultEngine;

  constructor(options: VaultOptions) {
    const { path, createWorker, fs = nodeVaultFs, sleep = (ms) => pause(ms), now = Date.now } = options;
    const { elapsed = () => performance.now(), kdfLimits: limits = KDF_LIMITS, prewarm = true } = options;
    const targetMs = options.kdfTargetMs ?? KDF_TARGET_MS;
    this.#engine = new VaultEngine({
      store: new VaultStore({ path, fs, sleep, now, generations: options.generations ?? GENERATIONS }),
      side: new SideStateFile({ fs, sleep, path: `${path}.state` }),
      supply: new WorkerSupply({ createWorker, prewarm, limits, targetMs }),
      limits,
      now,
      elapsed,
    });
  }

  get path(): string {
    return this.#engine.store.path;
  }

  get isUnlocked(): boolean {
    return this.#engine.session !== null;
  }

  /** Called with the reason after each lock. Answers the function that ends it. */
  onLock(listener: (reason: LockReason) => void): () => void {
    return this.#engine.listeners.onLock(listener);
  }

  /** Called after each unlock, also after `create`. Answers the function that ends it. */
  onUnlock(listener: (info: UnlockInfo) => void): () => void {
    return this.#engine.listeners.onUnlock(listener);
  }

  async exists(): Promise<boolean> {
    await this.#engine.ready();
    return this.#engine.store.exists();
  }

  async status(): Promise<VaultState> {
    return vaultState(this.#engine);
  }

  /**
   * Makes the vault and opens it. Measures the machine for the key derivation unless `kdf` is given. Throws
   * `vault.exists`, `input.invalid` (passphrase too short), `vault.weakKdf` or a storage error.
   */
  async create(passphrase: Uint8Array, options: { kdf?: KdfParameters } = {}): Promise<UnlockInfo> {
    return wiping([passphrase], async () => {
      checkNewPassphrase(passphrase, 'passphrase');
      return this.#engine.run(() =>
        this.#engine.make(async (client) => {
          const taken = takeSecret(passphrase);
          const moment = { now: this.#engine.now(), highestCounter: 0 };
          const args = { ...moment, passphrase: taken, kdf: options.kdf ?? null };
          return { ...(await client.call('create', args, [taken.buffer])), added: [], skipped: 0 };
        }),
      );
    });
  }

  /**
   * Opens the vault. Throws `vault.wrongPassphrase`, `vault.throttled` (`retryAfterMs`), `vault.absent`,
   * `vault.damaged`, `vault.newerVersion`, `vault.notAVault`, `vault.weakKdf`, or `vault.locked` when a lock
   * came in between.
   */
  async unlock(passphrase: Uint8Array): Promise<UnlockInfo> {
    return wiping([passphrase], async () => {
      checkGivenPassphrase(passphrase, 'passphrase');
      const { throttle } = this.#engine;
      return this.#engine.run(() =>
        throttle.attempt(() =>
          this.#engine.openWith((client, file) => {
            const taken = takeSecret(passphrase);
            return client.call('open', { file, passphrase: taken }, [taken.buffer, file.buffer]);
          }),
        ),
      );
    });
  }

  /** Opens with what quick unlock kept. Throws `vault.quickUnlockInvalid` when the passphrase was changed since. */
  async unlockWithWrappedKey(key: WrappedKek & { context: Bytes }): Promise<UnlockInfo> {
    return wiping([key.wrappingKey], () =>
      this.#engine.run(() =>
        this.#engine.openWith((client, file) => {
          const wrappingKey = takeSecret(key.wrappingKey);
          const { wrappedKek, context } = key;
          const args = { wrappingKey, wrappedKek, context, file };
          return client.call('openWithWrappedKey', args, [wrappingKey.buffer, file.buffer]);
        }),
      ),
    );
  }

  /**
   * Locks at once: from here on signers throw and everything under way is refused with `vault.locked`. The
   * promise resolves when the worker, with all its memory, is gone. Locking a locked vault does nothing.
   */
  async lock(reason: LockReason): Promise<void> {
    return this.#engine.lock(reason);
  }

  /** Asks for the passphrase again (withdrawal, export). Throws `vault.wrongPassphrase` or `vault.throttled`. */
  async verify(passphrase: Uint8Array): Promise<void> {
    return wiping([passphrase], async () => {
      checkGivenPassphrase(passphrase, 'passphrase');
      await this.#engine.run(() => this.#engine.verify(passphrase));
    });
  }

  /**
   * New passphrase, new salt. Earlier states that the old passphrase opens are destroyed; quick unlock has to
   * be turned on again. Throws as `verify` does, and `input.invalid` for a short new one.
   */
  async changePassphrase(current: Uint8Array, next: Uint8Array): Promise<void> {
    return wiping([current, next], async () => {
      checkGivenPassphrase(current, 'current');
      checkNewPassphrase(next, 'next');
      await this.#engine.run(async () => {
        await this.#engine.verify(current);
        const { digest } = await this.#engine.rekey(next, this.#engine.require().view.kdf);
        // By what was saved and not by what is open: a lock that came meanwhile must not spare the old states.
        await this.#engine.store.dropEarlierStates(digest);
      });
    });
  }

  /** Measures this machine again and re-wraps the keys with parameters that take the target time now. */
  async recalibrate(passphrase: Uint8Array): Promise<KdfParameters> {
    const copy = ownCopy(passphrase);
    return wiping([passphrase, copy], async () => {
      checkGivenPassphrase(passphrase, 'passphrase');
      return this.#engine.run(async () => {
        await this.#engine.verify(passphrase);
        await this.#engine.rekey(copy, null);
        return this.#engine.require().view.kdf;
      });
    });
  }

  /** Every key without its secret. Throws `vault.locked`. */
  listKeys(): KeyRecordPublic[] {
    return this.#engine.require().list();
  }

  /** One key without its secret. Throws `vault.locked` or `vault.keyNotFound`. */
  key(id: string): KeyRecordPublic {
    return this.#engine.require().record(id);
  }

  /** Adds a key and saves. Throws `input.invalid` naming each field, `vault.locked` or a storage error. */
  async addKey(input: KeyMaterial & { readonly meta: NewKeyMeta }): Promise<string> {
    return wiping([input.secret, input.passphrase], async () => {
      const meta = validNewKeyMeta(input.meta);
      checkKeyMaterial(input, meta.keyType);
      const id = randomBytes(16).toString('hex');
      await this.#changeWith(input, (material) => ({ kind: 'addKey', key: { id, meta, ...material } }));
      return id;
    });
  }

  /** A new key for the same account: id, label and history stay, the permissions have to be inspected again. */
  async replaceKey(id: string, input: KeyMaterial): Promise<void> {
    return wiping([input.secret, input.passphrase], async () => {
      checkKeyMaterial(input, this.key(id).keyType);
      await this.#changeWith(input, (material) => ({ kind: 'replaceKey', key: { id, ...material } }));
    });
  }

  /** Key material moves to the worker in buffers of its own; what was handed in is overwritten. */
  async #changeWith(input: KeyMaterial, change: (material: Material) => VaultChange): Promise<void> {
    const secret = takeSecret(input.secret);
    const venuePassphrase = input.passphrase === undefined ? null : takeSecret(input.passphrase);
    const transfer = venuePassphrase === null ? [secret.buffer] : [secret.buffer, venuePassphrase.buffer];
    await wiping([secret, venuePassphrase], async () => {
      await this.#engine.change(change({ apiKey: input.key, secret, venuePassphrase }), transfer);
    });
  }

  /** Changes what is known about a key or what it may be used for. Throws `input.invalid`, `vault.keyNotFound`. */
  async updateKeyMeta(id: string, patch: KeyMetaPatch): Promise<KeyRecordPublic> {
    await this.#engine.change({ kind: 'updateMeta', id, patch: validMetaPatch(patch) });
    return this.key(id);
  }

  /** Removes a key. Earlier states of the file still hold it: revoke it at the venue as well. */
  async removeKey(id: string): Promise<void> {
    await this.#engine.change({ kind: 'removeKey', id });
  }

  /** The signing side of a key. Throws `vault.locked` or `vault.keyNotFound`; survives a later lock and unlock. */
  signer(keyId: string): Signer {
    this.key(keyId);
    return new VaultSigner(keyId, () => this.#engine.session);
  }

  /** The 256-bit key of the ledger database. The caller overwrites it after use. */
  async ledgerKey(): Promise<Uint8Array> {
    return this.#engine.require().client.call('ledgerKey', {});
  }

  /** The vault's key under a random key, for quick unlock. Asks for the passphrase as `verify` does. */
  async wrapKek(passphrase: Uint8Array, context: Bytes): Promise<WrappedKek> {
    await this.verify(passphrase);
    return this.#engine.require().client.call('wrapKek', { context });
  }

  /** Id of the open vault: 32 hex digits. Throws `vault.locked`. */
  get vaultId(): string {
    return this.#engine.require().view.vaultId;
  }

  /**
   * All keys in an encrypted file with a passphrase of its own, written to `target` when that is a path. The
   * vault's passphrase is asked again. Throws as `verify` does, `input.invalid`, or a storage error.
   */
  async exportEncrypted(
    target: string | null,
    passphrase: Uint8Array,
    exportPassphrase: Uint8Array,
  ): Promise<Uint8Array> {
    return wiping([passphrase, exportPassphrase], () =>
      exportVault(this.#engine, { target, passphrase, exportPassphrase }),
    );
  }

  /**
   * Adds the keys of an export to the open vault; keys that are there already are skipped. Where there is no
   * vault yet, the export becomes it, with its ledger secret and under the export's passphrase. Throws the
   * file errors of `unlock` about the export; wrong passphrases are throttled together with those of `unlock`.
   */
  async importEncrypted(
    source: string | Uint8Array,
    exportPassphrase: Uint8Array,
  ): Promise<{ added: number; skipped: number }> {
    return wiping([exportPassphrase], () => importExport(this.#engine, source, exportPassphrase));
  }

  /** Earlier verified states, newest first. Works while locked and when the vault file is damaged. */
  async listGenerations(): Promise<VaultGeneration[]> {
    await this.#engine.ready();
    return this.#engine.store.listGenerations();
  }

  /** Puts an earlier state in place; locks first. The present file is kept. Needs the passphrase of that state. */
  async restoreGeneration(id: string): Promise<void> {
    await this.lock('restore');
    await this.#engine.run(() => this.#engine.store.restoreGeneration(id));
  }

  /** Overwrites and deletes the vault, all its earlier states and `others` (ledger, settings). Locks first. */
  async forgetEverything(others: readonly string[] = []): Promise<ForgottenFile[]> {
    await this.lock('forget');
    return this.#engine.run(async () => {
      const report = await this.#engine.store.forgetEverything(others);
      this.#engine.side.forget();
      return report;
    });
  }

  async dispose(): Promise<void> {
    await this.#engine.dispose();
  }
}

type Material = Omit<NewKey, 'id' | 'meta'>;
