import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src-main/storage/ledger/open.ts';
import { ledgerOperations } from '../../src-main/storage/ledger/operations.ts';
import type { LedgerRepositories } from '../../src-main/storage/ledger/ledger.ts';

type Operation = (input: unknown) => unknown;

export interface TestLedger {
  readonly repositories: LedgerRepositories;
  /** The next write of this operation ("orders.record") fails as on a full disk. */
  failNext(operation: string): void;
  /** From now on each operation that this says yes to fails as on a full disk; null = none any more. */
  failWhen(decide: ((operation: string) => boolean) | null): void;
  dispose(): void;
}

/** The real ledger without its worker thread: same SQL, same answers, on a temporary file. */
export function testLedger(): TestLedger {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const { db } = openLedger({ file: join(folder, 'ledger.db'), key: new Uint8Array(32).fill(1) });
  const operations = ledgerOperations(db) as unknown as Record<string, Record<string, Operation>>;
  const failing = new Set<string>();
  let isFailing: (operation: string) => boolean = () => false;
  const repositories = Object.fromEntries(
    Object.entries(operations).map(([name, entries]) => [
      name,
      Object.fromEntries(
        Object.entries(entries).map(([operation, run]) => [
          operation,
          async (input: unknown) => {
            await Promise.resolve();
            const full = `${name}.${operation}`;
            if (failing.delete(full) || isFailing(full))
              throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
            return run(input);
          },
        ]),
      ),
    ]),
  );
  return {
    repositories: repositories as unknown as LedgerRepositories,
    failNext: (operation) => failing.add(operation),
    failWhen: (decide) => {
      isFailing = decide ?? (() => false);
    },
    dispose: () => {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
