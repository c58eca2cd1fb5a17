import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';

const code = (action: () => unknown): string => {
  try {
    action();
    return 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  }
};

describe('the crypto that tests run on', () => {
  it('lacks what Electron lacks, with the same errors', () => {
    const { argon2Sync } = crypto as unknown as { argon2Sync: () => unknown };
    expect(code(() => argon2Sync())).toBe('ERR_CRYPTO_ARGON2_NOT_SUPPORTED');
    for (const name of ['chacha20-poly1305', 'aes-256-ccm', 'aes-256-ocb', 'id-aes256-wrap']) {
      expect(
        code(() => crypto.createCipheriv(name as 'aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12))),
        name,
      ).toBe('ERR_CRYPTO_UNKNOWN_CIPHER');
      expect(crypto.getCiphers()).not.toContain(name);
    }
    expect(code(() => crypto.createHash('sha3-256'))).toBe('ERR_OSSL_EVP_UNSUPPORTED');
    expect(code(() => crypto.generateKeyPairSync('ed448'))).toBe('ERR_INVALID_ARG_VALUE');
    expect(crypto.secureHeapUsed()).toBeUndefined();
  });

  it('has what the vault and the venues need', () => {
    expect(crypto.getCiphers()).toContain('aes-256-gcm');
    expect(crypto.createHash('sha256').update('').digest('hex')).toMatch(/^e3b0c442/);
    for (const hash of ['sha256', 'sha384', 'sha512'])
      expect(crypto.createHmac(hash, 'k').update('x').digest('hex')).toMatch(/^[0-9a-f]+$/);
    expect(crypto.hkdfSync('sha256', 'k', '', 'info', 32).byteLength).toBe(32);
    expect(crypto.generateKeyPairSync('ed25519').publicKey.asymmetricKeyType).toBe('ed25519');
  });
});
