import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { removeQuietly } from './file-steps.ts';
import type { VaultFs } from './vault-fs.ts';

export interface ForgottenFile {
  readonly path: string;
  /** False on read-only files; on SSDs and copying file systems even true promises little (SECURITY.md). */
  readonly overwritten: boolean;
  readonly deleted: boolean;
}

async function overwrite(fs: VaultFs, path: string): Promise<boolean> {
  try {
    const size = await fs.size(path);
    if (size === null) return false;
    const file = await fs.overwriteFile(path);
    try {
      await file.write(randomBytes(size));
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch {
    return false;
  }
}

/** Overwrites and deletes the files one by one; one that resists does not save the others. */
export async function forgetFiles(fs: VaultFs, paths: readonly string[]): Promise<ForgottenFile[]> {
  const report: ForgottenFile[] = [];
  for (const path of paths) {
    const overwritten = await overwrite(fs, path);
    report.push({ path, overwritten, deleted: await removeQuietly(fs, path) });
  }
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    // Durable or not, the files are gone for everything that looks through the file system.
    await fs.syncFolder(folder).catch(() => undefined);
  }
  return report;
}
