import { createHmac, generateKeyPairSync, verify } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RING_BYTES, RingAnswerer, RingCaller } from '../../../src-main/vault/sign-ring.ts';
import { WorkerClient } from '../../../src-main/vault/worker-client.ts';
import type { WorkerClientOptions } from '../../../src-main/vault/worker-client.ts';
import { own } from './support/cheap-core.ts';
import { useVaults } from './support/use-vaults.ts';
import { bytes, CHEAP_KDF, CHEAP_LIMITS, codeOf, createWorker, START, testKey } from './support/vaults.ts';

const { created } = useVaults();
const clients: WorkerClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function clientOver(worker: Worker, options: Partial<WorkerClientOptions> = {}): WorkerClient {
  const client = new WorkerClient(worker, {
    limits: CHEAP_LIMITS,
    targetMs: 1,
    onFailure: () => undefined,
    ...options,
  });
  clients.push(client);
  return client;
}

const KEY_ID = 'ab'.repeat(16);

async function openClient(options: Partial<WorkerClientOptions> = {}): Promise<WorkerClient> {
  const client = clientOver(createWorker(), options);
  const moment = { now: START, highestCounter: 0 };
  await client.call('create', { ...moment, passphrase: own('test passphrase ring'), kdf: CHEAP_KDF });
  await client.call('commit', {});
  const meta = {
    ...testKey('ring').meta,
    region: 'global',
    keyType: 'hmac',
    uses: ['read'],
    permissions: null,
    accountType: null,
    modes: null,
  } as const;
  const key = {
    id: KEY_ID,
    meta,
    apiKey: 'test-key-ring',
    secret: own('test-secret-ring'),
    venuePassphrase: null,
  };
  await client.call('stage', { ...moment, change: { kind: 'addKey', key } });
  await client.call('commit', {});
  return client;
}

const expected = (payload: string): string =>
  createHmac('sha256', 'test-secret-ring').update(payload).digest('hex');

