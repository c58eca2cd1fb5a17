import { createHash } from 'node:crypto';
import { ByteReader, ByteWriter } from './byte-cursor.ts';
import { KEY_BYTES, SALT_BYTES } from './kdf.ts';
import type { KdfParameters } from './kdf.ts';
import { damaged, newerVersion, notAVault } from './vault-errors.ts';

/**
 * Layout of the vault file, version 1; docs/vault-format.md is the reference. The order of the checks is what
 * tells the four errors apart: prologue (is it a vault, of which version), then a digest over the whole file
 * that needs no passphrase (is it damaged), and only then the passphrase.
 */

// As in PNG: the high bit and the line ends reveal a copy that was mangled as text.
export const VAULT_MAGIC = Buffer.from([0x89, 0x48, 0x46, 0x56, 0x0d, 0x0a, 0x1a, 0x0a]);
export const FORMAT_VERSION = 1;
export const PROLOGUE_BYTES = 32;
export const HEADER_BYTES = 156;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const MAC_BYTES = 32;
export const DIGEST_BYTES = 32;
/** Thousands of keys fit; a bigger file is not ours, and reading it whole would only cost memory. */
export const MAX_FILE_BYTES = 8 * 1024 * 1024;

const PROLOGUE_FIELDS = 16;
const KDF_ARGON2ID = 1;
const CIPHER_AES_256_GCM = 1;
const KINDS = { vault: 1, export: 2 } as const;
export type FileKind = keyof typeof KINDS;

/** The readable part of a file: says how to derive the key, holds nothing secret. */
export interface FileHeader {
  readonly kind: FileKind;
  /** Made once per vault, 16 bytes as 32 hex digits. */
  readonly vaultId: string;
  readonly kdf: KdfParameters;
  readonly salt: Buffer;
  readonly saveCounter: number;
  /** Milliseconds UTC. */
  readonly createdAt: number;
  readonly savedAt: number;
}

