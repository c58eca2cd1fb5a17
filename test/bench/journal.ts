import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { Ledger } from '../../src-main/storage/ledger/ledger.ts';
import { OrderKeeper } from '../../src-main/trading/order-keeper.ts';
import { deskOverhead } from './journal/desk-overhead.ts';
import { journalOrder } from './journal/orders.ts';
import { reconciliationCpu } from './journal/reconciliation.ts';
import type { BenchResult } from './result.ts';

const WRITES = 400;
const TOGETHER = 20;
/** What a journal entry of one order weighs as JSON. */
const BYTES = 1024;

/** The journal of orders: what durability costs beside the disk alone, and what the desk adds to an order. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const ledger = new Ledger(
    () => new Worker(new URL('../../src-main/storage/ledger/worker.ts', import.meta.url)),
  );
  try {
    await ledger.open(join(folder, 'ledger.db'), new Uint8Array(32).fill(3));
    const keeper = new OrderKeeper({
      ledger: ledger.repositories,
      clock: Date.now,
      onOrder: () => undefined,
      onFill: () => undefined,
      onWriteFailed: (error) => {
        throw error;
      },
    });
    const bare = openSync(join(folder, 'bare'), 'a', 0o600);
    const [ours, floor]: [number[], number[]] = [[], []];
    const bytes = Buffer.alloc(BYTES, 7);
    // In turns, so that a disk that is busy for a while slows both.
    for (let n = 0; n < WRITES; n += 1) {
      ours.push(
        await took(() => keeper.commit(journalOrder(n), { kind: 'journaled' }, `intent-${String(n)}`)),
      );
      floor.push(
        await took(() => {
          writeSync(bare, bytes);
          fdatasyncSync(bare);
          return Promise.resolve();
        }),
      );
    }
    closeSync(bare);
    const together = await took(() =>
      Promise.all(
        Array.from({ length: TOGETHER }, (_, k) =>
          keeper.commit(journalOrder(WRITES + k), { kind: 'journaled' }),
        ),
      ),
    );
    const figure = (name: string, share: number): BenchResult => ({
      name: `journal: write ${name}`,
      unit: 'ms',
      ours: quantile(ours, share),
      peers: {},
      floor: quantile(floor, share),
      note: `durable against power loss; floor: write + fdatasync of ${String(BYTES)} bytes; target 1.3 times`,
    });
    return [
      figure('p50', 0.5),
      figure('p99', 0.99),
      {
        name: `journal: ${String(TOGETHER)} orders at once, all of them`,
        unit: 'ms',
        ours: together,
        peers: {},
        floor: quantile(floor, 0.5),
        note: 'they share one wait for the disk',
      },
      await deskOverhead(),
      await reconciliationCpu(ledger),
    ];
  } finally {
    await ledger.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function took(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
