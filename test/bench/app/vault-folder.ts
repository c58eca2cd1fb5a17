import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Page } from 'playwright';
import { KDF_LIMITS } from '../../../src-main/vault/kdf.ts';
import { Vault } from '../../../src-main/vault/vault.ts';

const PASSPHRASE = 'test passphrase of the bench';

/** The cheapest derivation that a vault may have: the less of it, the less it hides of everything else. */
export const BENCH_KDF = KDF_LIMITS.floor;

export const passphraseBytes = (): Uint8Array => new TextEncoder().encode(PASSPHRASE);

/** A folder of the application with a vault in it. Answers the folder. */
export async function makeVault(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const createWorker = (): Worker =>
    new Worker(new URL('../../../src-main/vault/worker.ts', import.meta.url));
  const vault = new Vault({ path: join(folder, 'vault.hfv'), createWorker });
  try {
    await vault.create(passphraseBytes(), { kdf: BENCH_KDF });
  } finally {
    await vault.dispose();
  }
  return folder;
}

/** Resolves when the unlock form can be used. */
export const unlockForm = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();

/** Types the passphrase; the press of the button is the caller's. */
export const typePassphrase = (page: Page): Promise<void> =>
  page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);

export const pressUnlock = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Unlock', exact: true }).click();
