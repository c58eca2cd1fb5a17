import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { Notices } from '../../../src-main/notices.ts';
import { openLedger } from '../../../src-main/session/open-ledger.ts';
import type { SessionParts } from '../../../src-main/session/session-parts.ts';
import type { LedgerOpening } from '../../../src-main/storage/ledger/messages.ts';

const opened = async (open: () => Promise<LedgerOpening>, isUnlocked = true): Promise<Notices> => {
  const notices = new Notices();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const parts = {
    vault: { ledgerKey: () => Promise.resolve(new Uint8Array(32)), isUnlocked },
    ledger: { open },
    ledgerFile: join(folder, 'ledger.db'),
    notices,
  };
  try {
    await openLedger(parts as unknown as SessionParts);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return notices;
};
const damaged = () => Promise.reject(new HoldfastError('storage', 'ledger.damaged', 'Damaged.'));

it('says nothing of writes that were done again: nothing was lost', async () => {
  const notices = await opened(() => Promise.resolve({ isNew: false, redone: 7, setAside: null }));
  expect(notices.all()).toEqual([]);
});

it('names the file that was kept when confirmed writes could not be read', async () => {
  const setAside = join('/somewhere', 'ledger.db.redo.kept-17');
  const notices = await opened(() => Promise.resolve({ isNew: false, redone: 1, setAside }));
  expect(notices.all()).toMatchObject([{ severity: 'warning', code: 'ledger.redoSetAside' }]);
  expect(notices.all()[0]?.message).toContain('ledger.db.redo.kept-17');
  expect(notices.all()[0]?.message).not.toContain('somewhere');
});

it('goes on without a ledger that cannot be opened, and says so', async () => {
  expect((await opened(damaged)).all()).toMatchObject([{ code: 'ledger.damaged', severity: 'error' }]);
});

it('stops when the vault was locked meanwhile', async () => {
  await expect(opened(damaged, false)).rejects.toMatchObject({ code: 'ledger.damaged' });
});