export interface WrappedKey {
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export interface ParsedFile {
  readonly header: FileHeader;
  readonly wrappedKey: WrappedKey;
  /** Associated data of the wrapped key: everything in front of it. */
  readonly keyContext: Buffer;
  /** Associated data of every record: prologue and header. */
  readonly headerBytes: Buffer;
  readonly recordCount: number;
  readonly records: Buffer;
  /** What the MAC covers. */
  readonly authenticated: Buffer;
  readonly mac: Buffer;
  /** SHA-256 of the file as hex: names this very state of the vault. */
  readonly digest: string;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function encodePrologue(): Buffer {
  const fields = new ByteWriter(PROLOGUE_FIELDS)
    .bytes(VAULT_MAGIC)
    .u16(FORMAT_VERSION)
    .u16(0)
    .u32(HEADER_BYTES)
    .finish();
  return Buffer.concat([fields, sha256(fields).subarray(0, PROLOGUE_BYTES - PROLOGUE_FIELDS)]);
}

export interface HeaderParts {
  readonly header: FileHeader;
  readonly recordCount: number;
  readonly recordsLength: number;
}

/** Prologue and header up to the wrapped key: the associated data of the wrapping. */
export function encodeKeyContext(parts: HeaderParts): Buffer {
  const { header, recordCount, recordsLength } = parts;
  const fields = new ByteWriter(HEADER_BYTES - NONCE_BYTES - KEY_BYTES - TAG_BYTES)
    .u8(KINDS[header.kind])
    .u8(KDF_ARGON2ID)
    .u8(CIPHER_AES_256_GCM)
    .u8(0)
    .bytes(Buffer.from(header.vaultId, 'hex'))
    .u32(header.kdf.memoryKiB)
    .u32(header.kdf.passes)
    .u32(header.kdf.lanes)
    .bytes(header.salt)
    .u64(header.saveCounter)
    .u64(header.createdAt)
    .u64(header.savedAt)
    .u32(recordCount)
    .u32(recordsLength)
    .finish();
  return Buffer.concat([encodePrologue(), fields]);
}

/** Adds the digest that lets anybody see damage without the passphrase. */
export function withDigest(authenticated: Uint8Array, mac: Uint8Array): Buffer {
  return Buffer.concat([authenticated, mac, sha256(authenticated, mac)]);
}

/** Throws `notAVault`, `newerVersion` or `damaged`; silence means: format version 1. */
function checkPrologue(bytes: Buffer): void {
  const magic = bytes.subarray(0, VAULT_MAGIC.length);
  const looksLikeOurs = magic.equals(VAULT_MAGIC.subarray(0, magic.length));
  if (bytes.length < PROLOGUE_BYTES) {
    // An empty or cut file where the vault should be is a lost save, and a generation can bring it back.
    throw looksLikeOurs ? damaged('it ends too early') : notAVault();
  }
  const fields = bytes.subarray(VAULT_MAGIC.length, PROLOGUE_FIELDS);
  const stored = bytes.subarray(PROLOGUE_FIELDS, PROLOGUE_BYTES);
  const expected = sha256(VAULT_MAGIC, fields).subarray(0, stored.length);
  const intact = expected.equals(stored);
  if (!intact) throw looksLikeOurs ? damaged('its first bytes changed') : notAVault();
  if (!looksLikeOurs) throw damaged('its signature changed');
  const version = fields.readUInt16BE(0);
  if (version > FORMAT_VERSION) throw newerVersion(version);
  if (version !== FORMAT_VERSION || fields.readUInt16BE(2) !== 0 || fields.readUInt32BE(4) !== HEADER_BYTES) {
    throw damaged('its version is impossible');
  }
}

function kindOf(code: number): FileKind {
  if (code === KINDS.vault) return 'vault';
  if (code === KINDS.export) return 'export';
  throw damaged('its kind is unknown');
}

/**
 * Takes the file apart and checks all that can be checked without the passphrase. Throws `vault.notAVault`,
 * `vault.newerVersion` or `vault.damaged`. KDF limits are checked by the caller, before anything is derived.
 */
export function parseFile(input: Uint8Array): ParsedFile {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  checkPrologue(bytes);
  const macAt = bytes.length - MAC_BYTES - DIGEST_BYTES;
  if (macAt < PROLOGUE_BYTES + HEADER_BYTES) throw damaged('it ends too early');
  const storedDigest = bytes.subarray(bytes.length - DIGEST_BYTES);
  if (!sha256(bytes.subarray(0, bytes.length - DIGEST_BYTES)).equals(storedDigest)) {
    throw damaged('its checksum does not match');
  }
  const reader = new ByteReader(bytes.subarray(PROLOGUE_BYTES, macAt));
  const kind = kindOf(reader.u8());
  if (reader.u8() !== KDF_ARGON2ID || reader.u8() !== CIPHER_AES_256_GCM || reader.u8() !== 0) {
    throw damaged('its algorithms are unknown');
  }
  const vaultId = reader.bytes(16).toString('hex');
  const kdf = { memoryKiB: reader.u32(), passes: reader.u32(), lanes: reader.u32() };
  const salt = reader.bytes(SALT_BYTES);
  const [saveCounter, createdAt, savedAt] = [reader.u64(), reader.u64(), reader.u64()];
  const [recordCount, recordsLength] = [reader.u32(), reader.u32()];
  const keyContextEnd = PROLOGUE_BYTES + reader.offset;
  const wrappedKey = {
    nonce: reader.bytes(NONCE_BYTES),
    ciphertext: reader.bytes(KEY_BYTES),
    tag: reader.bytes(TAG_BYTES),
  };
  const headerEnd = PROLOGUE_BYTES + reader.offset;
  if (reader.remaining !== recordsLength) throw damaged('its length does not match its header');
  return {
    header: { kind, vaultId, kdf, salt, saveCounter, createdAt, savedAt },
    wrappedKey,
    keyContext: bytes.subarray(0, keyContextEnd),
    headerBytes: bytes.subarray(0, headerEnd),
    recordCount,
    records: reader.bytes(recordsLength),
    authenticated: bytes.subarray(0, macAt),
    mac: bytes.subarray(macAt, macAt + MAC_BYTES),
    digest: storedDigest.toString('hex'),
  };
}
