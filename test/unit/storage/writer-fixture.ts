import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { LedgerWriter } from '../../../src-main/storage/ledger/ledger-writer.ts';
import type { Task } from '../../../src-main/storage/ledger/ledger-writer.ts';
import { openLedger, redoFileOf } from '../../../src-main/storage/ledger/open.ts';
import type { Db } from '../../../src-main/storage/ledger/open.ts';
import { RedoLog } from '../../../src-main/storage/ledger/redo/redo-log.ts';
import type { RedoDisk } from '../../../src-main/storage/ledger/redo/redo-log.ts';

export let folder: string;
export let closes: (() => void)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  closes = [];
});
afterEach(() => {
  for (const close of closes) close();
  rmSync(folder, { recursive: true, force: true });
});

/** A ledger and its writer, with a disk of the test's choice. */
export function open(name = 'one', { disk, wrap }: { disk?: RedoDisk; wrap?: (db: Db) => Db } = {}) {
  mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, name, 'ledger.db');
  const key = () => new Uint8Array(32).fill(1);
  const ledger = openLedger({ file, key: key() });
  const redoLog = disk ? new RedoLog(redoFileOf(file), key(), disk) : ledger.redoLog;
  const db = wrap ? wrap(ledger.db) : ledger.db;
  const writer = new LedgerWriter(db, redoLog);
  const insert = writer.recording.prepare(
    'INSERT INTO key_values (key, value, updated_at) VALUES (@key, @value, 1)',
  );
  const put =
    (entry: string, value = 'x') =>
    () =>
      insert.run({ key: entry, value, more: 'unused' }).changes;
  const keys = () =>
    ledger.db
      .prepare<[], { key: string }>('SELECT key FROM key_values ORDER BY key')
      .all()
      .map((row) => row.key);
  const run = (...runs: readonly (() => unknown)[]) => runWith(runs);
  const runWith = (runs: readonly (() => unknown)[], more: Partial<Task> = {}) => {
    const answers: unknown[] = [];
    writer.run(
      runs.map((task, index) => ({
        ...more,
        run: task,
        done: (value) => (answers[index] = value),
        failed: (error) => (answers[index] = error),
      })),
    );
    return answers;
  };
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    try {
      writer.close();
    } finally {
      ledger.db.close();
    }
  };
  closes.push(close);
  return { file, ledger, writer, put, keys, run, runWith, close };
}

/** What the disk holds at this moment, as the next start finds it after SIGKILL. */
export function killed(file: string, name: string, change: (redo: Buffer) => void = () => undefined): string {
  mkdirSync(join(folder, name));
  for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, join(folder, name, `ledger.db${end}`));
  const redo = readFileSync(redoFileOf(file));
  change(redo);
  writeFileSync(redoFileOf(join(folder, name, 'ledger.db')), redo);
  return name;
}
