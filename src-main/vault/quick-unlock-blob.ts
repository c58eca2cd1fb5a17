import * as z from 'zod/mini';
import { quickUnlockInvalid } from './vault-errors.ts';

/** To what quick unlock is bound. Readable in the file, authenticated with the key. */
export interface QuickUnlockTerms {
  readonly vaultId: string;
  readonly deviceId: string;
  /** The system's key store at the time, for example `gnome_libsecret`. */
  readonly backend: string;
  /** Milliseconds UTC. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface QuickUnlockBlob {
  readonly terms: QuickUnlockTerms;
  /** The random key, encrypted by the system's key store. */
  readonly protectedKey: Buffer;
  /** The vault's key, encrypted by the random key. */
  readonly wrappedKek: Buffer;
}

const text = z.string().check(z.maxLength(256));
const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]{1,40000}={0,2}$/));
const fileSchema = z.strictObject({
  format: z.literal('holdfast-quick-unlock'),
  version: z.literal(1),
  terms: z.strictObject({
    vaultId: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
    deviceId: text,
    backend: text,
    issuedAt: z.int(),
    expiresAt: z.int(),
  }),
  protectedKey: base64,
  wrappedKek: base64,
});

export function encodeBlob(blob: QuickUnlockBlob): Buffer {
  return Buffer.from(
    JSON.stringify({
      format: 'holdfast-quick-unlock',
      version: 1,
      terms: blob.terms,
      protectedKey: blob.protectedKey.toString('base64'),
      wrappedKek: blob.wrappedKek.toString('base64'),
    }),
  );
}

/** Throws `vault.quickUnlockInvalid` for anything that `encodeBlob` did not write. */
export function decodeBlob(bytes: Uint8Array): QuickUnlockBlob {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw quickUnlockInvalid();
  }
  const result = fileSchema.safeParse(json);
  if (!result.success) throw quickUnlockInvalid();
  const { terms, protectedKey, wrappedKek } = result.data;
  return {
    terms,
    protectedKey: Buffer.from(protectedKey, 'base64'),
    wrappedKek: Buffer.from(wrappedKek, 'base64'),
  };
}
