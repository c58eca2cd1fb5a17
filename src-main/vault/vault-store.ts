import { randomBytes } from 'node:crypto';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { HoldfastError } from '../errors.ts';
import type { VaultGeneration } from '../../src-preload/contract/types/vault.ts';
import { MAX_FILE_BYTES, parseFile, VAULT_MAGIC } from './file-header.ts';
import { removeQuietly, renamePatiently, storageError, writeDurably } from './file-steps.ts';
import type { Sleep } from './file-steps.ts';
import { forgetFiles } from './forget.ts';
import type { ForgottenFile } from './forget.ts';
import { Generations } from './generations.ts';
import { SaveLock } from './save-lock.ts';
import { changedOnDisk, damaged, notAVault, vaultAbsent, vaultExists } from './vault-errors.ts';
import type { VaultFs } from './vault-fs.ts';

export interface VaultStoreOptions {
  /** The vault file; everything else lies beside it. */
  readonly path: string;
  readonly fs: VaultFs;
  readonly sleep: Sleep;
  /** Milliseconds UTC. */
  readonly now: () => number;
  /** How many earlier states are kept. */
  readonly generations: number;
}

export interface ReplaceOptions {
  /** Digest of the state that this save builds on; null = there must be no vault yet. */
  readonly expected: string | null;
  /** Decrypts what was read back from the disk; throws when it is not what was to be written. */
  readonly verify: (bytes: Buffer) => Promise<void>;
}

/**
 * The vault's files. A save is: sibling file, fsync, read back, decrypt, rename, fsync of the folder, and a
 * copy to the generations. Before and after every single step there is one complete vault under its name.
 */
export class VaultStore {
  readonly path: string;
  readonly #fs: VaultFs;
  readonly #sleep: Sleep;
  readonly #now: () => number;
  readonly #generations: Generations;
  readonly #lock: SaveLock;

  constructor(options: VaultStoreOptions) {
    this.path = options.path;
    this.#fs = options.fs;
    this.#sleep = options.sleep;
    this.#now = options.now;
    const { fs, sleep, generations: keep } = options;
    this.#generations = new Generations({ fs, sleep, keep, folder: this.generationsFolder });
    this.#lock = new SaveLock({ fs, path: `${options.path}.lock`, now: options.now });
  }

  /** Named after the vault: two vaults in one folder must not take each other's earlier states for their own. */
  get generationsFolder(): string {
    return `${this.path}.generations`;
  }

  async exists(): Promise<boolean> {
    return (await this.#fs.size(this.path)) !== null;
  }

  /**
   * Called once at start. Removes what an interrupted save left, and puts the newest earlier state back when
   * the vault file itself is gone. Answers the id of that state, or null.
   */
  async recover(): Promise<string | null> {
    try {
      for (const path of await this.#leftovers()) await removeQuietly(this.#fs, path);
      if (await this.exists()) return null;
      const [newest] = await this.#generations.list();
      if (newest === undefined) return null;
      await this.#swapIn(await this.#generations.read(newest.id));
      return newest.id;
    } catch (error) {
      throw storageError(error);
    }
  }

  /** The file as it is. Throws `vault.absent`, and `damaged` or `notAVault` for one that is far too big. */
  async read(): Promise<Buffer> {
    try {
      const size = await this.#fs.size(this.path);
      if (size === null) throw vaultAbsent();
      const bytes = size > MAX_FILE_BYTES ? null : await this.#fs.readFile(this.path);
      if (bytes === null) throw damaged('it is far too big');
      return bytes;
    } catch (error) {
      throw storageError(error);
    }
  }

  /**
   * Replaces the vault by these bytes, or changes nothing. Throws `vault.changedOnDisk`, `vault.exists`,
   * `vault.busy`, what `verify` throws, or a storage error.
   */
  async replace(bytes: Uint8Array, options: ReplaceOptions): Promise<void> {
    try {
      await this.#fs.makeFolder(dirname(this.path));
      await this.#lock.during(() => this.#replaceLocked(bytes, options));
    } catch (error) {
      throw storageError(error);
    }
  }

  async #replaceLocked(bytes: Uint8Array, options: ReplaceOptions): Promise<void> {
    await this.#keepPresent(options.expected);
    const temporary = this.#temporaryPath();
    await writeDurably(this.#fs, temporary, bytes);
    try {
      await options.verify(await this.#fs.readFile(temporary));
      await renamePatiently(this.#fs, temporary, this.path, this.#sleep);
    } catch (error) {
      await removeQuietly(this.#fs, temporary);
      throw error;
    }
    await this.#syncQuietly();
    await this.#keepQuietly(bytes);
  }

  /** The new file is in place by now, so this is no longer a failed save: after a power cut either one opens. */
  async #syncQuietly(): Promise<void> {
    try {
      await this.#fs.syncFolder(dirname(this.path));
    } catch {
      // Nothing to undo, and memory has to agree with what lies on the disk.
    }
  }

  /** The state about to be replaced is the expected one and is among the generations. */
  async #keepPresent(expected: string | null): Promise<void> {
    const present = (await this.exists()) ? await this.#fs.readFile(this.path) : null;
    if (expected === null) {
      if (present !== null) throw vaultExists();
      return;
    }
    // Somebody removed the file: writing it again loses nothing.
    if (present === null) return;
    if (digestOf(present) !== expected) throw changedOnDisk();
    await this.#generations.keep(present);
  }

  /** The save has succeeded by now: a full disk here costs a spare copy, not the save. */
  async #keepQuietly(bytes: Uint8Array): Promise<void> {
    try {
      await this.#generations.keep(bytes);
      await this.#generations.prune();
    } catch {
      // The next save keeps this state before it replaces it.
    }
  }

  /** Keeps a state that was just opened, so that later damage can be undone. */
  async keepOpened(bytes: Uint8Array): Promise<void> {
    await this.#keepQuietly(bytes);
  }

  /** Earlier states that are intact, newest first. */
  async listGenerations(): Promise<VaultGeneration[]> {
    const list = await this.#generations.list();
    return list.map(({ id, savedAt, saveCounter, bytes }) => ({ id, savedAt, saveCounter, bytes }));
  }

  /**
   * Puts an earlier state in place. The present file is kept: as a generation when it is intact, else set
   * aside beside the vault as `.damaged-…`, because a specialist may still read something from it.
   */
  async restoreGeneration(id: string): Promise<void> {
    try {
      const bytes = await this.#generations.read(id);
      await this.#lock.during(async () => {
        if (await this.exists()) await this.#setAside(await this.#fs.readFile(this.path));
        await this.#swapIn(bytes);
      });
    } catch (error) {
      throw storageError(error);
    }
  }

