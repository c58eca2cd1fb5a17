import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { argon2id } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { calibrate, deriveArgon2id, KDF_LIMITS } from '../../../src-main/vault/kdf.ts';
import type { KdfParameters } from '../../../src-main/vault/kdf.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The oracle: OpenSSL's Argon2 in a process whose crypto was not made poorer. */
function openssl(input: Record<string, unknown>): string {
  const code = `
    const c = require('node:crypto'); const i = JSON.parse(process.argv[1]); const b = (x) => Buffer.from(x ?? '', 'hex');
    const o = { message: b(i.message), nonce: b(i.nonce), parallelism: i.lanes, tagLength: 32, memory: i.memoryKiB, passes: i.passes };
    if (i.secret) o.secret = b(i.secret);
    if (i.associatedData) o.associatedData = b(i.associatedData);
    process.stdout.write(c.argon2Sync('argon2id', o).toString('hex'));`;
  return execFileSync(process.execPath, ['-e', code, JSON.stringify(input)], { encoding: 'utf8' });
}

describe('Argon2id', () => {
  it('gives the tags of the reference implementation', async () => {
    const tag = async (kdf: KdfParameters): Promise<string> =>
      (await deriveArgon2id(text('password'), text('somesalt'), kdf)).toString('hex');
    expect(await tag({ memoryKiB: 65536, passes: 2, lanes: 1 })).toBe(
      '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7',
    );
    expect(await tag({ memoryKiB: 256, passes: 2, lanes: 1 })).toBe(
      '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe',
    );
    expect(await tag({ memoryKiB: 256, passes: 2, lanes: 2 })).toBe(
      '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037',
    );
  });

  it('agrees with an oracle that reproduces the vector of RFC 9106, and with hash-wasm', async () => {
    // Section 5.3 uses a secret and associated data, which our library does not take; the oracle does.
    const vector = { message: '01'.repeat(32), nonce: '02'.repeat(16), lanes: 4, memoryKiB: 32, passes: 3 };
    expect(openssl({ ...vector, secret: '03'.repeat(8), associatedData: '04'.repeat(12) })).toBe(
      '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659',
    );
    for (const kdf of [
      { memoryKiB: 32, passes: 3, lanes: 4 },
      { memoryKiB: 1024, passes: 1, lanes: 1 },
      { memoryKiB: 4096, passes: 2, lanes: 3 },
    ]) {
      const [password, salt] = [randomBytes(21), randomBytes(32)];
      const ours = (await deriveArgon2id(password, salt, kdf)).toString('hex');
      const { memoryKiB: memorySize, passes: iterations, lanes: parallelism } = kdf;
      const options = { password, salt, memorySize, iterations, parallelism, hashLength: 32 };
      expect(await argon2id({ ...options, outputType: 'hex' })).toBe(ours);
      expect(openssl({ message: password.toString('hex'), nonce: salt.toString('hex'), ...kdf })).toBe(ours);
    }
  });

  it('answers with a vault error when it cannot run', async () => {
    const impossible = { memoryKiB: 1, passes: 1, lanes: 200 };
    await expect(deriveArgon2id(text('test passphrase'), randomBytes(32), impossible)).rejects.toMatchObject({
      code: 'vault.kdfFailed',
    });
  });
});

describe('calibration', () => {
  const GIB = 1024 ** 3;
  /** A machine on which time grows with memory and passes. */
  const machine =
    (msPer64MiBPass: number) =>
    async ({ memoryKiB, passes }: KdfParameters): Promise<number> =>
      (memoryKiB / 65536) * passes * msPer64MiBPass;
  const chosen = (msPer64MiBPass: number, totalMemoryBytes: number): Promise<KdfParameters> =>
    calibrate({ measure: machine(msPer64MiBPass), limits: KDF_LIMITS, targetMs: 750, totalMemoryBytes });

  it('raises memory until the target time is reached', async () => {
    const kdf = await chosen(25, 64 * GIB);
    expect(kdf).toEqual({ memoryKiB: 640 * 1024, passes: 3, lanes: 4 });
    expect(await machine(25)(kdf)).toBe(750);
  });

  it('stops at 1 GiB and spends the rest of the time on passes', async () => {
    const kdf = await chosen(5, 64 * GIB);
    expect(kdf).toEqual({ memoryKiB: 1024 * 1024, passes: 9, lanes: 4 });
    expect(await machine(5)(kdf)).toBeLessThanOrEqual(750);
  });

  it('uses no more than a quarter of the memory', async () => {
    expect((await chosen(5, 2 * GIB)).memoryKiB).toBe(512 * 1024);
  });

  it('never goes below the floor, however slow or small the machine is', async () => {
    expect(await chosen(5000, 64 * GIB)).toEqual(KDF_LIMITS.floor);
    expect(await chosen(5000, GIB / 16)).toEqual(KDF_LIMITS.floor);
    expect((await chosen(1, GIB / 16)).memoryKiB).toBe(KDF_LIMITS.floor.memoryKiB);
  });

  it('never goes above the cap, however fast the machine is', async () => {
    expect(await chosen(0, 4096 * GIB)).toEqual({ memoryKiB: 1024 * 1024, passes: 16, lanes: 4 });
  });
});
