import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Order } from '../../src-preload/contract/types/trading.ts';
import { PASSPHRASE, bytes, testApplication } from '../support/application.ts';
import type { TestApplication } from '../support/application.ts';

const CONTEXT = { windowId: 1 };
const ORDER = {
  accountId: 'practice',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
} as const;

let running: TestApplication[] = [];
afterEach(async () => {
  for (const entry of running) await entry.remove();
  running = [];
});
function start(over: Parameters<typeof testApplication>[0] = {}): TestApplication {
  const made = testApplication(over);
  running.push(made);
  return made;
}
async function created(): Promise<TestApplication> {
  const made = start();
  await made.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  return made;
}
async function lastPrice(app: TestApplication): Promise<number> {
  const { hub } = app.application.host.live();
  return Number(await hub.reference({ venue: 'practice', symbol: 'BTC/USDT' }));
}
/** A price far below the market that still keeps to the tick. */
const restingPrice = async (app: TestApplication) => String(Math.floor((await lastPrice(app)) * 0.9));

describe('the application from first run to a filled order', () => {
  it('makes a vault and has the practice account ready', async () => {
    const app = start();
    expect((await app.handlers.vault.status({}, CONTEXT)).state).toBe('absent');
    const status = await app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect(status.state).toBe('unlocked');
    expect(await app.handlers.accounts.list({}, CONTEXT)).toMatchObject([{ id: 'practice', state: 'live' }]);
    const instruments = await app.handlers.market.instruments({ venue: 'practice' }, CONTEXT);
    expect(instruments.map((entry) => entry.symbol)).toEqual(
      expect.arrayContaining(['BTC/USDT', 'BTC/USDT:USDT']),
    );
    expect(app.failures).toEqual([]);
  });

  it('fills a market order, books it once, and shows it in portfolio, orders and fills', async () => {
    const app = await created();
    const { handlers } = app;
    const placed = await handlers.trading.place(
      { ...ORDER, type: 'market', timeInForce: 'IOC', quantity: '0.01', intentId: 'intent-1' },
      CONTEXT,
    );
    expect(placed.state).toBe('filled');
    await vi.waitFor(async () => {
      expect((await handlers.trading.fills({ limit: 10, offset: 0 }, CONTEXT)).total).toBeGreaterThan(0);
    });
    const fills = await handlers.trading.fills({ limit: 100, offset: 0 }, CONTEXT);
    const filled = fills.rows.reduce((sum, fill) => sum + Math.round(Number(fill.quantity) * 1e8), 0);
    expect(filled).toBe(1_000_000);
    expect((await handlers.trading.orderHistory({ limit: 10, offset: 0 }, CONTEXT)).rows[0]).toMatchObject({
      clientOrderId: placed.clientOrderId,
      state: 'filled',
    });
    const again = await handlers.trading.place(
      { ...ORDER, type: 'market', timeInForce: 'IOC', quantity: '0.01', intentId: 'intent-1' },
      CONTEXT,
    );
    expect(again.clientOrderId).toBe(placed.clientOrderId);
    await vi.waitFor(async () => {
      const view = await handlers.portfolio.refresh({}, CONTEXT);
      expect(view.total).not.toBeNull();
      expect(Number(view.holdings.find((holding) => holding.asset === 'BTC')?.total)).toBeGreaterThan(0.1);
    });
  });

  it('places, amends and cancels a resting order', async () => {
    const app = await created();
    const { trading } = app.handlers;
    const price = await restingPrice(app);
    const order = await trading.place({ ...ORDER, price, quantity: '0.01', intentId: 'intent-1' }, CONTEXT);
    expect(order.state).toBe('working');
    const amended = await trading.amend(
      { accountId: 'practice', clientOrderId: order.clientOrderId, quantity: '0.02' },
      CONTEXT,
    );
    expect(amended.quantity).toBe('0.02');
    expect(
      (await trading.cancel({ accountId: 'practice', clientOrderId: order.clientOrderId }, CONTEXT)).state,
    ).toBe('cancelled');
    expect(await trading.openOrders({}, CONTEXT)).toEqual([]);
  });

  it('previews what an order will do and refuses one that breaks a rule, naming field and nearest value', async () => {
    const app = await created();
    const preview = await app.handlers.trading.preview(
      { ...ORDER, price: await restingPrice(app), quantity: '0.01' },
      CONTEXT,
    );
    expect(preview.problems).toEqual([]);
    expect(Number(preview.cost)).toBeGreaterThan(0);
    expect(preview.bookAgeMs).not.toBeNull();
    const refused = Promise.resolve(
      app.handlers.trading.place(
        { ...ORDER, price: '1', quantity: '0.0000001', intentId: 'intent-2' },
        CONTEXT,
      ),
    );
    await expect(refused).rejects.toMatchObject({ kind: 'badInput' });
  });
});