  async #setAside(present: Buffer): Promise<void> {
    if (digestOf(present) !== null) {
      await this.#generations.keep(present);
      return;
    }
    const path = `${this.#damagedPrefix}${this.#now()}`;
    await writeDurably(this.#fs, path, present);
  }

  /** Copy, read back, compare, rename. */
  async #swapIn(bytes: Buffer): Promise<void> {
    const temporary = this.#temporaryPath();
    await writeDurably(this.#fs, temporary, bytes);
    if (!(await this.#fs.readFile(temporary)).equals(bytes)) throw damaged('the copy cannot be read back');
    await renamePatiently(this.#fs, temporary, this.path, this.#sleep);
    await this.#syncQuietly();
  }

  get #damagedPrefix(): string {
    return `${this.path}.damaged-`;
  }

  /**
   * Writes an export where the person chose. An existing file there is replaced, as the dialog asked, but never
   * one of our own: one click on vault or ledger in the dialog would put the export in their place.
   */
  async writeExport(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#isOwn(path)) {
      const message = 'This is a file of Holdfast itself. Choose another name or folder for the export.';
      throw new HoldfastError('storage', 'vault.exportOverOwnFile', message);
    }
    const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      await writeDurably(this.#fs, temporary, bytes);
      if (!(await this.#fs.readFile(temporary)).equals(bytes))
        throw damaged('the export cannot be read back');
      await renamePatiently(this.#fs, temporary, path, this.#sleep);
      await this.#fs.syncFolder(dirname(path));
    } catch (error) {
      await removeQuietly(this.#fs, temporary);
      throw storageError(error);
    }
  }

  /** Vault, its companions, and whatever lies beside it but exports. Windows and macOS ignore case. */
  #isOwn(path: string): boolean {
    const own = resolve(this.path).toLowerCase();
    const other = resolve(path).toLowerCase();
    const isBeside = dirname(other) === dirname(own) && extname(other) !== '.hfx';
    return isBeside || other.startsWith(`${own}.`);
  }

  /** Reads a file that is to be imported. Throws `vault.notAVault` for what is too big to be one. */
  async readForeign(path: string): Promise<Buffer> {
    try {
      const size = await this.#fs.size(path);
      if (size === null || size > MAX_FILE_BYTES || size < VAULT_MAGIC.length) throw notAVault();
      return await this.#fs.readFile(path);
    } catch (error) {
      throw storageError(error);
    }
  }

  /**
   * After a change of passphrase: overwrites and removes the earlier states, also those set aside as damaged,
   * which the old passphrase would still open. Does nothing unless the present state has its verified copy.
   */
  async dropEarlierStates(digest: string): Promise<void> {
    const earlier = await this.#generations.pathsExcept(digest);
    if (earlier === null) return;
    const aside = (await this.everyPath()).filter((path) => path.startsWith(this.#damagedPrefix));
    await forgetFiles(this.#fs, [...earlier, ...aside]);
  }

  /** Overwrites and deletes every file of the vault, and the given ones. */
  async forgetEverything(others: readonly string[]): Promise<ForgottenFile[]> {
    return forgetFiles(this.#fs, [...(await this.everyPath()), ...others]);
  }

  /** Every file that belongs to the vault, present or left over. */
  async everyPath(): Promise<string[]> {
    const folder = dirname(this.path);
    const beside = await this.#fs.list(folder);
    const prefix = `${basename(this.path)}.`;
    const generations = basename(this.generationsFolder);
    const siblings = beside
      .filter((name) => name.startsWith(prefix) && name !== generations)
      .map((name) => join(folder, name));
    const own = (await this.exists()) ? [this.path] : [];
    return [...own, ...siblings, ...(await this.#generations.allPaths())];
  }

  async #leftovers(): Promise<string[]> {
    return (await this.everyPath()).filter((path) => path.endsWith('.tmp'));
  }

  #temporaryPath(): string {
    return `${this.path}.${randomBytes(4).toString('hex')}.tmp`;
  }
}

/** Digest of an intact file; null when it is none. */
export function digestOf(bytes: Uint8Array): string | null {
  try {
    return parseFile(bytes).digest;
  } catch {
    return null;
  }
}
