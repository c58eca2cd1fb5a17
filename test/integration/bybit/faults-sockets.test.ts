/** Connections that drop, hang and lie: what they brought is stale meanwhile, and they come back by themselves. */
import { describe, expect, it, vi } from 'vitest';
import { desk } from './support-desk.ts';
import {
  arrivals,
  entryLive,
  failure,
  goLive,
  isLive,
  lastState,
  rig,
  type Rig,
  streamState,
  SYMBOL,
  UID,
  WAIT,
  WatchedBook,
} from './support.ts';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** Moves on second by second, so that everything on the wire is read in between. */
async function pass(made: Rig, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    made.time.skip(1_000);
    await settle();
  }
}

async function watchBook(made: Rig): Promise<WatchedBook> {
  const book = new WatchedBook();
  made.exchange.market.streamBook(SYMBOL, 50, book);
  await vi.waitFor(() => expect(book.states.at(-1)).toBe('live'), WAIT);
  return book;
}

describe('the private stream', () => {
  it.each(['dropped', 'closed'] as const)('%s is stale at once and live again by itself', async (how) => {
    const made = await rig();
    const events = await goLive(made);
    if (how === 'dropped') made.venue.disconnect('private');
    else made.venue.closeStreams('private');
    await vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'stale' }), WAIT);
    await isLive(events);
    expect(made.venue.privateSessions(UID)).toBe(1);
  });

  it('that is cut while it logs in starts over, and asks for its topics after the log-in only', async () => {
    const made = await rig({ prepare: (venue) => (venue.faults.slowAckMs = 3_600_000) });
    const events: Parameters<typeof lastState>[0][number][] = [];
    made.account.stream((event) => events.push(event));
    await vi.waitFor(() => expect(streamState(made, 'private')).toBe('authenticating'), WAIT);
    await vi.waitFor(() => expect(made.venue.privateSessions(UID)).toBe(1), WAIT);
    expect(made.subscriptions).toEqual([]);
    made.venue.faults.slowAckMs = 0;
    made.venue.disconnect('private');
    await isLive(events);
    expect(made.venue.privateFollowers(UID, 'order')).toBe(1);
    expect(made.subscriptions.filter(({ name }) => name === 'private')).toHaveLength(1);
  });

  it('whose log-in is not answered is given up after ten seconds and tried again', async () => {
    const made = await rig({ prepare: (venue) => (venue.faults.slowAckMs = 3_600_000) });
    const events: Parameters<typeof lastState>[0][number][] = [];
    made.account.stream((event) => events.push(event));
    await vi.waitFor(() => expect(streamState(made, 'private')).toBe('authenticating'), WAIT);
    made.venue.faults.slowAckMs = 0;
    made.time.skip(10_000);
    await isLive(events);
  });

  it('that goes on speaking of nothing for a minute is found out, replaced and loaded anew', async () => {
    const made = await rig();
    const events = await goLive(made);
    const request = made.request();
    await made.account.place(request);
    made.venue.stall('private');
    const [order] = made.venue.account(UID).openOrders();
    made.venue.fill(UID, order?.orderId ?? '');
    await pass(made, 60);
    await isLive(events);
    await vi.waitFor(() => {
      const positions = events.findLast(({ kind }) => kind === 'positions');
      expect(positions).toMatchObject({ positions: [{ side: 'long', quantity: '0.01' }] });
    }, WAIT);
    expect(events.some((event) => event.kind === 'state' && event.state === 'stale')).toBe(true);
  });

  it('whose topics are refused is not called live', async () => {
    const made = await rig();
    const events = await goLive(made);
    // What a venue says that is overloaded just then.
    made.venue.faults.rewriteAck = (text) =>
      text.includes('"op":"subscribe"')
        ? '{"success":false,"ret_msg":"Request not authorized","conn_id":"c","op":"subscribe"}'
        : text;
    made.venue.disconnect('private');
    await vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'stale' }), WAIT);
    await vi.waitFor(() => expect(made.subscriptions.length).toBeGreaterThan(1), WAIT);
    await settle();
    expect(lastState(events)).not.toMatchObject({ state: 'live' });
    made.venue.faults.rewriteAck = null;
    made.time.skip(30_000);
    await isLive(events);
    expect(made.venue.privateFollowers(UID, 'order')).toBe(1);
  });
});

