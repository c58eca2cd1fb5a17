import { join } from 'node:path';
import type { FileLocations } from '../src-preload/contract/types/app.ts';
import { LOG_FOLDER } from './storage/app-log.ts';

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
