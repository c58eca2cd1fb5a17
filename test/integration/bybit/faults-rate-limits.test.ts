/** Limits are kept, refusals of them are waited out, and a ban is never provoked twice. */
import { describe, expect, it, vi } from 'vitest';
import { desk } from './support-desk.ts';
import { arrivals, failure, goLive, OVER_REST, rig, streamState, UID, WAIT } from './support.ts';

const CREATE = '/v5/order/create';
const MINUTE = 60_000;

describe('10006', () => {
  it('with a reset time holds a read back until then, and it comes through', async () => {
    const made = await rig();
    await made.account.positions();
    const before = made.venue.counters.requests('/v5/position/list');
    const rounds = before;
    made.venue.faults.http('/v5/position/list', { kind: 'code', code: 10006, reset: true });
    expect(await made.account.positions()).toEqual([]);
    // One more than the look before: the refused one, once.
    expect(made.venue.counters.requests('/v5/position/list')).toBe(before + rounds + 1);
  });

  it('without any header is waited out for two seconds, and comes through', async () => {
    const made = await rig();
    await made.account.positions();
    made.venue.faults.http('/v5/position/list', { kind: 'code', code: 10006 });
    const reading = made.account.positions();
    await vi.waitFor(async () => expect(await codes(made)).toContain('10006'), WAIT);
    const before = made.venue.counters.requests('/v5/position/list');
    made.time.skip(1_000);
    expect(made.venue.counters.requests('/v5/position/list')).toBe(before);
    made.time.skip(1_500);
    expect(await reading).toEqual([]);
  });

  it('again and again ends as a failure that says how long to wait', async () => {
    const made = await rig();
    await made.account.balances();
    made.venue.faults.http('/v5/order/realtime', { kind: 'code', code: 10006, reset: true }, 1_000);
    const error = await failure(made.account.openOrders('BTC/USDT:USDT'));
    expect(error.kind).toBe('rateLimited');
    expect(error.details.retryAfterMs).toBeGreaterThan(0);
    expect(made.venue.counters.requests('/v5/order/realtime')).toBe(2);
  });

  it.each([true, false])(
    'to an order over REST (reset header: %s) is a refusal, and nothing is sent again',
    async (reset) => {
      const made = await rig(OVER_REST);
      const running = await desk(made);
      made.venue.faults.http(CREATE, { kind: 'code', code: 10006, reset });
      const error = await failure(running.place('intent-1'));
      expect(error).toMatchObject({ kind: 'rateLimited', details: { venueCode: '10006' } });
      expect(error.details.retryAfterMs).toBeGreaterThan(0);
      expect(arrivals(made)).toEqual({ http: 1, socket: 0 });
      // A new intent waits for the reset by itself.
      const next = running.place('intent-2');
      await vi.waitFor(() => expect(running.keeper.inFlight()).toHaveLength(1), WAIT);
      made.time.skip(2_500);
      await running.becomes(await next, 'working');
      expect(made.venue.account(UID).orders).toHaveLength(1);
    },
  );

  it('to an order over the order-entry connection is a refusal, and the next one keeps to the limit', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.trade('order.create', { kind: 'code', code: 10006 });
    expect((await failure(running.place('intent-1'))).kind).toBe('rateLimited');
    expect(arrivals(made)).toEqual({ http: 0, socket: 1 });
    const next = running.place('intent-2');
    await vi.waitFor(() => expect(running.keeper.inFlight()).toHaveLength(1), WAIT);
    made.time.skip(2_500);
    await running.becomes(await next, 'working');
    expect(made.venue.account(UID).orders).toHaveLength(1);
  });

  it('does not come when many orders are sent at once: both transports share one budget', async () => {
    const made = await rig();
    await goLive(made);
    const requests = Array.from({ length: 25 }, () => made.request());
    const placed = await Promise.all(requests.map((request) => made.account.place(request)));
    expect(placed.map(({ state }) => state)).toEqual(requests.map(() => 'working'));
    expect(await codes(made)).not.toContain('10006');
    expect(made.venue.counters.orders()).toBe(25);
    expect(made.venue.account(UID).openOrders()).toHaveLength(25);
  });

  it('does not come when many orders go over REST, and a cancel goes before them', async () => {
    const made = await rig(OVER_REST);
    await goLive(made);
    const first = made.request();
    await made.account.place(first);
    const placing = Promise.allSettled(Array.from({ length: 60 }, () => made.account.place(made.request())));
    const cancelled = await made.account.cancel({ ...first, venueOrderId: null });
    expect(cancelled.state).toMatch(/^cancel/);
    expect(made.venue.counters.requests(CREATE)).toBeLessThan(61);
    const results = await placing;
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    // What would have waited longer than 3 s was refused here, and only that.
    for (const reason of refused) expect(reason).toMatchObject({ kind: 'rateLimited', code: 'net.tooLong' });
    expect(refused.length).toBeGreaterThan(0);
    expect(made.venue.counters.requests(CREATE)).toBe(61 - refused.length);
    expect(await codes(made)).not.toContain('10006');
  });

  it.each([10429, 429, 20003, 170222])(
    'like it, %i on an order is told as a limit and sent once',
    async (code) => {
      const made = await rig(OVER_REST);
      await made.account.positions();
      made.venue.faults.http(CREATE, { kind: 'code', code });
      expect((await failure(made.account.place(made.request()))).kind).toBe('rateLimited');
      expect(arrivals(made).http).toBe(1);
    },
  );
});

