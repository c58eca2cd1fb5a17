import { createHmac, createPrivateKey, sign as signWith } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { badInput, HoldfastError } from '../errors.ts';

/** Every way in which the supported venues want a request signed. */
export const SIGN_ALGORITHMS = [
  'hmac-sha256-hex',
  'hmac-sha256-base64',
  'hmac-sha384-hex',
  'rsa-sha256-base64',
] as const;
export type SignAlgorithm = (typeof SIGN_ALGORITHMS)[number];

const MIN_RSA_BITS = 2048;

/** Reads a PEM private key (PKCS#1 or PKCS#8). Throws `input.invalid` on field `secret`. */
export function readRsaKey(pem: Uint8Array): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(pem.buffer, pem.byteOffset, pem.byteLength), format: 'pem' });
  } catch {
    // The library's own text can quote the input, so it goes no further.
    throw badInput([{ field: 'secret', rule: 'must be an unencrypted RSA private key in PEM form' }]);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < MIN_RSA_BITS) {
    throw badInput([{ field: 'secret', rule: `must be an RSA key of at least ${MIN_RSA_BITS} bits` }]);
  }
  return key;
}

/**
 * The signature of `payload` (text is signed as its UTF-8 bytes). HMAC algorithms only. With a key object it takes
 * half the time of one with the secret's bytes, which have to be made into one first.
 */
export function hmacSignature(
  algorithm: Exclude<SignAlgorithm, 'rsa-sha256-base64'>,
  secret: Uint8Array | KeyObject,
  payload: string | Uint8Array,
): string {
  switch (algorithm) {
    case 'hmac-sha256-hex':
      return createHmac('sha256', secret).update(payload).digest('hex');
    case 'hmac-sha256-base64':
      return createHmac('sha256', secret).update(payload).digest('base64');
    case 'hmac-sha384-hex':
      return createHmac('sha384', secret).update(payload).digest('hex');
  }
}

/** RSASSA-PKCS1-v1_5 over SHA-256 in base64, as Bybit takes it. */
export function rsaSignature(key: KeyObject, payload: string | Uint8Array): string {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  return signWith('sha256', bytes, key).toString('base64');
}

export function wrongAlgorithm(algorithm: SignAlgorithm, keyType: string): HoldfastError {
  return new HoldfastError(
    'internal',
    'vault.wrongAlgorithm',
    `A key of type ${keyType} cannot sign with ${algorithm}.`,
  );
}
