/** An answer that never came: the order is sent once, and what became of it is found out. */
import { describe, expect, it, vi } from 'vitest';
import type { Order } from '../../../src-main/exchanges/exchange.ts';
import type { HttpFault, TradeFault } from '../../exchanges/bybit/faults.ts';
import { desk, type Desk } from './support-desk.ts';
import {
  arrivals,
  entryLive,
  failure,
  goLive,
  OVER_REST,
  refOf,
  rig,
  type Rig,
  streamState,
  UID,
  WAIT,
  withCode,
} from './support.ts';

const CREATE = '/v5/order/create';

/** Reached the venue once, over one transport, with an id that nobody used before. */
function expectSentOnce(made: Rig, order: Pick<Order, 'clientOrderId'>): void {
  expect(made.venue.counters.orders(order.clientOrderId)).toBe(1);
  const { http, socket } = arrivals(made);
  expect(http + socket).toBe(1);
}

async function unknownThen(
  placed: Order,
  made: Rig,
  { becomes, history }: Desk,
  state: Order['state'],
): Promise<void> {
  expect(placed.state).toBe('unknown');
  await becomes(placed, state);
  expectSentOnce(made, placed);
  expect(await history(placed)).toEqual(['sending', 'unknown', state]);
}

describe('over REST, an order whose answer', () => {
  const lost: readonly [string, HttpFault][] = [
    ['was cut with the connection', { kind: 'dropAfter' }],
    ['came as half of its JSON', { kind: 'truncated' }],
    ['came as a page with status 200', { kind: 'html' }],
    ['came as 500', { kind: 'status', status: 500, acts: true }],
    ['came as 502', { kind: 'status', status: 502, acts: true }],
    ['came as 504', { kind: 'status', status: 504, acts: true }],
    ['was 10000, a time-out inside', { kind: 'code', code: 10000, acts: true }],
    ['was 10016, an internal error', { kind: 'code', code: 10016, acts: true }],
    ['was 170007, a time-out of its backend', { kind: 'code', code: 170007, acts: true }],
    ['named no order', { kind: 'rewrite', rewrite: (body) => body.replace(/"orderId":"[^"]*",/, '') }],
    [
      'named another order',
      { kind: 'rewrite', rewrite: (body) => body.replace(/"orderLinkId":"\d+"/, '"orderLinkId":"77"') },
    ],
    ['was an envelope without a code', { kind: 'rewrite', rewrite: () => '{"retMsg":"OK","result":{}}' }],
    ['was not an object', { kind: 'rewrite', rewrite: () => '[]' }],
    ['was empty', { kind: 'rewrite', rewrite: () => '' }],
  ];

  it.each(lost)('%s is sent once and found as working', async (_, fault) => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    // Only the answer and the look-up tell: the stream has nothing to say.
    made.venue.faults.privateSilent = true;
    made.venue.faults.http(CREATE, fault);
    await unknownThen(await running.place('intent-1'), made, running, 'working');
    expect(made.venue.account(UID).openOrders()).toHaveLength(1);
  });

  it.each<[string, HttpFault]>([
    ['never arrived', { kind: 'dropBefore' }],
    ['came as 503 before anything was done', { kind: 'status', status: 503 }],
    ['was 10016 and nothing was done', { kind: 'code', code: 10016 }],
  ])('%s is not sent again, and is rejected once the venue says that it has none', async (_, fault) => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    made.venue.faults.http(CREATE, fault);
    const placed = await running.place('intent-1');
    expect(placed.state).toBe('unknown');
    await running.becomes(placed, 'rejected');
    expect(arrivals(made)).toEqual({ http: 1, socket: 0 });
    expect(made.venue.account(UID).orders).toEqual([]);
    // The same intent again is the same order: it is not sent either.
    expect(await running.place('intent-1')).toMatchObject({ state: 'rejected' });
    expect(arrivals(made).http).toBe(1);
  });

  it('does not come in time is given up after ten seconds, and found', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    made.venue.faults.privateSilent = true;
    made.venue.faults.http(CREATE, { kind: 'latency', ms: 3_600_000 });
    const placing = running.place('intent-1');
    await vi.waitFor(() => expect(made.venue.account(UID).orders).toHaveLength(1), WAIT);
    made.time.skip(10_000);
    await unknownThen(await placing, made, running, 'working');
  });

  it('was lost is not called gone because a look-up failed', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    made.venue.faults.privateSilent = true;
    made.venue.faults.http(CREATE, { kind: 'dropAfter' });
    made.venue.faults.http('/v5/order/realtime', { kind: 'status', status: 500 }, 2);
    made.venue.faults.http('/v5/order/realtime', { kind: 'truncated' }, 1);
    made.venue.faults.http('/v5/order/realtime', { kind: 'dropBefore' }, 1);
    const placed = await running.place('intent-1');
    await unknownThen(placed, made, running, 'working');
  });

  it('was lost needs a person when the venue cannot be asked at all', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    made.venue.faults.privateSilent = true;
    made.venue.faults.http(CREATE, { kind: 'dropAfter' });
    made.venue.faults.http('/v5/order/realtime', { kind: 'status', status: 500 }, 1_000);
    const placed = await running.place('intent-1');
    await running.becomes(placed, 'needsYou');
    expectSentOnce(made, placed);
    // Later the venue answers again: the next reconciliation finds it.
    made.venue.faults.clear();
    made.time.skip(60_000);
    made.venue.disconnect('private');
    await running.becomes(placed, 'working');
    expectSentOnce(made, placed);
  });

  it('was lost while it filled is found as filled, with its fill', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    made.venue.faults.http(CREATE, { kind: 'dropAfter' });
    const placed = await running.place('intent-1', {
      type: 'market',
      price: undefined,
      timeInForce: 'IOC',
    });
    await running.becomes(placed, 'filled');
    expectSentOnce(made, placed);
    await vi.waitFor(() => expect(running.fills.map(({ quantity }) => quantity)).toEqual(['0.01']), WAIT);
  });

  it('was lost is answered with the same order when it is pressed twice', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    made.venue.faults.http(CREATE, { kind: 'dropAfter' });
    const [first, second] = await Promise.all([running.place('intent-1'), running.place('intent-1')]);
    expect(second.clientOrderId).toBe(first.clientOrderId);
    await running.becomes(first, 'working');
    expect((await running.place('intent-1')).clientOrderId).toBe(first.clientOrderId);
    expectSentOnce(made, first);
  });
});

