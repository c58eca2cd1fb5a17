import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { topic, type Domain } from '../../../src-preload/contract/define.ts';
import type { TopicSources } from '../../../src-preload/contract/index.ts';
import { HoldfastError } from '../../../src-main/errors.ts';
import { KnownWindows } from '../../../src-main/ipc/sender.ts';
import { QUEUE_LIMIT } from '../../../src-main/ipc/subscription.ts';
import { MAX_SUBSCRIPTIONS, TopicServer } from '../../../src-main/ipc/topics.ts';
import { FakeGate, FakeIpc, FakeLog, FakeScheduler, FakeTarget, ORIGIN, WINDOW, ourFrame } from './fakes.ts';

const params = z.strictObject({ symbol: z.string('must be text') });
const contract: Record<string, Domain> = {
  market: {
    calls: {},
    topics: {
      book: topic<number>()({ params, delivery: 'latest', unlocked: true }),
      trades: topic<number>()({ params, delivery: 'every', unlocked: true }),
    },
  },
  app: {
    calls: {},
    topics: { state: topic<string>()({ params: z.strictObject({}), delivery: 'latest', unlocked: false }) },
  },
};

function setUp() {
  const emits: ((event: unknown) => void)[] = [];
  const disposed: string[] = [];
  const source =
    (name: string) =>
    (_params: unknown, emit: (event: unknown) => void): (() => void) => {
      emits.push(emit);
      return () => void disposed.push(name);
    };
  const sources = {
    market: { book: source('book'), trades: source('trades') },
    app: { state: source('state') },
  };
  const ipc = new FakeIpc();
  const gate = new FakeGate();
  const log = new FakeLog();
  const scheduler = new FakeScheduler();
  const windows = new KnownWindows(ORIGIN);
  windows.add(WINDOW, ['read']);
  const parts = { ipc, windows, gate, log, contract, scheduler };
  const server = new TopicServer({ ...parts, sources: sources as unknown as TopicSources });
  const target = new FakeTarget();
  const post = (channel: string, message: unknown, event = target.eventFrom()): void =>
    ipc.messages.get(channel)?.(event, message);
  const open = (id: string, name: string, value: unknown = { symbol: 'BTC/USDT' }): void =>
    post('topic:open', { id, topic: name, params: value });
  return { sources, emits, disposed, ipc, gate, log, scheduler, server, target, post, open };
}

