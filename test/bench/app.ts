import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../build/ensure-built.ts';
import { measureReplayMemory } from './app/memory.ts';
import { measureStart } from './app/start.ts';
import { measureUnlock } from './app/unlock.ts';
import { makeVault } from './app/vault-folder.ts';
import type { BenchResult } from './result.ts';

/**
 * The built application on its host: start to the unlock screen, unlock to the portfolio, and what the main
 * process keeps in memory while a recorded market is replayed at 100 times its pace.
 */
export async function run(): Promise<BenchResult[]> {
  ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-app-'));
  try {
    const userDataDir = await makeVault(join(folder, 'user-data'));
    return [
      ...(await measureStart(userDataDir)),
      ...(await measureUnlock(userDataDir)),
      ...(await measureReplayMemory(userDataDir)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
