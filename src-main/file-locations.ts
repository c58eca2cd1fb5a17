import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileLocations } from '../src-preload/contract/types/app.ts';
import { LOG_FOLDER, logFiles } from './storage/app-log.ts';

/** Size and place of the window, beside the vault. */
export const WINDOW_STATE = 'window.json';

/** Where everything of one user lies. SECURITY.md tells the same to people. */
export function fileLocations(userData: string, settings: string): FileLocations {
  const vault = join(userData, 'vault.hfv');
  return {
    vault,
    generations: `${vault}.generations`,
    ledger: join(userData, 'ledger.db'),
    settings,
    logs: join(userData, LOG_FOLDER),
  };
}

/**
 * What "forget everything" deletes besides the vault's own files: of the ledger also what SQLite, the redo log and
 * the copies before an upgrade left beside it.
 */
export function otherFiles(userData: string, files: FileLocations): readonly string[] {
  const { ledger, settings, logs } = files;
  return [ledger, ...besides(ledger), settings, join(userData, WINDOW_STATE), ...logFiles(logs)];
}

function besides(file: string): readonly string[] {
  const folder = dirname(file);
  const start = basename(file);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name !== start && /^[-.]/.test(name.slice(start.length)) && name.startsWith(start))
    .map((name) => join(folder, name));
}
