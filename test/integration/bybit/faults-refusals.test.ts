/** What Bybit refuses: told for what it is, not asked again, and never taken for something that happened. */
import { describe, expect, it, vi } from 'vitest';
import { desk } from './support-desk.ts';
import {
  arrivals,
  entryLive,
  failure,
  goLive,
  KEY,
  lastState,
  OVER_REST,
  refOf,
  rig,
  type Rig,
  SECRET,
  streamState,
  UID,
  WAIT,
} from './support.ts';

const CREATE = '/v5/order/create';

/** Everything that left this machine so far. */
const sent = (made: Rig): number => made.venue.counters.allRequests() + arrivals(made).socket;

describe('a key that is refused', () => {
  it.each([
    [10003, 'auth', 'bybit.keyInvalid'],
    [10004, 'auth', 'bybit.badSignature'],
    [33004, 'auth', 'bybit.keyExpired'],
  ] as const)('with %i is asked once, and not again by itself', async (code, kind, name) => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    made.venue.faults.http(CREATE, { kind: 'code', code });
    expect(await failure(made.account.place(made.request()))).toMatchObject({
      kind,
      code: name,
      details: { venueCode: String(code) },
    });
    const before = sent(made);
    for (const again of [
      () => made.account.place(made.request()),
      () => made.account.balances(),
      () => made.account.openOrders(),
      () => made.account.cancelAll(),
    ])
      expect((await failure(again())).code).toBe(name);
    expect(sent(made)).toBe(before);
    expect(made.venue.account(UID).orders).toEqual([]);
  });

  it('with 401 and a page is asked once as well', async () => {
    const made = await rig(OVER_REST);
    made.venue.faults.http('/v5/account/info', { kind: 'status', status: 401 }, 1);
    expect((await failure(made.account.positions())).kind).toBe('auth');
    const before = sent(made);
    expect((await failure(made.account.positions())).kind).toBe('auth');
    expect(sent(made)).toBe(before);
  });

  it('at the log-in fails the private stream for good, and no log-in is tried again', async () => {
    const made = await rig();
    const events = await goLive(made);
    made.venue.removeKey(KEY);
    made.venue.disconnect('private');
    await vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'failed' }), WAIT);
    made.time.skip(9_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const attempts = (await made.log()).filter(
      ({ operation, path, outcome }) =>
        operation === 'connect' && path.includes('/v5/private') && outcome === 'refused',
    );
    expect(attempts).toHaveLength(1);
    expect(made.venue.privateSessions(UID)).toBe(0);
  });

  it('with a wrong secret fails the private stream after a second try by a fresh clock', async () => {
    const made = await rig({ key: { secret: `${SECRET}-other` } });
    const events: Parameters<typeof lastState>[0][number][] = [];
    made.account.stream((event) => events.push(event));
    await vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'failed' }), WAIT);
    expect(lastState(events)).toMatchObject({ reason: expect.stringContaining('secret') });
    expect((await failure(made.account.balances())).code).toBe('bybit.badSignature');
  });

  it('over the order-entry connection leaves no order and no doubt', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.trade('order.create', { kind: 'code', code: 10003 });
    expect((await failure(running.place('intent-1'))).kind).toBe('auth');
    expect(made.venue.account(UID).orders).toEqual([]);
    expect(arrivals(made)).toEqual({ http: 0, socket: 1 });
  });
});

describe('a permission that is missing', () => {
  it.each([
    [10005, 'bybit.noPermission'],
    [10010, 'bybit.ipRefused'],
  ] as const)(
    '(%i) rejects the order over REST and leaves the rest of the account alone',
    async (code, name) => {
      const made = await rig(OVER_REST);
      const running = await desk(made);
      made.venue.faults.http(CREATE, { kind: 'code', code });
      expect(await failure(running.place('intent-1'))).toMatchObject({ kind: 'permission', code: name });
      const [order] = running.keeper.open();
      expect(order).toBeUndefined();
      expect(arrivals(made)).toEqual({ http: 1, socket: 0 });
      await running.becomes(await running.place('intent-2'), 'working');
    },
  );

  it('(10005) of a key that may only read comes from the venue itself, on both transports', async () => {
    const made = await rig({ key: { readOnly: true } });
    await goLive(made);
    // Comes without the id of the request: it can only be this one's.
    expect((await failure(made.account.place(made.request()))).kind).toBe('permission');
    expect(arrivals(made)).toEqual({ http: 0, socket: 1 });
    const overRest = await rig({ ...OVER_REST, key: { readOnly: true } });
    expect((await failure(overRest.account.place(overRest.request()))).kind).toBe('permission');
  });

  it('(10005) without an id fits nobody while two orders are under way: both are looked up', async () => {
    const made = await rig({ key: { readOnly: true } });
    await goLive(made);
    const both = [failure(made.account.place(made.request())), failure(made.account.place(made.request()))];
    await vi.waitFor(() => expect(arrivals(made).socket).toBe(2), WAIT);
    made.time.skip(5_000);
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['unknownOutcome', 'unknownOutcome']);
  });

  it('(10010) of a key that is bound to other addresses is said by the venue itself', async () => {
    const made = await rig({ key: { ips: ['203.0.113.7'] } });
    const error = await failure(made.account.balances());
    expect(error).toMatchObject({ kind: 'permission', code: 'bybit.ipRefused' });
    // Not the venue's own text, which can name addresses, but ours.
    expect(error.message).not.toContain('203.0.113.7');
  });
});