describe('a 403 page', () => {
  it('stops every request over HTTP for ten minutes, cancels included', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.http(CREATE, { kind: 'status', status: 403 });
    const refused = await failure(running.place('intent-2'));
    expect(refused).toMatchObject({ kind: 'rateLimited', code: 'bybit.ipBlocked' });
    expect(made.exchange.health().state).toBe('paused');
    const before = made.venue.counters.allRequests();
    const { account } = { account: running.sessions.require(made.access.accountId).trading };
    for (const run of [
      () => account.balances(),
      () => account.cancel(order),
      () => account.cancelAll(),
      () => account.place(made.request()),
      () => made.exchange.market.book('BTC/USDT:USDT', 5),
      () => made.exchange.market.serverTime(),
    ])
      expect((await failure(run())).code).toBe('net.paused');
    made.time.skip(9 * MINUTE);
    expect((await failure(account.balances())).code).toBe('net.paused');
    expect(made.venue.counters.allRequests()).toBe(before);
    // What could not be cancelled is still called open.
    expect((await failure(running.desk.cancel(order.accountId, order.clientOrderId))).code).toBe(
      'net.paused',
    );
    expect(running.known(order)?.state).toBe('working');
  });

  it('is over after ten minutes, and everything goes on', async () => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    made.venue.faults.http('/v5/account/wallet-balance', { kind: 'status', status: 403 });
    expect((await failure(made.account.balances())).code).toBe('bybit.ipBlocked');
    made.time.skip(10 * MINUTE + 1_000);
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(made.exchange.health().state).not.toBe('paused');
  });

  it('ends the waiting of those whose turn had not come', async () => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    made.venue.faults.http(CREATE, { kind: 'latency', ms: 100 }, 9);
    made.venue.faults.http(CREATE, { kind: 'status', status: 403 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, () => made.account.place(made.request())),
    );
    const failed = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
    expect(failed.length).toBeGreaterThan(15);
    for (const error of failed) expect(error).toMatchObject({ kind: 'rateLimited' });
    expect(arrivals(made).http + failed.length).toBeLessThanOrEqual(31);
    // Said to be placed, and nothing else, is what the venue has.
    expect(made.venue.account(UID).orders).toHaveLength(outcomes.length - failed.length);
  });

  it('does not keep the live order-entry connection from cancelling', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.http('/v5/account/wallet-balance', { kind: 'status', status: 403 });
    const { trading } = running.sessions.require(made.access.accountId);
    expect((await failure(trading.balances())).code).toBe('bybit.ipBlocked');
    await running.desk.cancel(order.accountId, order.clientOrderId);
    await running.becomes(order, 'cancelled');
    expect(made.venue.counters.requests('/v5/order/cancel')).toBe(0);
  });

  it('for too many requests of this address is the venue’s own answer to a storm', async () => {
    const made = await rig({ ...OVER_REST, venue: { environment: 'demo', addressLimit: 40 } });
    const reads = Array.from({ length: 60 }, () => made.exchange.market.book('BTC/USDT:USDT', 1));
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes.some((one) => one.status === 'rejected')).toBe(true);
    const before = made.venue.counters.allRequests();
    expect((await failure(made.exchange.market.serverTime())).code).toBe('net.paused');
    expect(made.venue.counters.allRequests()).toBe(before);
    // Whoever was in flight is counted; nobody else asked.
    expect(before).toBeLessThan(40 + 12 + 12);
  });
});

describe('10403 on the order-entry connection', () => {
  it('sends the next order over REST while the connection rests', async () => {
    const made = await rig();
    await goLive(made);
    made.venue.faults.trade('order.create', { kind: 'code', code: 10403 });
    expect((await failure(made.account.place(made.request()))).kind).toBe('rateLimited');
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(arrivals(made)).toEqual({ http: 1, socket: 1 });
    made.time.skip(2_000);
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(arrivals(made)).toEqual({ http: 1, socket: 2 });
    expect(streamState(made, 'trade')).toBe('live');
  });
});

const codes = async (made: Awaited<ReturnType<typeof rig>>): Promise<(string | null)[]> =>
  (await made.log()).map(({ venueCode }) => venueCode);
