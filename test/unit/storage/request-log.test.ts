import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../../src-preload/contract/types/activity.ts';
import { openLedger } from '../../../src-main/storage/ledger/open.ts';
import type { Db } from '../../../src-main/storage/ledger/open.ts';
import { requestLogOperations } from '../../../src-main/storage/ledger/repositories/request-log.ts';
import { MIGRATIONS } from '../../../src-main/storage/ledger/schema.ts';

const row = (n: number, over: Partial<RequestRecord> = {}): RequestRecord => ({
  time: n,
  venue: 'bybit',
  accountId: null,
  transport: 'http',
  operation: 'instruments',
  method: 'GET',
  path: '/v5/market/instruments-info',
  request: 'category=spot',
  response: '{"retCode":0}',
  status: 200,
  venueCode: '0',
  outcome: 'ok',
  waitedMs: 1,
  flightMs: 10,
  ...over,
});

let folder: string;
let db: Db;
const openAgain = (): Db =>
  openLedger({ file: join(folder, 'ledger.db'), key: new Uint8Array(32).fill(3) }).db;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  db = openAgain();
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the request log in the ledger', () => {
  it('keeps every field and lists newest first', () => {
    const log = requestLogOperations(db);
    const odd = row(2, { accountId: 'a', status: null, response: null, venueCode: null, flightMs: null });
    const ids = log.append([row(1), odd]);
    expect(ids).toEqual([1, 2]);
    expect(log.list({ limit: 10, offset: 0 })).toEqual({
      rows: [
        { ...odd, id: 2 },
        { ...row(1), id: 1 },
      ],
      total: 2,
    });
    expect(log.list({ limit: 1, offset: 1 })).toMatchObject({ rows: [{ id: 1 }], total: 2 });
  });

  it('filters by venue, account, outcome, and part of operation or path', () => {
    const log = requestLogOperations(db);
    log.append([
      row(1),
      row(2, { venue: 'bitget' }),
      row(3, { accountId: 'a' }),
      row(4, { outcome: 'refused', operation: 'order.create', path: '/v5/order/create' }),
      row(5, { path: '/odd/100%_sure' }),
    ]);
    const times = (filter: Parameters<typeof log.list>[0] extends infer F ? Partial<F> : never) => {
      const { rows, total } = log.list({ limit: 10, offset: 0, ...filter });
      expect(total).toBe(rows.length);
      return rows.map(({ time }) => time);
    };
    expect(times({ venue: 'bitget' })).toEqual([2]);
    expect(times({ accountId: 'a' })).toEqual([3]);
    expect(times({ outcome: 'refused' })).toEqual([4]);
    expect(times({ text: 'ORDER.' })).toEqual([4]);
    expect(times({ text: 'market/' })).toEqual([3, 2, 1]);
    expect(times({ text: '100%_' })).toEqual([5]);
    expect(times({ text: '%' })).toEqual([5]);
    expect(times({ text: "' OR 1=1 --" })).toEqual([]);
    expect(times({ venue: 'bybit', text: 'order' })).toEqual([4]);
  });

  it('is walked page by page, oldest first, each row once', () => {
    const log = requestLogOperations(db);
    log.append(Array.from({ length: 25 }, (_, n) => row(n, { outcome: n % 2 === 0 ? 'ok' : 'failed' })));
    const seen: number[] = [];
    for (let afterId = 0; ;) {
      const rows = log.page({ afterId, limit: 4, outcome: 'ok' });
      const last = rows.at(-1);
      if (!last) break;
      seen.push(...rows.map(({ time }) => time));
      afterId = last.id;
    }
    expect(seen).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
  });

  it('drops the oldest rows once the cap is passed, never the newest, and knows its size after a restart', () => {
    const cap = 5_000;
    let log = requestLogOperations(db, cap);
    const append = (from: number, to: number): void => {
      for (let n = from; n < to; n += 1) log.append([row(n, { response: 'x'.repeat(300) })]);
    };
    append(0, 100);
    const first = log.list({ limit: 1000, offset: 0 });
    expect(first.rows[0]?.time).toBe(99);
    expect(first.total).toBeGreaterThan(7);
    expect(first.total * 420).toBeLessThanOrEqual(cap);
    db.close();
    db = openAgain();
    log = requestLogOperations(db, cap);
    append(100, 200);
    expect(log.list({ limit: 1000, offset: 0 }).total).toBeLessThanOrEqual(first.total + 1);
    expect(log.list({ limit: 1, offset: 0 }).rows[0]?.time).toBe(199);
  });

  it('forgets everything when cleared and never gives an id twice', () => {
    const log = requestLogOperations(db);
    log.append([row(1), row(2)]);
    log.clear();
    expect(log.list({ limit: 10, offset: 0 })).toEqual({ rows: [], total: 0 });
    expect(log.append([row(3)])).toEqual([3]);
  });

  it('counts right after an append that failed half way', () => {
    const log = requestLogOperations(db, 3_000);
    const broken = { ...row(2), outcome: null } as unknown as RequestRecord;
    for (let n = 0; n < 50; n += 1) expect(() => log.append([row(1), broken])).toThrow();
    log.append([row(3)]);
    expect(log.list({ limit: 10, offset: 0 }).total).toBe(1);
  });

  it('answers percentiles of the time in flight and to the acknowledgement, by operation and transport', () => {
    const log = requestLogOperations(db);
    const order = { operation: 'order.create', transport: 'websocket' } as const;
    log.append([
      ...Array.from({ length: 100 }, (_, n) => row(1000 + n, { ...order, flightMs: n + 1, waitedMs: 0.5 })),
      row(1200, { ...order, outcome: 'unknown', flightMs: null }),
      row(1200, { ...order, transport: 'http', flightMs: 7, waitedMs: 3 }),
      row(10, { ...order, flightMs: 9999 }),
      row(1200, { operation: 'never.answered', outcome: 'failed', flightMs: null }),
    ]);
    expect(log.latency({ since: 1000 })).toEqual([
      {
        venue: 'bybit',
        ...order,
        count: 101,
        failed: 1,
        p50: 50,
        p95: 95,
        p99: 99,
        ackP50: 50.5,
        ackP99: 99.5,
      },
      {
        venue: 'bybit',
        ...order,
        transport: 'http',
        count: 1,
        failed: 0,
        p50: 7,
        p95: 7,
        p99: 7,
        ackP50: 10,
        ackP99: 10,
      },
    ]);
    expect(log.latency({ since: 5000 })).toEqual([]);
  });

  it('comes to be in a ledger that was made before it', () => {
    db.close();
    rmSync(folder, { recursive: true });
    const { db: older } = openLedger({
      file: join(folder, 'ledger.db'),
      key: new Uint8Array(32).fill(3),
      migrations: MIGRATIONS.slice(0, 1),
    });
    older.exec("INSERT INTO key_values VALUES ('note', 'kept', 1)");
    older.close();
    db = openAgain();
    requestLogOperations(db).append([row(1)]);
    expect(db.prepare("SELECT value FROM key_values WHERE key = 'note'").get()).toEqual({ value: 'kept' });
  });
});
