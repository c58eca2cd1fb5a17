import { join } from 'node:path';
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

/** What "forget everything" deletes besides the vault's own files, leftovers of the database included. */
export function otherFiles(userData: string, files: FileLocations): readonly string[] {
  const { ledger, settings, logs } = files;
  return [
    ledger,
    `${ledger}-wal`,
    `${ledger}-shm`,
    settings,
    join(userData, WINDOW_STATE),
    ...logFiles(logs),
  ];
}