describe('over the order-entry connection, an order whose answer', () => {
  const lost: readonly [string, TradeFault][] = [
    ['was cut with the connection', { kind: 'disconnectAfter' }],
    ['was 10016, an internal error', { kind: 'rewrite', rewrite: withCode(10016) }],
    ['was 10019, a restart', { kind: 'rewrite', rewrite: withCode(10019) }],
    ['was 10000, a time-out inside', { kind: 'rewrite', rewrite: withCode(10000) }],
    ['named no order', { kind: 'rewrite', rewrite: (text) => text.replace(/"orderId":"[^"]*",/, '') }],
    [
      'named another order',
      { kind: 'rewrite', rewrite: (text) => text.replace(/"orderLinkId":"\d+"/, '"orderLinkId":"77"') },
    ],
  ];

  it.each(lost)('%s is sent once, never over REST as well, and found', async (_, fault) => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.privateSilent = true;
    made.venue.faults.trade('order.create', fault);
    await unknownThen(await running.place('intent-1'), made, running, 'working');
    expect(arrivals(made)).toEqual({ http: 0, socket: 1 });
  });

  it.each<[string, TradeFault]>([
    ['never came', { kind: 'dropAfter' }],
    ['was half of its JSON', { kind: 'rewrite', rewrite: (text) => text.slice(0, text.length / 2) }],
    ['had lost its id', { kind: 'rewrite', rewrite: (text) => text.replace(/"reqId":"\d+",/, '') }],
    [
      'had another id',
      { kind: 'rewrite', rewrite: (text) => text.replace(/"reqId":"\d+"/, '"reqId":"999"') },
    ],
    ['had no code', { kind: 'rewrite', rewrite: (text) => text.replace('"retCode":0,', '') }],
  ])('%s is given up after five seconds, and found', async (_, fault) => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.privateSilent = true;
    made.venue.faults.trade('order.create', fault);
    const placing = running.place('intent-1');
    await vi.waitFor(() => expect(made.venue.account(UID).orders).toHaveLength(1), WAIT);
    made.time.skip(5_000);
    await unknownThen(await placing, made, running, 'working');
    expect(arrivals(made)).toEqual({ http: 0, socket: 1 });
  });

  it('never came because the request never arrived is rejected in the end, and not sent over REST', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.trade('order.create', { kind: 'dropBefore' });
    const placing = running.place('intent-1');
    await vi.waitFor(() => expect(arrivals(made).socket).toBe(1), WAIT);
    made.time.skip(5_000);
    const placed = await placing;
    await running.becomes(placed, 'rejected');
    expect(arrivals(made)).toEqual({ http: 0, socket: 1 });
  });

  it('comes too late, and without an id, does not answer for another order', async () => {
    const made = await rig();
    await goLive(made);
    made.venue.faults.trade('order.create', { kind: 'dropAfter' });
    const [first, second] = [made.request(), made.request({ quantity: '0.02' })];
    const lostOne = failure(made.account.place(first));
    await vi.waitFor(() => expect(made.venue.account(UID).orders).toHaveLength(1), WAIT);
    made.time.skip(4_000);
    made.venue.faults.trade('order.create', {
      kind: 'rewrite',
      rewrite: (text) => {
        // The first was given up a moment ago: this refusal could be its own.
        made.time.skip(1_000);
        return text.replace(/"reqId":"\d+",/, '').replace('"retCode":0', '"retCode":10001');
      },
    });
    const outcome = failure(made.account.place(second));
    expect((await lostOne).kind).toBe('unknownOutcome');
    // The old connection is given two seconds for what was under way.
    await new Promise((resolve) => setTimeout(resolve, 50));
    made.time.skip(2_000);
    expect((await outcome).kind).toBe('unknownOutcome');
    expect(await made.account.findOrder(refOf(second))).toMatchObject({ state: 'working', quantity: '0.02' });
    expect(made.venue.counters.orders(second.clientOrderId)).toBe(1);
  });

  it('was lost together with others ends known for each of them', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.trade('order.create', { kind: 'dropAfter' }, 4);
    made.venue.faults.trade('order.create', { kind: 'disconnectAfter' });
    const intents = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'];
    const placed = await Promise.all(intents.map((intent) => running.place(intent)));
    for (const order of placed) await running.becomes(order, 'working');
    for (const { clientOrderId } of placed) expect(made.venue.counters.orders(clientOrderId)).toBe(1);
    expect(arrivals(made)).toEqual({ http: 0, socket: 5 });
    expect(running.failures).toEqual([]);
  });
});

