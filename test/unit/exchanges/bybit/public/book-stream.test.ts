import { describe, expect, it } from 'vitest';
import type { BookLevel, BookView } from '../../../../../src-preload/contract/types/market.ts';
import type { FakeSocket } from '../../../../support/net.ts';
import { Heard, type PublicHarness, setUp } from './harness.ts';

const SYMBOL = 'BTC/USDT:USDT';

interface Frame {
  readonly type?: 'snapshot' | 'delta';
  readonly depth?: number;
  readonly u: number;
  readonly seq?: number;
  readonly b?: readonly BookLevel[];
  readonly a?: readonly BookLevel[];
}

const frame = ({ type = 'delta', depth = 50, u, seq = u * 10, b = [], a = [] }: Frame) => ({
  topic: `orderbook.${depth}.BTCUSDT`,
  type,
  ts: 1_700_000_000_000 + u,
  data: { s: 'BTCUSDT', b, a, u, seq },
  cts: 1_700_000_000_000 + u,
});
const snapshot = (u: number, depth = 50) =>
  frame({
    type: 'snapshot',
    u,
    depth,
    b: [
      ['100', '2'],
      ['99.5', '1'],
    ],
    a: [['100.5', '3']],
  });
const delta = (u: number, b: readonly BookLevel[] = [], seq = u * 10) => frame({ u, b, seq });

async function open(depth = 50): Promise<PublicHarness & { heard: Heard<BookView>; line: FakeSocket }> {
  const harness = setUp();
  await harness.bybit.index.ready();
  const heard = new Heard<BookView>();
  harness.bybit.market.streamBook(SYMBOL, depth, heard);
  return { ...harness, heard, line: harness.socket('linear') };
}

describe('a book stream', () => {
  it('rebuilds the example of the protocol sheet', async () => {
    const { heard, line } = await open();
    line.become('live');
    line.frame(snapshot(500), 5);
    line.frame(
      frame({
        u: 501,
        b: [
          ['99.5', '0'],
          ['99.0', '4'],
        ],
        a: [['100.5', '1']],
      }),
      6,
    );
    expect(heard.last).toEqual({
      venue: 'bybit',
      symbol: SYMBOL,
      bids: [
        ['100', '2'],
        ['99.0', '4'],
      ],
      asks: [['100.5', '1']],
      state: 'live',
      time: 1_700_000_000_501,
      receivedAt: 6,
      sequence: '501',
    });
  });

  it.each([
    [1, 'orderbook.1.BTCUSDT'],
    [2, 'orderbook.50.BTCUSDT'],
    [51, 'orderbook.200.BTCUSDT'],
    [500, 'orderbook.1000.BTCUSDT'],
    [5_000, 'orderbook.1000.BTCUSDT'],
  ])('for %i levels is %s', async (depth, topic) => {
    expect((await open(depth)).line.topics()).toEqual([topic]);
  });

  it('of options has depths of its own', async () => {
    const { bybit, socket } = await open();
    bybit.market.streamBook('BTC/USDT:USDT-261225-90000-C', 10, new Heard());
    bybit.market.streamBook('BTC/USDT:USDT-261225-90000-C', 500, new Heard());
    expect(socket('option').topics()).toEqual([
      'orderbook.25.BTC-25DEC26-90000-C-USDT',
      'orderbook.100.BTC-25DEC26-90000-C-USDT',
    ]);
  });

  it('shows no more levels than asked for, and two depths of one topic are one subscription', async () => {
    const { bybit, line, heard } = await open(10);
    const shallow = new Heard<BookView>();
    line.frame(snapshot(1), 1);
    bybit.market.streamBook(SYMBOL, 2, shallow);
    expect(line.topics()).toHaveLength(1);
    expect(shallow.last?.bids).toHaveLength(2);
    line.frame(delta(2, [['99', '1']]), 1);
    expect([heard.last?.bids.length, shallow.last?.bids.length]).toEqual([3, 2]);
  });

  it('takes a snapshot that comes before the acknowledgement, and drops changes that come before it', async () => {
    const { heard, line, bybit } = await open();
    line.become('live');
    line.frame(delta(499), 1);
    expect(heard.values).toEqual([]);
    line.frame(snapshot(500), 1);
    line.frame({ success: true, ret_msg: '', op: 'subscribe', req_id: 'p1' }, 1);
    line.frame(delta(501, [['100', '9']]), 1);
    expect(heard.last).toMatchObject({ state: 'live', sequence: '501' });
    expect(bybit.protocolErrors()).toBe(0);
  });

  it('ignores changes that are older than the book', async () => {
    const { heard, line } = await open();
    line.frame(snapshot(500), 1);
    line.frame(delta(500, [['100', '77']]), 1);
    line.frame(delta(499, [['100', '78']]), 1);
    expect(heard.values).toHaveLength(1);
    expect(line.renewed).toEqual([]);
  });

  it('starts anew with any snapshot, also one that looks older: the service restarted', async () => {
    const { heard, line } = await open();
    line.frame(snapshot(500), 1);
    line.frame(snapshot(1), 1);
    line.frame(delta(2, [['99', '1']]), 1);
    expect(heard.last).toMatchObject({ state: 'live', sequence: '2' });
  });
});

