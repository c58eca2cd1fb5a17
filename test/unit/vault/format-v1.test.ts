import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { argon2id } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { MemoryFs } from './support/memory-fs.ts';
import { useVaults } from './support/use-vaults.ts';
import { codeOf, createWorker, passphrase, VAULT_PATH } from './support/vaults.ts';
import { KDF_LIMITS } from '../../../src-main/vault/kdf.ts';

// Written by Holdfast 0.1.0 with the product's own limits. These files are opened for ever: a change that makes
// a test here fail locks somebody out.
const read = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const PASSPHRASE = 'test passphrase fixture';
const EXPORT_PASSPHRASE = 'test passphrase fixture export';
const SAVED_AT = Date.UTC(2026, 10, 20, 12);

const KEYS = [
  {
    id: '95dbee10d397ccab01b0b092a679fcb6',
    revision: 1,
    venue: 'bybit',
    environment: 'demo',
    region: 'global',
    label: 'Fixture Bybit',
    keyType: 'hmac',
    uses: ['read'],
    permissions: null,
    accountType: null,
    modes: null,
    addedAt: SAVED_AT,
    keyLast4: 'ybit',
    hasVenuePassphrase: false,
  },
  {
    id: 'df9142807e95b7fc4723a8dd3323a0f1',
    revision: 1,
    venue: 'bitget',
    environment: 'live',
    region: 'eu',
    label: 'Fixture Bitget',
    keyType: 'hmac',
    uses: ['read', 'trade'],
    permissions: {
      read: true,
      trade: true,
      withdraw: false,
      transfer: false,
      ipAddresses: ['192.0.2.7'],
      expiresAt: SAVED_AT + 1,
      inspectedAt: SAVED_AT,
    },
    accountType: 'unified',
    modes: { positionMode: 'hedge', marginMode: 'cross' },
    addedAt: SAVED_AT,
    keyLast4: 'tget',
    hasVenuePassphrase: true,
  },
];
const LEDGER_KEY_DIGEST = '855157a10c71aa1e8833f98e113694cd8ab05f82e333b531e7072a5e8aa68699';

const { fresh } = useVaults();

describe('a file of format version 1', () => {
  it('opens with the limits of the product, signs, and gives the same ledger key', async () => {
    const fs = new MemoryFs();
    fs.put(VAULT_PATH, read('vault-v1.hfv'));
    const { vault } = fresh({ fs, kdfLimits: KDF_LIMITS, createWorker });
    expect(await vault.status()).toMatchObject({
      state: 'locked',
      saveCounter: 3,
      savedAt: SAVED_AT,
      fault: null,
    });
    expect(await codeOf(vault.unlock(passphrase('test passphrase wrong')))).toBe('vault.wrongPassphrase');
    await vault.unlock(passphrase(PASSPHRASE));
    expect(vault.listKeys()).toEqual(KEYS);
    const digest = createHash('sha256')
      .update(await vault.ledgerKey())
      .digest('hex');
    expect(digest).toBe(LEDGER_KEY_DIGEST);
    const signer = vault.signer(KEYS[1]?.id ?? '');
    const mac = createHmac('sha256', 'test-secret-fixture-bitget').update('x').digest('base64');
    expect(await signer.sign('hmac-sha256-base64', 'x')).toBe(mac);
    expect(await signer.headerSecret()).toBe('test-venue-passphrase');
  });

  it('is imported from an export', async () => {
    const { vault } = fresh({ kdfLimits: KDF_LIMITS });
    const imported = await vault.importEncrypted(read('export-v1.hfx'), passphrase(EXPORT_PASSPHRASE));
    expect(imported).toEqual({ added: 2, skipped: 0 });
    expect(vault.listKeys()).toEqual(KEYS);
  });

  it('can be read by code that knows docs/vault-format.md and nothing of Holdfast', async () => {
    const file = read('vault-v1.hfv');
    expect(file.subarray(0, 8).toString('hex')).toBe('894846560d0a1a0a');
    expect([file.readUInt16BE(8), file.readUInt16BE(10), file.readUInt32BE(12)]).toEqual([1, 0, 156]);
    const sha = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
    expect(file.subarray(16, 32).equals(sha(file.subarray(0, 16)).subarray(0, 16))).toBe(true);
    expect(file.subarray(-32).equals(sha(file.subarray(0, -32)))).toBe(true);
    expect([...file.subarray(32, 36)]).toEqual([1, 1, 1, 0]);
    const vaultId = file.subarray(36, 52);
    const kek = await argon2id({
      password: PASSPHRASE,
      salt: file.subarray(64, 96),
      memorySize: file.readUInt32BE(52),
      iterations: file.readUInt32BE(56),
      parallelism: file.readUInt32BE(60),
      hashLength: 32,
      outputType: 'binary',
    });
    expect(file.readBigUInt64BE(96)).toBe(3n);
    const [count, length] = [file.readUInt32BE(120), file.readUInt32BE(124)];
    const open = (key: Uint8Array, at: number, size: number, context: Buffer): Buffer => {
      const decipher = createDecipheriv('aes-256-gcm', key, file.subarray(at, at + 12));
      decipher.setAAD(context);
      decipher.setAuthTag(file.subarray(at + 12 + size, at + 28 + size));
      return Buffer.concat([decipher.update(file.subarray(at + 12, at + 12 + size)), decipher.final()]);
    };
    const dataKey = open(kek, 128, 32, file.subarray(0, 128));
    const purpose = (label: string): Uint8Array =>
      new Uint8Array(hkdfSync('sha256', dataKey, vaultId, label, 32));
    const mac = createHmac('sha256', purpose('holdfast/vault/v1/file-mac'))
      .update(file.subarray(0, -64))
      .digest();
    expect(file.subarray(-64, -32).equals(mac)).toBe(true);
    const headerBytes = file.subarray(0, 188);
    const texts: string[] = [];
    let at = 188;
    for (let record = 0; record < count; record += 1) {
      const head = file.subarray(at, at + 28);
      const size = head.readUInt32BE(24);
      const plain = open(
        purpose('holdfast/vault/v1/records'),
        at + 28,
        size,
        Buffer.concat([headerBytes, head]),
      );
      for (let field = 0; field < plain.length;) {
        const [tag, fieldLength] = [plain.readUInt8(field), plain.readUInt32BE(field + 1)];
        if (tag === 3 && head.readUInt8(16) === 1)
          texts.push(plain.subarray(field + 5, field + 5 + fieldLength).toString());
        field += 5 + fieldLength;
      }
      at += 28 + 12 + size + 16;
    }
    expect(at).toBe(188 + length);
    expect(texts).toEqual(['test-secret-fixture-bybit', 'test-secret-fixture-bitget']);
  });
});
