import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3-multiple-ciphers';
import { Ledger } from '../../src-main/storage/ledger/ledger.ts';
import type { Fill } from '../../src-preload/contract/types/trading.ts';
import type { BenchResult } from './result.ts';

const FILLS = 1_000_000;
const BATCH = 5000;
const TWO_YEARS = 2 * 365 * 86_400_000;

const fill = (n: number): Fill => ({
  venue: 'practice',
  symbol: n % 3 ? 'BTC/USDT' : 'ETH/USDT',
  accountId: 'practice',
  id: `f-${String(n)}`,
  venueOrderId: `v-${String(n)}`,
  clientOrderId: String(n),
  side: n % 2 ? 'buy' : 'sell',
  price: '60000.1',
  quantity: '0.015',
  fee: '0.9',
  feeCurrency: 'USDT',
  liquidity: 'taker',
  cause: 'trade',
  time: 1_700_000_000_000 + Math.floor((n * TWO_YEARS) / FILLS),
});

/** Inserts and pages a million fills through the worker, beside plain SQL on the same engine without encryption. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const ledger = new Ledger(
    () => new Worker(new URL('../../src-main/storage/ledger/worker.ts', import.meta.url)),
  );
  try {
    await ledger.open(join(folder, 'ledger.db'), new Uint8Array(32).fill(3));
    const inserted = await insertAll((fills) => ledger.repositories.fills.insert(fills));
    const pages = await slowestPage((offset) => ledger.repositories.fills.list({ limit: 100, offset }));
    const filtered = await slowestPage((offset) =>
      ledger.repositories.fills.list({ symbol: 'ETH/USDT', limit: 100, offset: Math.floor(offset / 3) }),
    );
    await ledger.close();
    const plain = await plainSql(join(folder, 'plain.db'));
    const size = statSync(join(folder, 'ledger.db')).size / 1_048_576;
    return [
      {
        name: 'ledger: insert 1,000,000 fills',
        unit: 's',
        ours: inserted,
        peers: { 'plain SQLite, same rows': plain.inserted },
        note: `${size.toFixed(0)} MiB encrypted`,
      },
      {
        name: 'ledger: slowest page of 100, any offset',
        unit: 'ms',
        ours: pages,
        peers: { 'LIMIT/OFFSET on plain SQLite': plain.page },
        note: 'target 20 ms',
      },
      { name: 'ledger: slowest page of 100, one market', unit: 'ms', ours: filtered, peers: {} },
    ];
  } finally {
    await ledger.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function insertAll(insert: (fills: Fill[]) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < FILLS; n += BATCH) await insert(Array.from({ length: BATCH }, (_, k) => fill(n + k)));
  return (performance.now() - started) / 1000;
}

async function slowestPage(page: (offset: number) => Promise<unknown>): Promise<number> {
  let slowest = 0;
  for (const share of [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.9998]) {
    const started = performance.now();
    await page(Math.floor(FILLS * share));
    slowest = Math.max(slowest, performance.now() - started);
  }
  return slowest;
}

async function plainSql(file: string): Promise<{ inserted: number; page: number }> {
  const db = new Database(file);
  db.pragma('journal_mode=WAL');
  db.exec(
    'CREATE TABLE fills (n INTEGER PRIMARY KEY, id TEXT UNIQUE, time INTEGER, data TEXT); CREATE INDEX t ON fills (time DESC, n DESC)',
  );
  const insert = db.prepare('INSERT INTO fills (id, time, data) VALUES (?, ?, ?)');
  const all = db.transaction((fills: Fill[]) => {
    for (const entry of fills) insert.run(entry.id, entry.time, JSON.stringify(entry));
  });
  const inserted = await insertAll((fills) => {
    all(fills);
    return Promise.resolve();
  });
  const select = db.prepare('SELECT data FROM fills ORDER BY time DESC, n DESC LIMIT 100 OFFSET ?');
  const page = await slowestPage((offset) => Promise.resolve(select.all(offset)));
  db.close();
  return { inserted, page };
}
