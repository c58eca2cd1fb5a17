import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { parseFile } from '../../../src-main/vault/file-header.ts';
import { deriveArgon2id } from '../../../src-main/vault/kdf.ts';
import { Vault } from '../../../src-main/vault/vault.ts';
import { bytes, CHEAP_KDF, CHEAP_LIMITS, createWorker } from '../../unit/vault/support/vaults.ts';

// Unique texts that occur nowhere else: finding one of them anywhere is a leak.
const CANARIES = {
  passphrase: 'test passphrase canary 5f1c',
  next: 'test passphrase canary 77ab',
  exportPassphrase: 'test passphrase canary e019',
  wrong: 'test passphrase canary 0bad',
  secret: 'test-secret-canary-9d31c2',
  venuePassphrase: 'test-venue-canary-41fe',
};

/** Every form in which a text could hide in a sequence of bytes. */
function forms(value: Uint8Array): Buffer[] {
  const plain = Buffer.from(value);
  const texts = [
    plain.toString('hex'),
    plain.toString('base64').replace(/=+$/, ''),
    plain.toString('base64url'),
  ];
  // Inside a longer text base64 has two more shapes; the middle part is common to all alignments.
  for (const shift of [1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64');
    texts.push(shifted.slice(4, -4));
  }
  return [plain, Buffer.from(plain.toString('latin1'), 'utf16le'), ...texts.map((text) => Buffer.from(text))];
}

function leaks(where: string, haystack: Uint8Array, needles: ReadonlyMap<string, Uint8Array>): string[] {
  const content = Buffer.from(haystack);
  return [...needles]
    .filter(([, value]) => forms(value).some((form) => content.includes(form)))
    .map(([name]) => `${name} in ${where}`);
}

/** All strings and bytes inside a value, as one sequence. */
function flattened(value: unknown): Buffer {
  const parts: Buffer[] = [];
  const seen = new Set<unknown>();
  const visit = (each: unknown): void => {
    if (typeof each === 'string') parts.push(Buffer.from(each));
    else if (each instanceof Uint8Array) parts.push(Buffer.from(each));
    else if (each instanceof ArrayBuffer || each instanceof SharedArrayBuffer)
      parts.push(Buffer.from(new Uint8Array(each)));
    else if (typeof each === 'object' && each !== null && !seen.has(each)) {
      seen.add(each);
      for (const key of Reflect.ownKeys(each)) {
        parts.push(Buffer.from(String(key)));
        visit(Reflect.get(each, key));
      }
    }
    parts.push(Buffer.from([0]));
  };
  visit(value);
  return Buffer.concat(parts);
}

interface Watched {
  readonly vault: Vault;
  readonly folder: string;
  readonly fromWorker: unknown[];
  readonly shared: SharedArrayBuffer[];
  readonly output: Buffer[];
}

const open: Watched[] = [];
afterEach(async () => {
  for (const { vault, folder } of open.splice(0)) {
    await vault.dispose();
    rmSync(folder, { recursive: true });
  }
});

function watched(): Watched {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-leak-'));
  const fromWorker: unknown[] = [];
  const shared: SharedArrayBuffer[] = [];
  const output: Buffer[] = [];
  const watch = (worker: Worker): Worker => {
    worker.on('message', (message) => fromWorker.push(message));
    worker.on('error', (error) => fromWorker.push(error));
    worker.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    worker.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (
      message: { name: string; args: { ring?: SharedArrayBuffer | null } },
      transfer?: unknown,
    ) => {
      if (message.name === 'configure' && message.args.ring) shared.push(message.args.ring);
      post(message, transfer as ArrayBuffer[]);
    };
    return worker;
  };
  const vault = new Vault({
    path: join(folder, 'vault.hfv'),
    createWorker: () => watch(createWorker()),
    kdfLimits: CHEAP_LIMITS,
  });
  const made = { vault, folder, fromWorker, shared, output };
  open.push(made);
  return made;
}

/** Uses everything there is, right and wrong, and collects what was thrown. */
async function scenario({
  vault,
  folder,
}: Watched): Promise<{ errors: unknown[]; answers: unknown[]; id: string }> {
  const errors: unknown[] = [];
  const answers: unknown[] = [];
  const note = async (action: Promise<unknown>): Promise<void> => {
    await action.then(
      (answer) => answers.push(answer),
      (error: unknown) => errors.push(error),
    );
  };
  const give = (name: keyof typeof CANARIES): Uint8Array => bytes(CANARIES[name]);
  await note(vault.create(give('passphrase'), { kdf: CHEAP_KDF }));
  const meta = { venue: 'bitget', environment: 'demo', label: 'Canary' } as const;
  const material = { key: 'test-key-canary', secret: give('secret'), passphrase: give('venuePassphrase') };
  const id = await vault.addKey({ meta, ...material });
  await note(vault.addKey({ meta: { ...meta, label: '' }, key: 'bad key', secret: give('secret') }));
  await note(
    vault.addKey({ meta: { ...meta, keyType: 'rsa' }, key: 'test-key-rsa', secret: give('secret') }),
  );
  const signer = vault.signer(id);
  for (const algorithm of ['hmac-sha256-hex', 'hmac-sha384-hex', 'rsa-sha256-base64'] as const)
    await note(signer.sign(algorithm, 'payload'));
  await note(vault.verify(give('wrong')));
  await note(vault.changePassphrase(give('wrong'), give('next')));
  await note(vault.updateKeyMeta(id, { label: 'Renamed' }));
  await note(vault.exportEncrypted(join(folder, 'export.hfx'), give('passphrase'), give('exportPassphrase')));
  await note(vault.importEncrypted(join(folder, 'export.hfx'), give('wrong')));
  await note(vault.importEncrypted(join(folder, 'export.hfx'), give('exportPassphrase')));
  await note(vault.changePassphrase(give('passphrase'), give('next')));
  answers.push(vault.listKeys(), await vault.status(), await vault.listGenerations());
  await vault.lock('command');
  await note(vault.unlock(give('wrong')));
  await note(vault.unlock(give('next')));
  return { errors, answers, id };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('canaries', () => {
  it('are in no message, answer, error, output, shared memory, file, argument or environment', async () => {
    const needles = new Map(Object.entries(CANARIES).map(([name, text]) => [name, bytes(text)]));
    const made = watched();
    const { errors, answers } = await scenario(made);
    expect(errors.length).toBeGreaterThanOrEqual(7);
    expect(made.fromWorker.length).toBeGreaterThan(20);
    const files = filesBelow(made.folder);
    expect(files.length).toBeGreaterThan(3);
    // The keys that the passphrases lead to must not be anywhere either.
    for (const file of files.filter((path) => /\.(hfv|hfx)$/.test(path))) {
      const { salt, kdf } = parseFile(readFileSync(file)).header;
      for (const name of ['passphrase', 'next', 'exportPassphrase'] as const) {
        needles.set(`key of ${name}`, await deriveArgon2id(bytes(CANARIES[name]), salt, kdf));
      }
    }
    const found = [
      ...leaks('messages', flattened(made.fromWorker), needles),
      ...leaks('answers', flattened(answers), needles),
      ...leaks('errors', flattened(errors), needles),
      ...leaks(
        'printed errors',
        Buffer.from(errors.map((error) => inspect(error, { depth: 9, showHidden: true })).join('\n')),
        needles,
      ),
      ...leaks('output', Buffer.concat(made.output), needles),
      ...leaks('shared memory', flattened(made.shared), needles),
      ...leaks(
        'arguments and environment',
        flattened([process.argv, process.execArgv, process.env]),
        needles,
      ),
      ...files.flatMap((file) => leaks(file, readFileSync(file), needles)),
    ];
    expect(found).toEqual([]);
  });

  it('would be found in each of these forms', () => {
    const needles = new Map([['secret', bytes(CANARIES.secret)]]);
    const hidden = [
      { deep: [{ text: `x ${CANARIES.secret}` }] },
      { bytes: bytes(CANARIES.secret) },
      [Buffer.from(`ab${CANARIES.secret}`).toString('base64')],
      { hex: Buffer.from(CANARIES.secret).toString('hex') },
      new Error(`failed for ${CANARIES.secret}`),
    ];
    for (const value of hidden) expect(leaks('here', flattened(value), needles)).toEqual(['secret in here']);
  });

  it('leave the worker by one call only: the venue passphrase that has to become a header', async () => {
    const made = watched();
    const { id } = await scenario(made);
    made.fromWorker.length = 0;
    expect(await made.vault.signer(id).headerSecret()).toBe(CANARIES.venuePassphrase);
    const needles = new Map(Object.entries(CANARIES).map(([name, text]) => [name, bytes(text)]));
    expect(leaks('messages', flattened(made.fromWorker), needles)).toEqual(['venuePassphrase in messages']);
  });

  it('never become strings in the main thread', () => {
    const script = fileURLToPath(new URL('./heap-scenario.ts', import.meta.url));
    const output = execFileSync(process.execPath, [script], { encoding: 'utf8', maxBuffer: 1 << 20 });
    expect(JSON.parse(output)).toEqual({ found: [], controlFound: true });
  });
});

describe('files', () => {
  it('are readable for their owner only', async () => {
    const made = watched();
    await scenario(made);
    if (process.platform === 'win32') return;
    for (const file of filesBelow(made.folder))
      expect((statSync(file).mode & 0o777).toString(8), file).toBe('600');
    expect((statSync(join(made.folder, 'vault.hfv.generations')).mode & 0o777).toString(8)).toBe('700');
  });
});
