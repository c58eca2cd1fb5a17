// Runs in a process of its own: uses a vault as the application does and then looks for the secrets in the
// heap of the main thread. Strings live there; the contents of byte arrays do not, so a hit means that product
// code made a string of a secret.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapSnapshot } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { Vault } from '../../../src-main/vault/vault.ts';
import { CHEAP_KDF, CHEAP_LIMITS } from '../../unit/vault/support/vaults.ts';

/** A canary that never is a string in this process. */
function canary(): Uint8Array {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Uint8Array.from(randomBytes(40), (byte) => alphabet.charCodeAt(byte % alphabet.length));
}

async function heap(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of getHeapSnapshot()) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts);
}

const holds = (snapshot: Buffer, bytes: Uint8Array): boolean => snapshot.includes(Buffer.from(bytes));

const folder = mkdtempSync(join(tmpdir(), 'holdfast-heap-'));
const canaries = {
  passphrase: canary(),
  next: canary(),
  exportPassphrase: canary(),
  secret: canary(),
  venue: canary(),
};
const copy = (name: keyof typeof canaries): Uint8Array => Uint8Array.from(canaries[name]);
const vault = new Vault({
  path: join(folder, 'vault.hfv'),
  createWorker: () => new Worker(new URL('../../../src-main/vault/worker.ts', import.meta.url)),
  kdfLimits: CHEAP_LIMITS,
});
await vault.create(copy('passphrase'), { kdf: CHEAP_KDF });
const meta = { venue: 'bitget', environment: 'demo', label: 'Heap' } as const;
const id = await vault.addKey({
  meta,
  key: 'test-key-heap',
  secret: copy('secret'),
  passphrase: copy('venue'),
});
for (let index = 0; index < 20; index += 1)
  await vault.signer(id).sign('hmac-sha256-hex', `payload ${index}`);
await vault.verify(copy('next')).catch(() => undefined);
await vault.changePassphrase(copy('passphrase'), copy('next'));
await vault.exportEncrypted(join(folder, 'export.hfx'), copy('next'), copy('exportPassphrase'));
await vault.importEncrypted(join(folder, 'export.hfx'), copy('exportPassphrase'));
const open = await heap();
await vault.lock('command');
const locked = await heap();
// The control: this one is made a string on purpose, so a scan that finds nothing can be believed.
const control = canary();
const kept = { text: Buffer.from(control).toString('latin1') };
const withControl = await heap();
const found = Object.entries(canaries)
  .filter(([, bytes]) => holds(open, bytes) || holds(locked, bytes))
  .map(([name]) => name);
await vault.dispose();
rmSync(folder, { recursive: true });
process.stdout.write(
  JSON.stringify({ found, controlFound: holds(withControl, control) && kept.text.length === 40 }),
);
