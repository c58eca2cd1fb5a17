/** What happened while nobody was told, and what was told twice, late or in words that we do not know. */
import { describe, expect, it, vi } from 'vitest';
import type { AccountEvent } from '../../../src-main/exchanges/exchange.ts';
import { desk } from './support-desk.ts';
import {
  fillsOf,
  goLive,
  isLive,
  lastState,
  OVER_REST,
  ordersOf,
  rig,
  type Rig,
  UID,
  WAIT,
} from './support.ts';

/** Fills the only open order of the account at the venue. */
function fillIt(made: Rig, quantity?: string): void {
  const [order] = made.venue.account(UID).openOrders();
  made.venue.fill(UID, order?.orderId ?? '', quantity);
  made.venue.flush();
}

const positionOf = (events: readonly AccountEvent[]): string | undefined =>
  events.findLast((event) => event.kind === 'positions')?.positions[0]?.quantity;

describe('an order that fills while the private stream', () => {
  it('is down is found by reconciliation, with its fill', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.privateSilent = true;
    fillIt(made);
    made.venue.faults.privateSilent = false;
    made.venue.disconnect('private');
    await running.becomes(order, 'filled');
    await vi.waitFor(() => expect(running.fills.map(({ quantity }) => quantity)).toEqual(['0.01']), WAIT);
    expect(running.known(order)).toMatchObject({ filledQuantity: '0.01' });
    expect(running.failures).toEqual([]);
  });

  it('is down in part, and in part after it came back, is told once each', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1', { quantity: '0.03' });
    await running.becomes(order, 'working');
    made.venue.faults.privateSilent = true;
    fillIt(made, '0.01');
    made.venue.faults.privateSilent = false;
    made.venue.disconnect('private');
    await running.becomes(order, 'partiallyFilled');
    fillIt(made);
    await running.becomes(order, 'filled');
    await vi.waitFor(() => expect(running.fills).toHaveLength(2), WAIT);
    expect(new Set(running.fills.map(({ id }) => id)).size).toBe(2);
  });

  it('is logged in but its topics do not count yet is not missed', async () => {
    const made = await rig();
    const events = await goLive(made);
    await made.account.place(made.request());
    // The venue takes its time with the subscriptions; what happens meanwhile is told by nobody.
    made.venue.faults.slowSubscriptionMs = 300;
    const from = events.length;
    made.venue.disconnect('private');
    await vi.waitFor(() => expect(made.venue.privateSessions(UID)).toBe(1), WAIT);
    await new Promise((resolve) => setTimeout(resolve, 100));
    fillIt(made);
    await vi.waitFor(() => expect(positionOf(events.slice(from))).toBe('0.01'), WAIT);
  });

  it('comes back while REST fails is found as soon as REST answers', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.privateSilent = true;
    fillIt(made);
    made.venue.faults.privateSilent = false;
    made.venue.faults.http('/v5/order/realtime', { kind: 'status', status: 500 }, 6);
    made.venue.disconnect('private');
    const session = running.sessions.require(made.access.accountId);
    await vi.waitFor(() => expect(session.state).toBe('stale'), WAIT);
    for (let n = 0; n < 20 && running.known(order)?.state !== 'filled'; n += 1) {
      made.time.skip(3_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await running.becomes(order, 'filled');
    await vi.waitFor(() => expect(session.state).toBe('live'), WAIT);
  });

  it('was silent without being down is found after a wake', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.privateSilent = true;
    fillIt(made);
    made.exchange.wake();
    running.reconciler.again();
    await running.becomes(order, 'filled');
  });
});

