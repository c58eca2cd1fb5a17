import {
  statSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src-preload/contract/types/alert.ts';
import type { Fill, Order } from '../../../src-preload/contract/types/trading.ts';
import { Ledger } from '../../../src-main/storage/ledger/ledger.ts';
import { openLedger, storageError } from '../../../src-main/storage/ledger/open.ts';
import { ledgerOperations } from '../../../src-main/storage/ledger/operations.ts';
import { MIGRATIONS } from '../../../src-main/storage/ledger/schema.ts';

const key = (byte = 7) => new Uint8Array(32).fill(byte);
const makeWorker = () => new Worker(new URL('../../../src-main/storage/ledger/worker.ts', import.meta.url));
const CANARY = 'test-canary-order-note';

const order = (n: number, over: Partial<Order> = {}): Order => ({
  venue: 'practice',
  symbol: 'BTC/USDT',
  accountId: 'practice',
  clientOrderId: `hf-${String(n)}`,
  venueOrderId: `v-${String(n)}`,
  side: 'buy',
  type: 'limit',
  state: 'working',
  quantity: '0.1',
  filledQuantity: '0',
  averagePrice: null,
  price: '60000',
  triggerPrice: null,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  createdAt: n,
  updatedAt: n,
  ...over,
});
const fill = (n: number, over: Partial<Fill> = {}): Fill => ({
  venue: 'practice',
  symbol: 'BTC/USDT',
  accountId: 'practice',
  id: `f-${String(n)}`,
  venueOrderId: 'v-1',
  clientOrderId: 'hf-1',
  side: 'buy',
  price: '60000',
  quantity: '0.1',
  fee: '0.06',
  feeCurrency: 'USDT',
  liquidity: 'taker',
  cause: 'trade',
  time: n,
  ...over,
});

let folder: string;
let file: string;
let ledger: Ledger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'));
  file = join(folder, 'ledger.db');
  ledger = new Ledger(makeWorker);
});
afterEach(async () => {
  await ledger.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('the ledger through its worker', () => {
  it('keeps orders over a restart, and finds them by intent and by client order id', async () => {
    await ledger.open(file, key());
    await ledger.repositories.orders.record([{ order: order(1), intentId: 'i-1' }]);
    await ledger.close();
    await ledger.open(file, key());
    expect(await ledger.repositories.orders.byIntent({ accountId: 'practice', intentId: 'i-1' })).toEqual(
      order(1),
    );
    expect(
      await ledger.repositories.orders.byClientId({ accountId: 'practice', clientOrderId: 'hf-1' }),
    ).toEqual(order(1));
    expect(await ledger.repositories.orders.byIntent({ accountId: 'other', intentId: 'i-1' })).toBeNull();
  });

  it('writes nothing of what it holds in the clear, journal included', async () => {
    await ledger.open(file, key());
    await ledger.repositories.orders.record([{ order: order(1, { reason: CANARY }) }]);
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      expect(bytes.includes(CANARY)).toBe(false);
      expect(bytes.includes('SQLite format 3')).toBe(false);
    }
    expect(readdirSync(folder).length).toBeGreaterThanOrEqual(2);
  });

  it('overwrites the key bytes that it was given', async () => {
    const bytes = key();
    await ledger.open(file, bytes);
    expect([...bytes].every((byte) => byte === 0)).toBe(true);
  });

  it('refuses a wrong key as damaged-or-foreign and leaves the file as it was', async () => {
    await ledger.open(file, key());
    await ledger.close();
    const before = readFileSync(file);
    await expect(ledger.open(file, key(8))).rejects.toMatchObject({
      kind: 'storage',
      code: 'ledger.damaged',
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(ledger.isOpen).toBe(false);
    await expect(ledger.repositories.orders.open()).rejects.toMatchObject({ code: 'ledger.closed' });
  });

  it('calls a file that is no database damaged', async () => {
    writeFileSync(file, 'this is not a database, and long enough to be read as a page'.repeat(100));
    await expect(ledger.open(file, key())).rejects.toMatchObject({ code: 'ledger.damaged' });
  });

  it('names a folder that it may not write', async () => {
    writeFileSync(join(folder, 'blocked'), '');
    await expect(ledger.open(join(folder, 'blocked', 'ledger.db'), key())).rejects.toMatchObject({
      kind: 'storage',
    });
  });

  it('fails what waits when it is closed, and can be opened again', async () => {
    await ledger.open(file, key());
    const pending = ledger.repositories.orders.open();
    await ledger.close();
    await expect(pending).resolves.toEqual([]);
    await expect(ledger.repositories.orders.open()).rejects.toMatchObject({ code: 'ledger.closed' });
    await ledger.open(file, key());
    expect(await ledger.repositories.orders.open()).toEqual([]);
  });

  it('pages fills newest first at any offset, across hours and filters', async () => {
    await ledger.open(file, key());
    const fills = Array.from({ length: 250 }, (_, n) =>
      fill(n, { time: 1_700_000_000_000 + n * 120_000, symbol: n % 2 ? 'ETH/USDT' : 'BTC/USDT' }),
    );
    await ledger.repositories.fills.insert(fills);
    const newestFirst = fills.toReversed();
    for (const offset of [0, 1, 29, 30, 31, 149, 240]) {
      const page = await ledger.repositories.fills.list({ limit: 10, offset });
      expect(page.total).toBe(250);
      expect(page.rows.map((row) => row.id)).toEqual(
        newestFirst.slice(offset, offset + 10).map((row) => row.id),
      );
    }
    const eth = await ledger.repositories.fills.list({ symbol: 'ETH/USDT', limit: 3, offset: 100 });
    expect(eth.total).toBe(125);
    expect(eth.rows.map((row) => row.id)).toEqual(
      newestFirst
        .filter((row) => row.symbol === 'ETH/USDT')
        .slice(100, 103)
        .map((row) => row.id),
    );
    expect((await ledger.repositories.fills.list({ limit: 10, offset: 250 })).rows).toEqual([]);
  });

  it('adds the profit of a fill that the first feed did not tell, and calls it no new fill', async () => {
    await ledger.open(file, key());
    const { fills } = ledger.repositories;
    await fills.insert([fill(1), fill(2, { realizedPnl: '-5' })]);
    const told = [fill(1, { realizedPnl: '-10000', price: '1' }), fill(2, { realizedPnl: '7' }), fill(2)];
    expect(await fills.insert(told)).toEqual([]);
    const { rows, total } = await fills.list({ limit: 10, offset: 0 });
    expect(total).toBe(2);
    expect(rows).toEqual([fill(2, { realizedPnl: '-5' }), fill(1, { realizedPnl: '-10000' })]);
  });

  it('counts the same fill from two feeds once, and two equal fills with different ids twice', async () => {
    await ledger.open(file, key());
    expect(await ledger.repositories.fills.insert([fill(1)])).toHaveLength(1);
    expect(await ledger.repositories.fills.insert([fill(1), fill(1, { id: 'f-other' })])).toHaveLength(1);
    expect((await ledger.repositories.fills.list({ limit: 10, offset: 0 })).total).toBe(2);
  });

  it('keeps every transition of an order in sequence', async () => {
    await ledger.open(file, key());
    await ledger.repositories.orders.record([
      { order: order(1, { state: 'sending', venueOrderId: null }), intentId: 'i-1' },
    ]);
    await ledger.repositories.orders.record([{ order: order(1, { updatedAt: 5 }), detail: 'acknowledged' }]);
    await ledger.repositories.orders.record([{ order: order(1, { state: 'filled', updatedAt: 9 }) }]);
    expect(await ledger.repositories.orders.events({ accountId: 'practice', clientOrderId: 'hf-1' })).toEqual(
      [
        { time: 1, kind: 'state', state: 'sending', detail: null },
        { time: 5, kind: 'state', state: 'working', detail: 'acknowledged' },
        { time: 9, kind: 'state', state: 'filled', detail: null },
      ],
    );
    expect(await ledger.repositories.orders.open()).toEqual([]);
  });

  it.each([
    ['filled', 'working'],
    ['filled', 'cancelled'],
    ['filled', 'needsYou'],
    ['cancelled', 'partiallyFilled'],
    ['expired', 'working'],
    ['rejected', 'working'],
  ] as const)('keeps an order %s when a message that is far too late calls it %s', async (ended, late) => {
    const { orders } = ledger.repositories;
    await ledger.open(file, key());
    await orders.record([{ order: order(1, { state: ended, updatedAt: 9 }) }]);
    // In one write with news of another order, which must not be lost for it.
    await orders.record([{ order: order(1, { state: late, updatedAt: 99 }) }, { order: order(2) }]);
    const first = { accountId: 'practice', clientOrderId: 'hf-1' };
    expect(await orders.byClientId(first)).toEqual(order(1, { state: ended, updatedAt: 9 }));
    expect((await orders.events(first)).map(({ state }) => state)).toEqual([ended]);
    expect((await orders.open()).map(({ clientOrderId }) => clientOrderId)).toEqual(['hf-2']);
  });

  it('takes the late fill of a cancelled order, and the venue that has one we thought not placed', async () => {
    const { orders } = ledger.repositories;
    await ledger.open(file, key());
    await orders.record([
      { order: order(1, { state: 'cancelled' }) },
      { order: order(2, { state: 'rejected', venueOrderId: null }) },
    ]);
    await orders.record([
      { order: order(1, { state: 'filled', filledQuantity: '0.1' }) },
      { order: order(2, { state: 'working' }) },
    ]);
    const states = (await orders.list({ limit: 9, offset: 0 })).rows.map(({ state }) => state);
    expect(states).toEqual(['working', 'filled']);
  });

  it('refuses a second order for the same intent', async () => {
    await ledger.open(file, key());
    await ledger.repositories.orders.record([{ order: order(1), intentId: 'i-1' }]);
    await expect(
      ledger.repositories.orders.record([{ order: order(2), intentId: 'i-1' }]),
    ).rejects.toMatchObject({ kind: 'storage' });
    expect(
      await ledger.repositories.orders.byClientId({ accountId: 'practice', clientOrderId: 'hf-2' }),
    ).toBeNull();
  });

  it('stores an alert and its firing together and keeps the log newest first', async () => {
    await ledger.open(file, key());
    const alert: Alert = {
      id: 'a1',
      label: 'test',
      condition: { kind: 'orderFilled', accountId: null, partial: false },
      repeat: 'once',
      cooldownSeconds: 0,
      hysteresisPercent: '0',
      notify: true,
      state: 'done',
      createdAt: 1,
      lastFiredAt: 2,
      firedCount: 1,
    };
    const firing = {
      id: 'x1',
      alertId: 'a1',
      label: 'test',
      time: 2,
      text: { key: 'orderFilled', values: {} },
      seen: false,
    };
    await ledger.repositories.alerts.fire({ alert, firing });
    await ledger.repositories.alerts.fire({ alert, firing: { ...firing, id: 'x2', time: 3 } });
    const log = await ledger.repositories.alerts.firings({ limit: 10, offset: 0 });
    expect(log.rows.map((row) => row.id)).toEqual(['x2', 'x1']);
    expect(log.unseen).toBe(2);
    await ledger.repositories.alerts.markSeen();
    expect((await ledger.repositories.alerts.firings({ limit: 10, offset: 0 })).unseen).toBe(0);
    expect(await ledger.repositories.alerts.list()).toEqual([alert]);
  });

  it('thins snapshots to the points asked for and keeps the newest', async () => {
    await ledger.open(file, key());
    for (let n = 0; n < 100; n += 1)
      await ledger.repositories.snapshots.insert({ time: n * 10, total: String(n), rates: {}, accounts: {} });
    const points = await ledger.repositories.snapshots.since({ from: 200, points: 10 });
    expect(points.length).toBeLessThanOrEqual(10);
    expect(points.at(-1)?.time).toBe(990);
    expect(points.every((point) => point.time >= 200)).toBe(true);
    expect((await ledger.repositories.snapshots.atOrBefore({ time: 305 }))?.time).toBe(300);
    expect(await ledger.repositories.snapshots.atOrBefore({ time: -1 })).toBeNull();
  });
});

describe('opening the ledger file', () => {
  const open = (migrations = MIGRATIONS) => openLedger({ file, key: key(), migrations }).db;

  it('backs up before a migration, and the backup opens as the older version', () => {
    const first = open();
    ledgerOperations(first).keyValues.set({ key: 'note', value: 'before', time: 1 });
    first.close();
    const upgraded = open([...MIGRATIONS, 'CREATE TABLE later (x INTEGER) STRICT']);
    expect(upgraded.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length + 1);
    expect(ledgerOperations(upgraded).keyValues.get({ key: 'note' })).toBe('before');
    upgraded.close();
    const copy = `${file}.before-v${String(MIGRATIONS.length + 1)}`;
    expect(existsSync(copy)).toBe(true);
    copyFileSync(copy, file);
    rmSync(`${file}-wal`, { force: true });
    rmSync(`${file}-shm`, { force: true });
    const restored = open();
    expect(ledgerOperations(restored).keyValues.get({ key: 'note' })).toBe('before');
    restored.close();
  });

  it('leaves the database at its version when a migration fails', () => {
    open().close();
    expect(() => open([...MIGRATIONS, 'CREATE TABLE half (x INTEGER) STRICT; THIS IS NOT SQL'])).toThrow();
    const db = open();
    expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    expect(db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'half'").get()).toEqual({ n: 0 });
    db.close();
  });

  it('refuses a database of a newer version and says so', () => {
    const db = open();
    db.pragma('user_version=99');
    db.close();
    expect(() => open()).toThrowError(expect.objectContaining({ code: 'ledger.newerVersion' }) as Error);
  });

  it('calls a database whose later pages were overwritten damaged, not empty', () => {
    const db = open();
    ledgerOperations(db).fills.insert(Array.from({ length: 500 }, (_, n) => fill(n)));
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 3 * 4096);
    writeFileSync(file, bytes);
    expect(() => {
      const again = open();
      try {
        ledgerOperations(again).fills.list({ limit: 100, offset: 0 });
      } catch (error) {
        throw storageError(error);
      } finally {
        again.close();
      }
    }).toThrowError(expect.objectContaining({ code: 'ledger.damaged' }) as Error);
  });

  it.skipIf(process.platform === 'win32')('makes the file readable for its owner alone', () => {
    open().close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('failures as clear messages', () => {
  it.each([
    ['SQLITE_FULL', 'ledger.diskFull'],
    ['ENOSPC', 'ledger.diskFull'],
    ['SQLITE_BUSY_SNAPSHOT', 'ledger.busy'],
    ['SQLITE_IOERR_WRITE', 'ledger.io'],
    ['SQLITE_READONLY_DBMOVED', 'ledger.readOnly'],
    ['SQLITE_CORRUPT_VTAB', 'ledger.damaged'],
    ['SQLITE_MISUSE', 'ledger.failed'],
  ])('maps %s to %s without the library text', (code, expected) => {
    const mapped = storageError(Object.assign(new Error('/home/test/secret-path'), { code }));
    expect(mapped.code).toBe(expected);
    expect(mapped.message).not.toContain('secret-path');
  });
});
