import { timingSafeEqual } from 'node:crypto';
import type { KeyMetaPatch, StoredMeta } from './key-record.ts';
import { wipeRecord } from './record-codec.ts';
import type { VaultRecord } from './record-codec.ts';
import { wipe } from './secret-bytes.ts';
import type { RandomBytes } from './sealed-file.ts';
import { readRsaKey } from './signing.ts';
import { keyNotFound } from './vault-errors.ts';
import type { KeyView, NewKey, VaultChange } from './worker-protocol.ts';

const LEDGER_SECRET_BYTES = 32;

/** The secret that the ledger key is derived from. Made once, with the vault. */
export function ledgerRecord(random: RandomBytes): VaultRecord {
  return {
    id: random(16).toString('hex'),
    kind: 'ledgerSecret',
    revision: 1,
    meta: Buffer.from('{}'),
    apiKey: Buffer.alloc(0),
    secret: random(LEDGER_SECRET_BYTES),
    venuePassphrase: null,
  };
}

// What a record written before a field existed means. Stored metas are never refused: they are authenticated,
// and a vault must open even when a later version has become stricter.
const META_DEFAULTS = {
  venue: 'practice',
  environment: 'live',
  region: 'global',
  label: '',
  keyType: 'hmac',
  uses: ['read'],
  permissions: null,
  accountType: null,
  modes: null,
  addedAt: 0,
} satisfies StoredMeta;

/**
 * Version 0.1 had Bybit's testnet as an environment of the venue. It is a venue of its own since, because nothing
 * of it belongs to the real one. Applied whenever a stored meta is read; the next save writes it.
 */
function presentMeta(stored: StoredMeta): StoredMeta {
  return stored.venue === 'bybit' && stored.environment === 'testnet'
    ? { ...stored, venue: 'bybit-testnet' }
    : stored;
}

/** The part of a key that main may know. */
export function keyView(record: VaultRecord): KeyView {
  const stored = JSON.parse(record.meta.toString('utf8')) as Partial<StoredMeta>;
  return {
    id: record.id,
    revision: record.revision,
    meta: presentMeta({ ...META_DEFAULTS, ...stored }),
    apiKey: record.apiKey.toString('utf8'),
    hasVenuePassphrase: record.venuePassphrase !== null,
  };
}

function same(left: Buffer | null, right: Buffer | null): boolean {
  if (left === null || right === null) return left === right;
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Whether two records are equal in every field. */
export function equalRecords(left: VaultRecord, right: VaultRecord | undefined): boolean {
  if (right === undefined) return false;
  const heads = left.id === right.id && left.kind === right.kind && left.revision === right.revision;
  const open = same(left.meta, right.meta) && same(left.apiKey, right.apiKey);
  return (
    heads && open && same(left.secret, right.secret) && same(left.venuePassphrase, right.venuePassphrase)
  );
}

export interface ChangeInput {
  readonly before: readonly VaultRecord[];
  readonly change: Exclude<VaultChange, { kind: 'changePassphrase' }>;
  /** Records of the export file, for `importKeys`. */
  readonly imported: readonly VaultRecord[];
  /** Milliseconds UTC. */
  readonly now: number;
}

export interface ChangeResult {
  readonly records: readonly VaultRecord[];
  readonly added: readonly VaultRecord[];
  readonly skipped: number;
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** View on a transferred buffer: no copy is left behind, and wiping the record wipes what was sent. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function materialOf(key: Omit<NewKey, 'meta'>): Pick<VaultRecord, 'apiKey' | 'secret' | 'venuePassphrase'> {
  return {
    apiKey: Buffer.from(key.apiKey, 'utf8'),
    secret: view(key.secret),
    venuePassphrase: key.venuePassphrase === null ? null : view(key.venuePassphrase),
  };
}

/** Throws when the secret is not a key of its type; a wrong one would only show at the venue. */
function checkSecret(keyType: StoredMeta['keyType'], key: Omit<NewKey, 'meta'>): void {
  if (keyType !== 'rsa') return;
  try {
    readRsaKey(key.secret);
  } catch (error) {
    wipe(key.secret, key.venuePassphrase);
    throw error;
  }
}

function addKey(before: readonly VaultRecord[], key: NewKey, now: number): ChangeResult {
  checkSecret(key.meta.keyType, key);
  const stored: StoredMeta = { ...key.meta, addedAt: now };
  const record = { id: key.id, kind: 'accountKey' as const, revision: 1, meta: jsonBytes(stored) };
  const added = { ...record, ...materialOf(key) };
  return { records: [...before, added], added: [added], skipped: 0 };
}

type Edit = (record: VaultRecord) => VaultRecord;

function edited(before: readonly VaultRecord[], id: string, edit: Edit): ChangeResult {
  const records = before.map((record) => {
    if (record.id !== id || record.kind !== 'accountKey') return record;
    return { ...edit(record), revision: record.revision + 1 };
  });
  if (records.every((record, index) => record === before[index])) throw keyNotFound();
  return { records, added: [], skipped: 0 };
}

/** A new key for the same account: keeps id, label and history; what the venue said about the old key goes. */
function replaceKey(before: readonly VaultRecord[], key: Omit<NewKey, 'meta'>): ChangeResult {
  return edited(before, key.id, (record) => {
    const { meta } = keyView(record);
    checkSecret(meta.keyType, key);
    return { ...record, ...materialOf(key), meta: jsonBytes({ ...meta, permissions: null }) };
  });
}

function updateMeta(before: readonly VaultRecord[], id: string, patch: KeyMetaPatch): ChangeResult {
  return edited(before, id, (record) => ({
    ...record,
    meta: jsonBytes({ ...keyView(record).meta, ...patch }),
  }));
}

function removeKey(before: readonly VaultRecord[], id: string): ChangeResult {
  const records = before.filter((record) => record.id !== id || record.kind !== 'accountKey');
  if (records.length === before.length) throw keyNotFound();
  return { records, added: [], skipped: 0 };
}

/** One venue account of one key: importing it a second time changes nothing. */
function identity(record: VaultRecord): string {
  const { meta, apiKey } = keyView(record);
  return `${meta.venue} ${meta.environment} ${apiKey}`;
}

/** Adds the keys that are not there yet. Ids are kept, because history refers to them. */
function importKeys(before: readonly VaultRecord[], imported: readonly VaultRecord[]): ChangeResult {
  const ids = new Set(before.map((record) => record.id));
  const known = new Set(before.filter((record) => record.kind === 'accountKey').map(identity));
  const keys = imported.filter((record) => record.kind === 'accountKey');
  const fresh = keys.filter((record) => !known.has(identity(record)) && !ids.has(record.id));
  imported.filter((record) => !fresh.includes(record)).forEach(wipeRecord);
  return { records: [...before, ...fresh], added: fresh, skipped: keys.length - fresh.length };
}

/** The records after the change. `before` is not touched. Throws `vault.keyNotFound` or `input.invalid`. */
export function changedRecords(input: ChangeInput): ChangeResult {
  const { before, change } = input;
  switch (change.kind) {
    case 'addKey':
      return addKey(before, change.key, input.now);
    case 'replaceKey':
      return replaceKey(before, change.key);
    case 'updateMeta':
      return updateMeta(before, change.id, change.patch);
    case 'removeKey':
      return removeKey(before, change.id);
    case 'importKeys':
      return importKeys(before, input.imported);
  }
}
