/** A book that cannot be trusted is not shown as live, and one that is shown as live is the venue's. */
import { describe, expect, it, vi } from 'vitest';
import { rig, type Rig, SYMBOL, WAIT, WatchedBook } from './support.ts';

const TOPIC = 'orderbook.50.BTCUSDT';

async function watched(made: Rig): Promise<WatchedBook> {
  const book = new WatchedBook();
  made.exchange.market.streamBook(SYMBOL, 50, book);
  await equalsRest(made, book);
  return book;
}

/** Live, and level by level what REST says. */
const equalsRest = (made: Rig, book: WatchedBook): Promise<void> =>
  vi.waitFor(async () => {
    made.venue.flush();
    const { bids, asks } = await made.exchange.market.book(SYMBOL, 50);
    expect([book.states.at(-1), book.last?.state]).toEqual(['live', 'live']);
    expect([book.last?.bids, book.last?.asks]).toEqual([bids, asks]);
  }, WAIT);

/** Somebody trades, which changes the book. */
function change(made: Rig): void {
  made.venue.market('linear', 'BTCUSDT').take('Buy', '0.001');
  made.venue.flush();
}

const relay = (made: Rig, frame: object): void => {
  made.venue.relay('linear', TOPIC, JSON.stringify(frame));
};

/** A change whose number is `by` after the last one that was shown. */
function deltaAfter(book: WatchedBook, by: number, levels: { b?: string[][]; a?: string[][] } = {}): object {
  const u = Number(book.last?.sequence) + by;
  const data = { s: 'BTCUSDT', b: levels.b ?? [], a: levels.a ?? [], u, seq: 1 };
  return { topic: TOPIC, type: 'delta', ts: Date.now(), data, cts: Date.now() };
}

describe('a book', () => {
  it('whose snapshot came before the acknowledgement is live', async () => {
    const made = await rig({ prepare: (venue) => (venue.faults.snapshotBeforeAck = true) });
    const book = await watched(made);
    change(made);
    await equalsRest(made, book);
  });

  it('whose acknowledgement never came is live all the same', async () => {
    const made = await rig({ prepare: (venue) => (venue.faults.slowAckMs = 3_600_000) });
    await watched(made);
  });

  it('that begins with a change drops it and waits for the snapshot', async () => {
    const made = await rig({ prepare: (venue) => (venue.faults.deltaBeforeSnapshot = true) });
    const book = await watched(made);
    expect(book.values.every(({ bids }) => bids.length > 0)).toBe(true);
    change(made);
    await equalsRest(made, book);
  });

  it('with a gap in its numbers is stale at once, asks again, and is whole', async () => {
    const made = await rig();
    const book = await watched(made);
    const from = book.states.length;
    made.venue.gap('linear', 'BTCUSDT');
    change(made);
    await vi.waitFor(() => expect(book.states.slice(from)).toContain('stale'), WAIT);
    await equalsRest(made, book);
    expect(book.states.slice(from)).toEqual(['stale', 'live']);
  });

  it('with a gap is never shown as live with levels from after it', async () => {
    const made = await rig();
    const book = await watched(made);
    const from = book.values.length;
    relay(made, deltaAfter(book, 2, { b: [['1', '7']] }));
    await vi.waitFor(
      () => expect(book.values.slice(from).map(({ state }) => state)).toContain('stale'),
      WAIT,
    );
    const wrong = book.values.slice(from).filter(({ bids }) => bids.some(([price]) => price === '1'));
    expect(wrong.filter(({ state }) => state === 'live')).toEqual([]);
    await equalsRest(made, book);
  });

  it('ignores what it has had already', async () => {
    const made = await rig();
    const book = await watched(made);
    const [values, states] = [book.values.length, book.states.length];
    relay(made, deltaAfter(book, 0, { b: [['1', '7']] }));
    relay(made, deltaAfter(book, -3, { b: [['1', '7']] }));
    change(made);
    await vi.waitFor(() => expect(book.values.length).toBeGreaterThan(values), WAIT);
    expect(book.states.slice(states)).toEqual([]);
    await equalsRest(made, book);
  });

  it('that crosses is stale, never shown as live, and asked for again', async () => {
    const made = await rig();
    const book = await watched(made);
    const from = book.states.length;
    made.venue.crossBook('linear', 'BTCUSDT');
    await vi.waitFor(() => expect(book.states.slice(from)).toContain('stale'), WAIT);
    await equalsRest(made, book);
    expect(book.wasEverCrossed).toBe(false);
  });

  it('that starts over at 1 is replaced, though its number is older', async () => {
    const made = await rig();
    const book = await watched(made);
    const from = book.states.length;
    made.venue.restart();
    change(made);
    await equalsRest(made, book);
    expect(Number(book.last?.sequence)).toBeLessThan(50);
    expect(book.states.slice(from)).toEqual([]);
  });

  it.each<[string, (next: number) => object | string]>([
    ['half of its JSON', () => '{"topic":"orderbook.50.BTCUSDT","type":"delta","data":{"s":"BTCU'],
    ['no levels', (u) => ({ s: 'BTCUSDT', u, seq: 1 })],
    ['no number', () => ({ s: 'BTCUSDT', b: [], a: [], seq: 1 })],
    ['a price that is none', (u) => ({ s: 'BTCUSDT', b: [['x', '1']], a: [], u, seq: 1 })],
    ['a quantity below zero', (u) => ({ s: 'BTCUSDT', b: [['1', '-1']], a: [], u, seq: 1 })],
  ])('that got a message with %s is stale, asked for again, and whole', async (_, message) => {
    const made = await rig();
    const book = await watched(made);
    const from = book.states.length;
    const data = message(Number(book.last?.sequence) + 1);
    if (typeof data === 'string') made.venue.relay('linear', TOPIC, data);
    else relay(made, { topic: TOPIC, type: 'delta', ts: 1, data, cts: 1 });
    await vi.waitFor(() => expect(book.states.slice(from)).toContain('stale'), WAIT);
    await equalsRest(made, book);
  });

  it('with fields that nobody documented is read, and the fields are reported', async () => {
    const made = await rig();
    const book = await watched(made);
    const from = book.states.length;
    const frame = deltaAfter(book, 1) as { data: object };
    relay(made, { ...frame, data: { ...frame.data, brandNew: 1 } });
    await vi.waitFor(() => expect(made.exchange.unknownFields().join()).toContain('brandNew'), WAIT);
    expect(book.states.slice(from)).toEqual([]);
  });

  it('that breaks again and again costs ever fewer subscriptions', async () => {
    const made = await rig();
    const book = await watched(made);
    const asked = (): number => made.subscriptions.filter(({ frame }) => frame.includes(TOPIC)).length;
    const before = asked();
    for (let n = 0; n < 30; n += 1) {
      made.venue.crossBook('linear', 'BTCUSDT');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(asked() - before).toBeLessThan(5);
    made.time.skip(30_000);
    await equalsRest(made, book);
  });
});
