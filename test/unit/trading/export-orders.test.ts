import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { exportOrders } from '../../../src-main/trading/export-orders.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const order = (n: number, over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId: String(n) }, over);
const pageOf = (orders: readonly Order[]) => (offset: number, limit: number) =>
  Promise.resolve(orders.slice(offset, offset + limit));

describe('orders as CSV', () => {
  it('quotes as RFC 4180 says, and keeps a spreadsheet from running the texts of a venue', async () => {
    const path = join(folder, 'orders.csv');
    const reasons = ['said "no", twice', '=HYPERLINK("x")', '-1.5', '@cmd'];
    const rows = reasons.map((reason, n) => order(n, { reason }));
    expect(await exportOrders(path, pageOf(rows))).toBe(4);
    const lines = readFileSync(path, 'utf8').split('\r\n');
    expect(lines[0]).toMatch(/^created,updated,venue,account,symbol,/);
    expect(lines[1]).toContain(',"said ""no"", twice",');
    expect(lines[2]).toContain(`,"'=HYPERLINK(""x"")",`);
    expect(lines[3]).toContain(',-1.5,');
    expect(lines[4]).toContain(",'@cmd,");
    expect(lines).toHaveLength(6);
    expect(lines[5]).toBe('');
  });

  it('is readable for its owner alone, also where a file was before', async () => {
    const path = join(folder, 'orders.csv');
    writeFileSync(path, 'old', { mode: 0o644 });
    await exportOrders(path, pageOf([]));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain('old');
  });

  it('writes an order once that was pushed to the next page by a new one', async () => {
    const orders = Array.from({ length: 600 }, (_, n) => order(n));
    let pages = 0;
    const page = (offset: number, limit: number) => {
      if ((pages += 1) === 2) orders.unshift(order(9999));
      return pageOf(orders)(offset, limit);
    };
    expect(await exportOrders(join(folder, 'orders.csv'), page)).toBe(600);
  });

  it('says that the file could not be written, by its code', async () => {
    await expect(exportOrders(join(folder, 'no', 'orders.csv'), pageOf([]))).rejects.toMatchObject({
      kind: 'storage',
      code: 'orders.notWritten',
    });
  });
});
