/**
 * The kill switch with 500 working orders at the loopback Bybit: from the call until the venue has none left, until
 * Holdfast has the venue's word for it, and how many requests that took. The whole application, over real sockets.
 */
import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { loopbackSite } from '../../src-main/exchanges/bybit/sites.ts';
import { startBybitVenue } from '../exchanges/bybit/venue.ts';
import type { BybitVenue } from '../exchanges/bybit/venue.ts';
import { PASSPHRASE, bytes, testApplication } from '../support/application.ts';
import type { TestApplication } from '../support/application.ts';
import { type BenchResult, median } from './result.ts';

const KEY = 'test-key-bench-0001';
const SECRET = 'test-secret-bench-0001';
const UID = '1001';
const CONTEXT = { windowId: 1 };
const ROUNDS = 5;
const PATIENCE_MS = 60_000;
/** Linear, inverse and spot, each in lists of their own. */
const ORDERS = [
  { count: 300, body: { category: 'linear', symbol: 'BTCUSDT', qty: '0.01' } },
  { count: 100, body: { category: 'inverse', symbol: 'BTCUSD', qty: '100' } },
  { count: 100, body: { category: 'spot', symbol: 'BTCUSDT', qty: '0.01' } },
] as const;
const TOTAL = ORDERS.reduce((sum, { count }) => sum + count, 0);

/** The venue's time, which jumps so that 500 orders keep to its limits without half a minute of waiting. */
let ahead = 0;
const venueTime = (): number => Date.now() + ahead;

async function place(venue: BybitVenue, body: Readonly<Record<string, string>>): Promise<void> {
  const text = JSON.stringify({ ...body, side: 'Buy', orderType: 'Limit' });
  const time = String(venueTime());
  const answer = await fetch(`${venue.origin}/v5/order/create`, {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'X-BAPI-API-KEY': KEY,
      'X-BAPI-TIMESTAMP': time,
      'X-BAPI-RECV-WINDOW': '5000',
      'X-BAPI-SIGN': createHmac('sha256', SECRET).update(`${time}${KEY}5000${text}`).digest('hex'),
    },
  });
  const { retCode, retMsg } = (await answer.json()) as { retCode: number; retMsg: string };
  if (retCode !== 0)
    throw new Error(`the loopback venue refused an order of the bench: ${String(retCode)} ${retMsg}`);
}

async function fill(venue: BybitVenue): Promise<void> {
  let sent = 0;
  for (const { count, body } of ORDERS) {
    const [best] = venue.market(body.category, body.symbol).book(1).bids;
    const price = String(Math.floor((Number(best?.[0]) * 97) / 100));
    for (let index = 0; index < count; index += 1) {
      await place(venue, { ...body, price });
      sent += 1;
      if (sent % 5 === 0) ahead += 1000;
    }
  }
}

const openAt = (venue: BybitVenue): number => venue.account(UID).openOrders().length;

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('the bench waited in vain');
    await delay(2);
  }
}

async function connect(venue: BybitVenue): Promise<TestApplication> {
  const app = testApplication({
    venueSites: (_region, environment) => loopbackSite(venue.origin, environment),
  });
  await app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  await app.handlers.accounts.add(
    {
      venue: 'bybit',
      environment: 'live',
      region: 'global',
      label: 'Bench',
      uses: ['read', 'trade'],
      key: KEY,
      secret: bytes(SECRET),
    },
    CONTEXT,
  );
  // Every order is known, as it is after any start.
  await until(async () => (await app.handlers.trading.openOrders({}, CONTEXT)).length === TOTAL);
  return app;
}

interface Round {
  readonly empty: number;
  readonly verified: number;
  readonly cancels: number;
  readonly requests: number;
}

async function round(): Promise<Round> {
  const venue = await startBybitVenue({ clock: venueTime, addressLimit: 100_000 });
  venue.addKey({ key: KEY, secret: SECRET, uid: UID, ips: ['127.0.0.1'] });
  venue.account(UID).deposit('USDT', '10000000').deposit('BTC', '100');
  await fill(venue);
  const app = await connect(venue);
  try {
    const cancels = venue.counters.requests('/v5/order/cancel-all');
    const requests = venue.counters.allRequests();
    const begin = performance.now();
    await app.handlers.risk.engageKillSwitch({ flatten: false }, CONTEXT);
    await until(() => openAt(venue) === 0);
    const empty = performance.now() - begin;
    await until(async () => (await app.handlers.risk.killSwitch({}, CONTEXT)).progress === 'verified');
    return {
      empty,
      verified: performance.now() - begin,
      cancels: venue.counters.requests('/v5/order/cancel-all') - cancels,
      requests: venue.counters.allRequests() - requests,
    };
  } finally {
    await app.remove();
    await venue.dispose();
  }
}

export async function run(): Promise<readonly BenchResult[]> {
  const rounds: Round[] = [];
  for (let count = 0; count < ROUNDS; count += 1) rounds.push(await round());
  const figure = (name: string, unit: string, of: (round: Round) => number, note?: string): BenchResult => ({
    name: `cancelAll.${String(TOTAL)}.${name}`,
    unit,
    ours: median(rounds.map(of)),
    peers: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    figure(
      'empty',
      'ms from the call until the venue has no order left',
      ({ empty }) => empty,
      `${String(TOTAL)} orders (300 linear, 100 inverse, 100 spot) on the loopback venue with its real request limits; the switch is durable in the ledger before the first cancel leaves, which is part of it; median of ${String(ROUNDS)}`,
    ),
    figure('verified', 'ms from the call until the venue has said so', ({ verified }) => verified),
    figure('cancels', 'cancel-all requests', ({ cancels }) => cancels),
    figure('requests', 'requests of all kinds until verified', ({ requests }) => requests),
  ];
}