describe('private messages that come', () => {
  it.each(['order', 'execution', 'position', 'wallet'])('twice (%s) are told once', async (topic) => {
    const made = await rig();
    const events = await goLive(made);
    made.venue.faults.privateMessages(topic, 'duplicate', 100);
    await made.account.place(made.request({ quantity: '0.03' }));
    fillIt(made, '0.01');
    fillIt(made);
    await vi.waitFor(() => expect(ordersOf(events).at(-1)?.state).toBe('filled'), WAIT);
    await vi.waitFor(() => expect(fillsOf(events)).toHaveLength(2), WAIT);
    await vi.waitFor(() => expect(positionOf(events)).toBe('0.03'), WAIT);
    const told = ordersOf(events).map((order) => JSON.stringify(order));
    expect(new Set(told).size).toBe(told.length);
    expect(fillsOf(events)).toHaveLength(2);
  });

  it('in the wrong order never take an order back', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1', { quantity: '0.03' });
    await running.becomes(order, 'working');
    // Each message waits for its successor: the fill is told before the partial one.
    made.venue.faults.privateMessages('order', 'reverse', 1);
    fillIt(made, '0.01');
    fillIt(made);
    await running.becomes(order, 'filled');
    await vi.waitFor(() => expect(running.fills).toHaveLength(2), WAIT);
    const states = await running.history(order);
    expect(states.slice(states.indexOf('filled') + 1)).toEqual([]);
    expect(running.known(order)).toMatchObject({ state: 'filled', filledQuantity: '0.03' });
  });

  it('not at all for the end of an order are made up for by the next reconciliation', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.privateMessages('order', 'drop', 10);
    fillIt(made);
    await vi.waitFor(() => expect(running.fills).toHaveLength(1), WAIT);
    running.reconciler.again();
    await running.becomes(order, 'filled');
  });

  it('as half of their JSON make the stream stale until all is loaded anew', async () => {
    const made = await rig();
    const events = await goLive(made);
    await made.account.place(made.request());
    await vi.waitFor(() => expect(ordersOf(events)).not.toEqual([]), WAIT);
    made.venue.faults.rewritePrivate = (text) => text.slice(0, text.length / 2);
    fillIt(made);
    await vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'stale' }), WAIT);
    made.venue.faults.rewritePrivate = null;
    made.time.skip(2_000);
    await isLive(events);
    expect(positionOf(events)).toBe('0.01');
  });

  it('with fields that nobody documented are read, and the fields are reported', async () => {
    const made = await rig();
    const events = await goLive(made);
    expect(made.exchange.unknownFields()).toEqual([]);
    made.venue.faults.rewritePrivate = (text) =>
      text.replaceAll('"symbol":', '"brandNew":{"a":[1]},"symbol":');
    await made.account.place(made.request());
    fillIt(made);
    await vi.waitFor(() => expect(ordersOf(events).at(-1)?.state).toBe('filled'), WAIT);
    await vi.waitFor(() => expect(fillsOf(events)).toHaveLength(1), WAIT);
    expect(lastState(events)).toMatchObject({ state: 'live' });
    expect(made.exchange.unknownFields().filter((name) => name.endsWith('.brandNew')).length).toBeGreaterThan(
      1,
    );
  });

  it('about a category that we do not know are left alone', async () => {
    const made = await rig();
    const events = await goLive(made);
    made.venue.faults.rewritePrivate = (text) => text.replaceAll('"category":"linear"', '"category":"event"');
    await made.account.place(made.request());
    fillIt(made);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fillsOf(events)).toEqual([]);
    expect(lastState(events)).toMatchObject({ state: 'live' });
  });

  it('before the acknowledgement of the order are no second order', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.trade('order.create', { kind: 'latency', ms: 150 });
    const placing = running.place('intent-1');
    await vi.waitFor(
      () => expect(running.keeper.open().map(({ state }) => state)).toEqual(['working']),
      WAIT,
    );
    const placed = await placing;
    expect(placed.state).toBe('working');
    expect(running.keeper.open()).toHaveLength(1);
    expect(made.venue.counters.orders(placed.clientOrderId)).toBe(1);
  });

  it('before an acknowledgement that says "not enough balance" are believed more than it', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.trade('order.create', {
      kind: 'rewrite',
      rewrite: (text) => text.replace('"retCode":0', '"retCode":110007'),
    });
    const outcome = await running.place('intent-1').catch(() => null);
    const [order] = made.venue.account(UID).openOrders();
    await running.becomes({ clientOrderId: order?.linkId ?? '' }, 'working');
    expect(outcome?.state ?? 'rejected').toMatch(/rejected|working/);
  });
});

describe('answers of REST with fields that nobody documented', () => {
  it('are read, and the fields are reported', async () => {
    const made = await rig();
    await made.account.place(made.request());
    const extra = (body: string): string =>
      body.replaceAll('"symbol":', '"brandNew":1,"symbol":').replaceAll('"coin":"', '"brandNew":1,"coin":"');
    for (const path of ['/v5/order/realtime', '/v5/position/list', '/v5/account/wallet-balance'])
      made.venue.faults.http(path, { kind: 'rewrite', rewrite: extra }, 100);
    expect(await made.account.openOrders()).toHaveLength(1);
    expect(await made.account.positions()).toEqual([]);
    expect((await made.account.balances()).length).toBeGreaterThan(0);
    expect(made.exchange.unknownFields().filter((name) => name.endsWith('.brandNew')).length).toBeGreaterThan(
      1,
    );
  });

  it.each(['/v5/order/realtime', '/v5/position/list', '/v5/account/wallet-balance'])(
    'and without those that they need (%s) are failures, never an empty account',
    async (path) => {
      const made = await rig();
      await made.account.positions();
      made.venue.faults.http(
        path,
        { kind: 'rewrite', rewrite: (body) => body.replaceAll('"list"', '"lost"') },
        100,
      );
      const read =
        { '/v5/order/realtime': 'openOrders', '/v5/position/list': 'positions' }[path] ?? 'balances';
      await expect(made.account[read as 'openOrders' | 'positions' | 'balances']()).rejects.toMatchObject({
        kind: 'protocol',
      });
    },
  );
});
