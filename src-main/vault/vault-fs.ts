import { open, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';

/** One open file of which every step can fail or be the last one before a crash. */
export interface VaultFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when the bytes are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The few file operations the vault needs; tests stop the machine at each of them. */
export interface VaultFs {
  /** Creates the file; fails with EEXIST when it is there. Readable for this user only. */
  createFile(path: string): Promise<VaultFile>;
  /** Opens an existing file for overwriting in place. */
  overwriteFile(path: string): Promise<VaultFile>;
  readFile(path: string): Promise<Buffer>;
  /** Size in bytes; null when there is no such file. */
  size(path: string): Promise<number | null>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Creates the folder, readable for this user only. */
  makeFolder(path: string): Promise<void>;
  /** Names in the folder; empty when there is no such folder. */
  list(path: string): Promise<string[]>;
  /** Makes renames and removals in the folder durable. */
  syncFolder(path: string): Promise<void>;
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

async function openFile(path: string, flags: string): Promise<VaultFile> {
  const handle = await open(path, flags, PRIVATE_FILE);
  return {
    write: async (bytes) => {
      // `write` may stop short; `writeFile` on a handle does not.
      await handle.writeFile(bytes);
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

async function syncFolder(path: string): Promise<void> {
  let handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    // Windows does not open folders; its rename is written through by the file system's journal.
    if (['EISDIR', 'EPERM', 'EACCES'].includes(errorCode(error)) && process.platform === 'win32') return;
    throw error;
  }
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems cannot sync a folder. The file itself is synced by then.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(errorCode(error))) throw error;
  } finally {
    await handle.close();
  }
}

async function absentAs<T>(value: T, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return value;
    throw error;
  }
}

/** The real file system. */
export const nodeVaultFs: VaultFs = {
  createFile: (path) => openFile(path, 'wx'),
  overwriteFile: (path) => openFile(path, 'r+'),
  readFile: (path) => readFile(path),
  size: (path) => absentAs<number | null>(null, async () => (await stat(path)).size),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
  },
  list: (path) => absentAs<string[]>([], () => readdir(path)),
  syncFolder,
};
