import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitTogether } from '../../../src-main/storage/ledger/group-commit.ts';
import { openLedger } from '../../../src-main/storage/ledger/open.ts';
import type { Db } from '../../../src-main/storage/ledger/open.ts';

let folder: string;
let db: Db;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  db = openLedger({ file: join(folder, 'ledger.db'), key: new Uint8Array(32).fill(1) });
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = unknown;
function tasks(runs: readonly (() => unknown)[]) {
  const answers: Answer[] = [];
  const made = runs.map((run, index) => ({
    run,
    done: (value: unknown) => {
      // Answered only when nothing is open any more: what was said to be written is written.
      answers[index] = db.inTransaction ? 'too early' : value;
    },
    failed: (error: unknown) => {
      answers[index] = error;
    },
  }));
  return { made, answers };
}
const put = (key: string) => () =>
  db.prepare('INSERT INTO key_values (key, value, updated_at) VALUES (?, ?, 1)').run(key, 'x').changes;
const keys = () =>
  db
    .prepare<[], { key: string }>('SELECT key FROM key_values ORDER BY key')
    .all()
    .map(({ key }) => key);

describe('writes that came in together', () => {
  it('are one transaction, answered when it is durable', () => {
    const { made, answers } = tasks([put('a'), put('b'), keys]);
    commitTogether(db, made);
    expect(answers).toEqual([1, 1, ['a', 'b']]);
  });

  it('fail alone when they fail on their own', () => {
    const half = () => {
      put('half')();
      throw new Error('refused');
    };
    const { made, answers } = tasks([put('a'), half, put('a'), put('b')]);
    commitTogether(db, made);
    expect(answers[0]).toBe(1);
    expect(answers[1]).toMatchObject({ message: 'refused' });
    expect(answers[2]).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(answers[3]).toBe(1);
    expect(keys()).toEqual(['a', 'b']);
  });

  it('are tried one by one when the disk undid them all', () => {
    let full = true;
    const undo = () => {
      if (!full) return put('late')();
      full = false;
      // As SQLite does by itself when the disk is full.
      db.exec('ROLLBACK');
      throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    };
    const { made, answers } = tasks([put('a'), undo, put('b')]);
    commitTogether(db, made);
    expect(answers).toEqual([1, 1, 1]);
    expect(keys()).toEqual(['a', 'b', 'late']);
  });
});
