import { describe, expect, it, vi } from 'vitest';
import { CONTEXT } from '../running.ts';
import {
  KEY,
  ORDER,
  SECRET,
  UID,
  accountOf,
  addKey,
  becomes,
  bybit,
  connected,
  isLive,
  on,
  orderOf,
  placeElsewhere,
  resting,
  unlocked,
} from './running-bybit.ts';

describe('the application at Bybit', () => {
  it('says that test servers stand in for the venue', async () => {
    const app = await unlocked(on(await bybit()));
    const { notices } = await app.handlers.app.state({}, CONTEXT);
    expect(notices.map(({ code }) => code)).toEqual(['venue.testHosts']);
  });

  it('adds a key, inspects it, shows its wallets, and makes no connection before', async () => {
    const venue = await bybit();
    const app = await unlocked(on(venue));
    expect(venue.counters.connections).toBe(0);
    const { id } = await addKey(app);
    await isLive(app, id);
    await vi.waitFor(async () => {
      const account = await accountOf(app, id);
      expect(account?.inspection?.permissions).toMatchObject({ read: true, trade: true, withdraw: false });
      expect(account?.inspection?.findings.map(({ code }) => code)).toContain('ipBound');
    });
    await vi.waitFor(async () => {
      const view = await app.handlers.portfolio.refresh({}, CONTEXT);
      const figures = view.accounts.find((account) => account.accountId === id);
      expect(figures?.balances.map(({ wallet, total }) => [wallet, Number(total)])).toEqual(
        expect.arrayContaining([
          ['unified', 100_000],
          ['funding', 5000],
        ]),
      );
    });
    expect(app.failures).toEqual([]);
  });

  it('places, amends, cancels and fills, and shows position and fill', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const { trading } = app.handlers;
    const price = await resting(app);
    const large = { ...ORDER, quantity: '0.03', accountId, price };
    const first = await trading.place({ ...large, intentId: 'intent-1' }, CONTEXT);
    expect(first.venueOrderId).not.toBeNull();
    await becomes(app, first, 'working');
    await trading.amend({ accountId, clientOrderId: first.clientOrderId, quantity: '0.02' }, CONTEXT);
    expect((await orderOf(app, accountId, first.clientOrderId))?.quantity).toBe('0.02');
    await trading.cancel({ accountId, clientOrderId: first.clientOrderId }, CONTEXT);
    await becomes(app, first, 'cancelled');

    const second = await trading.place({ ...ORDER, accountId, price, intentId: 'intent-2' }, CONTEXT);
    venue.fill(UID, second.venueOrderId ?? '');
    await becomes(app, second, 'filled');
    await vi.waitFor(async () => {
      const { rows } = await trading.fills({ accountId, limit: 10, offset: 0 }, CONTEXT);
      expect(rows).toMatchObject([{ clientOrderId: second.clientOrderId, quantity: '0.01', side: 'buy' }]);
      const session = app.application.host.live().sessions.require(accountId);
      expect(session.positions).toMatchObject([{ symbol: ORDER.symbol, side: 'long', quantity: '0.01' }]);
    });
  });

  it('protects a position and takes the protection away', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const { trading } = app.handlers;
    const price = Number(await resting(app));
    await trading.place(
      { ...ORDER, type: 'market', timeInForce: 'IOC', accountId, intentId: 'intent-1' },
      CONTEXT,
    );
    const market = { accountId, symbol: ORDER.symbol, positionSide: 'net' } as const;
    const stopLoss = (price * 0.9).toFixed(1);
    await vi.waitFor(() => trading.setProtection({ ...market, takeProfit: null, stopLoss }, CONTEXT));
    const { trading: venueSide } = app.application.host.live().sessions.require(accountId);
    const stopOf = async () => (await venueSide.positions())[0]?.stopLoss;
    expect(Number(await stopOf())).toBe(Number(stopLoss));
    await trading.setProtection({ ...market, takeProfit: null, stopLoss: null }, CONTEXT);
    expect(await stopOf()).toBeNull();
    const wrong = Promise.resolve(
      trading.setProtection({ ...market, takeProfit: null, stopLoss: (price * 2).toFixed(1) }, CONTEXT),
    );
    await expect(wrong).rejects.toMatchObject({ kind: 'badInput' });
  });

  it('sends protection with an order, and sells an inverse contract by the number of contracts', async () => {
    const venue = await bybit();
    venue.account(UID).deposit('BTC', '1');
    const { app, accountId } = await connected(venue);
    const { trading } = app.handlers;
    const price = await resting(app);
    const stopLoss = String(Number(price) - 1000);
    const guarded = { ...ORDER, accountId, price, stopLoss, takeProfit: String(Number(price) + 5000) };
    const placed = await trading.place({ ...guarded, intentId: 'intent-1' }, CONTEXT);
    const [atVenue] = venue.account(UID).openOrders();
    expect([atVenue?.brackets.takeProfit, atVenue?.brackets.stopLoss].map(Number)).toEqual([
      Number(guarded.takeProfit),
      Number(stopLoss),
    ]);
    await becomes(app, placed, 'working');

    const inverse = { ...ORDER, accountId, symbol: 'BTC/USD:BTC', side: 'sell', quantity: '500' } as const;
    const market = { ...inverse, type: 'market', timeInForce: 'IOC' } as const;
    const preview = await trading.preview(market, CONTEXT);
    expect(preview).toMatchObject({ notional: '500', currency: 'USD', costCurrency: 'BTC', problems: [] });
    expect(Number(preview.cost)).toBeGreaterThan(0);
    const sold = await trading.place({ ...market, intentId: 'intent-2' }, CONTEXT);
    await becomes(app, sold, 'filled');
    await vi.waitFor(() => {
      const { positions } = app.application.host.live().sessions.require(accountId);
      expect(positions).toMatchObject([
        { symbol: 'BTC/USD:BTC', side: 'short', quantity: '500', settle: 'BTC' },
      ]);
    });
    const { rows } = await trading.fills({ accountId, limit: 10, offset: 0 }, CONTEXT);
    expect(rows.every((fill) => fill.feeCurrency === 'BTC')).toBe(true);
  });

  it('calls an answer with a code of refusal refused, though HTTP calls it good', async () => {
    const venue = await bybit();
    const { app } = await connected(venue);
    venue.faults.http('/v5/account/wallet-balance', { kind: 'code', code: 10_016, message: 'busy' });
    await app.handlers.portfolio.refresh({}, CONTEXT);
    await vi.waitFor(async () => {
      const refused = { outcome: 'refused', limit: 10, offset: 0 } as const;
      expect((await app.handlers.activity.requests(refused, CONTEXT)).rows).toMatchObject([
        { operation: 'wallet.balance', status: 200, venueCode: '10016' },
      ]);
    });
  });

  it('shows what it sent and received, without key, signature or secret', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    await app.handlers.trading.place(
      { ...ORDER, accountId, price: await resting(app), intentId: 'intent-1' },
      CONTEXT,
    );
    await vi.waitFor(async () => {
      const { rows } = await app.handlers.activity.requests({ limit: 200, offset: 0 }, CONTEXT);
      const operations = rows.map((row) => row.operation);
      expect(operations).toEqual(expect.arrayContaining(['order.create', 'wallet.balance']));
      const text = JSON.stringify(rows);
      for (const secret of [KEY, SECRET]) expect(text).not.toContain(secret);
      expect(rows.find((row) => row.operation === 'order.create')).toMatchObject({
        accountId,
        outcome: 'ok',
      });
    });
  });

  it('adopts orders that were placed elsewhere without an id of ours, each by its own name', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const price = await resting(app);
    await placeElsewhere(venue, price);
    await placeElsewhere(venue, price);
    await vi.waitFor(async () => {
      const open = await app.handlers.trading.openOrders({ accountId }, CONTEXT);
      expect(new Set(open.map((order) => order.clientOrderId)).size).toBe(2);
    });
    const [order] = await app.handlers.trading.openOrders({ accountId }, CONTEXT);
    if (!order) throw new Error('no order');
    await app.handlers.trading.cancel({ accountId, clientOrderId: order.clientOrderId }, CONTEXT);
    await becomes(app, order, 'cancelled');
    expect(await app.handlers.trading.openOrders({ accountId }, CONTEXT)).toHaveLength(1);
  });
});
