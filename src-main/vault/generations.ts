import { join } from 'node:path';
import type { VaultGeneration } from '../../src-preload/contract/types/vault.ts';
import { HoldfastError } from '../errors.ts';
import { MAX_FILE_BYTES, parseFile } from './file-header.ts';
import type { ParsedFile } from './file-header.ts';
import { removeQuietly, renamePatiently, writeDurably } from './file-steps.ts';
import type { Sleep } from './file-steps.ts';
import { damaged } from './vault-errors.ts';
import type { VaultFs } from './vault-fs.ts';

export interface StoredGeneration extends VaultGeneration {
  readonly path: string;
  readonly digest: string;
}

const NAME = /^(\d{10})-([0-9a-f]{16})\.hfv$/;
const TEMPORARY = /\.tmp$/;

/**
 * Earlier states of the vault, each in a file of its own that is written once and never changed. Only bytes
 * that were verified come in, and a file that is damaged is neither listed nor counted, so a bad save can
 * never push a good one out.
 */
export class Generations {
  readonly #fs: VaultFs;
  readonly #folder: string;
  readonly #keep: number;
  readonly #sleep: Sleep;

  constructor(options: { fs: VaultFs; folder: string; keep: number; sleep: Sleep }) {
    this.#fs = options.fs;
    this.#folder = options.folder;
    this.#keep = options.keep;
    this.#sleep = options.sleep;
  }

  /** Intact generations, newest first. */
  async list(): Promise<StoredGeneration[]> {
    const found: StoredGeneration[] = [];
    for (const name of await this.#fs.list(this.#folder)) {
      if (!NAME.test(name)) continue;
      const path = join(this.#folder, name);
      const file = await this.#readIntact(path);
      if (file === null) continue;
      const { savedAt, saveCounter } = file.parsed.header;
      const { digest } = file.parsed;
      found.push({ id: name, savedAt, saveCounter, bytes: file.bytes.length, path, digest });
    }
    return found.sort((a, b) => b.saveCounter - a.saveCounter || b.savedAt - a.savedAt);
  }

  async #readIntact(path: string): Promise<{ bytes: Buffer; parsed: ParsedFile } | null> {
    try {
      if (((await this.#fs.size(path)) ?? 0) > MAX_FILE_BYTES) return null;
      const bytes = await this.#fs.readFile(path);
      return { bytes, parsed: parseFile(bytes) };
    } catch {
      // Unreadable or damaged: it stays where it is for a specialist, and it is not offered.
      return null;
    }
  }

  /** The bytes of one generation. Throws `vault.generationNotFound` or `vault.damaged`. */
  async read(id: string): Promise<Buffer> {
    if (!NAME.test(id) || !(await this.#fs.list(this.#folder)).includes(id)) {
      throw new HoldfastError('notFound', 'vault.generationNotFound', 'There is no such earlier state.');
    }
    const file = await this.#readIntact(join(this.#folder, id));
    if (file === null) throw damaged('this earlier state cannot be read');
    return file.bytes;
  }

  /** Keeps these verified bytes. A state that is kept already is not written twice. */
  async keep(bytes: Uint8Array): Promise<void> {
    const { header, digest } = parseFile(bytes);
    const name = `${String(header.saveCounter).padStart(10, '0')}-${digest.slice(0, 16)}.hfv`;
    const path = join(this.#folder, name);
    if ((await this.#readIntact(path)) !== null) return;
    await this.#fs.makeFolder(this.#folder);
    const temporary = `${path}.tmp`;
    await removeQuietly(this.#fs, temporary);
    await writeDurably(this.#fs, temporary, bytes);
    await renamePatiently(this.#fs, temporary, path, this.#sleep);
    await this.#fs.syncFolder(this.#folder);
  }

  /** Removes the oldest intact ones beyond the wanted number, and what a crash left half written. */
  async prune(): Promise<void> {
    const surplus = (await this.list()).slice(this.#keep);
    for (const generation of surplus) await removeQuietly(this.#fs, generation.path);
    for (const name of await this.#fs.list(this.#folder)) {
      if (TEMPORARY.test(name)) await removeQuietly(this.#fs, join(this.#folder, name));
    }
  }

  /**
   * Every file but that of this state: what an old passphrase still opens. Damaged ones too, because a turned
   * bit spoils the digest and not the keys. Null when this state is not kept.
   */
  async pathsExcept(digest: string): Promise<string[] | null> {
    const kept = (await this.list()).find((generation) => generation.digest === digest);
    if (kept === undefined) return null;
    return (await this.allPaths()).filter((path) => path !== kept.path);
  }

  /** Every file in the folder, whatever its state. */
  async allPaths(): Promise<string[]> {
    return (await this.#fs.list(this.#folder)).map((name) => join(this.#folder, name));
  }
}
