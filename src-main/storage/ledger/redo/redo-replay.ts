import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { HoldfastError } from '../../../errors.ts';
import type { LedgerOpening } from '../messages.ts';
import type { Db } from '../open.ts';
import { decodeChanges, redo } from './redo-changes.ts';
import { BLOCK_BYTES, decodeRecord, readHeader } from './redo-format.ts';
import type { RedoRecord } from './redo-format.ts';
import { RedoPosition } from './redo-position.ts';

export type Replay = Pick<LedgerOpening, 'redone' | 'setAside'>;

/** The version of the ledger that has a redo log for the first time. */
const FIRST_VERSION = 5;

/**
 * Brings the database up to what was confirmed before Holdfast, or the computer, stopped. A log that does not
 * belong to the database (a backup was put in its place) or has a hole is kept under another name and not used
 * beyond the hole. Throws when a change cannot be done again; both files are then as they were.
 */
export function replay(db: Db, file: string, ledgerKey: Uint8Array, now: () => number = Date.now): Replay {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  // Killed while the file was made: nothing was ever confirmed by it.
  if (bytes.subarray(0, BLOCK_BYTES).every((byte) => byte === 0)) return { redone: 0, setAside: null };
  const setAside = (): string => {
    const name = `${file}.kept-${String(now())}`;
    renameSync(file, name);
    return name;
  };
  const keys = readHeader(bytes, ledgerKey);
  const isOlder = Number(db.pragma('user_version', { simple: true })) < FIRST_VERSION;
  if (!keys || isOlder) return { redone: 0, setAside: setAside() };
  const position = new RedoPosition(db);
  const before = position.read();
  const { records, hasHole } = readRecords(keys.records, bytes, before);
  const missing = records.filter(({ number }) => number > before);
  const isForeign = missing[0] !== undefined && missing[0].number !== before + 1;
  if (isForeign) return { redone: 0, setAside: setAside() };
  apply(db, position, missing);
  return { redone: missing.length, setAside: hasHole ? setAside() : null };
}

/** The unbroken row of records from the first one on, and whether a confirmed one follows that should be in it. */
function readRecords(key: KeyObject, bytes: Buffer, before: number) {
  const records: RedoRecord[] = [];
  let offset = BLOCK_BYTES;
  for (;;) {
    const record = decodeRecord(key, bytes, offset);
    const last = records.at(-1);
    if (!record || (last && record.number !== last.number + 1)) break;
    records.push(record);
    offset = record.end;
  }
  return { records, hasHole: hasLater(key, bytes, offset, records.at(-1)?.number ?? before) };
}

/** What is torn by the end of power was never confirmed, and nothing after it; older ones are from an earlier round. */
function hasLater(key: KeyObject, bytes: Buffer, from: number, last: number): boolean {
  for (let offset = from; offset < bytes.length; offset += BLOCK_BYTES) {
    const record = decodeRecord(key, bytes, offset);
    if (record?.isDurable === true && record.number > last) return true;
  }
  return false;
}

function apply(db: Db, position: RedoPosition, records: readonly RedoRecord[]): void {
  const last = records.at(-1);
  if (!last) return;
  try {
    db.transaction(() => {
      for (const { content } of records) redo(db, decodeChanges(content));
      position.write(last.number);
    })();
  } catch (error) {
    throw misfit(error);
  }
}

/** A full or failing disk has an error of its own; a statement that fails means that log and database disagree. */
function misfit(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code !== 'SQLITE_ERROR' && !code.startsWith('SQLITE_CONSTRAINT')) return error;
  return new HoldfastError(
    'storage',
    'ledger.redoFailed',
    'The ledger and its redo log do not fit together. Both files were left untouched.',
    {},
    error,
  );
}
