/** The application with an account at a loopback Bybit. */
import { createHmac } from 'node:crypto';
import { afterEach, expect, vi } from 'vitest';
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

export const KEY = 'test-key-bybit-0001';
export const SECRET = 'test-secret-bybit-0001';
export const UID = '1001';
export const ORDER = {
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

export const venues: BybitVenue[] = [];
afterEach(async () => {
  await Promise.all(venues.splice(0).map((venue) => venue.dispose()));
});

export async function bybit(over: Partial<KeySpec> = {}): Promise<BybitVenue> {
  const venue = await startBybitVenue();
  venues.push(venue);
  venue.addKey({ key: KEY, secret: SECRET, ips: ['127.0.0.1'], ...over });
  venue.account(UID).deposit('USDT', '100000').deposit('USDT', '5000', 'FUND');
  return venue;
}

export const on =
  (venue: BybitVenue): SiteResolver =>
  (_region, environment) =>
    loopbackSite(venue.origin, environment);

export async function unlocked(venueSites: SiteResolver, over: Ports = {}): Promise<TestApplication> {
  const app = start({ venueSites, ...over });
  await app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  return app;
}

export function addKey(app: TestApplication): Promise<Account> {
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

export const accountOf = async (app: TestApplication, id: string): Promise<Account | undefined> =>
  (await app.handlers.accounts.list({}, CONTEXT)).find((account) => account.id === id);

export async function isLive(app: TestApplication, id: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await accountOf(app, id)).toMatchObject({ state: 'live' });
    },
    { timeout: 10_000 },
  );
}

/** An application with one account that is connected. */
export async function connected(
  venue: BybitVenue,
  over: Ports = {},
): Promise<{ app: TestApplication; accountId: string }> {
  const app = await unlocked(on(venue), over);
  const { id } = await addKey(app);
  await isLive(app, id);
  return { app, accountId: id };
}

/** A price below the market at which an order rests. */
export async function resting(app: TestApplication): Promise<string> {
  const { hub } = app.application.host.live();
  const price = await hub.reference({ venue: 'bybit', symbol: ORDER.symbol });
  return Math.floor(Number(price) * 0.98).toFixed(0);
}

export const orderOf = async (app: TestApplication, accountId: string, clientOrderId: string) => {
  const { rows } = await app.handlers.trading.orderHistory({ accountId, limit: 50, offset: 0 }, CONTEXT);
  return rows.find((row) => row.clientOrderId === clientOrderId);
};

export async function becomes(
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

export async function lock(app: TestApplication): Promise<void> {
  await app.handlers.vault.lock({}, CONTEXT);
  await app.application.host.settled();
}

/** An order of somebody else with the same account, who gives it no id of his own. */
export async function placeElsewhere(venue: BybitVenue, price: string): Promise<void> {
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

export const unlock = (app: TestApplication) =>
  app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
