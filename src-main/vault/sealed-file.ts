import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { ByteReader, ByteWriter } from './byte-cursor.ts';
import { encodeKeyContext, MAC_BYTES, NONCE_BYTES, TAG_BYTES, withDigest } from './file-header.ts';
import type { FileHeader, ParsedFile } from './file-header.ts';
import { KEY_BYTES } from './kdf.ts';
import { decodeContent, encodeContent, RECORD_KINDS, wipeRecord } from './record-codec.ts';
import type { RecordKind, VaultRecord } from './record-codec.ts';
import { ownCopy, wipe } from './secret-bytes.ts';
import type { Bytes } from './secret-bytes.ts';
import { damaged, wrongPassphrase } from './vault-errors.ts';

export type RandomBytes = (size: number) => Buffer;

const CIPHER = 'aes-256-gcm';
const RECORDS_LABEL = 'holdfast/vault/v1/records';
const MAC_LABEL = 'holdfast/vault/v1/file-mac';
const RECORD_HEAD = 28;

/** A key for one purpose, derived from a uniformly random key (HKDF-SHA256). */
export function purposeKey(key: Uint8Array, salt: Uint8Array, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, label, KEY_BYTES));
}

interface Encrypted {
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** AES-256-GCM under a nonce drawn here and now: no caller can repeat one. */
export function encrypt(
  key: Uint8Array,
  plain: Uint8Array,
  context: Uint8Array,
  random: RandomBytes,
): Encrypted {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

/** The plain bytes, or null when the tag does not match: then nothing of the plain bytes is left behind. */
export function decrypt(key: Uint8Array, sealed: Encrypted, context: Uint8Array): Buffer | null {
  const decipher = createDecipheriv(CIPHER, key, sealed.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.tag);
  const plain = decipher.update(sealed.ciphertext);
  try {
    decipher.final();
    return plain;
  } catch {
    wipe(plain);
    return null;
  }
}

/** One key under another, as nonce, ciphertext and tag in a row. */
export function wrapKey(
  key: Uint8Array,
  secret: Uint8Array,
  context: Uint8Array,
  random: RandomBytes,
): Bytes {
  const sealed = encrypt(key, secret, context, random);
  return ownCopy(Buffer.concat([sealed.nonce, sealed.ciphertext, sealed.tag]));
}

/** The wrapped key, or null when key, context or bytes do not fit. */
export function unwrapKey(key: Uint8Array, wrapped: Uint8Array, context: Uint8Array): Buffer | null {
  if (key.length !== KEY_BYTES || wrapped.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) return null;
  const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const ciphertext = bytes.subarray(NONCE_BYTES, NONCE_BYTES + KEY_BYTES);
  return decrypt(key, { nonce, ciphertext, tag: bytes.subarray(NONCE_BYTES + KEY_BYTES) }, context);
}

function recordHead(record: VaultRecord, cipherLength: number): Buffer {
  return new ByteWriter(RECORD_HEAD)
    .bytes(Buffer.from(record.id, 'hex'))
    .u8(RECORD_KINDS[record.kind])
    .u8(0)
    .u16(0)
    .u32(record.revision)
    .u32(cipherLength)
    .finish();
}

export interface SealInput {
  readonly header: FileHeader;
  /** Key derived from the passphrase. */
  readonly kek: Uint8Array;
  readonly records: readonly VaultRecord[];
  readonly random: RandomBytes;
}

/**
 * The file that holds these records. A fresh data key is drawn for every call, so no nonce is ever used twice
 * under one key, even when the same vault is copied to two machines and saved on both.
 */
export function sealFile(input: SealInput): Buffer {
  const { header, kek, records, random } = input;
  const dataKey = random(KEY_BYTES);
  const salt = Buffer.from(header.vaultId, 'hex');
  const recordKey = purposeKey(dataKey, salt, RECORDS_LABEL);
  const macKey = purposeKey(dataKey, salt, MAC_LABEL);
  const plains = records.map((record) => encodeContent(record));
  try {
    const sizes = plains.map((plain) => RECORD_HEAD + NONCE_BYTES + plain.length + TAG_BYTES);
    const recordsLength = sizes.reduce((sum, size) => sum + size, 0);
    const keyContext = encodeKeyContext({ header, recordCount: records.length, recordsLength });
    const wrapped = encrypt(kek, dataKey, keyContext, random);
    const headerBytes = Buffer.concat([keyContext, wrapped.nonce, wrapped.ciphertext, wrapped.tag]);
    const body = records.map((record, index) => {
      const plain = plains[index] ?? Buffer.alloc(0);
      const head = recordHead(record, plain.length);
      const sealed = encrypt(recordKey, plain, Buffer.concat([headerBytes, head]), random);
      return Buffer.concat([head, sealed.nonce, sealed.ciphertext, sealed.tag]);
    });
    const authenticated = Buffer.concat([headerBytes, ...body]);
    return withDigest(authenticated, createHmac('sha256', macKey).update(authenticated).digest());
  } finally {
    wipe(dataKey, recordKey, macKey, ...plains);
  }
}

function kindOf(code: number): RecordKind {
  if (code === RECORD_KINDS.accountKey) return 'accountKey';
  if (code === RECORD_KINDS.ledgerSecret) return 'ledgerSecret';
  throw damaged('a record is of an unknown kind');
}

function openRecord(reader: ByteReader, headerBytes: Buffer, recordKey: Uint8Array): VaultRecord {
  const head = reader.bytes(RECORD_HEAD);
  const fields = new ByteReader(head);
  const id = fields.bytes(16).toString('hex');
  const kind = kindOf(fields.u8());
  if (fields.u8() !== 0 || fields.u16() !== 0) throw damaged('a record head is impossible');
  const revision = fields.u32();
  const length = fields.u32();
  const sealed = {
    nonce: reader.bytes(NONCE_BYTES),
    ciphertext: reader.bytes(length),
    tag: reader.bytes(TAG_BYTES),
  };
  const plain = decrypt(recordKey, sealed, Buffer.concat([headerBytes, head]));
  if (plain === null) throw damaged('a record was changed');
  try {
    return { id, kind, revision, ...decodeContent(plain) };
  } finally {
    wipe(plain);
  }
}

function openRecords(file: ParsedFile, recordKey: Uint8Array): VaultRecord[] {
  const opened: VaultRecord[] = [];
  const ids = new Set<string>();
  try {
    const reader = new ByteReader(file.records);
    while (reader.remaining > 0) {
      const record = openRecord(reader, file.headerBytes, recordKey);
      opened.push(record);
      ids.add(record.id);
    }
    if (opened.length !== file.recordCount || ids.size !== opened.length) {
      throw damaged('its records do not match its header');
    }
    return opened;
  } catch (error) {
    opened.forEach(wipeRecord);
    throw error;
  }
}

/**
 * All records or none. Throws `vault.wrongPassphrase` when the data key does not unwrap, `vault.damaged` when
 * anything after that does not match: the MAC is checked before the first record is decrypted.
 */
export function unsealFile(file: ParsedFile, kek: Uint8Array): VaultRecord[] {
  const dataKey = decrypt(kek, file.wrappedKey, file.keyContext);
  if (dataKey === null) throw wrongPassphrase();
  const salt = Buffer.from(file.header.vaultId, 'hex');
  const recordKey = purposeKey(dataKey, salt, RECORDS_LABEL);
  const macKey = purposeKey(dataKey, salt, MAC_LABEL);
  try {
    const mac = createHmac('sha256', macKey).update(file.authenticated).digest();
    if (file.mac.length !== MAC_BYTES || !timingSafeEqual(mac, file.mac)) {
      throw damaged('its seal does not match');
    }
    return openRecords(file, recordKey);
  } finally {
    wipe(dataKey, recordKey, macKey);
  }
}
