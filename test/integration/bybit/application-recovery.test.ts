import { describe, expect, it, vi } from 'vitest';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import { startBybitVenue } from '../../exchanges/bybit/venue.ts';
import { CONTEXT } from '../running.ts';
import {
  KEY,
  SECRET,
  UID,
  accountOf,
  addKey,
  becomes,
  bybit,
  connected,
  isLive,
  lock,
  ORDER,
  resting,
  unlock,
  unlocked,
  venues,
} from './running-bybit.ts';

describe('the application at Bybit, after what can happen,', () => {
  it('finds after an unlock what happened while it was locked', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const price = await resting(app);
    const placed = (intentId: string, quantity: string) =>
      Promise.resolve(
        app.handlers.trading.place({ ...ORDER, quantity, accountId, price, intentId }, CONTEXT),
      );
    const [filled, kept] = [await placed('intent-1', '0.01'), await placed('intent-2', '0.02')];
    await becomes(app, kept, 'working');
    await lock(app);
    await vi.waitFor(() => {
      expect(venue.privateSessions(UID)).toBe(0);
    });
    venue.fill(UID, filled.venueOrderId ?? '');
    await unlock(app);
    await becomes(app, filled, 'filled');
    await vi.waitFor(async () => {
      const { rows } = await app.handlers.trading.fills({ accountId, limit: 10, offset: 0 }, CONTEXT);
      expect(rows.map((fill) => fill.clientOrderId)).toEqual([filled.clientOrderId]);
    });
    expect(await app.handlers.trading.openOrders({ accountId }, CONTEXT)).toMatchObject([
      { clientOrderId: kept.clientOrderId, state: 'working' },
    ]);
  });

  it('finds by reconciliation what filled while the private stream was down', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const price = await resting(app);
    const order = await app.handlers.trading.place(
      { ...ORDER, accountId, price, intentId: 'intent-1' },
      CONTEXT,
    );
    await becomes(app, order, 'working');
    venue.faults.privateSilent = true;
    venue.fill(UID, order.venueOrderId ?? '');
    venue.flush();
    venue.faults.privateSilent = false;
    venue.disconnect('private');
    await becomes(app, order, 'filled');
    await vi.waitFor(async () => {
      const { rows } = await app.handlers.trading.fills({ accountId, limit: 10, offset: 0 }, CONTEXT);
      expect(rows.map((fill) => fill.clientOrderId)).toEqual([order.clientOrderId]);
    });
  });

  it('looks at everything again after the machine has slept, though the connections look whole', async () => {
    const venue = await bybit();
    const resumed = new Set<() => void>();
    const power = {
      idleSeconds: () => 0,
      on: (event: string, listener: () => void) => {
        if (event === 'resume') resumed.add(listener);
        return () => resumed.delete(listener);
      },
    };
    const { app, accountId } = await connected(venue, { power });
    const price = await resting(app);
    const order = await app.handlers.trading.place(
      { ...ORDER, accountId, price, intentId: 'intent-1' },
      CONTEXT,
    );
    await becomes(app, order, 'working');
    venue.faults.privateSilent = true;
    venue.fill(UID, order.venueOrderId ?? '');
    venue.flush();
    for (const listener of resumed) listener();
    await becomes(app, order, 'filled');
    await lock(app);
    // What listens to the machine ends with the session; the automatic lock goes on.
    expect(resumed.size).toBeLessThan(2);
  });

  it('journals an order in flight as unknown when the vault is locked, and finds it after the next unlock', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const price = await resting(app);
    // Neither the answer nor the private stream tells: nobody here can know.
    venue.faults.trade('order.create', { kind: 'dropAfter' });
    venue.faults.privateSilent = true;
    const placing = app.handlers.trading.place({ ...ORDER, accountId, price, intentId: 'intent-1' }, CONTEXT);
    const settled = Promise.resolve(placing).then(
      (order) => order.state,
      () => 'failed',
    );
    await vi.waitFor(() => {
      expect(venue.account(UID).openOrders()).toHaveLength(1);
    });
    await lock(app);
    expect(['unknown', 'failed']).toContain(await settled);
    venue.faults.privateSilent = false;
    await unlock(app);
    await vi.waitFor(
      async () => {
        const open = await app.handlers.trading.openOrders({ accountId }, CONTEXT);
        expect(open).toMatchObject([{ state: 'working', price }]);
        expect(open[0]?.venueOrderId).not.toBeNull();
      },
      { timeout: 20_000 },
    );
    const { rows } = await app.handlers.trading.orderHistory({ accountId, limit: 5, offset: 0 }, CONTEXT);
    const [order] = rows;
    if (!order) throw new Error('no order');
    const events = await app.application.host.live().ledger.orders.events(order);
    const states = events.flatMap(({ state }) => state ?? []);
    expect(states.filter((state, n) => state !== states[n - 1])).toEqual(['sending', 'unknown', 'working']);
    expect(venue.account(UID).orders).toHaveLength(1);
    const notices = (await app.handlers.app.state({}, CONTEXT)).notices.map(({ id }) => id);
    expect(notices).toEqual(['venue.testHosts']);
  });

  it('says of a refused key why, and moves it to the site that knows it', async () => {
    const venue = await bybit();
    const testnet = await startBybitVenue({ environment: 'testnet' });
    venues.push(testnet);
    venue.removeKey(KEY);
    testnet.addKey({ key: KEY, secret: SECRET, ips: ['127.0.0.1'] });
    const app = await unlocked((region, environment) =>
      loopbackSite((environment === 'testnet' ? testnet : venue).origin, environment),
    );
    const { id } = await addKey(app);
    await vi.waitFor(
      async () => {
        const account = await accountOf(app, id);
        expect(account).toMatchObject({ state: 'refused' });
        expect(account?.inspection?.otherSite).toMatchObject({ venue: 'bybit-testnet' });
      },
      { timeout: 15_000 },
    );
    expect((await accountOf(app, id))?.stateReason).toContain('another site');
    const moved = await app.handlers.accounts.moveSite({ accountId: id }, CONTEXT);
    expect(moved).toMatchObject({ venue: 'bybit-testnet', environment: 'testnet' });
    await isLive(app, id);
    // Nothing is left of the venue that no account uses any more.
    expect(
      app.application.host
        .live()
        .health.now()
        .venues.map((entry) => entry.venue),
    ).toEqual(['practice', 'bybit-testnet']);
  });
});
