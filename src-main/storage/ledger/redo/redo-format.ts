import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * How the redo log looks on disk. It is made of blocks, so that no write touches the disk block of an earlier record:
 *
 *   block 0      magic 8 | salt 32 | check 16 | zeros
 *   from block 1 records, one after another, each beginning a block:
 *                magic 4 | length 4 | number 8 | nonce 12 | tag 16 | AES-256-GCM of the changes | zeros
 *
 * The key belongs to one life of the file: HKDF-SHA256 of the ledger's key with the salt. The nonce counts the
 * attempts to write within that life, so that none is used twice, also not for a record that failed and is written
 * anew. A record that was torn, is from an earlier round or was moved does not authenticate or has the wrong number.
 */
export const BLOCK_BYTES = 4096;

const FILE_MAGIC = Buffer.from('HFREDO01', 'latin1');
/** "HFRD": whoever asked was told that it is on disk. "HFRL": it may be lost with the power. */
const DURABLE_MAGIC = 0x48_46_52_44;
const LAZY_MAGIC = 0x48_46_52_4c;
const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 32;
const CHECK_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Magic, length and number: authenticated with the content. */
const HEAD_BYTES = 16;
const PREFIX_BYTES = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;

const KEY_LABEL = 'holdfast/ledger/redo/v1/records';
const CHECK_LABEL = 'holdfast/ledger/redo/v1/header';

/** The keys of one life of the file. */
export interface RedoKeys {
  readonly records: KeyObject;
  readonly header: Buffer;
}

export interface RedoRecord {
  readonly number: number;
  /** It was confirmed as being on disk, and with it everything before it. */
  readonly isDurable: boolean;
  readonly content: Buffer;
  /** Where the next record begins. */
  readonly end: number;
}

const derive = (key: Uint8Array, salt: Uint8Array, label: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, label, bytes));

function recordsKey(ledgerKey: Uint8Array, salt: Uint8Array): KeyObject {
  const bytes = derive(ledgerKey, salt, KEY_LABEL, 32);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/** A new life: its keys and its first block. */
export function newHeader(ledgerKey: Uint8Array): RedoKeys {
  const salt = randomBytes(SALT_BYTES);
  const header = Buffer.alloc(BLOCK_BYTES);
  const check = derive(ledgerKey, salt, CHECK_LABEL, CHECK_BYTES);
  Buffer.concat([FILE_MAGIC, salt, check]).copy(header);
  return { records: recordsKey(ledgerKey, salt), header };
}

/** The keys of a life that is on disk; null for a header that is not whole or belongs to another ledger. */
export function readHeader(file: Buffer, ledgerKey: Uint8Array): RedoKeys | null {
  if (!file.subarray(0, FILE_MAGIC.length).equals(FILE_MAGIC)) return null;
  const salt = file.subarray(FILE_MAGIC.length, FILE_MAGIC.length + SALT_BYTES);
  const check = file.subarray(FILE_MAGIC.length + SALT_BYTES, FILE_MAGIC.length + SALT_BYTES + CHECK_BYTES);
  const expected = derive(ledgerKey, salt, CHECK_LABEL, CHECK_BYTES);
  if (check.length !== CHECK_BYTES || !timingSafeEqual(check, expected)) return null;
  return { records: recordsKey(ledgerKey, salt), header: file.subarray(0, BLOCK_BYTES) };
}

/** How much of the file a record with this much content takes. */
export const recordBytes = (contentBytes: number): number =>
  Math.ceil((PREFIX_BYTES + contentBytes) / BLOCK_BYTES) * BLOCK_BYTES;

/**
 * Whole blocks holding the record.
 * @param attempt a number never given before with this key
 */
export function encodeRecord(
  key: KeyObject,
  attempt: number,
  { number, content, isDurable }: Omit<RedoRecord, 'end'>,
): Buffer {
  const out = Buffer.alloc(recordBytes(content.length));
  out.writeUInt32BE(isDurable ? DURABLE_MAGIC : LAZY_MAGIC, 0);
  out.writeUInt32BE(content.length, 4);
  out.writeBigUInt64BE(BigInt(number), 8);
  const nonce = out.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  nonce.writeBigUInt64BE(BigInt(attempt), NONCE_BYTES - 8);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(out.subarray(0, HEAD_BYTES));
  cipher.update(content).copy(out, PREFIX_BYTES);
  // GCM holds nothing back: final only makes the tag.
  cipher.final();
  cipher.getAuthTag().copy(out, HEAD_BYTES + NONCE_BYTES);
  return out;
}

/** The record that begins at an offset; null when no whole one of this life does. */
export function decodeRecord(key: KeyObject, file: Buffer, offset: number): RedoRecord | null {
  if (offset + PREFIX_BYTES > file.length) return null;
  const magic = file.readUInt32BE(offset);
  if (magic !== DURABLE_MAGIC && magic !== LAZY_MAGIC) return null;
  const length = file.readUInt32BE(offset + 4);
  const end = offset + recordBytes(length);
  if (end > file.length) return null;
  const start = offset + PREFIX_BYTES;
  const nonce = file.subarray(offset + HEAD_BYTES, offset + HEAD_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(file.subarray(offset, offset + HEAD_BYTES));
  decipher.setAuthTag(file.subarray(start - TAG_BYTES, start));
  try {
    const content = Buffer.concat([decipher.update(file.subarray(start, start + length)), decipher.final()]);
    const number = Number(file.readBigUInt64BE(offset + 8));
    return { number, isDurable: magic === DURABLE_MAGIC, content, end };
  } catch {
    return null;
  }
}
