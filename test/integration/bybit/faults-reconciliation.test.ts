/** What a reconciliation must get over: clocks that are off, markets that are gone, orders that nobody knows. */
import { describe, expect, it, vi } from 'vitest';
import type { Order } from '../../../src-main/exchanges/exchange.ts';
import { NO_RECORD } from '../../../src-main/trading/order-states.ts';
import { CONTEXT } from '../running.ts';
import {
  becomes,
  bybit,
  connected,
  lock,
  ORDER,
  orderOf,
  resting,
  unlock,
  UID as APP_UID,
} from './running-bybit.ts';
import { desk } from './support-desk.ts';
import { OVER_REST, rig, type Rig, UID, WAIT } from './support.ts';

const MINUTE = 60_000;

/** Fills the only open order of the account while its stream says nothing. */
function fillUnheard(made: Rig): void {
  const [order] = made.venue.account(UID).openOrders();
  made.venue.faults.privateSilent = true;
  made.venue.fill(UID, order?.orderId ?? '');
  made.venue.flush();
  made.venue.faults.privateSilent = false;
}

describe('a fill that nobody was told of', () => {
  it.each([
    ['10 minutes ahead', 10 * MINUTE],
    ['10 minutes behind', -10 * MINUTE],
  ])('is fetched, and told, with a clock of ours that is %s', async (_, ours) => {
    const made = await rig({ ...OVER_REST, prepare: (venue) => (venue.clock.offsetMs = -ours) });
    const running = await desk(made);
    const session = running.sessions.require(made.access.accountId);
    for (const intent of ['intent-1', 'intent-2']) {
      const order = await running.place(intent);
      await running.becomes(order, 'working');
      await running.reconciler.now(session);
      fillUnheard(made);
      const report = await running.reconciler.now(session);
      expect(report.differences.map(({ cause }) => cause)).toContain('missedFill');
      expect(running.fills.at(-1)).toMatchObject({ clientOrderId: order.clientOrderId, quantity: '0.01' });
    }
  });

  it('is told by the stream with a clock of ours that is 10 minutes ahead', async () => {
    const made = await rig({ ...OVER_REST, prepare: (venue) => (venue.clock.offsetMs = -10 * MINUTE) });
    const running = await desk(made);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.venue.fill(UID, order.venueOrderId ?? '');
    await vi.waitFor(() => expect(running.fills).toHaveLength(1), WAIT);
  });

  it('is fetched though our clock was set forward for a while, and back', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const session = running.sessions.require(made.access.accountId);
    const order = await running.place('intent-1');
    await running.becomes(order, 'working');
    made.time.setBy(60 * MINUTE);
    await running.reconciler.now(session);
    made.time.setBy(-60 * MINUTE);
    fillUnheard(made);
    await running.reconciler.now(session);
    await vi.waitFor(() => expect(running.fills).toHaveLength(1), WAIT);
    await running.becomes(order, 'filled');
  });
});

describe('orders that the venue does not list', () => {
  const HOUR = 60 * MINUTE;

  it('and that were cancelled on the website more than a day ago are so here, for one look each', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const session = running.sessions.require(made.access.accountId);
    const orders = [];
    for (let n = 0; n < 12; n += 1) orders.push(await running.place(`intent-${String(n)}`));
    await running.reconciler.now(session);
    made.venue.faults.privateSilent = true;
    for (const order of made.venue.account(UID).openOrders()) made.venue.world.desk.cancel(order);
    // What had just ended is forgotten when Bybit restarts, and the rest after a day.
    made.venue.account(UID).orders.splice(0);
    made.time.setBy(25 * HOUR);
    const { counters } = made.venue;
    const asked = (): number => counters.requests('/v5/order/history');
    const before = asked();
    await running.reconciler.now(session);
    for (const order of orders)
      expect(running.known(order)).toMatchObject({ state: 'cancelled', reason: NO_RECORD });
    expect(asked() - before).toBe(orders.length);
    expect((await made.log()).filter(({ venueCode }) => venueCode === '10006')).toEqual([]);
  });

  it('because a crash kept them from leaving are settled together, within what may be asked for', async () => {
    const made = await rig(OVER_REST);
    const running = await desk(made);
    const sample = await running.place('intent-1');
    const lost = Array.from({ length: 20 }, (_, n): Order => ({
      ...sample,
      clientOrderId: `77${String(n)}`,
      venueOrderId: null,
      state: 'sending',
    }));
    await running.keeper.holdAll(lost);
    const report = await running.reconciler.now(running.sessions.require(made.access.accountId));
    expect(report.differences.map(({ cause }) => cause)).toEqual(lost.map(() => 'neverArrived'));
    for (const order of lost) await running.becomes(order, 'rejected');
    expect((await made.log()).filter(({ venueCode }) => venueCode === '10006')).toEqual([]);
  });
});

describe('an order of a market that left the list while Holdfast was locked', () => {
  it('needs a person, and keeps neither the account nor new orders back', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const gone = { ...ORDER, symbol: 'ETH/USDT:USDT', quantity: '1', accountId };
    const { bids } = venue.market('linear', 'ETHUSDT').book(1);
    const low = String(Math.floor(Number(bids[0]?.[0]) * 0.98));
    const order = await app.handlers.trading.place({ ...gone, price: low, intentId: 'intent-1' }, CONTEXT);
    await becomes(app, order, 'working');
    await lock(app);
    await vi.waitFor(() => {
      expect(venue.privateSessions(APP_UID)).toBe(0);
    });
    venue.fill(APP_UID, order.venueOrderId ?? '');
    venue.market('linear', 'ETHUSDT').listing.payload['status'] = 'Closed';
    await unlock(app);
    await becomes(app, order, 'needsYou');
    expect((await orderOf(app, accountId, order.clientOrderId))?.reason).toContain(
      'is not a market of Bybit',
    );
    const price = await resting(app);
    const next = await app.handlers.trading.place(
      { ...ORDER, accountId, price, intentId: 'intent-2' },
      CONTEXT,
    );
    await becomes(app, next, 'working');
    const { rows } = await app.handlers.trading.fills({ accountId, limit: 10, offset: 0 }, CONTEXT);
    expect(rows).toMatchObject([{ quantity: '1' }]);
    const reports = await app.application.host.live().reconciler.reports([accountId]);
    expect(reports.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    const again = await app.application.host
      .live()
      .reconciler.now(app.application.host.live().sessions.require(accountId));
    expect(again.error).toBeNull();
  });
});