describe('locking', () => {
  it('refuses everything that needs the vault, and gives all of it back after unlock', async () => {
    const app = await created();
    const { handlers } = app;
    const price = await restingPrice(app);
    const order = await handlers.trading.place(
      { ...ORDER, price, quantity: '0.01', intentId: 'intent-1' },
      CONTEXT,
    );
    await handlers.alerts.create(
      {
        label: 'test alert',
        repeat: 'once',
        cooldownSeconds: 0,
        hysteresisPercent: '0',
        notify: false,
        condition: { kind: 'orderFilled', accountId: null, partial: false },
      },
      CONTEXT,
    );
    await handlers.vault.lock({}, CONTEXT);
    expect(() => handlers.trading.openOrders({}, CONTEXT)).toThrowError(
      expect.objectContaining({ kind: 'locked' }) as Error,
    );
    await expect(
      handlers.vault.unlock({ passphrase: bytes('test passphrase that is wrong') }, CONTEXT),
    ).rejects.toMatchObject({ code: 'vault.wrongPassphrase' });
    await handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    const open = (await handlers.trading.openOrders({}, CONTEXT)) as readonly Order[];
    expect(open.map((entry) => [entry.clientOrderId, entry.state])).toEqual([
      [order.clientOrderId, 'working'],
    ]);
    expect(await handlers.alerts.list({}, CONTEXT)).toHaveLength(1);
  });

  it('keeps orders and balances over a restart of the program', async () => {
    const first = await created();
    const price = await restingPrice(first);
    const order = await first.handlers.trading.place(
      { ...ORDER, price, quantity: '0.01', intentId: 'intent-1' },
      CONTEXT,
    );
    await first.stop();
    const second = start({ folder: first.folder, settings: first.settings });
    await second.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    const open = (await second.handlers.trading.openOrders({}, CONTEXT)) as readonly Order[];
    expect(open.map((entry) => entry.clientOrderId)).toEqual([order.clientOrderId]);
    expect(
      (
        await second.handlers.trading.cancel(
          { accountId: 'practice', clientOrderId: order.clientOrderId },
          CONTEXT,
        )
      ).state,
    ).toBe('cancelled');
  });
});

describe('keys', () => {
  const KEY = {
    venue: 'bybit',
    environment: 'live',
    region: 'global',
    label: 'Main',
    uses: ['read'],
    key: 'test-key-0001',
    secret: bytes('test-secret-0001'),
  } as const;

  it('go in once, are listed by their last characters, and never come back', async () => {
    const app = await created();
    const secret = bytes('test-secret-canary-7431');
    const account = await app.handlers.accounts.add({ ...KEY, uses: ['read'], secret }, CONTEXT);
    expect(account).toMatchObject({ venue: 'bybit', keyLast4: '0001', state: 'notSupported' });
    expect([...secret].every((byte) => byte === 0)).toBe(true);
    expect(JSON.stringify(await app.handlers.accounts.list({}, CONTEXT))).not.toContain('canary');
    expect(
      (await app.handlers.accounts.rename({ accountId: account.id, label: 'Other' }, CONTEXT)).label,
    ).toBe('Other');
    await app.handlers.accounts.remove({ accountId: account.id }, CONTEXT);
    expect(await app.handlers.accounts.list({}, CONTEXT)).toHaveLength(1);
  });

  it('are refused for a site or environment that the venue does not have', async () => {
    const app = await created();
    const add = (over: object) =>
      Promise.resolve().then(() =>
        app.handlers.accounts.add({ ...KEY, uses: ['read'], ...over } as never, CONTEXT),
      );
    await expect(add({ region: 'mars' })).rejects.toMatchObject({
      details: { problems: [{ field: 'region' }] },
    });
    await expect(add({ region: 'eu', environment: 'testnet' })).rejects.toMatchObject({
      details: { problems: [{ field: 'environment' }] },
    });
    await expect(add({ venue: 'bitget' })).rejects.toMatchObject({
      details: { problems: [{ field: 'venuePassphrase' }] },
    });
  });

  it('are widened only with the passphrase', async () => {
    const app = await created();
    const account = await app.handlers.accounts.add(
      { ...KEY, uses: ['read'], secret: bytes('test-secret-0002') },
      CONTEXT,
    );
    const widen = (passphrase: string) =>
      app.handlers.accounts.setUses(
        { accountId: account.id, uses: ['trade'], passphrase: bytes(passphrase) },
        CONTEXT,
      );
    await expect(widen('test passphrase that is wrong')).rejects.toMatchObject({
      code: 'vault.wrongPassphrase',
    });
    expect((await widen(PASSPHRASE)).uses).toEqual(['read', 'trade']);
  });
});

describe('a ledger that cannot be opened', () => {
  it('is a notice: the vault opens, market data runs, and orders are refused', async () => {
    const first = await created();
    await first.stop();
    writeFileSync(
      join(first.folder, 'ledger.db'),
      'not a database at all, but long enough to be taken for one'.repeat(200),
    );
    rmSync(join(first.folder, 'ledger.db-wal'), { force: true });
    const second = start({ folder: first.folder, settings: first.settings });
    expect((await second.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT)).state).toBe(
      'unlocked',
    );
    const state = await second.handlers.app.state({}, CONTEXT);
    expect(state.notices.map((notice) => notice.code)).toContain('ledger.damaged');
    expect(await lastPrice(second)).toBeGreaterThan(0);
    const placing = Promise.resolve(
      second.handlers.trading.place(
        { ...ORDER, price: await restingPrice(second), quantity: '0.01', intentId: 'intent-1' },
        CONTEXT,
      ),
    );
    await expect(placing).rejects.toMatchObject({ kind: 'storage' });
  });
});

describe('forget everything', () => {
  it('deletes vault, earlier states and ledger, and goes back to the first run', async () => {
    const app = await created();
    const { deleted } = await app.handlers.vault.forgetEverything({ confirm: 'FORGET' }, CONTEXT);
    expect(deleted).toEqual(
      expect.arrayContaining([join(app.folder, 'vault.hfv'), join(app.folder, 'ledger.db')]),
    );
    expect((await app.handlers.app.state({}, CONTEXT)).phase).toBe('firstRun');
  });
});
