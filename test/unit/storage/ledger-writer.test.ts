import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LedgerWriter } from '../../../src-main/storage/ledger/ledger-writer.ts';
import type { Task } from '../../../src-main/storage/ledger/ledger-writer.ts';
import { openLedger, redoFileOf } from '../../../src-main/storage/ledger/open.ts';
import type { Db } from '../../../src-main/storage/ledger/open.ts';
import { RedoLog } from '../../../src-main/storage/ledger/redo/redo-log.ts';
import type { RedoDisk } from '../../../src-main/storage/ledger/redo/redo-log.ts';
import { MIGRATIONS } from '../../../src-main/storage/ledger/schema.ts';
import { failingDisk } from '../../support/redo-disk.ts';

const BLOCK = 4096;
let folder: string;
let closes: (() => void)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  closes = [];
});
afterEach(() => {
  for (const close of closes) close();
  rmSync(folder, { recursive: true, force: true });
});

/** A ledger and its writer, with a disk of the test's choice. */
function open(name = 'one', { disk, wrap }: { disk?: RedoDisk; wrap?: (db: Db) => Db } = {}) {
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
function killed(file: string, name: string, change: (redo: Buffer) => void = () => undefined): string {
  mkdirSync(join(folder, name));
  for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, join(folder, name, `ledger.db${end}`));
  const redo = readFileSync(redoFileOf(file));
  change(redo);
  writeFileSync(redoFileOf(join(folder, name, 'ledger.db')), redo);
  return name;
}

describe('writes that came in together', () => {
  it('are answered together, and reads among them see what came before', () => {
    const { run, put, keys } = open();
    expect(run(put('a'), put('b'), keys)).toEqual([1, 1, ['a', 'b']]);
  });

  it('fail alone when they fail on their own, also after a restart', () => {
    const { run, put, keys, file } = open();
    const half = () => {
      put('half')();
      throw new Error('refused');
    };
    const answers = run(put('a'), half, put('a'), put('b'));
    expect(answers[0]).toBe(1);
    expect(answers[1]).toMatchObject({ message: 'refused' });
    expect(answers[2]).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(answers[3]).toBe(1);
    expect(keys()).toEqual(['a', 'b']);
    expect(open(killed(file, 'two')).keys()).toEqual(['a', 'b']);
  });

  it('wait for the disk once', () => {
    const disk = failingDisk();
    const { run, put } = open('one', { disk });
    run(put('a'));
    const before = disk.syncs;
    run(put('b'), put('c'), put('d'));
    expect(disk.syncs - before).toBe(1);
  });

  it('wait for no disk when only the death of the process has to be survived, or they are of no weight', () => {
    const disk = failingDisk();
    const { run, runWith, put, writer, file } = open('one', { disk });
    run(put('a'));
    const before = disk.syncs;
    runWith([put('b')], { isLazy: true });
    writer.setDurability('process');
    run(put('c'));
    expect(disk.syncs - before).toBe(0);
    expect(open(killed(file, 'two')).keys()).toEqual(['a', 'b', 'c']);
  });
});

