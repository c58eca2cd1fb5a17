import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import { HoldfastError } from '../../errors.ts';
import type { LedgerOpening } from './messages.ts';
import { RedoLog } from './redo/redo-log.ts';
import { replay } from './redo/redo-replay.ts';
import { MIGRATIONS } from './schema.ts';

export type Db = InstanceType<typeof Database>;

export interface OpenedLedger {
  readonly db: Db;
  /** Not begun yet: the first write does that. */
  readonly redoLog: RedoLog;
  readonly opening: LedgerOpening;
}

/** The redo log lies beside the database, as its write-ahead log does. */
export const redoFileOf = (file: string): string => `${file}.redo`;

interface OpenOptions {
  readonly file: string;
  /** 32 bytes from the vault; overwritten before this returns. */
  readonly key: Uint8Array;
  readonly migrations?: readonly string[];
}

const DAMAGED = 'The ledger file is damaged or belongs to another vault. It was left untouched.';

/** Which clear error an SQLite failure is. */
const KNOWN: Readonly<Record<string, readonly [code: string, message: string]>> = {
  SQLITE_NOTADB: ['ledger.damaged', DAMAGED],
  SQLITE_CORRUPT: ['ledger.damaged', DAMAGED],
  SQLITE_BUSY: ['ledger.busy', 'Another program holds the ledger file.'],
  SQLITE_LOCKED: ['ledger.busy', 'Another program holds the ledger file.'],
  SQLITE_FULL: ['ledger.diskFull', 'The disk is full: the ledger could not be written.'],
  SQLITE_READONLY: ['ledger.readOnly', 'The ledger file or its folder is read-only.'],
  SQLITE_CANTOPEN: [
    'ledger.cannotOpen',
    'The ledger file cannot be opened: check the folder and its permissions.',
  ],
  SQLITE_IOERR: ['ledger.io', 'The disk reported an error while the ledger was used.'],
  ENOSPC: ['ledger.diskFull', 'The disk is full: the ledger could not be written.'],
  EACCES: ['ledger.readOnly', 'The ledger file or its folder is not accessible.'],
  EROFS: ['ledger.readOnly', 'The ledger file or its folder is read-only.'],
};

/** Any failure of the database as a `storage` error with a stable code. */
export function storageError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // Extended codes such as SQLITE_IOERR_WRITE carry the plain one as their beginning.
  const known = KNOWN[code] ?? KNOWN[code.split('_').slice(0, 2).join('_')];
  const [name, message] = known ?? ['ledger.failed', 'The ledger could not carry this out.'];
  return new HoldfastError('storage', name, message, {}, error);
}

/**
 * Opens the encrypted ledger, brings it up to its redo log, and to the newest version after a verified backup.
 * Throws `storage` errors: ledger.damaged, .newerVersion, .busy, .diskFull, .readOnly, .cannotOpen, .io, .redoFailed.
 */
export function openLedger(options: OpenOptions): OpenedLedger {
  const key = rawKey(options.key);
  try {
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
    // Made here first because SQLite would create it readable for everybody.
    closeSync(openSync(options.file, 'a', 0o600));
    return bringUp(connect(options.file, key), key, options);
  } catch (error) {
    throw storageError(error);
  } finally {
    key.fill(0);
    options.key.fill(0);
  }
}

function bringUp(found: Db, key: Buffer, options: OpenOptions): OpenedLedger {
  const { file, migrations = MIGRATIONS } = options;
  let db = found;
  try {
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version > migrations.length) {
      throw new HoldfastError(
        'storage',
        'ledger.newerVersion',
        'The ledger was written by a newer version of Holdfast. Update Holdfast to open it.',
      );
    }
    // By the statements of the version that wrote them, so before anything is migrated.
    const replayed = replay(db, redoFileOf(file), options.key);
    if (version > 0 && version < migrations.length) db = backUp(db, file, key, version);
    migrate(db, version, migrations);
    const redoLog = new RedoLog(redoFileOf(file), options.key);
    return { db, redoLog, opening: { isNew: version === 0, ...replayed } };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLCipher's raw-key form `x'<64 hex>'` as bytes: no key derivation, and no JavaScript string to linger. */
function rawKey(key: Uint8Array): Buffer {
  if (key.length !== 32)
    throw new HoldfastError('storage', 'ledger.badKey', 'The ledger key must be 32 bytes.');
  const digits = Buffer.from('0123456789abcdef', 'latin1');
  const out = Buffer.alloc(67);
  out.write("x'", 0, 'latin1');
  key.forEach((byte, index) => {
    out[2 + index * 2] = digits[byte >> 4] ?? 0;
    out[3 + index * 2] = digits[byte & 15] ?? 0;
  });
  out.write("'", 66, 'latin1');
  return out;
}

function connect(file: string, key: Buffer): Db {
  const db = new Database(file, { timeout: 2000 });
  try {
    db.pragma("cipher='sqlcipher'");
    db.pragma('legacy=4');
    db.key(key);
    // The first read is where a wrong key or a damaged first page shows.
    db.prepare('SELECT count(*) FROM sqlite_master').get();
    db.pragma('journal_mode=WAL');
    // A commit need not wait for the disk: what was confirmed is in the redo log until a checkpoint, which waits.
    db.pragma('synchronous=NORMAL');
    // On macOS a plain sync leaves the bytes in the drive's cache. Means nothing elsewhere.
    db.pragma('checkpoint_fullfsync=ON');
    db.pragma('foreign_keys=ON');
    db.pragma('temp_store=MEMORY');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Copies the database as it is and proves that the copy opens, before a migration touches the original. */
function backUp(db: Db, file: string, key: Buffer, version: number): Db {
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const copy = `${file}.before-v${String(version + 1)}`;
  copyFileSync(file, copy);
  const handle = openSync(copy, 'r+');
  fsyncSync(handle);
  closeSync(handle);
  const check = connect(copy, Buffer.from(key));
  const verdict = check.pragma('quick_check', { simple: true });
  check.pragma('journal_mode=DELETE');
  check.close();
  if (verdict !== 'ok' || !existsSync(copy) || statSync(copy).size === 0) {
    throw new HoldfastError(
      'storage',
      'ledger.backupFailed',
      'The backup before the upgrade could not be verified; the ledger was not touched.',
    );
  }
  return connect(file, key);
}

function migrate(db: Db, from: number, migrations: readonly string[]): void {
  migrations.slice(from).forEach((sql, index) => {
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version=${String(from + index + 1)}`);
    })();
  });
}
