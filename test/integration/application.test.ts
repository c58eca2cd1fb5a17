import { describe, expect, it, vi } from 'vitest';
import { PASSPHRASE, bytes } from '../support/application.ts';
import type { TestApplication } from '../support/application.ts';
import { CONTEXT, ORDER, created, restingPrice, start } from './running.ts';

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

describe('the practice market', () => {
  const rest = async (app: TestApplication, intentId: string, quantity = '0.01') =>
    app.handlers.trading.place({ ...ORDER, price: await restingPrice(app), quantity, intentId }, CONTEXT);
  const endOf = async (app: TestApplication, clientOrderId: string) => {
    const { rows } = await app.handlers.trading.orderHistory({ limit: 50, offset: 0 }, CONTEXT);
    return rows.find((row) => row.clientOrderId === clientOrderId)?.state;
  };

  it('ends open orders in the ledger too when the account is reset', async () => {
    const app = await created();
    const order = await rest(app, 'intent-1');
    await app.handlers.practice.resetAccount({}, CONTEXT);
    await vi.waitFor(async () => {
      expect(await endOf(app, order.clientOrderId)).toBe('cancelled');
    });
    expect(await app.handlers.trading.openOrders({}, CONTEXT)).toEqual([]);
  });

  it('ends open orders in the ledger too when its source changes, and takes new ones', async () => {
    const app = await created();
    const order = await rest(app, 'intent-1');
    await app.handlers.practice.useSynthetic({ seed: 7 }, CONTEXT);
    await vi.waitFor(async () => {
      expect(await endOf(app, order.clientOrderId)).toBe('cancelled');
    });
    // Another order than the first, which is not 300 ms old.
    expect((await rest(app, 'intent-2', '0.02')).state).toBe('working');
    expect(await app.handlers.trading.openOrders({}, CONTEXT)).toHaveLength(1);
  });
});