describe('the order-entry connection', () => {
  it('cut while it logs in leaves orders to REST, and takes them later', async () => {
    const made = await rig();
    const events: Parameters<typeof lastState>[0][number][] = [];
    made.venue.faults.slowAckMs = 200;
    made.account.stream((event) => events.push(event));
    await vi.waitFor(() => expect(streamState(made, 'trade')).toBe('authenticating'), WAIT);
    made.venue.disconnect('trade');
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(arrivals(made).http).toBe(1);
    made.venue.faults.slowAckMs = 0;
    await entryLive(made);
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(arrivals(made).socket).toBe(1);
  });

  it('half-open costs one order its answer, not every order after it', async () => {
    const made = await rig();
    const running = await desk(made);
    made.venue.stall('trade');
    const placing = running.place('intent-1');
    await vi.waitFor(() => expect(running.keeper.inFlight()).toHaveLength(1), WAIT);
    await settle();
    made.time.skip(5_000);
    const lost = await placing;
    expect(lost.state).toBe('unknown');
    await running.becomes(lost, 'rejected');
    await running.becomes(await running.place('intent-2'), 'working');
    expect(made.venue.counters.orders(lost.clientOrderId)).toBe(0);
    expect(made.venue.counters.orders()).toBe(1);
  });

  it('half-open for a minute without orders is replaced before the next one', async () => {
    const made = await rig();
    await goLive(made);
    made.venue.stall('trade');
    await pass(made, 60);
    await entryLive(made);
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(arrivals(made)).toEqual({ http: 0, socket: 1 });
  });

  it('that the site does not have leaves every order to REST, without an error anywhere', async () => {
    const made = await rig({ venue: { environment: 'demo' } });
    const events: Parameters<typeof lastState>[0][number][] = [];
    made.account.stream((event) => events.push(event));
    await isLive(events);
    expect((await made.account.place(made.request())).state).toBe('working');
    expect(made.exchange.health().state).toBe('live');
  });
});

describe('a public stream', () => {
  it('half-open for a minute is shown as stale, replaced, and live again with a fresh book', async () => {
    const made = await rig();
    const book = await watchBook(made);
    made.venue.stall('public');
    await pass(made, 60);
    await vi.waitFor(() => expect(book.states.slice(1)).toContain('stale'), WAIT);
    made.venue.market('linear', 'BTCUSDT').take('Buy', '0.5');
    await vi.waitFor(async () => {
      expect(book.states.at(-1)).toBe('live');
      const { bids, asks } = await made.exchange.market.book(SYMBOL, 50);
      expect([book.last?.bids, book.last?.asks]).toEqual([bids, asks]);
    }, WAIT);
    expect(book.wasEverCrossed).toBe(false);
  });

  it.each(['public', undefined] as const)(
    'dropped in the middle of a book (%s) shows nothing as live until it is whole',
    async (kind) => {
      const made = await rig();
      const book = await watchBook(made);
      const before = book.values.length;
      made.venue.market('linear', 'BTCUSDT').take('Buy', '0.5');
      made.venue.disconnect(kind);
      await vi.waitFor(() => expect(book.states.at(-1)).toBe('stale'), WAIT);
      expect(book.values.slice(before).some(({ state }) => state === 'stale')).toBe(true);
      await vi.waitFor(async () => {
        expect(book.states.at(-1)).toBe('live');
        const { bids } = await made.exchange.market.book(SYMBOL, 50);
        expect(book.last?.bids).toEqual(bids);
      }, WAIT);
    },
  );
});

describe('a venue that refuses connections', () => {
  it('is tried again and again, ever more rarely, and found when it is back', async () => {
    const made = await rig();
    const events = await goLive(made);
    await made.venue.refuse();
    await vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'stale' }), WAIT);
    const error = await failure(made.account.place(made.request()));
    expect(['net.notSent', 'net.noAnswer']).toContain(error.code);
    await made.venue.listen();
    await vi.waitFor(() => {
      made.exchange.wake();
      expect(lastState(events)).toMatchObject({ state: 'live' });
    }, WAIT);
    expect((await made.account.place(made.request())).state).toBe('working');
  });
});