describe('signing through the worker', () => {
  it('asks by message when the worker leaves while the request is being written', () => {
    const shared = new SharedArrayBuffer(RING_BYTES);
    const state = new Int32Array(shared, 0, 1);
    const [away, ready] = [0, 1];
    Atomics.store(state, 0, ready);
    const encoder = new TextEncoder();
    const encodeInto = encoder.encodeInto.bind(encoder);
    vi.spyOn(TextEncoder.prototype, 'encodeInto').mockImplementation((text, into) => {
      Atomics.store(state, 0, away);
      return encodeInto(text, into);
    });
    expect(new RingCaller(shared, 50).sign(KEY_ID, 'hmac-sha256-hex', 'x')).toEqual({ kind: 'away' });
    expect(Atomics.load(state, 0)).toBe(away);
  });

  it('gives every caller its own signature, mixed with other calls, on and off the fast path', async () => {
    for (const ring of [true, false]) {
      const client = await openClient({ ring });
      const jobs: Promise<void>[] = [];
      for (let index = 0; index < 400; index += 1) {
        const payload = `payload ${index} ${'z'.repeat(index % 90)}`;
        jobs.push(
          client
            .sign(KEY_ID, 'hmac-sha256-hex', payload)
            .then((signature) => expect(signature).toBe(expected(payload))),
        );
        if (index % 7 === 0)
          jobs.push(client.call('ledgerKey', {}).then((key) => expect(key).toHaveLength(32)));
        if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(jobs);
    }
  });

  it('goes on while a key is derived, which is when the worker needs its event loop', async () => {
    const client = await openClient();
    const slow = { memoryKiB: 64 * 1024, passes: 3, lanes: 1 };
    const change = { kind: 'changePassphrase' as const, passphrase: own('test passphrase slow'), kdf: slow };
    let derived = false;
    const staging = client
      .call('stage', { now: START, highestCounter: 0, change })
      .then(() => (derived = true));
    let signedMeanwhile = 0;
    while (!derived && signedMeanwhile < 5) {
      expect(await client.sign(KEY_ID, 'hmac-sha256-hex', 'x')).toBe(expected('x'));
      signedMeanwhile += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await staging;
    expect(signedMeanwhile).toBeGreaterThan(0);
  });

  it('reports what the worker refuses with its code', async () => {
    const client = await openClient();
    expect(await codeOf(client.sign('cd'.repeat(16), 'hmac-sha256-hex', 'x'))).toBe('vault.keyNotFound');
    expect(await codeOf(client.sign('short', 'hmac-sha256-hex', 'x'))).toBe('vault.keyNotFound');
    expect(await codeOf(client.sign(KEY_ID, 'rsa-sha256-base64', 'x'))).toBe('vault.wrongAlgorithm');
  });

  it('signs nothing after close, and refuses a signature that is under way at that moment', async () => {
    const client = await openClient({ ring: false });
    const racing = codeOf(client.sign(KEY_ID, 'hmac-sha256-hex', 'x'));
    await client.close();
    expect(await racing).toBe('vault.locked');
    expect(await codeOf(client.sign(KEY_ID, 'hmac-sha256-hex', 'x'))).toBe('vault.locked');
  });

  it('holds a worker for dead that sleeps on a request, and fails instead of freezing the program', async () => {
    // Says that it is ready and never answers.
    const code = `
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ id, name, args }) => {
        if (name !== 'configure') return;
        const words = new Int32Array(args.ring, 0, 8);
        Atomics.store(words, 0, 1);
        parentPort.postMessage({ id, ok: true, value: null });
        Atomics.wait(words, 7, 0);
      });`;
    let failures = 0;
    const ready = new Promise<void>((resolve) => {
      const worker = new Worker(code, { eval: true });
      worker.on('message', () => resolve());
      clientOver(worker, { ring: true, signPatienceMs: 20, onFailure: () => (failures += 1) });
    });
    await ready;
    const [client] = clients;
    // Main's first message is the configuration; after it the false worker claims to be ready.
    expect(await codeOf(client?.sign(KEY_ID, 'hmac-sha256-hex', 'x') ?? Promise.resolve())).toBe(
      'vault.workerFailed',
    );
    expect(failures).toBe(1);
  });

  it('takes RSA keys in both PEM forms', async () => {
    const { vault } = await created({ createWorker });
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const type of ['pkcs1', 'pkcs8'] as const) {
      const pem = privateKey.export({ type, format: 'pem' }).toString();
      const meta = { ...testKey('rsa').meta, keyType: 'rsa' as const };
      const signer = vault.signer(
        await vault.addKey({ meta, key: `test-key-rsa-${type}`, secret: bytes(pem) }),
      );
      for (const payload of ['GET/v5/account', 'ünï']) {
        const signature = await signer.sign('rsa-sha256-base64', payload);
        expect(verify('sha256', Buffer.from(payload), publicKey, Buffer.from(signature, 'base64'))).toBe(
          true,
        );
      }
      expect(await codeOf(signer.sign('hmac-sha256-hex', 'x'))).toBe('vault.wrongAlgorithm');
    }
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    for (const pem of [small, curve]) {
      const meta = { ...testKey('bad').meta, keyType: 'rsa' as const };
      expect(await codeOf(vault.addKey({ meta, key: 'test-key-bad', secret: bytes(pem.toString()) }))).toBe(
        'input.invalid',
      );
    }
  });
});

describe('the ring', () => {
  it('does not fall asleep over a message that was announced', () => {
    const shared = new SharedArrayBuffer(RING_BYTES);
    const caller = new RingCaller(shared, 10);
    const answerer = new RingAnswerer(shared, () => 'never');
    caller.announceMessage();
    // Returns at once: one message is announced, none is handled.
    answerer.serve(0);
    expect(caller.sign(KEY_ID, 'hmac-sha256-hex', 'x')).toEqual({ kind: 'away' });
  });

  it('takes the message path for what does not fit', () => {
    const shared = new SharedArrayBuffer(RING_BYTES);
    new Int32Array(shared)[0] = 1;
    const caller = new RingCaller(shared, 10);
    expect(caller.sign(KEY_ID, 'hmac-sha256-hex', 'x'.repeat(20_000))).toEqual({ kind: 'away' });
    expect(caller.sign('short', 'hmac-sha256-hex', 'x')).toEqual({ kind: 'away' });
    expect(caller.sign(KEY_ID, 'hmac-sha256-hex', 'x')).toEqual({ kind: 'dead' });
  });
});