describe('a first level', () => {
  it('is replaced by each message, also one that repeats its number as a sign of life', async () => {
    const { heard, line } = await open(1);
    line.frame(snapshot(7, 1), 1);
    line.frame(snapshot(7, 1), 2);
    line.frame(snapshot(90, 1), 3);
    expect(heard.values.map(({ receivedAt, state }) => `${receivedAt} ${state}`)).toEqual([
      '1 live',
      '2 live',
      '3 live',
    ]);
    expect(heard.last?.bids).toEqual([['100', '2']]);
    expect(line.renewed).toEqual([]);
  });
});

describe('a broken book', () => {
  it.each([
    ['a gap', delta(502)],
    ['a crossed market', delta(501, [['100.5', '1']])],
    ['a malformed level', delta(501, [['1x', '1']])],
    [
      'a frame without levels',
      { topic: 'orderbook.50.BTCUSDT', type: 'delta', ts: 1, data: { s: 'BTCUSDT', u: 501 } },
    ],
    ['text that is no JSON', '{"topic":"orderbook.50.BTCUSDT",'],
    ['a frame of an unknown type', { ...delta(501), type: 'what' }],
    ['the levels of another market', { ...delta(501), data: { ...delta(501).data, s: 'ETHUSDT' } }],
  ])('after %s is stale, asks for a snapshot and is live with it', async (_, bad) => {
    const { heard, line } = await open();
    line.become('live');
    line.frame(snapshot(500), 1);
    line.frame(bad, 2);
    expect(heard.states.at(-1)).toBe('stale');
    expect(line.renewed).toEqual(['orderbook.50.BTCUSDT']);
    line.frame(delta(503, [['98', '1']]), 3);
    expect(heard.states.at(-1)).toBe('stale');
    line.frame(snapshot(600), 4);
    expect(heard.last).toMatchObject({ state: 'live', sequence: '600' });
    expect(heard.states.at(-1)).toBe('live');
    expect(line.renewed).toHaveLength(1);
  });

  it('counts frames that break the documented form, and names fields that it does not have', async () => {
    const { bybit, line, unknown } = await open();
    line.frame(snapshot(500), 1);
    line.frame('{"topic":"orderbook.50.BTCUSDT",', 1);
    line.frame({ ...snapshot(501), novelty: 1 }, 1);
    expect(bybit.protocolErrors()).toBe(1);
    expect(unknown.list()).toEqual(['orderbook.stream.novelty']);
  });

  it('never hands out a live view of it', async () => {
    const { heard, line } = await open();
    line.frame(snapshot(500), 1);
    line.frame(delta(502, [['100', '9']]), 2);
    expect(heard.values.map(({ state }) => state)).toEqual(['live', 'stale']);
    expect(heard.last?.bids[0]).toEqual(['100', '2']);
  });

  it('asks ever more rarely, and again when no snapshot came', async () => {
    const { line, time } = await open();
    line.become('live');
    line.frame(snapshot(500), time.now);
    line.frame(delta(502), time.now);
    expect(line.renewed).toHaveLength(1);
    await time.pass(9_999);
    expect(line.renewed).toHaveLength(1);
    await time.pass(1 + 1_000);
    expect(line.renewed).toHaveLength(2);
    line.frame(snapshot(600), time.now);
    line.frame(delta(602), time.now);
    await time.pass(1_999);
    expect(line.renewed).toHaveLength(2);
    await time.pass(1);
    expect(line.renewed).toHaveLength(3);
    line.frame(snapshot(700), time.now);
    line.frame(delta(701), time.now + 60_000);
    line.frame(delta(703), time.now + 60_001);
    expect(line.renewed).toHaveLength(4);
  });

  it('follows the rising seq when u keeps breaking without a disconnect, until the next disconnect', async () => {
    const { heard, line, time } = await open();
    line.become('live');
    for (const round of [1, 2, 3]) {
      line.frame(snapshot(round * 100), time.now);
      line.frame(delta(round * 100 + 2), time.now);
      await time.pass(30_000);
    }
    expect(heard.states.at(-1)).toBe('stale');
    line.frame(snapshot(400), time.now);
    line.frame(delta(402, [['99', '5']], 4_021), time.now);
    line.frame(delta(405, [['98', '5']], 4_052), time.now);
    expect(heard.last).toMatchObject({ state: 'live', sequence: '4052' });
    line.frame(delta(406, [['97', '5']], 4_000), time.now);
    expect(heard.last?.sequence).toBe('4052');
    line.become('backingOff', 'lost');
    line.become('live');
    line.frame(snapshot(500), time.now);
    line.frame(delta(502), time.now);
    expect(heard.states.at(-1)).toBe('stale');
  });
});