describe('what was confirmed', () => {
  it('is there after a SIGKILL, whether or not the database had committed it', () => {
    const { run, put, file } = open();
    const names: string[] = [];
    for (let n = 0; n < 30; n += 1) {
      names.push(`key-${String(n).padStart(2, '0')}`);
      run(put(names[n] ?? ''));
      const next = open(killed(file, `life-${String(n)}`));
      expect(next.keys()).toEqual(names);
      expect(next.ledger.opening).toEqual({ isNew: false, redone: n + 1, setAside: null });
    }
  });

  it('is there after a clean end, with nothing to be done again', () => {
    const first = open();
    first.run(first.put('a'));
    first.close();
    const next = open();
    expect(next.keys()).toEqual(['a']);
    expect(next.ledger.opening).toEqual({ isNew: false, redone: 0, setAside: null });
  });

  it('is there after many rounds of the log', () => {
    const { run, put, file, keys } = open();
    const long = 'x'.repeat(200_000);
    for (let n = 0; n < 60; n += 1) run(put(`key-${String(n)}`, long));
    run(put('last'));
    const next = open(killed(file, 'two'));
    expect(next.keys()).toEqual(keys());
    expect(next.keys()).toHaveLength(61);
    expect(next.ledger.opening.setAside).toBeNull();
  });

  it('is there when it was an import, larger than the log, between small writes', () => {
    const { run, put, file } = open();
    const long = 'x'.repeat(100_000);
    run(put('a'));
    run(...Array.from({ length: 50 }, (_, n) => put(`b-${String(n).padStart(2, '0')}`, long)));
    run(put('c'));
    const next = open(killed(file, 'two'));
    expect(next.keys()).toHaveLength(52);
    expect(next.ledger.opening).toEqual({ isNew: false, redone: 1, setAside: null });
  });

  it('goes on from where it was after a kill: a second kill loses nothing either', () => {
    const first = open();
    first.run(first.put('a'));
    const second = open(killed(first.file, 'two'));
    second.run(second.put('b'));
    const third = open(killed(second.file, 'three'));
    expect(third.keys()).toEqual(['a', 'b']);
    expect(third.ledger.opening).toEqual({ isNew: false, redone: 1, setAside: null });
  });

  it('is done again by the statements of the version that wrote it, before the ledger is migrated', () => {
    const { run, put, file } = open();
    run(put('a'));
    const newer = [...MIGRATIONS, 'ALTER TABLE key_values RENAME COLUMN value TO text'];
    const next = openLedger({
      file: join(folder, killed(file, 'two'), 'ledger.db'),
      key: new Uint8Array(32).fill(1),
      migrations: newer,
    });
    closes.push(() => next.db.close());
    expect(next.db.prepare('SELECT key, text FROM key_values').all()).toEqual([{ key: 'a', text: 'x' }]);
  });

  it('reads nothing in the clear, and a wrong key is no way in', () => {
    const { run, put, file } = open();
    run(put('test-canary'));
    expect(readFileSync(redoFileOf(file)).includes('test-canary')).toBe(false);
    const name = killed(file, 'two', (redo) => redo.fill(7, 8, 40));
    const next = open(name);
    expect(next.keys()).toEqual([]);
    expect(next.ledger.opening.setAside).toContain('.kept-');
  });
});

describe('a redo log that is not whole', () => {
  const third = 3 * BLOCK;
  function three() {
    const ledger = open();
    for (const entry of ['a', 'b', 'c']) ledger.run(ledger.put(entry));
    return ledger;
  }

  it.each([
    ['its content', third + 100],
    ['its number', third + 15],
    ['its tag', third + 30],
    ['the word that it is confirmed', third + 3],
  ])('ends before a record that is torn in %s', (_, at) => {
    const next = open(killed(three().file, 'two', (redo) => (redo[at] = (redo[at] ?? 0) ^ 1)));
    expect(next.keys()).toEqual(['a', 'b']);
    expect(next.ledger.opening).toEqual({ isNew: false, redone: 2, setAside: null });
  });

  it('is kept for people when a confirmed record in the middle is damaged, and used up to there', () => {
    const next = open(killed(three().file, 'two', (redo) => redo.fill(0, 2 * BLOCK, third)));
    expect(next.keys()).toEqual(['a']);
    const { setAside } = next.ledger.opening;
    expect(existsSync(setAside ?? '')).toBe(true);
    next.run(next.put('d'));
    expect(open(killed(next.file, 'three')).keys()).toEqual(['a', 'd']);
  });

  it('is kept for people when the database is an older copy without what lies between', () => {
    const first = open();
    first.run(first.put('a'));
    first.close();
    copyFileSync(first.file, join(folder, 'backup.db'));
    const second = open();
    second.run(second.put('b'));
    second.close();
    const last = open();
    last.run(last.put('c'));
    const name = killed(last.file, 'two');
    copyFileSync(join(folder, 'backup.db'), join(folder, name, 'ledger.db'));
    rmSync(join(folder, name, 'ledger.db-wal'));
    const restored = open(name);
    expect(restored.keys()).toEqual(['a']);
    expect(restored.ledger.opening.setAside).toContain('.kept-');
  });

  it('is nothing when the process was killed while it was made', () => {
    const ledger = open();
    ledger.run(ledger.put('a'));
    ledger.close();
    writeFileSync(redoFileOf(ledger.file), Buffer.alloc(5 * BLOCK));
    const next = open();
    expect(next.ledger.opening).toEqual({ isNew: false, redone: 0, setAside: null });
    next.run(next.put('b'));
    expect(open(killed(next.file, 'two')).keys()).toEqual(['a', 'b']);
  });

  it('that disagrees with the database leaves both as they were', () => {
    const ledger = open();
    ledger.run(ledger.put('a'));
    const name = killed(ledger.file, 'two');
    const { db } = openLedger({ file: join(folder, 'other.db'), key: new Uint8Array(32).fill(1) });
    db.prepare('INSERT INTO key_values (key, value, updated_at) VALUES (?, ?, 1)').run('a', 'other');
    db.close();
    rmSync(join(folder, name, 'ledger.db-wal'));
    copyFileSync(join(folder, 'other.db'), join(folder, name, 'ledger.db'));
    const before = readdirSync(join(folder, name));
    expect(() => open(name)).toThrow(expect.objectContaining({ code: 'ledger.redoFailed' }));
    expect(readdirSync(join(folder, name))).toEqual(expect.arrayContaining(before));
  });
});

