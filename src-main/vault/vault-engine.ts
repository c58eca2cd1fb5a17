import { parseFile } from './file-header.ts';
import { GuessThrottle } from './guess-throttle.ts';
import { assertKdfAllowed } from './kdf.ts';
import type { KdfLimits, KdfParameters } from './kdf.ts';
import { assertForeignMetas } from './key-record.ts';
import { LockListeners } from './lock-listeners.ts';
import type { LockReason, UnlockInfo } from './lock-listeners.ts';
import { ownCopy, takeSecret } from './secret-bytes.ts';
import type { Bytes } from './secret-bytes.ts';
import { SerialQueue } from './serial-queue.ts';
import type { SideStateFile } from './side-state.ts';
import { alreadyUnlocked, lockedError, vaultExists, wrongPassphrase } from './vault-errors.ts';
import { saveStaged, VaultSession } from './vault-session.ts';
import type { VaultStore } from './vault-store.ts';
import type { WorkerClient } from './worker-client.ts';
import type { OpenedView, StageResult, VaultChange } from './worker-protocol.ts';
import type { WorkerSupply } from './worker-supply.ts';

export interface VaultEngineOptions {
  readonly store: VaultStore;
  readonly side: SideStateFile;
  readonly supply: WorkerSupply;
  readonly limits: KdfLimits;
  readonly now: () => number;
  readonly elapsed: () => number;
}

/**
 * The sequence behind the vault's calls: one operation at a time, every change saved and verified before it
 * counts, and a lock that interrupts all of it. `Vault` is the face of it.
 */
export class VaultEngine {
  readonly store: VaultStore;
  readonly side: SideStateFile;
  readonly throttle: GuessThrottle;
  readonly listeners = new LockListeners();
  readonly now: () => number;
  readonly #supply: WorkerSupply;
  readonly #limits: KdfLimits;
  readonly #queue = new SerialQueue();
  #session: VaultSession | null = null;
  /** The worker of an opening under way: a lock ends it too. */
  #opening: WorkerClient | null = null;
  #recovery: Promise<string | null> | null = null;

  constructor(options: VaultEngineOptions) {
    const { store, side, supply, limits, now, elapsed } = options;
    this.store = store;
    this.side = side;
    this.now = now;
    this.#supply = supply;
    this.#limits = limits;
    this.throttle = new GuessThrottle({ state: side, now, elapsed });
  }

  get session(): VaultSession | null {
    return this.#session;
  }

  /** The open vault. Throws `vault.locked`. */
  require(): VaultSession {
    if (this.#session === null) throw lockedError();
    return this.#session;
  }

  /** Once per run: cleans up after a crash before the first look at the files. */
  ready(): Promise<string | null> {
    this.#recovery ??= this.#recover();
    return this.#recovery;
  }

  async #recover(): Promise<string | null> {
    try {
      const recovered = await this.store.recover();
      if (await this.store.exists()) this.#supply.warm();
      return recovered;
    } catch (error) {
      // A folder that cannot be read today may be readable at the next call.
      this.#recovery = null;
      throw error;
    }
  }

