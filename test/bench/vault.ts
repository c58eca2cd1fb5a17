import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { argon2id } from 'hash-wasm';
import { deriveArgon2id, KDF_LIMITS, SALT_BYTES } from '../../src-main/vault/kdf.ts';
import type { KdfLimits } from '../../src-main/vault/kdf.ts';
import type { Signer } from '../../src-main/vault/signer.ts';
import { Vault } from '../../src-main/vault/vault.ts';
import { median } from './result.ts';
import type { BenchResult } from './result.ts';

const KEYS = 50;
const BURST = 10_000;
const SPACED = 400;
const SPACING_MS = 2;
const UNLOCKS = 7;
const PAYLOAD = `1795176000000test-key5000{"category":"linear","symbol":"BTCUSDT","side":"Buy","qty":"0.015","price":"64000.5"}`;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const createWorker = (): Worker => new Worker(new URL('../../src-main/vault/worker.ts', import.meta.url));

/** For the part of an unlock that is not key derivation: its cost here is far below a millisecond. */
const TRIVIAL = { memoryKiB: 8, passes: 1, lanes: 1 };
const OPEN_LIMITS: KdfLimits = { floor: TRIVIAL, cap: KDF_LIMITS.cap };

function p99(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;
}

async function timed(count: number, spacingMs: number, action: () => unknown): Promise<number[]> {
  const micros: number[] = [];
  for (let index = 0; index < count; index += 1) {
    if (spacingMs > 0) await pause(spacingMs);
    const from = performance.now();
    await action();
    micros.push((performance.now() - from) * 1000);
  }
  return micros;
}

/** Node's own way to ask a worker, as the peer of our fast path. */
async function withPlainWorker<T>(use: (sign: () => Promise<unknown>) => Promise<T>): Promise<T> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    const { createHmac } = require('node:crypto');
    parentPort.on('message', (payload) => parentPort.postMessage(createHmac('sha256', 'test-secret').update(payload).digest('hex')));`;
  const worker = new Worker(code, { eval: true });
  let answered: (value: unknown) => void = () => undefined;
  worker.on('message', (value) => answered(value));
  const sign = (): Promise<unknown> =>
    new Promise((resolve) => {
      answered = resolve;
      worker.postMessage(PAYLOAD);
    });
  await sign();
  try {
    return await use(sign);
  } finally {
    await worker.terminate();
  }
}

function row(
  name: string,
  unit: string,
  ours: number,
  peers: Record<string, number>,
  note: string,
): BenchResult {
  return { name, unit, ours, peers, note };
}

async function signing(signer: Signer): Promise<BenchResult[]> {
  const plain = (): string => createHmac('sha256', 'test-secret').update(PAYLOAD).digest('hex');
  const ours = (): Promise<string> => signer.sign('hmac-sha256-hex', PAYLOAD);
  await timed(2000, 0, ours);
  await timed(2000, 0, plain);
  const results: BenchResult[] = [];
  for (const [kind, count, spacing] of [
    ['burst', BURST, 0],
    ['spaced', SPACED, SPACING_MS],
  ] as const) {
    const mine = await timed(count, spacing, ours);
    const direct = await timed(count, spacing, plain);
    const posted = await withPlainWorker((sign) => timed(count, spacing, sign));
    const note = kind === 'burst' ? 'one after the other' : `${SPACING_MS} ms apart, as orders come`;
    for (const [figure, of] of [
      ['p50', median],
      ['p99', p99],
    ] as const) {
      const peers = { 'crypto.createHmac in main': of(direct), 'worker postMessage': of(posted) };
      results.push(row(`vault.sign.${kind}.${figure}`, 'us', of(mine), peers, note));
    }
  }
  return results;
}

async function derivation(): Promise<BenchResult> {
  const { memoryKiB, passes, lanes } = KDF_LIMITS.floor;
  const [password, salt] = [text('test passphrase bench'), randomBytes(SALT_BYTES)];
  const native = await timed(5, 0, () => deriveArgon2id(password, salt, KDF_LIMITS.floor));
  const options = { password, salt, memorySize: memoryKiB, iterations: passes, parallelism: lanes };
  const wasm = await timed(3, 0, () => argon2id({ ...options, hashLength: 32, outputType: 'binary' }));
  const ours = median(native) / 1000;
  return row(
    'vault.kdf.floor',
    'ms',
    ours,
    { 'hash-wasm': median(wasm) / 1000 },
    '64 MiB, 3 passes, 4 lanes',
  );
}

/** Everything of an unlock but the derivation: read, check, start or take a worker, decrypt 50 keys, report. */
async function unlocking(folder: string): Promise<BenchResult[]> {
  const path = join(folder, 'many.hfv');
  const open = (prewarm: boolean): Vault =>
    new Vault({ path, createWorker, kdfLimits: OPEN_LIMITS, prewarm });
  const maker = open(false);
  await maker.create(text('test passphrase bench'), { kdf: TRIVIAL });
  for (let index = 0; index < KEYS; index += 1) {
    const meta = { venue: 'bybit', environment: 'demo', label: `Key ${index}` } as const;
    await maker.addKey({ meta, key: `test-key-${index}`, secret: text(`test-secret-${index}`) });
  }
  await maker.dispose();
  const results: BenchResult[] = [];
  for (const [name, prewarm, note] of [
    ['vault.unlock.rest', true, `${KEYS} keys, worker kept ready as in the application`],
    ['vault.unlock.restCold', false, `${KEYS} keys, worker started by the unlock, from TypeScript sources`],
  ] as const) {
    const times: number[] = [];
    for (let index = 0; index < UNLOCKS; index += 1) {
      const vault = open(prewarm);
      await vault.status();
      // The window is drawn meanwhile; a person has not typed a character yet.
      await pause(400);
      const from = performance.now();
      await vault.unlock(text('test passphrase bench'));
      times.push(performance.now() - from);
      await vault.dispose();
    }
    results.push(row(name, 'ms', median(times), {}, note));
  }
  return results;
}

/** Signing through the vault worker, and what an unlock costs. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-vault-'));
  const vault = new Vault({ path: join(folder, 'vault.hfv'), createWorker, kdfLimits: OPEN_LIMITS });
  try {
    await vault.create(text('test passphrase bench'), { kdf: TRIVIAL });
    const meta = { venue: 'bybit', environment: 'demo', label: 'Bench' } as const;
    const id = await vault.addKey({ meta, key: 'test-key-bench', secret: text('test-secret-bench') });
    const signed = await signing(vault.signer(id));
    await vault.dispose();
    return [...signed, await derivation(), ...(await unlocking(folder))];
  } finally {
    await vault.dispose();
    rmSync(folder, { recursive: true });
  }
}
