import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { KdfLimits, KdfParameters } from '../../../../src-main/vault/kdf.ts';
import { Vault } from '../../../../src-main/vault/vault.ts';
import type { VaultOptions } from '../../../../src-main/vault/vault.ts';
import { createInlineWorker } from './inline-worker.ts';
import { MemoryFs } from './memory-fs.ts';

export const VAULT_PATH = '/vault/vault.hfv';
export const PASSPHRASE = 'test passphrase one';

/** Cheap on purpose: what these tests are about happens after the derivation. Given by code, never by a file. */
export const CHEAP_KDF: KdfParameters = { memoryKiB: 64, passes: 1, lanes: 1 };
export const CHEAP_LIMITS: KdfLimits = {
  floor: CHEAP_KDF,
  cap: { memoryKiB: 1024 * 1024, passes: 16, lanes: 16 },
};

const workerFile = new URL('../../../../src-main/vault/worker.ts', import.meta.url);
const gaps = fileURLToPath(new URL('../../../setup/electron-crypto-gaps.ts', import.meta.url));

/** The real worker, with a crypto as poor as Electron's. */
export function createWorker(): Worker {
  return new Worker(workerFile, { execArgv: ['--import', gaps] });
}

export function passphrase(text = PASSPHRASE): Uint8Array {
  return new TextEncoder().encode(text);
}

export interface TestClock {
  now: number;
  elapsed: number;
}

export interface TestVault {
  readonly vault: Vault;
  readonly fs: MemoryFs;
  readonly clock: TestClock;
}

export const START = Date.UTC(2026, 10, 20, 12);

/** A vault over memory with a cheap derivation, its worker in this thread, and a clock that stands still. */
export function testVault(
  options: Partial<VaultOptions> & { fs?: MemoryFs; clock?: TestClock } = {},
): TestVault {
  const fs = options.fs ?? new MemoryFs();
  const clock = options.clock ?? { now: START, elapsed: 0 };
  const vault = new Vault({
    path: VAULT_PATH,
    createWorker: createInlineWorker,
    kdfLimits: CHEAP_LIMITS,
    kdfTargetMs: 1,
    prewarm: false,
    now: () => clock.now,
    elapsed: () => clock.elapsed,
    sleep: () => Promise.resolve(),
    ...options,
    fs,
  });
  return { vault, fs, clock };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A key that looks like none of a venue. */
export function testKey(name: string): {
  meta: { venue: 'bybit'; environment: 'demo'; label: string };
  key: string;
  secret: Uint8Array;
} {
  return {
    meta: { venue: 'bybit', environment: 'demo', label: `Label ${name}` },
    key: `test-key-${name}`,
    secret: bytes(`test-secret-${name}`),
  };
}

/** Code of the error that the action rejects with; `none` when it does not. */
export async function codeOf(action: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof action === 'function' ? action() : action);
    return 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