  /** Runs one operation after the recovery and after the operations before it. */
  run<T>(action: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      await this.ready();
      return action();
    });
  }

  /** Makes a vault of what the worker seals. Inside `run`. */
  async make(seal: (client: WorkerClient) => Promise<StageResult>): Promise<UnlockInfo> {
    if (this.#session !== null || (await this.store.exists())) throw vaultExists();
    return this.#withWorker(async (client) => {
      const staged = await seal(client);
      assertForeignMetas(staged.added);
      return saveStaged({ client, store: this.store, staged, expected: null });
    });
  }

  /** Opens the vault file by the given means. Inside `run`. */
  async openWith(open: (client: WorkerClient, file: Bytes) => Promise<OpenedView>): Promise<UnlockInfo> {
    if (this.#session !== null) throw alreadyUnlocked();
    const bytes = await this.store.read();
    // Damage, version and limits show without a passphrase, so they are not counted as a guess.
    assertKdfAllowed(parseFile(bytes).header.kdf, this.#limits);
    const info = await this.#withWorker((client) => open(client, ownCopy(bytes)));
    await this.store.keepOpened(bytes);
    return info;
  }

  async #withWorker(action: (client: WorkerClient) => Promise<OpenedView | null>): Promise<UnlockInfo> {
    const client = this.#supply.take((failed) => this.#failed(failed));
    this.#opening = client;
    try {
      const view = await action(client);
      // A lock may have come while the last answer was on its way.
      if (view === null || this.#opening !== client) throw lockedError();
      const info = await this.#remember(view);
      if (this.#opening !== client) throw lockedError();
      this.#opening = null;
      this.#session = new VaultSession(client, view);
      this.listeners.unlocked(info);
      return info;
    } catch (error) {
      if (this.#opening === client) this.#opening = null;
      await client.close();
      this.#supply.warm();
      throw error;
    }
  }

  async #remember(view: OpenedView): Promise<UnlockInfo> {
    const { vaultId, saveCounter, savedAt } = view;
    const before = await this.side.read();
    const seen = before.vaultId === vaultId ? before.highestCounter : 0;
    if (saveCounter > seen || before.vaultId !== vaultId) {
      await this.side.update({ vaultId, highestCounter: saveCounter });
    }
    return {
      vaultId,
      saveCounter,
      savedAt,
      rolledBack: saveCounter < seen ? { seen, found: saveCounter } : null,
    };
  }

  #failed(client: WorkerClient): void {
    if (this.#opening === client) this.#opening = null;
    if (this.#session?.client !== client) return;
    this.#session = null;
    this.listeners.locked('workerFailed');
    this.#supply.warm();
  }

  /** See `Vault.lock`. Not queued: it does not wait for what is under way, it ends it. */
  async lock(reason: LockReason): Promise<void> {
    const session = this.#session;
    const opening = this.#opening;
    this.#session = null;
    this.#opening = null;
    if (session !== null) this.listeners.locked(reason);
    await Promise.all([session?.client.close(), opening?.close()]);
    if (session !== null || opening !== null) this.#supply.warm();
  }

  /** Saves one change. Throws `vault.locked`, what the change is refused with, or a storage error. */
  async change(change: VaultChange, transfer: readonly ArrayBuffer[] = []): Promise<StageResult> {
    return this.run(() => this.changeNow(change, transfer));
  }

  /** As `change`, inside `run`. */
  async changeNow(change: VaultChange, transfer: readonly ArrayBuffer[] = []): Promise<StageResult> {
    const session = this.require();
    const { client, view } = session;
    const { highestCounter } = await this.side.read();
    const staged = await client.call('stage', { change, now: this.now(), highestCounter }, transfer);
    try {
      if (change.kind === 'importKeys') assertForeignMetas(staged.added);
    } catch (error) {
      await client.call('discard', {});
      throw error;
    }
    const next = await saveStaged({ client, store: this.store, staged, expected: view.digest });
    if (next !== null) {
      session.adopt(next);
      await this.side.update({ vaultId: next.vaultId, highestCounter: next.saveCounter });
    }
    return staged;
  }

  /** Compares with the open vault's passphrase, counted by the throttle. Inside `run`. */
  async verify(passphrase: Uint8Array): Promise<void> {
    await this.throttle.attempt(async () => {
      const { client } = this.require();
      const taken = takeSecret(passphrase);
      if (!(await client.call('checkPassphrase', { passphrase: taken }, [taken.buffer])))
        throw wrongPassphrase();
    });
  }

  /** Seals the vault under a new passphrase; null = measure the machine. Inside `run`. */
  async rekey(passphrase: Uint8Array, kdf: KdfParameters | null): Promise<StageResult> {
    const taken = takeSecret(passphrase);
    return this.changeNow({ kind: 'changePassphrase', passphrase: taken, kdf }, [taken.buffer]);
  }

  /** A foreign file, refused before anything is derived from it when it is none of ours. */
  async foreignFile(source: string | Uint8Array): Promise<Bytes> {
    const bytes = typeof source === 'string' ? await this.store.readForeign(source) : source;
    assertKdfAllowed(parseFile(bytes).header.kdf, this.#limits);
    return ownCopy(bytes);
  }

  async dispose(): Promise<void> {
    await this.lock('quit');
    await this.#supply.dispose();
    this.listeners.clear();
  }
}