describe('the same intent', () => {
  it('goes over REST while the order-entry connection is down, and over that alone once it is live', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.slowAckMs = 3_600_000;
    made.venue.disconnect('trade');
    await vi.waitFor(() => expect(streamState(made, 'trade')).not.toBe('live'), WAIT);
    await running.becomes(await running.place('intent-1'), 'working');
    expect(arrivals(made)).toEqual({ http: 1, socket: 0 });
    made.venue.faults.slowAckMs = 0;
    // The log-in that waits for its answer is given up for a new connection.
    made.venue.disconnect('trade');
    await entryLive(made);
    await running.becomes(await running.place('intent-2'), 'working');
    expect(arrivals(made)).toEqual({ http: 1, socket: 1 });
    for (const { linkId } of made.venue.account(UID).orders)
      expect(made.venue.counters.orders(linkId)).toBe(1);
  });

  it('pressed ten times at once is one order, whichever transport takes it', async () => {
    const made = await rig();
    const running = await desk(made);
    const placed = await Promise.all(Array.from({ length: 10 }, () => running.place('intent-1')));
    expect(new Set(placed.map(({ clientOrderId }) => clientOrderId)).size).toBe(1);
    expect(made.venue.account(UID).orders).toHaveLength(1);
    const [first] = placed;
    if (first) expectSentOnce(made, first);
  });

  it('with an id that the venue has already is looked up instead of being called refused', async () => {
    const made = await rig();
    const running = await desk(made);
    // The order arrives and its answer says "duplicate": an earlier send of the same bytes came first.
    made.venue.faults.trade('order.create', { kind: 'rewrite', rewrite: withCode(110072) });
    await unknownThen(await running.place('intent-1'), made, running, 'working');
  });
});
