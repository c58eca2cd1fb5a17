import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger, redoFileOf } from '../../../src-main/storage/ledger/open.ts';
import { folder, killed, open } from './writer-fixture.ts';

const BLOCK = 4096;

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
