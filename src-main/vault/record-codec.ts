import { ByteReader, ByteWriter } from './byte-cursor.ts';
import { wipe } from './secret-bytes.ts';
import { damaged } from './vault-errors.ts';

/** What a record is for. The number is part of the file format. */
export const RECORD_KINDS = { accountKey: 1, ledgerSecret: 2 } as const;
export type RecordKind = keyof typeof RECORD_KINDS;

/** One record in the clear. Exists in the vault worker only. */
export interface VaultRecord {
  /** 16 bytes as 32 hex digits. */
  readonly id: string;
  readonly kind: RecordKind;
  /** Rises with each change of this record. */
  readonly revision: number;
  /** JSON without secrets: label, venue, permissions. */
  readonly meta: Buffer;
  /** Public part of the key; empty for the ledger secret. */
  readonly apiKey: Buffer;
  readonly secret: Buffer;
  readonly venuePassphrase: Buffer | null;
}

export type RecordContent = Pick<VaultRecord, 'meta' | 'apiKey' | 'secret' | 'venuePassphrase'>;

const FIELDS = { meta: 1, apiKey: 2, secret: 3, venuePassphrase: 4 } as const;
const PADDING = 0;
const FIELD_HEAD = 5;
// Ciphertext lengths would tell secrets of different venues apart; full blocks do not.
const BLOCK = 256;

/** Field list padded to full blocks. The result is secret: the caller wipes it. */
export function encodeContent(content: RecordContent): Buffer {
  const fields: [number, Buffer][] = [
    [FIELDS.meta, content.meta],
    [FIELDS.apiKey, content.apiKey],
    [FIELDS.secret, content.secret],
  ];
  if (content.venuePassphrase !== null) fields.push([FIELDS.venuePassphrase, content.venuePassphrase]);
  const used = fields.reduce((sum, [, bytes]) => sum + FIELD_HEAD + bytes.length, FIELD_HEAD);
  const size = Math.ceil(used / BLOCK) * BLOCK;
  const writer = new ByteWriter(size);
  for (const [tag, bytes] of fields) writer.u8(tag).u32(bytes.length).bytes(bytes);
  const padding = size - used;
  return writer.u8(PADDING).u32(padding).bytes(Buffer.alloc(padding)).finish();
}

/** Copies of the fields, so that the caller can wipe what it passed in. Throws `vault.damaged`. */
export function decodeContent(plain: Uint8Array): RecordContent {
  const found = new Map<number, Buffer>();
  try {
    readFields(plain, found);
    const meta = found.get(FIELDS.meta);
    const apiKey = found.get(FIELDS.apiKey);
    const secret = found.get(FIELDS.secret);
    if (meta === undefined || apiKey === undefined || secret === undefined) {
      throw damaged('a record is incomplete');
    }
    return { meta, apiKey, secret, venuePassphrase: found.get(FIELDS.venuePassphrase) ?? null };
  } catch (error) {
    wipe(...found.values());
    throw error;
  }
}

function readFields(plain: Uint8Array, found: Map<number, Buffer>): void {
  const known: readonly number[] = Object.values(FIELDS);
  const reader = new ByteReader(plain);
  while (reader.remaining > 0) {
    const tag = reader.u8();
    const bytes = reader.bytes(reader.u32());
    if (tag === PADDING) continue;
    if (!known.includes(tag) || found.has(tag)) throw damaged('a record holds an unknown field');
    // Not Buffer.from(bytes): that would put secrets into the pool that all small buffers share.
    const copy = Buffer.alloc(bytes.length);
    copy.set(bytes);
    found.set(tag, copy);
  }
}

/** Overwrites all that is secret in a record. */
export function wipeRecord(record: VaultRecord): void {
  wipe(record.secret, record.venuePassphrase, record.apiKey, record.meta);
}
