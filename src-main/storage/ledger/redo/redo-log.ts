import { closeSync, constants, fdatasyncSync, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { BLOCK_BYTES, encodeRecord, newHeader, recordBytes } from './redo-format.ts';
import type { RedoKeys } from './redo-format.ts';

/** Room for about a thousand single orders before the database has to catch up. */
const CAPACITY_BYTES = 4 * 1024 * 1024;
/** Content that takes more than this is not worth logging: the database is synced instead. */
export const LARGEST_CONTENT_BYTES = 1024 * 1024;

/** What is called on the disk; a parameter so that a test can let it fail. */
export interface RedoDisk {
  readonly write: (handle: number, bytes: Buffer, position: number) => void;
  readonly sync: (handle: number) => void;
}

const NODE_DISK: RedoDisk = {
  write: (handle, bytes, position) => {
    for (let done = 0; done < bytes.length;)
      done += writeSync(handle, bytes, done, bytes.length - done, position + done);
  },
  // libuv asks macOS for F_FULLFSYNC here, so that the drive's own cache is written, too.
  sync: fdatasyncSync,
};

/**
 * The file that makes a change durable before the database has it: one write over blocks that exist already, and one
 * wait for the disk. The file never grows, which spares the disk its bookkeeping and works on a full disk.
 */
export class RedoLog {
  readonly #file: string;
  readonly #keys: RedoKeys;
  readonly #disk: RedoDisk;
  #handle: number | null = null;
  #offset = BLOCK_BYTES;
  #attempts = 0;
  /** The disk once failed to confirm a write: what it holds is unknown from then on. */
  #broken: { readonly error: unknown } | null = null;

  /** @param ledgerKey 32 bytes; only keys derived from it are kept */
  constructor(file: string, ledgerKey: Uint8Array, disk: RedoDisk = NODE_DISK) {
    this.#file = file;
    this.#keys = newHeader(ledgerKey);
    this.#disk = disk;
  }

  get isStarted(): boolean {
    return this.#handle !== null;
  }

  /** Whether any record still fits. */
  get hasRoom(): boolean {
    return this.#offset + recordBytes(LARGEST_CONTENT_BYTES) <= CAPACITY_BYTES;
  }

  /**
   * Begins a new life of the file: what it held is void afterwards, so the database must have all of it, on disk.
   * Throws what the file system throws; then nothing has begun and it can be tried again.
   */
  start(): void {
    const handle = openSync(this.#file, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      if (fstatSync(handle).size !== CAPACITY_BYTES) this.#allocate(handle);
      this.#disk.write(handle, this.#keys.header, 0);
      this.#disk.sync(handle);
    } catch (error) {
      closeSync(handle);
      throw error;
    }
    this.#handle = handle;
  }

  /** Writes over the oldest records from now on: the database must have all of them, on disk. */
  rewind(): void {
    this.#offset = BLOCK_BYTES;
  }

  /**
   * Writes a record. Throws what the file system throws, and then there is no such record.
   * @param isDurable whether to wait until it would survive a power cut
   */
  append(number: number, content: Buffer, isDurable: boolean): void {
    if (this.#handle === null) throw new Error('The redo log has not been started.');
    if (this.#broken) throw this.#broken.error;
    const bytes = encodeRecord(this.#keys.records, (this.#attempts += 1), { number, content, isDurable });
    try {
      this.#disk.write(this.#handle, bytes, this.#offset);
      if (isDurable) this.#sync(this.#handle);
    } catch (error) {
      this.#wipe(this.#handle);
      throw error;
    }
    this.#offset += bytes.length;
  }

  close(): void {
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
  }

  #sync(handle: number): void {
    try {
      this.#disk.sync(handle);
    } catch (error) {
      this.#broken = { error };
      throw error;
    }
  }

  /** The caller is told that it failed: the next start must not find it. */
  #wipe(handle: number): void {
    try {
      this.#disk.write(handle, Buffer.alloc(BLOCK_BYTES), this.#offset);
      this.#disk.sync(handle);
    } catch {
      // An order that is found all the same was never sent, and the first reconciliation says so.
    }
  }

  /** Real zeros, not a hole: writing over a hole is bookkeeping again, and can fail on a full disk. */
  #allocate(handle: number): void {
    const zeros = Buffer.alloc(256 * 1024);
    for (let position = 0; position < CAPACITY_BYTES; position += zeros.length)
      this.#disk.write(handle, zeros, position);
    fsyncSync(handle);
    syncFolder(dirname(this.#file));
  }
}

/** Makes the new name durable. Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