describe('TopicServer', () => {
  it('sends what the source emits to the window that subscribed', () => {
    const { open, emits, target } = setUp();
    open('s1', 'market.book');
    emits[0]?.(5);
    expect(target.sent).toEqual([{ id: 's1', result: { ok: true, value: 5 } }]);
  });

  it('sends events of an every topic as arrays', () => {
    const { open, emits, target, scheduler } = setUp();
    open('s1', 'market.trades');
    for (const value of [1, 2, 3]) emits[0]?.(value);
    scheduler.advance(50);
    expect(target.sent.map(({ result }) => result)).toEqual([
      { ok: true, value: [1] },
      { ok: true, value: [2, 3] },
    ]);
  });

  it('closes the source on unsubscribe and drops what it still emits', () => {
    const { open, post, emits, disposed, target, server } = setUp();
    open('s1', 'market.book');
    post('topic:close', { id: 's1' });
    emits[0]?.(1);
    expect(disposed).toEqual(['book']);
    expect(target.sent).toEqual([]);
    expect(server.openCount).toBe(0);
  });

  it.each([
    ['an unknown topic', 'market.nothing', {}, 'topic.unknown'],
    ['a name that reaches for a prototype', 'market.constructor', {}, 'topic.unknown'],
    ['a domain that reaches for a prototype', '__proto__.toString', {}, 'topic.unknown'],
    ['a name with too many parts', 'market.book.x', {}, 'topic.unknown'],
    ['bad parameters', 'market.book', { symbol: 1 }, 'input.invalid'],
    ['an unknown parameter', 'market.book', { symbol: 'x', depth: 1 }, 'input.invalid'],
  ])('answers %s with a refusal under its id', (_name, name, value, code) => {
    const { open, target, server, emits } = setUp();
    open('s1', name, value);
    expect(target.sent).toMatchObject([{ id: 's1', result: { ok: false, error: { code } } }]);
    expect(server.openCount).toBe(0);
    expect(emits).toEqual([]);
  });

  it('refuses a topic that needs the vault while it is locked', () => {
    const { open, target, gate } = setUp();
    gate.open = false;
    open('s1', 'market.book');
    open('s2', 'app.state', {});
    expect(target.sent).toMatchObject([{ id: 's1', result: { error: { kind: 'locked' } } }]);
  });

  it('closes topics that need the vault when it locks, tells the window, and leaves the others open', () => {
    const { open, target, gate, disposed, server, emits } = setUp();
    open('s1', 'market.book');
    open('s2', 'app.state', {});
    open('s3', 'market.trades');
    gate.lock();
    expect(disposed).toEqual(['book', 'trades']);
    expect(target.sent.map(({ id, result }) => [id, result.ok])).toEqual([
      ['s1', false],
      ['s3', false],
    ]);
    emits[1]?.('still here');
    expect(target.sent.at(-1)).toEqual({ id: 's2', result: { ok: true, value: 'still here' } });
    expect(server.openCount).toBe(1);
  });

  it('drops messages of a foreign frame without an answer', () => {
    const { post, target, server, log } = setUp();
    const event = target.eventFrom({ ...ourFrame, origin: 'https://example.org' });
    post('topic:open', { id: 's1', topic: 'app.state', params: {} }, event);
    expect(server.openCount).toBe(0);
    expect(target.sent).toEqual([]);
    expect(log.entries).toMatchObject([{ level: 'warn', fields: { code: 'ipc.sender' } }]);
  });

  it('does not let a foreign frame close or acknowledge for the window', () => {
    const { open, post, target, server } = setUp();
    open('s1', 'market.book');
    const event = target.eventFrom({ ...ourFrame, parent: {} });
    post('topic:close', { id: 's1' }, event);
    expect(server.openCount).toBe(1);
  });

  it('refuses an id twice and keeps the first subscription', () => {
    const { open, target, emits } = setUp();
    open('s1', 'market.book');
    open('s1', 'market.book');
    expect(target.sent).toMatchObject([{ result: { error: { code: 'topic.duplicateId' } } }]);
    emits[0]?.(1);
    expect(target.sent).toHaveLength(2);
  });

  it('limits the subscriptions of a window', () => {
    const { open, target, server } = setUp();
    for (let index = 0; index <= MAX_SUBSCRIPTIONS; index += 1) open(`s${index}`, 'market.book');
    expect(server.openCount).toBe(MAX_SUBSCRIPTIONS);
    expect(target.sent).toMatchObject([{ result: { error: { code: 'topic.tooMany', kind: 'throttled' } } }]);
  });

  it('tells a window that fell behind an every topic to start afresh, and closes the topic', () => {
    const { open, emits, target, disposed, server } = setUp();
    open('s1', 'market.trades');
    for (let value = 0; value <= QUEUE_LIMIT + 1; value += 1) emits[0]?.(value);
    expect(target.sent.at(-1)).toMatchObject({
      id: 's1',
      result: { ok: false, error: { code: 'topic.overflow', action: 'resubscribe' } },
    });
    expect(disposed).toEqual(['trades']);
    expect(server.openCount).toBe(0);
  });

  it('takes acknowledgements into account', () => {
    const { open, emits, post, target, scheduler } = setUp();
    open('s1', 'market.book');
    for (let value = 0; value < 10; value += 1) {
      emits[0]?.(value);
      scheduler.advance(50);
    }
    expect(target.sent).toHaveLength(2);
    post('topic:ack', { id: 's1' });
    expect(target.sent.at(-1)?.result).toEqual({ ok: true, value: 9 });
  });

  it('closes everything of a window that reloads', () => {
    const { open, server, disposed } = setUp();
    open('s1', 'market.book');
    open('s2', 'app.state', {});
    server.closeWindow(WINDOW);
    expect(disposed).toEqual(['book', 'state']);
    expect(server.openCount).toBe(0);
  });

  it('closes everything of a window that was destroyed when an event comes for it', () => {
    const { open, server, target, emits, disposed } = setUp();
    open('s1', 'market.book');
    open('s2', 'market.trades');
    target.destroyed = true;
    expect(() => emits[0]?.(1)).not.toThrow();
    expect(disposed).toEqual(['book', 'trades']);
    expect(server.openCount).toBe(0);
  });

  it('answers an error of the source and forgets the subscription', () => {
    const { open, sources, target, server } = setUp();
    sources.market.book = () => {
      throw new HoldfastError('notFound', 'market.unknown', 'No such market.');
    };
    open('s1', 'market.book');
    expect(target.sent).toMatchObject([{ result: { error: { code: 'market.unknown' } } }]);
    expect(server.openCount).toBe(0);
  });

  it('delivers what a source emits while it opens, and disposes one that overflowed meanwhile', () => {
    const { open, sources, target, disposed, server } = setUp();
    sources.market.book = (_params, emit) => {
      emit(1);
      return () => void disposed.push('book');
    };
    sources.market.trades = (_params, emit) => {
      for (let value = 0; value <= QUEUE_LIMIT + 1; value += 1) emit(value);
      return () => void disposed.push('trades');
    };
    open('s1', 'market.book');
    open('s2', 'market.trades');
    expect(target.sent[0]).toEqual({ id: 's1', result: { ok: true, value: 1 } });
    expect(disposed).toEqual(['trades']);
    expect(server.openCount).toBe(1);
  });

  it('survives a source whose dispose throws', () => {
    const { open, sources, post, log, server } = setUp();
    sources.market.book = () => () => {
      throw new Error('test-secret-4');
    };
    open('s1', 'market.book');
    post('topic:close', { id: 's1' });
    expect(server.openCount).toBe(0);
    expect(JSON.stringify(log.entries)).not.toContain('test-secret-4');
  });

  it('leaves nothing behind on dispose', () => {
    const { open, server, ipc, gate, scheduler, disposed, emits } = setUp();
    open('s1', 'market.book');
    emits[0]?.(1);
    emits[0]?.(2);
    server.dispose();
    expect(disposed).toEqual(['book']);
    expect(ipc.messages.size).toBe(0);
    expect(gate.listening).toBe(0);
    expect(scheduler.pending).toBe(0);
  });
});
