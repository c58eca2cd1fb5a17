/** Bybit's time window is one second wide to one side: a clock that is off must never cost an order. */
import { describe, expect, it, vi } from 'vitest';
import { desk } from './support-desk.ts';
import { arrivals, failure, goLive, isLive, lastState, OVER_REST, refOf, rig, UID, WAIT } from './support.ts';

/** Ours minus the venue's: the sheet's two, each beyond what Bybit lets pass. */
const OFFSETS = [
  ['1 s ahead', 1_000],
  ['30 s behind', -30_000],
] as const;

describe('a clock of ours that is', () => {
  it.each(OFFSETS)('%s from the start is corrected before anything is signed', async (_, ours) => {
    const made = await rig({ prepare: (venue) => (venue.clock.offsetMs = -ours) });
    await goLive(made);
    const placed = await made.account.place(made.request());
    expect(placed.state).toBe('working');
    expect(await made.account.openOrders()).toHaveLength(1);
    const refused = (await made.log()).filter(({ venueCode }) => venueCode === '10002');
    expect(refused).toEqual([]);
    expect(Math.abs((made.exchange.health().clockOffsetMs ?? 0) + ours)).toBeLessThan(900);
  });

  it.each(OFFSETS)('%s all of a sudden costs no order over REST', async (_, ours) => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    made.venue.clock.offsetMs = -ours;
    const request = made.request();
    expect((await made.account.place(request)).state).toBe('working');
    expect(made.venue.account(UID).orders).toHaveLength(1);
  });

  it.each(OFFSETS)('%s all of a sudden costs no order over the order-entry connection', async (_, ours) => {
    const made = await rig();
    await goLive(made);
    made.venue.clock.offsetMs = -ours;
    const request = made.request();
    expect((await made.account.place(request)).state).toBe('working');
    expect(made.venue.account(UID).orders).toHaveLength(1);
    expect(arrivals(made).http).toBe(0);
    expect(await made.account.findOrder(refOf(request))).toMatchObject({ state: 'working' });
  });

  it('set by somebody while we run is noticed, and orders go on', async () => {
    const made = await rig();
    const { place, becomes } = await desk(made);
    made.time.setBy(1_000);
    await becomes(await place('intent-1'), 'working');
    made.time.setBy(-31_000);
    await becomes(await place('intent-2'), 'working');
    expect(made.venue.counters.orders()).toBe(2);
  });

  it('further behind than a log-in is good for delays the private stream by one attempt', async () => {
    const made = await rig();
    const events = await goLive(made);
    made.venue.clock.offsetMs = 60_000;
    made.venue.disconnect('private');
    await vi.waitFor(() => expect(lastState(events)).not.toMatchObject({ state: 'live' }), WAIT);
    await isLive(events);
    expect(made.venue.privateSessions(UID)).toBe(1);
  });
});

describe('10002', () => {
  it('is followed by one fresh look at the clock and one more try, not by a storm', async () => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    const before = made.venue.counters.requests('/v5/order/create');
    made.venue.faults.http('/v5/order/create', { kind: 'code', code: 10002 }, 5);
    const error = await failure(made.account.place(made.request()));
    expect(error).toMatchObject({ kind: 'clock', details: { venueCode: '10002', action: 'checkClock' } });
    expect(made.venue.counters.requests('/v5/order/create') - before).toBe(2);
    expect(made.venue.account(UID).orders).toEqual([]);
  });

  it('again and again over the order-entry connection is a refusal, sent twice at most', async () => {
    const made = await rig();
    await goLive(made);
    made.venue.faults.trade('order.create', { kind: 'code', code: 10002 }, 5);
    expect((await failure(made.account.place(made.request()))).kind).toBe('clock');
    expect(arrivals(made)).toEqual({ http: 0, socket: 2 });
  });
});
