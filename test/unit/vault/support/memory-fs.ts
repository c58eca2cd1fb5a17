import type { VaultFile, VaultFs } from '../../../../src-main/vault/vault-fs.ts';

/** Thrown by every operation after the machine stopped. */
export class MachineStopped extends Error {
  override readonly name = 'MachineStopped';
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: test failure`), { code });
}

interface Stored {
  /** What programs read. */
  content: Buffer;
  /** What survives a power cut. */
  durable: Buffer;
}

export interface Fault {
  /** 1 = the next operation. */
  readonly at: number;
  /** `stop` = power cut before the operation; a code = the operation fails with it. */
  readonly with: string;
}

/**
 * A file system in memory that forgets like a real one: what was not synced is lost at a power cut, and a
 * rename that no folder sync followed may or may not have happened. Every operation is counted and can fail.
 */
export class MemoryFs implements VaultFs {
  #files = new Map<string, Stored>();
  /** Names as they are on the disk: the directory before the renames that were not synced. */
  #durableNames = new Map<string, Stored>();
  #stopped = false;
  #fault: Fault | null = null;
  operations = 0;
  /** Operations by name since the start. */
  readonly log: string[] = [];
  /** Fails every operation of this name with the code. */
  readonly always = new Map<string, string>();

  failAt(fault: Fault): void {
    this.#fault = fault;
    this.operations = 0;
  }

  #step(name: string): void {
    if (this.#stopped) throw new MachineStopped();
    this.operations += 1;
    this.log.push(name);
    const code = this.always.get(name);
    if (code !== undefined) throw systemError(code);
    if (this.#fault === null || this.operations !== this.#fault.at) return;
    const { with: how } = this.#fault;
    this.#fault = null;
    if (how !== 'stop') throw systemError(how);
    this.#stopped = true;
    throw new MachineStopped();
  }

  /** The machine starts again. `renames`: whether names that were not synced made it to the disk. */
  restart(renames: 'kept' | 'lost'): void {
    const names = renames === 'kept' ? this.#files : this.#durableNames;
    const files = new Map<string, Stored>();
    for (const [path, stored] of names) {
      files.set(path, { content: stored.durable, durable: stored.durable });
    }
    this.#files = files;
    this.#durableNames = new Map(files);
    this.#stopped = false;
    this.#fault = null;
  }

  paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  raw(path: string): Buffer | undefined {
    return this.#files.get(path)?.content;
  }

  put(path: string, content: Uint8Array): void {
    const stored = { content: Buffer.from(content), durable: Buffer.from(content) };
    this.#files.set(path, stored);
    this.#durableNames.set(path, stored);
  }

  delete(path: string): void {
    this.#files.delete(path);
    this.#durableNames.delete(path);
  }

  async createFile(path: string): Promise<VaultFile> {
    this.#step('createFile');
    if (this.#files.has(path)) throw systemError('EEXIST');
    const stored: Stored = { content: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.#files.set(path, stored);
    return this.#handle(stored);
  }

  async overwriteFile(path: string): Promise<VaultFile> {
    this.#step('overwriteFile');
    const stored = this.#files.get(path);
    if (stored === undefined) throw systemError('ENOENT');
    return this.#handle(stored);
  }

  #handle(stored: Stored): VaultFile {
    return {
      write: async (bytes) => {
        // A write that fails leaves half of it behind.
        stored.content = Buffer.from(bytes.subarray(0, bytes.length >> 1));
        this.#step('write');
        stored.content = Buffer.from(bytes);
      },
      sync: async () => {
        this.#step('sync');
        stored.durable = stored.content;
      },
      close: async () => this.#step('close'),
    };
  }

  async readFile(path: string): Promise<Buffer> {
    this.#step('readFile');
    const stored = this.#files.get(path);
    if (stored === undefined) throw systemError('ENOENT');
    return Buffer.from(stored.content);
  }

  async size(path: string): Promise<number | null> {
    this.#step('size');
    return this.#files.get(path)?.content.length ?? null;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step('rename');
    const stored = this.#files.get(from);
    if (stored === undefined) throw systemError('ENOENT');
    this.#files.delete(from);
    this.#files.set(to, stored);
  }

  async remove(path: string): Promise<void> {
    this.#step('remove');
    if (!this.#files.delete(path)) throw systemError('ENOENT');
  }

  async makeFolder(): Promise<void> {
    this.#step('makeFolder');
  }

  async list(path: string): Promise<string[]> {
    this.#step('list');
    const prefix = `${path}/`;
    const below = this.paths().filter((each) => each.startsWith(prefix));
    return below.map((each) => each.slice(prefix.length)).filter((name) => !name.includes('/'));
  }

  async syncFolder(path: string): Promise<void> {
    this.#step('syncFolder');
    const inside = (each: string): boolean => each.slice(0, each.lastIndexOf('/')) === path;
    for (const name of [...this.#durableNames.keys()].filter(inside)) this.#durableNames.delete(name);
    for (const [name, stored] of this.#files) if (inside(name)) this.#durableNames.set(name, stored);
  }
}
