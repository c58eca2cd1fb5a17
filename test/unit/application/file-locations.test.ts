import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileLocations, otherFiles } from '../../../src-main/file-locations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const found = () =>
  otherFiles(folder, fileLocations(folder, join(folder, 'settings.json'))).map((path) => basename(path));

it('knows everything that the ledger leaves beside it, and nothing of others', () => {
  const left = [
    'ledger.db-wal',
    'ledger.db-shm',
    'ledger.db.redo',
    'ledger.db.redo.kept-17',
    'ledger.db.before-v5',
  ];
  for (const name of [...left, 'ledger.dbx', 'my-ledger.db.redo', 'vault.hfv'])
    writeFileSync(join(folder, name), '');
  expect(found()).toEqual(expect.arrayContaining(['ledger.db', ...left]));
  expect(found()).not.toEqual(expect.arrayContaining([expect.stringMatching(/dbx|my-|vault/)]));
});

it('asks for nothing in a folder that is not there', () => {
  rmSync(folder, { recursive: true });
  expect(found()).toContain('ledger.db');
});
