import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import type { SiteResolver } from '../../../src-main/exchanges/bybit/sites.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import type { KeySpec } from '../../exchanges/bybit/keys.ts';
import { startBybitVenue } from '../../exchanges/bybit/venue.ts';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { PASSPHRASE, bytes } from '../../support/application.ts';
import type { TestApplication } from '../../support/application.ts';
import { CONTEXT, start } from '../running.ts';

const KEY = 'test-key-bybit-0001';
const SECRET = 'test-secret-bybit-0001';
const UID = '1001';
const ORDER = {
  symbol: 'BTC/USDT:USDT',
  side: 'buy',
  type: 'limit',
  quantity: '0.01',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
} as const;

type Ports = NonNullable<Parameters<typeof start>[0]>;

const venues: BybitVenue[] = [];
afterEach(async () => {
  await Promise.all(venues.splice(0).map((venue) => venue.dispose()));
});

async function bybit(over: Partial<KeySpec> = {}): Promise<BybitVenue> {
  const venue = await startBybitVenue();
  venues.push(venue);
  venue.addKey({ key: KEY, secret: SECRET, ips: ['127.0.0.1'], ...over });
  venue.account(UID).deposit('USDT', '100000').deposit('USDT', '5000', 'FUND');
  return venue;
}

const on =
  (venue: BybitVenue): SiteResolver =>
  (_region, environment) =>
    loopbackSite(venue.origin, environment);

async function unlocked(venueSites: SiteResolver, over: Ports = {}): Promise<TestApplication> {
  const app = start({ venueSites, ...over });
  await app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  return app;
}

function addKey(app: TestApplication): Promise<Account> {
  return Promise.resolve(
    app.handlers.accounts.add(
      {
        venue: 'bybit',
        environment: 'live',
        region: 'global',
        label: 'Main',
        uses: ['read', 'trade'],
        key: KEY,
        secret: bytes(SECRET),
      },
      CONTEXT,
    ),
  );
}

const accountOf = async (app: TestApplication, id: string): Promise<Account | undefined> =>
  (await app.handlers.accounts.list({}, CONTEXT)).find((account) => account.id === id);

async function isLive(app: TestApplication, id: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await accountOf(app, id)).toMatchObject({ state: 'live' });
    },
    { timeout: 10_000 },
  );
}

/** An application with one account that is connected. */
async function connected(
  venue: BybitVenue,
  over: Ports = {},
): Promise<{ app: TestApplication; accountId: string }> {
  const app = await unlocked(on(venue), over);
  const { id } = await addKey(app);
  await isLive(app, id);
  return { app, accountId: id };
}

/** A price below the market at which an order rests. */
async function resting(app: TestApplication): Promise<string> {
  const { hub } = app.application.host.live();
  const price = await hub.reference({ venue: 'bybit', symbol: ORDER.symbol });
  return Math.floor(Number(price) * 0.98).toFixed(0);
}

const orderOf = async (app: TestApplication, accountId: string, clientOrderId: string) => {
  const { rows } = await app.handlers.trading.orderHistory({ accountId, limit: 50, offset: 0 }, CONTEXT);
  return rows.find((row) => row.clientOrderId === clientOrderId);
};

async function becomes(
  app: TestApplication,
  order: Pick<Order, 'accountId' | 'clientOrderId'>,
  state: Order['state'],
): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await orderOf(app, order.accountId, order.clientOrderId))?.state).toBe(state);
    },
    { timeout: 15_000 },
  );
}

async function lock(app: TestApplication): Promise<void> {
  await app.handlers.vault.lock({}, CONTEXT);
  await app.application.host.settled();
}

/** An order of somebody else with the same account, who gives it no id of his own. */
async function placeElsewhere(venue: BybitVenue, price: string): Promise<void> {
  const order = {
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.01',
    price,
  };
  const body = JSON.stringify(order);
  const time = String(Date.now());
  const answer = await fetch(`${venue.origin}/v5/order/create`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'X-BAPI-API-KEY': KEY,
      'X-BAPI-TIMESTAMP': time,
      'X-BAPI-RECV-WINDOW': '5000',
      'X-BAPI-SIGN': createHmac('sha256', SECRET).update(`${time}${KEY}5000${body}`).digest('hex'),
    },
  });
  expect(await answer.json()).toMatchObject({ retCode: 0 });
}

const unlock = (app: TestApplication) =>
  app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);

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
    const first = await trading.place({ ...ORDER, accountId, price, intentId: 'intent-1' }, CONTEXT);
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

  it('finds after an unlock what happened while it was locked', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const price = await resting(app);
    const placed = (intentId: string) =>
      Promise.resolve(app.handlers.trading.place({ ...ORDER, accountId, price, intentId }, CONTEXT));
    const [filled, kept] = [await placed('intent-1'), await placed('intent-2')];
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
    expect(events.map(({ state }) => state)).toEqual(['sending', 'unknown', 'working']);
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
