import { HoldfastError } from '../errors.ts';
import { errorCode } from './vault-fs.ts';
import type { VaultFs } from './vault-fs.ts';

export type Sleep = (ms: number) => Promise<void>;

const SPACE = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const FORBIDDEN = ['EACCES', 'EPERM', 'EROFS'];
const IN_USE = ['EBUSY', 'EPERM', 'EACCES'];
const RENAME_TRIES = 8;
const FIRST_PAUSE_MS = 20;

/** A failed file operation in words that a person can act on. The system's text stays in the cause. */
export function storageError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const code = errorCode(error);
  const make = (name: string, message: string): HoldfastError =>
    new HoldfastError('storage', name, message, {}, error);
  if (SPACE.includes(code)) {
    return make('vault.diskFull', 'The disk is full. The vault was not changed.');
  }
  if (FORBIDDEN.includes(code)) {
    return make('vault.notWritable', 'The vault folder cannot be written to. The vault was not changed.');
  }
  if (code === 'EBUSY') {
    return make('vault.fileInUse', 'Another program holds the vault file. The vault was not changed.');
  }
  return make(
    'vault.saveFailed',
    `The vault file could not be read or written (${code || 'unknown reason'}).`,
  );
}

/** Removes a file that may be gone already. Answers whether it is gone now. */
export async function removeQuietly(fs: VaultFs, path: string): Promise<boolean> {
  try {
    await fs.remove(path);
    return true;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}

/** Writes a new file down to the disk, or leaves none. */
export async function writeDurably(fs: VaultFs, path: string, bytes: Uint8Array): Promise<void> {
  const file = await fs.createFile(path);
  try {
    try {
      await file.write(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await removeQuietly(fs, path);
    throw error;
  }
}

/**
 * Renames over the target. On Windows a virus scanner or an indexer may hold either file for a moment, so a
 * refusal is tried again for about five seconds before it counts.
 */
export async function renamePatiently(fs: VaultFs, from: string, to: string, sleep: Sleep): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      if (attempt >= RENAME_TRIES || !IN_USE.includes(errorCode(error))) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