describe('10016', () => {
  it('to a read is a failure, and the next read works', async () => {
    const made = await rig();
    await made.account.balances();
    made.venue.faults.http('/v5/order/realtime', { kind: 'code', code: 10016 });
    expect((await failure(made.account.openOrders('BTC/USDT:USDT'))).kind).toBe('unavailable');
    expect(await made.account.openOrders('BTC/USDT:USDT')).toEqual([]);
  });

  it('again and again stops the reading, not the orders and cancels', async () => {
    const made = await rig(OVER_REST);
    await goLive(made);
    const request = made.request();
    await made.account.place(request);
    made.venue.faults.http('/v5/position/list', { kind: 'code', code: 10016 }, 1_000);
    for (let n = 0; n < 12; n += 1) await failure(made.account.positions());
    expect((await failure(made.account.positions())).code).toBe('net.breakerOpen');
    const cancelled = await made.account.cancel(refOf(request));
    expect(cancelled.state).toMatch(/^cancel/);
    expect((await made.account.place(made.request())).state).toBe('working');
    made.venue.faults.clear();
    made.time.skip(10_000);
    // One read goes first to see; the others follow it.
    await vi.waitFor(async () => expect(await made.account.positions()).toEqual([]), WAIT);
  });
});

describe('10019 on the order-entry connection', () => {
  it('is an unknown outcome, and the next orders go over a new connection', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.trade('order.create', { kind: 'code', code: 10019 });
    const first = await running.place('intent-1');
    expect(first.state).toBe('unknown');
    await running.becomes(first, 'rejected');
    await entryLive(made);
    await running.becomes(await running.place('intent-2'), 'working');
    expect(made.venue.account(UID).orders).toHaveLength(1);
    const { http, socket } = arrivals(made);
    expect(http + socket).toBe(2);
  });

  it('lets what is under way be answered on the old connection', async () => {
    const made = await rig();
    await goLive(made);
    made.venue.faults.trade('order.create', { kind: 'latency', ms: 60 });
    made.venue.faults.trade('order.create', { kind: 'code', code: 10019 });
    const [slow, refused] = [made.request(), made.request()];
    const placing = made.account.place(slow);
    expect((await failure(made.account.place(refused))).kind).toBe('unknownOutcome');
    expect((await placing).state).toBe('working');
    await vi.waitFor(() => expect(streamState(made, 'trade')).not.toBe('live'), WAIT);
    await entryLive(made);
    expect(made.venue.counters.orders(slow.clientOrderId)).toBe(1);
  });
});

describe('a refusal of the order itself', () => {
  it.each([
    [110007, 'insufficientFunds'],
    [110003, 'invalidOrder'],
    [110074, 'marketClosed'],
    [999_999, 'invalidOrder'],
  ] as const)('(%i) ends it as rejected at once, on either transport', async (code, kind) => {
    for (const options of [OVER_REST, {}]) {
      const made = await rig(options);
      const running = await desk(made);
      made.venue.faults.http(CREATE, { kind: 'code', code });
      made.venue.faults.trade('order.create', { kind: 'code', code });
      expect(await failure(running.place('intent-1'))).toMatchObject({
        kind,
        details: { venueCode: String(code) },
      });
      const { http, socket } = arrivals(made);
      expect(http + socket).toBe(1);
      expect(running.keeper.open()).toEqual([]);
    }
  });

  it('that comes after the acknowledgement is told as what it is', async () => {
    const made = await rig();
    const running = await desk(made);
    // Post-only at a price that would take: acknowledged, then cancelled by the venue.
    const { asks } = made.venue.market('linear', 'BTCUSDT').book(1);
    const price = String(Number(asks[0]?.[0]) + 50);
    const order = await running.place('intent-1', { postOnly: true, price });
    await vi.waitFor(() => expect(['cancelled', 'rejected']).toContain(running.known(order)?.state), WAIT);
    expect(running.known(order)).toMatchObject({ filledQuantity: '0' });
  });
});