describe('a disk that fails', () => {
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });

  it.each(['write', 'sync'] as const)(
    'at the %s of a record refuses the write and keeps nothing of it',
    (at) => {
      const disk = failingDisk();
      const { run, put, keys, file } = open('one', { disk });
      run(put('a'));
      disk.failNext(at, full);
      expect(run(put('b'))).toEqual([full]);
      expect(keys()).toEqual(['a']);
      expect(open(killed(file, 'two')).keys()).toEqual(['a']);
    },
  );

  it('goes on after a write that failed, and never trusts a disk that did not confirm', () => {
    const disk = failingDisk();
    const { run, put } = open('one', { disk });
    run(put('a'));
    disk.failNext('write', full);
    run(put('b'));
    expect(run(put('b'))).toEqual([1]);
    disk.failNext('sync', full);
    run(put('c'));
    expect(run(put('c'))).toEqual([full]);
  });

  it('without room for the log refuses writes and answers reads, until there is room', () => {
    const disk = failingDisk();
    const { run, put, keys } = open('one', { disk });
    disk.failNext('write', full);
    expect(run(put('a'))).toEqual([full]);
    disk.failNext('write', full);
    disk.failNext('write', full);
    disk.failNext('write', full);
    expect(run(keys, put('a'), keys)).toEqual([[], full, []]);
    expect(run(put('a'))).toEqual([1]);
  });

  it('that fails at the commit loses nothing that was confirmed, and refuses more until it succeeds', () => {
    let isFull = false;
    const wrap = (db: Db): Db =>
      Object.create(db, {
        exec: {
          value: (sql: string) => {
            if (sql !== 'COMMIT' || !isFull) return db.exec(sql);
            db.exec('ROLLBACK');
            throw full;
          },
        },
      }) as Db;
    const ledger = open('one', { wrap });
    const { run, put, keys, file } = ledger;
    run(put('a'));
    isFull = true;
    expect(() => {
      ledger.writer.commit();
    }).toThrow(full);
    expect(keys()).toEqual(['a']);
    expect(run(put('b'), keys)).toEqual([full, ['a']]);
    expect(open(killed(file, 'two')).keys()).toEqual(['a']);
    isFull = false;
    expect(run(put('b'))).toEqual([1]);
    expect(keys()).toEqual(['a', 'b']);
  });

  it('that makes SQLite undo everything in the middle of a write undoes nothing that was confirmed', () => {
    const { run, put, keys, ledger } = open();
    run(put('a'));
    const undone = () => {
      put('b')();
      // As SQLite does by itself for some failures of the disk.
      ledger.db.exec('ROLLBACK');
      throw full;
    };
    expect(run(undone)).toEqual([full]);
    expect(keys()).toEqual(['a']);
    expect(run(put('c'))).toEqual([1]);
    expect(keys()).toEqual(['a', 'c']);
  });
});

it('refuses values that the log could not give back', () => {
  const { run, writer } = open();
  const insert = writer.recording.prepare('INSERT INTO key_values (key, value, updated_at) VALUES (?, ?, ?)');
  expect(run(() => insert.run('a', 'x', 1n))[0]).toBeInstanceOf(TypeError);
  expect(run(() => insert.run('a', Buffer.from('x'), 1))[0]).toBeInstanceOf(Error);
});
