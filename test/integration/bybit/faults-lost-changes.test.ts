/** Amending and cancelling when the answer never came: what the venue has decides. */
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../src-main/exchanges/exchange.ts';
import type { HttpFault, TradeFault } from '../../exchanges/bybit/faults.ts';
import { desk } from './support-desk.ts';
import { failure, OVER_REST, rig, UID, withCode } from './support.ts';

const keyOf = ({ accountId, clientOrderId }: Order) => ({ accountId, clientOrderId });

describe('an amendment whose answer', () => {
  it.each<[string, TradeFault]>([
    ['was cut with the connection', { kind: 'disconnectAfter' }],
    ['was 10016', { kind: 'rewrite', rewrite: withCode(10016) }],
  ])('%s is looked up and told as it is', async (_, fault) => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.trade('order.amend', fault);
    const amended = await running.desk.amend({ ...keyOf(order), quantity: '0.02' });
    expect(amended).toMatchObject({ state: 'working', quantity: '0.02' });
    expect(made.venue.counters.requests('ws:order.amend')).toBe(1);
    expect(made.venue.counters.requests('/v5/order/amend')).toBe(0);
  });

  it.each([500, 502])(
    'was %i over REST and was not carried out is a failure, and the order is unchanged',
    async (status) => {
      const made = await rig(OVER_REST);
      const running = await desk(made);
      const order = await running.place('intent-1');
      await running.becomes(order, 'working');
      made.venue.faults.http('/v5/order/amend', { kind: 'status', status });
      const error = await failure(running.desk.amend({ ...keyOf(order), quantity: '0.02' }));
      expect(error.kind).toBe('unknownOutcome');
      expect(running.known(order)).toMatchObject({ state: 'working', quantity: '0.01' });
      expect(made.venue.counters.requests('/v5/order/amend')).toBe(1);
    },
  );

  it.each<HttpFault>([
    { kind: 'status', status: 500, acts: true },
    { kind: 'truncated' },
    { kind: 'dropAfter' },
  ])('was lost over REST ($kind) though it was carried out is told as done', async (fault) => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.http('/v5/order/amend', fault);
    expect(await running.desk.amend({ ...keyOf(order), quantity: '0.02' })).toMatchObject({
      quantity: '0.02',
    });
    expect(made.venue.counters.requests('/v5/order/amend')).toBe(1);
  });
});

describe('a cancellation whose answer', () => {
  it.each<HttpFault>([
    { kind: 'status', status: 500, acts: true },
    { kind: 'truncated' },
    { kind: 'html' },
    { kind: 'dropAfter' },
  ])('was lost over REST ($kind) though it was carried out ends as cancelled', async (fault) => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.privateSilent = true;
    made.venue.faults.http('/v5/order/cancel', fault);
    expect(await running.desk.cancel(order.accountId, order.clientOrderId)).toMatchObject({
      state: 'cancelled',
    });
    expect(made.venue.counters.requests('/v5/order/cancel')).toBe(1);
  });

  it('was 500 and was not carried out leaves the order working, and can be repeated', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.http('/v5/order/cancel', { kind: 'status', status: 500 });
    expect((await failure(running.desk.cancel(order.accountId, order.clientOrderId))).kind).toBe(
      'unknownOutcome',
    );
    expect(running.known(order)?.state).toBe('working');
    await running.desk.cancel(order.accountId, order.clientOrderId);
    await running.becomes(order, 'cancelled');
  });

  it('was lost over the order-entry connection ends as cancelled, and REST is not asked to', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.faults.privateSilent = true;
    made.venue.faults.trade('order.cancel', { kind: 'disconnectAfter' });
    expect(await running.desk.cancel(order.accountId, order.clientOrderId)).toMatchObject({
      state: 'cancelled',
    });
    expect(made.venue.counters.requests('/v5/order/cancel')).toBe(0);
  });

  it('was lost while the order filled is told as filled', async () => {
    const made = await rig();
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.fill(UID, order.venueOrderId ?? '');
    expect(
      await running.desk.cancel(order.accountId, order.clientOrderId).catch(() => null),
    ).not.toMatchObject({
      state: 'cancelled',
    });
    await running.becomes(order, 'filled');
  });

  it('of all orders was lost is answered by what is still open', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const orders = await Promise.all(['i-1', 'i-2', 'i-3'].map((intent) => running.place(intent)));
    for (const order of orders) await running.becomes(order, 'working');
    made.venue.faults.http('/v5/order/cancel-all', { kind: 'dropAfter' }, 20);
    const report = await running.desk.cancelAll(made.access.accountId);
    expect(report).toMatchObject({ requested: 3, failed: [] });
    for (const order of orders) await running.becomes(order, 'cancelled');
  });
});
