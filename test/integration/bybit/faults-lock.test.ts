/** The vault is locked while orders are on their way: nothing more is signed, and nothing is lost or doubled. */
import { describe, expect, it, vi } from 'vitest';
import { desk } from './support-desk.ts';
import { arrivals, failure, goLive, isLive, lastState, OVER_REST, rig, UID, WAIT } from './support.ts';

describe('a vault that is locked', () => {
  it('while an order waits for its signature sends nothing', async () => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    const release = made.holdSignatures();
    const placing = failure(made.account.place(made.request()));
    made.lock(true);
    release();
    expect((await placing).kind).toBe('locked');
    expect(arrivals(made)).toEqual({ http: 0, socket: 0 });
  });

  it('keeps orders from the order-entry connection, which is still logged in', async () => {
    const made = await rig();
    await goLive(made);
    made.lock(true);
    expect((await failure(made.account.place(made.request()))).kind).toBe('locked');
    expect((await failure(made.account.cancelAll())).kind).toBe('locked');
    expect(arrivals(made)).toEqual({ http: 0, socket: 0 });
  });

  it('stops the private stream quietly, and lets it go on after the unlock', async () => {
    const made = await rig();
    const events = await goLive(made);
    made.lock(true);
    made.venue.disconnect('private');
    await vi.waitFor(
      () => expect(lastState(events)).toMatchObject({ state: 'stale', reason: 'The vault is locked.' }),
      WAIT,
    );
    made.time.skip(9_000);
    expect(made.venue.privateSessions(UID)).toBe(0);
    made.lock(false);
    made.exchange.wake();
    await isLive(events);
  });

  it.each([
    ['over the order-entry connection', {}],
    ['over REST', OVER_REST],
  ])(
    '%s while an answer is awaited leaves the order unknown in the journal, sent once',
    async (_, options) => {
      const made = await rig(options);
      const running = await desk(made);
      made.venue.faults.privateSilent = true;
      made.venue.faults.trade('order.create', { kind: 'dropAfter' });
      made.venue.faults.http('/v5/order/create', { kind: 'latency', ms: 3_600_000 });
      const placing = running.place('intent-1').catch((error: unknown) => error);
      await vi.waitFor(() => expect(made.venue.account(UID).orders).toHaveLength(1), WAIT);
      const [atVenue] = made.venue.account(UID).orders;
      const order = { clientOrderId: atVenue?.linkId ?? '' };
      // As the session does it on a lock: the desk first, then the connections.
      made.lock(true);
      await running.desk.dispose();
      running.keeper.dispose();
      running.sessions.dispose();
      made.exchange.dispose();
      made.net.dispose();
      await placing;
      expect((await running.history(order)).at(-1)).toBe('unknown');
      expect(made.venue.counters.orders(order.clientOrderId)).toBe(1);
      const { http, socket } = arrivals(made);
      expect(http + socket).toBe(1);
    },
  );

  it('in the middle of several orders signs none of those whose turn had not come', async () => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    const placing = Promise.allSettled(Array.from({ length: 25 }, () => made.account.place(made.request())));
    await vi.waitFor(() => expect(arrivals(made).http).toBeGreaterThan(0), WAIT);
    made.lock(true);
    const outcomes = await placing;
    const placed = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toMatchObject({ kind: 'locked' });
    expect(made.venue.account(UID).orders).toHaveLength(placed);
    expect(arrivals(made).http).toBe(placed);
  });
});
