/** The machine slept: nothing that was known before is taken for the present. */
import { describe, expect, it, vi } from 'vitest';
import { desk } from './support-desk.ts';
import {
  arrivals,
  entryLive,
  goLive,
  isLive,
  rig,
  type Rig,
  SYMBOL,
  UID,
  WAIT,
  WatchedBook,
} from './support.ts';

const HOURS = 8 * 3_600_000;

/** Asleep for long, and awake again; the connections may or may not have survived. */
function sleepAndWake(made: Rig): void {
  made.time.sleep(HOURS);
  made.net.wake();
  made.exchange.wake();
}

describe('after sleep', () => {
  it('a book is stale until a fresh snapshot came, though the connection looks whole', async () => {
    const made = await rig();
    const book = new WatchedBook();
    made.exchange.market.streamBook(SYMBOL, 50, book);
    await vi.waitFor(() => expect(book.states.at(-1)).toBe('live'), WAIT);
    const from = book.states.length;
    sleepAndWake(made);
    expect(book.states.slice(from)).toContain('stale');
    await vi.waitFor(async () => {
      expect(book.states.at(-1)).toBe('live');
      const { bids } = await made.exchange.market.book(SYMBOL, 50);
      expect(book.last?.bids).toEqual(bids);
    }, WAIT);
  });

  it('connections that the venue gave up meanwhile are replaced, and everything is loaded anew', async () => {
    const made = await rig();
    const events = await goLive(made);
    await made.account.place(made.request());
    const [order] = made.venue.account(UID).openOrders();
    made.venue.stall();
    made.venue.fill(UID, order?.orderId ?? '');
    const from = events.length;
    sleepAndWake(made);
    // The pong that never comes tells.
    for (let second = 0; second < 15; second += 1) {
      made.time.skip(1_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await vi.waitFor(() => {
      const positions = events.slice(from).findLast((event) => event.kind === 'positions');
      expect(positions?.positions[0]?.quantity).toBe('0.01');
    }, WAIT);
    await isLive(events);
    await entryLive(made);
    expect((await made.account.place(made.request())).state).toBe('working');
  });

  it('the first order carries a good time stamp, whatever the clocks did meanwhile', async () => {
    const made = await rig();
    await goLive(made);
    made.time.sleep(HOURS);
    // Ours stood still, as on systems whose clock sleeps as well.
    made.time.setBy(-7_000);
    made.net.wake();
    made.exchange.wake();
    await entryLive(made);
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(made.venue.account(UID).orders).toHaveLength(1);
  });

  it('an order that was under way ends known and is sent once', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.faults.privateSilent = true;
    made.venue.faults.trade('order.create', { kind: 'dropAfter' });
    const placing = running.place('intent-1');
    await vi.waitFor(() => expect(made.venue.account(UID).orders).toHaveLength(1), WAIT);
    sleepAndWake(made);
    const placed = await placing;
    await running.becomes(placed, 'working');
    expect(made.venue.counters.orders(placed.clientOrderId)).toBe(1);
    const { http, socket } = arrivals(made);
    expect(http + socket).toBe(1);
  });

  it('over REST no request goes out on a connection from before', async () => {
    const made = await rig({ access: { environment: 'demo' }, venue: { environment: 'demo' } });
    await made.account.positions();
    const before = made.venue.counters.connections;
    sleepAndWake(made);
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(made.venue.counters.connections).toBeGreaterThan(before);
    expect(arrivals(made).http).toBe(1);
  });
});
