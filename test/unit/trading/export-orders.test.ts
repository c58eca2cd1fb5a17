import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { exportOrders } from '../../../src-main/trading/export-orders.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const order = (n: number, over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId: String(n) }, over);
const pageOf = (rows: readonly Order[]) => () => Promise.resolve({ rows, next: null });

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

  describe('while they change', () => {
    const path = () => join(folder, 'orders.csv');
    const ids = () =>
      readFileSync(path(), 'utf8')
        .split('\r\n')
        .slice(1, -1)
        .map((line) => Number(line.split(',').at(-4)));
    const all = Array.from({ length: 1200 }, (_, n) => order(1000 + n, { createdAt: 1000 + n }));
    let ledger: TestLedger;
    beforeEach(async () => {
      ledger = testLedger();
      await ledger.repositories.orders.record(all.map((entry) => ({ order: entry })));
    });
    afterEach(() => {
      ledger.dispose();
    });
    /** What happens to an order between the first page and the second. */
    const exported = async (meanwhile: Order) => {
      const { orders } = ledger.repositories;
      return exportOrders(path(), async (after, limit) => {
        if (after?.createdAt === 1700) await orders.record([{ order: meanwhile }]);
        return orders.page({ states: ['working'], after, limit });
      });
    };

    it('misses none when one that is written already leaves the selection', async () => {
      expect(await exported(order(2199, { createdAt: 2199, state: 'cancelled' }))).toBe(1200);
      expect(ids()).toEqual(all.map(({ clientOrderId }) => Number(clientOrderId)).toReversed());
    });

    it('writes none twice when a new one comes', async () => {
      expect(await exported(order(9999, { createdAt: 9999 }))).toBe(1200);
      expect(new Set(ids()).size).toBe(1200);
      expect(ids()).not.toContain(9999);
    });

    it('goes by what the ledger keeps of the time: the venue may correct it', async () => {
      // The last of the first page.
      await ledger.repositories.orders.record([{ order: order(1700, { createdAt: 5 }) }]);
      expect(await exported(order(1701, { createdAt: 1701, state: 'filled' }))).toBe(1200);
    });

    it('has both orders of two accounts that have their number and their time in common', async () => {
      const twins = all.map((entry) => ({ order: { ...entry, accountId: 'b', createdAt: 1 } }));
      const others = all.map((entry) => ({ order: { ...entry, accountId: 'c', createdAt: 1 } }));
      // One more, so that a page ends between the two of a pair.
      const first = { order: order(9999, { createdAt: 9999 }) };
      await ledger.repositories.orders.record([...twins, ...others, first]);
      const { orders } = ledger.repositories;
      expect(await exportOrders(path(), (after, limit) => orders.page({ after, limit }))).toBe(3601);
    });
  });

  it('says that the file could not be written, by its code', async () => {
    await expect(exportOrders(join(folder, 'no', 'orders.csv'), pageOf([]))).rejects.toMatchObject({
      kind: 'storage',
      code: 'orders.notWritten',
    });
  });
});
