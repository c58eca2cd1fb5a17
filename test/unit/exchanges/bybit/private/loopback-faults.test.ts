/** The account against the loopback venue while things go wrong: real connections, the real network code. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBybitExchange } from '../../../../../src-main/exchanges/bybit/bybit-exchange.ts';
import { loopbackSite } from '../../../../../src-main/exchanges/bybit/sites.ts';
import type { AccountEvent } from '../../../../../src-main/exchanges/exchange.ts';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { createVenueNet } from '../../../../../src-main/net/venue-net.ts';
import { hmacSignature } from '../../../../../src-main/vault/signing.ts';
import { startBybitVenue, type BybitVenue } from '../../../../exchanges/bybit/venue.ts';
import { failure, REQUEST } from './harness.ts';

const KEY = 'test-key-faults';
const SECRET = 'test-secret-faults';
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function onLoopback(prepare: (venue: BybitVenue) => void = () => undefined) {
  const venue = await startBybitVenue({ port: 0 });
  venue.addKey({ key: KEY, secret: SECRET }).deposit('USDT', '100000');
  prepare(venue);
  const net = createVenueNet({ venue: 'bybit' });
  const exchange = createBybitExchange({
    venue: 'bybit',
    net,
    sites: (_region, environment) => loopbackSite(venue.origin, environment),
    feedRegion: () => 'global',
  });
  let isLocked = false;
  const account = exchange.openAccount({
    accountId: 'a1',
    environment: 'live',
    region: 'global',
    uses: ['read', 'trade'],
    keyType: 'hmac',
    signer: {
      keyId: 'key-1',
      apiKey: KEY,
      sign: async (algorithm, payload) => {
        if (isLocked) throw new HoldfastError('locked', 'vault.locked', 'The vault is locked.');
        if (algorithm === 'rsa-sha256-base64') throw new Error('an HMAC key');
        return hmacSignature(algorithm, Buffer.from(SECRET), payload);
      },
      headerSecret: async () => '',
    },
  });
  open.push(() => venue.dispose());
  open.push(() => net.dispose());
  open.push(() => exchange.dispose());
  const book = await exchange.market.book(REQUEST.symbol, 1);
  // Deep enough to rest, near enough for the price limit.
  const price = String(Math.floor((Number.parseInt(book.bids[0]?.[0] ?? '', 10) * 97) / 100));
  return {
    venue,
    net,
    exchange,
    account,
    request: { ...REQUEST, price },
    lock: (on: boolean) => (isLocked = on),
  };
}

async function live(made: Awaited<ReturnType<typeof onLoopback>>): Promise<AccountEvent[]> {
  const events: AccountEvent[] = [];
  made.account.stream((event) => events.push(event));
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ kind: 'state', state: 'live' }), WAIT);
  await vi.waitFor(
    () =>
      expect(made.exchange.health().streams).toContainEqual(
        expect.objectContaining({ name: 'trade', state: 'live' }),
      ),
    WAIT,
  );
  return events;
}
const WAIT = { timeout: 20_000, interval: 20 };
const REF = { symbol: REQUEST.symbol, clientOrderId: REQUEST.clientOrderId, venueOrderId: null };
const statesOf = (events: readonly AccountEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'state' ? [event.state] : []));

describe('an answer that was lost after the order was accepted', () => {
  it('over REST is unknown, and the order is found by our id', async () => {
    const { venue, account, request } = await onLoopback();
    venue.faults.http('/v5/order/create', { kind: 'dropAfter' });
    expect((await failure(account.place(request))).kind).toBe('unknownOutcome');
    expect(await account.findOrder(REF)).toMatchObject({
      clientOrderId: REQUEST.clientOrderId,
      state: 'working',
    });
    // Sent again by somebody it would be seen as the same.
    expect((await failure(account.place(request))).kind).toBe('duplicateOrder');
  });

  it('over the order-entry socket is unknown, and REST never sees it', async () => {
    const made = await onLoopback();
    await live(made);
    made.venue.faults.trade('order.create', { kind: 'disconnectAfter' });
    expect((await failure(made.account.place(made.request))).kind).toBe('unknownOutcome');
    expect(await made.account.findOrder(REF)).toMatchObject({ state: 'working' });
    expect(made.venue.counters.orders(REQUEST.clientOrderId)).toBe(1);
    expect(made.venue.counters.requests('/v5/order/create')).toBe(0);
  });

  it('of an internal error is unknown for an order and told for a read', async () => {
    const { venue, account, request } = await onLoopback();
    venue.faults.http('/v5/order/create', { kind: 'code', code: 10016, acts: true });
    expect((await failure(account.place(request))).kind).toBe('unknownOutcome');
    venue.faults.http('/v5/order/realtime', { kind: 'code', code: 10016 });
    expect((await failure(account.openOrders(REQUEST.symbol))).kind).toBe('unavailable');
  });
});

describe('limits and bans', () => {
  it('a read that meets 10006 with a reset comes through after it', async () => {
    const { venue, account } = await onLoopback();
    venue.faults.http('/v5/position/list', { kind: 'code', code: 10006, reset: true });
    expect(await account.positions()).toEqual([]);
  });

  it('a 403 page stops everything at once', async () => {
    const { venue, account, exchange, request } = await onLoopback();
    venue.faults.http('/v5/order/create', { kind: 'status', status: 403 });
    expect((await failure(account.place(request))).kind).toBe('rateLimited');
    expect((await failure(account.balances())).code).toBe('net.paused');
    expect(exchange.health().state).toBe('paused');
  });

  it('10019 on order entry moves to a new connection', async () => {
    const made = await onLoopback();
    await live(made);
    made.venue.faults.trade('order.create', { kind: 'code', code: 10019 });
    expect((await failure(made.account.place(made.request))).kind).toBe('unknownOutcome');
    const order = await made.account.place({ ...made.request, clientOrderId: '2' });
    expect(order.state).toBe('working');
  });
});

describe('the clock', () => {
  it.each([1_500, -30_000])('of a venue that is %i ms off is followed', async (offset) => {
    const { account, exchange } = await onLoopback((venue) => {
      venue.clock.offsetMs = offset;
    });
    expect(await account.positions()).toEqual([]);
    expect(Math.abs((exchange.health().clockOffsetMs ?? 0) - offset)).toBeLessThan(1_000);
  });

  it('that jumps in between is taken anew, and the order is sent once more', async () => {
    const { venue, account, request } = await onLoopback();
    await account.positions();
    venue.clock.offsetMs = -20_000;
    expect(await account.place(request)).toMatchObject({ state: 'working' });
  });
});

describe('the private stream', () => {
  it('comes back after a drop and tells what happened meanwhile', async () => {
    const made = await onLoopback();
    const events = await live(made);
    made.venue.faults.privateSilent = true;
    await made.account.place({ ...made.request, type: 'market', price: undefined, clientOrderId: '7' });
    made.venue.faults.privateSilent = false;
    made.venue.disconnect('private');
    await vi.waitFor(() => expect(statesOf(events).slice(-2)).toEqual(['stale', 'live']), WAIT);
    const positions = events.flatMap((event) => (event.kind === 'positions' ? [event.positions] : []));
    expect(positions.at(-1)).toMatchObject([{ quantity: '0.01', side: 'long' }]);
  });

  it('tells once what came twice and in the wrong order', async () => {
    const made = await onLoopback();
    const events = await live(made);
    made.venue.faults.privateMessages('order', 'duplicate', 3);
    made.venue.faults.privateMessages('execution', 'duplicate', 3);
    await made.account.place({ ...made.request, type: 'market', price: undefined, clientOrderId: '8' });
    await vi.waitFor(() => expect(events.some(({ kind }) => kind === 'fill')).toBe(true), WAIT);
    await vi.waitFor(() => expect(events.some(({ kind }) => kind === 'positions')).toBe(true), WAIT);
    expect(events.filter(({ kind }) => kind === 'fill')).toHaveLength(1);
    const filled = events.filter((event) => event.kind === 'order' && event.order.state === 'filled');
    expect(filled).toHaveLength(1);
  });

  it('stays quiet while the vault is locked', async () => {
    const made = await onLoopback();
    const events = await live(made);
    made.lock(true);
    made.venue.disconnect('private');
    await vi.waitFor(
      () => expect(events.at(-1)).toMatchObject({ state: 'stale', reason: 'The vault is locked.' }),
      WAIT,
    );
    expect(
      (
        await failure(
          made.account.place({ ...made.request, type: 'limit' }).then(() => made.account.balances()),
        )
      ).kind,
    ).toBe('locked');
    made.lock(false);
    made.exchange.wake();
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ kind: 'state', state: 'live' }), WAIT);
  });
});

describe('a refused key', () => {
  it('is asked once, and never again by itself', async () => {
    const { venue, account } = await onLoopback((made) => made.removeKey(KEY));
    expect((await failure(account.balances())).kind).toBe('auth');
    const before = venue.counters.allRequests();
    expect((await failure(account.positions())).kind).toBe('auth');
    expect(venue.counters.allRequests()).toBe(before);
  });
});