describe('a connection that breaks', () => {
  it('makes the book stale at once, and the snapshot after it makes it live', async () => {
    const { heard, line } = await open();
    line.become('live');
    line.frame(snapshot(500), 1);
    line.become('backingOff', 'the line went dead');
    expect(heard.last?.state).toBe('stale');
    expect([heard.states.at(-1), heard.reason]).toEqual(['stale', 'the line went dead']);
    line.become('connecting');
    line.become('live');
    expect(heard.states.at(-1)).toBe('stale');
    line.frame(delta(501), 2);
    expect(heard.last?.state).toBe('stale');
    line.frame(snapshot(9), 3);
    expect([heard.last?.state, heard.states.at(-1)]).toEqual(['live', 'live']);
    expect(line.renewed).toEqual([]);
  });

  it('that was only in doubt and speaks again is asked for a snapshot, because none comes by itself', async () => {
    const { heard, line } = await open();
    line.become('live');
    line.frame(snapshot(500), 1);
    line.become('stale', 'no pong');
    expect(heard.last?.state).toBe('stale');
    line.become('live');
    expect(line.renewed).toEqual(['orderbook.50.BTCUSDT']);
  });

  it('that fails for good says so', async () => {
    const { heard, line } = await open();
    line.become('failed', 'refused');
    expect([heard.states.at(-1), heard.reason]).toEqual(['failed', 'refused']);
  });

  it('after sleep is not trusted: stale until a fresh snapshot', async () => {
    const { bybit, heard, line } = await open();
    line.become('live');
    line.frame(snapshot(500), 1);
    bybit.wake();
    expect([heard.last?.state, heard.states.at(-1)]).toEqual(['stale', 'stale']);
    expect([line.wakes, line.renewed]).toEqual([1, ['orderbook.50.BTCUSDT']]);
    line.frame(snapshot(501), 1);
    expect(heard.last?.state).toBe('live');
  });

  it('keeps a refused topic refused, whatever the connection does next', async () => {
    const { heard, line } = await open();
    line.become('live');
    line.refuse('orderbook.50.BTCUSDT', new Error('no'));
    expect(heard.states.at(-1)).toBe('failed');
    line.become('backingOff');
    line.become('live');
    expect(heard.states.at(-1)).toBe('failed');
  });
});
