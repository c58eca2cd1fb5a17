import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { Ledger } from '../../src-main/storage/ledger/ledger.ts';
import { OrderKeeper } from '../../src-main/trading/order-keeper.ts';
import { BARE_BYTES, openBare } from './journal/bare.ts';
import { deskOverhead } from './journal/desk-overhead.ts';
import { journalOrder } from './journal/orders.ts';
import { reconciliationCpu } from './journal/reconciliation.ts';
import type { BenchResult } from './result.ts';

const WRITES = 400;
const TOGETHER = 20;

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
    const bare = openBare(join(folder, 'bare'));
    const thread = new Worker(new URL('./journal/bare-thread.ts', import.meta.url), {
      workerData: join(folder, 'bare-in-thread'),
    });
    const [ours, floor, threaded]: [number[], number[], number[]] = [[], [], []];
    // In turns, so that a disk that is busy for a while slows all of them.
    for (let n = 0; n < WRITES; n += 1) {
      ours.push(
        await took(() => keeper.commit(journalOrder(n), { kind: 'journaled' }, `intent-${String(n)}`)),
      );
      floor.push(
        await took(() => {
          bare.write();
          return Promise.resolve();
        }),
      );
      threaded.push(
        await took(() => {
          thread.postMessage(null);
          return once(thread, 'message');
        }),
      );
    }
    bare.close();
    await thread.terminate();
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
      peers: { 'floor, in a thread': quantile(threaded, share) },
      floor: quantile(floor, share),
      note: `durable against power loss; floor: write + fdatasync of ${String(BARE_BYTES)} bytes that blocks the main process, which we never do; target 1.3 times`,
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
