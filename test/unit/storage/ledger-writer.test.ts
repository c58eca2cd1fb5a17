import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openLedger, redoFileOf } from '../../../src-main/storage/ledger/open.ts';
import type { Db } from '../../../src-main/storage/ledger/open.ts';
import { MIGRATIONS } from '../../../src-main/storage/ledger/schema.ts';
import { failingDisk } from '../../support/redo-disk.ts';
import { closes, folder, killed, open } from './writer-fixture.ts';

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

  it('wait for no disk when they change nothing', () => {
    const disk = failingDisk();
    const { run, put, writer } = open('one', { disk });
    run(put('a'));
    const before = disk.syncs;
    const remove = writer.recording.prepare('DELETE FROM key_values WHERE key = ?');
    expect(run(() => remove.run('unknown').changes)).toEqual([0]);
    expect(disk.syncs - before).toBe(0);
  });

  it('are committed by the database a moment later', () => {
    vi.useFakeTimers();
    try {
      const { run, put, ledger } = open();
      run(put('a'));
      expect(ledger.db.inTransaction).toBe(true);
      vi.advanceTimersByTime(25);
      expect(ledger.db.inTransaction).toBe(false);
    } finally {
      vi.useRealTimers();
    }
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

  it('is done again once, also when the next life ends before it wrote anything', () => {
    const first = open();
    first.run(first.put('a'));
    const second = open(killed(first.file, 'two'));
    const third = open(killed(second.file, 'three'));
    expect(third.keys()).toEqual(['a']);
    expect(third.ledger.opening.redone).toBe(0);
  });

  it('is there after many rounds of the log, which does not grow', () => {
    const { run, put, file, keys } = open();
    run(put('first'));
    const { size } = statSync(redoFileOf(file));
    const long = 'x'.repeat(200_000);
    for (let n = 0; n < 60; n += 1) run(put(`key-${String(n)}`, long));
    run(put('last'));
    const next = open(killed(file, 'two'));
    expect(next.keys()).toEqual(keys());
    expect(next.keys()).toHaveLength(62);
    expect(statSync(redoFileOf(file)).size).toBe(size);
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
    ledger.writer.commit();
    run(put('b'));
    isFull = true;
    expect(() => {
      ledger.writer.commit();
    }).toThrow(full);
    expect(keys()).toEqual(['a', 'b']);
    expect(run(put('c'), keys)).toEqual([full, ['a', 'b']]);
    expect(open(killed(file, 'two')).keys()).toEqual(['a', 'b']);
    isFull = false;
    expect(run(put('c'))).toEqual([1]);
    expect(keys()).toEqual(['a', 'b', 'c']);
  });

  it('that makes SQLite undo everything in the middle of a write undoes nothing that was confirmed', () => {
    const { run, put, keys, ledger, file } = open();
    run(put('a'));
    const undone = () => {
      put('b')();
      // As SQLite does by itself for some failures of the disk.
      ledger.db.exec('ROLLBACK');
      throw full;
    };
    expect(run(undone)).toEqual([full]);
    expect(keys()).toEqual(['a']);
    expect(run(put('c'), undone, put('d'))).toEqual([1, full, 1]);
    expect(keys()).toEqual(['a', 'c', 'd']);
    expect(open(killed(file, 'two')).keys()).toEqual(['a', 'c', 'd']);
  });
});

it('never encrypts two contents under one nonce, also not after a write that failed', () => {
  const nonces: string[] = [];
  const disk = failingDisk();
  const { run, put } = open('one', {
    disk: {
      ...disk,
      write: (handle, bytes, position) => {
        if (bytes.toString('latin1', 0, 3) === 'HFR' && position > 0)
          nonces.push(bytes.toString('hex', 16, 28));
        disk.write(handle, bytes, position);
      },
    },
  });
  run(put('a'));
  disk.failNext('write', new Error('failed'));
  run(put('b'));
  run(put('c'));
  expect(nonces).toHaveLength(3);
  expect(new Set(nonces).size).toBe(3);
});

it('refuses values that the log could not give back', () => {
  const { run, writer } = open();
  const insert = writer.recording.prepare('INSERT INTO key_values (key, value, updated_at) VALUES (?, ?, ?)');
  expect(run(() => insert.run('a', 'x', 1n))[0]).toBeInstanceOf(TypeError);
  expect(run(() => insert.run('a', Buffer.from('x'), 1))[0]).toBeInstanceOf(Error);
});
