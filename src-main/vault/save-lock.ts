import { removeQuietly, writeDurably } from './file-steps.ts';
import { vaultBusy } from './vault-errors.ts';
import { errorCode } from './vault-fs.ts';
import type { VaultFs } from './vault-fs.ts';

export interface SaveLockOptions {
  readonly fs: VaultFs;
  readonly path: string;
  /** Milliseconds UTC. */
  readonly now: () => number;
  readonly processId?: number;
  /** Whether a process of this id runs. */
  readonly isAlive?: (processId: number) => boolean;
}

/** A save takes milliseconds; a lock this old belongs to a program that died or sleeps. */
const STALE_AFTER_MS = 60_000;

function runs(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Held for the length of one save, so that between comparing the file on the disk and renaming over it no
 * other Holdfast can save. A lock left behind by a crash is taken over.
 */
export class SaveLock {
  readonly #fs: VaultFs;
  readonly #path: string;
  readonly #now: () => number;
  readonly #processId: number;
  readonly #isAlive: (processId: number) => boolean;

  constructor(options: SaveLockOptions) {
    this.#fs = options.fs;
    this.#path = options.path;
    this.#now = options.now;
    this.#processId = options.processId ?? process.pid;
    this.#isAlive = options.isAlive ?? runs;
  }

  /** Runs the action under the lock. Throws `vault.busy` when another program holds it. */
  async during<T>(action: () => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await action();
    } finally {
      await removeQuietly(this.#fs, this.#path);
    }
  }

  async #take(): Promise<void> {
    const content = Buffer.from(JSON.stringify({ processId: this.#processId, at: this.#now() }));
    try {
      await writeDurably(this.#fs, this.#path, content);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (!(await this.#isStale())) throw vaultBusy();
      await removeQuietly(this.#fs, this.#path);
      await writeDurably(this.#fs, this.#path, content);
    }
  }

  async #isStale(): Promise<boolean> {
    try {
      const held = JSON.parse((await this.#fs.readFile(this.#path)).toString('utf8')) as unknown;
      if (typeof held !== 'object' || held === null || !('processId' in held) || !('at' in held)) return true;
      const { processId, at } = held;
      if (typeof processId !== 'number' || typeof at !== 'number') return true;
      if (!this.#isAlive(processId)) return true;
      // The number may have gone to another program since, so a lock also grows old.
      return Math.abs(this.#now() - at) > STALE_AFTER_MS;
    } catch {
      return true;
    }
  }
}
