/**
 * Every channel of the real contract against what a broken or taken-over window could send. The oracle is
 * the table itself: a handler may run only when the sender is ours and the schema accepts the value.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { contract, type Handlers, type TopicSources } from '../../../src-preload/contract/index.ts';
import type { CallEntry, Domain, TopicEntry } from '../../../src-preload/contract/define.ts';
import { Router, type CallContext } from '../../../src-main/ipc/router.ts';
import { KnownWindows, type FrameLike } from '../../../src-main/ipc/sender.ts';
import { TopicServer } from '../../../src-main/ipc/topics.ts';
import {
  FakeGate,
  FakeIpc,
  FakeLog,
  FakeScheduler,
  FakeTarget,
  ORIGIN,
  WINDOW,
  ourFrame,
} from '../../unit/ipc/fakes.ts';

const domains = Object.entries(contract as Record<string, Domain>);
const calls: [string, CallEntry][] = domains.flatMap(([domain, { calls: table }]) =>
  Object.entries(table).map(([name, entry]): [string, CallEntry] => [`${domain}.${name}`, entry]),
);
const topics: [string, TopicEntry][] = domains.flatMap(([domain, { topics: table }]) =>
  Object.entries(table).map(([name, entry]): [string, TopicEntry] => [`${domain}.${name}`, entry]),
);

const spy = vi.fn<() => unknown>();

/** One spy behind every call and topic: any state change would have to go through it. */
function everything<T>(kind: 'calls' | 'topics'): T {
  const table = domains.map(([name, domain]) => [
    name,
    Object.fromEntries(Object.keys(domain[kind]).map((key) => [key, spy])),
  ]);
  return Object.fromEntries(table) as T;
}

function setUp(unlocked = true) {
  spy.mockReset();
  spy.mockReturnValue(() => undefined);
  const windows = new KnownWindows(ORIGIN);
  windows.add(WINDOW, ['read', 'trade', 'withdraw', 'vault']);
  const gate = new FakeGate();
  gate.open = unlocked;
  const ipc = new FakeIpc();
  const log = new FakeLog();
  const parts = { ipc, windows, gate, log, contract, scheduler: new FakeScheduler() };
  const router = new Router({ ...parts, handlers: everything<Handlers<CallContext>>('calls') });
  const server = new TopicServer({ ...parts, sources: everything<TopicSources>('topics') });
  return { ipc, log, router, server };
}

const cyclic: Record<string, unknown> = { venue: 'practice' };
cyclic['market'] = cyclic;
let bush: unknown = 'leaf';
for (let level = 0; level < 40; level += 1) bush = [bush, bush];

const JUNK: readonly [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['not a number', Number.NaN],
  ['text', 'junk'],
  ['a list', []],
  ['a list of itself', [[[]]]],
  ['an unknown field', { zzz: 1 }],
  ['a prototype key', JSON.parse('{"__proto__": {"isAdmin": true}}')],
  ['a constructor key', { constructor: { prototype: { isAdmin: true } } }],
  ['a huge text', { zzz: 'x'.repeat(5_000_000) }],
  ['huge bytes', { passphrase: new Uint8Array(5_000_000) }],
  ['a cycle', cyclic],
  ['an exponential bush', { bush }],
  ['great depth', JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000))],
  ['a date', new Date(0)],
  ['a map', new Map([['a', 1]])],
  ['an error', new Error('junk')],
  ['a big integer', { quantity: 10n }],
  ['infinities', { limit: Number.POSITIVE_INFINITY }],
];

const FOREIGN: readonly [string, FrameLike | null, number][] = [
  ['a sub-frame', { ...ourFrame, parent: {} }, WINDOW],
  ['a foreign origin', { url: 'https://example.org/', origin: 'https://example.org', parent: null }, WINDOW],
  ['a file page', { url: 'file:///etc/passwd', origin: 'file://', parent: null }, WINDOW],
  ['a frame that is gone', null, WINDOW],
  ['an unknown window', ourFrame, WINDOW + 1],
];

describe('every call', () => {
  it('is on the list, so that the rest of this file tests something', () => {
    expect(calls.length).toBeGreaterThan(40);
    expect(topics.length).toBeGreaterThan(5);
  });

  it.each(JUNK)('refuses %s as bad input, before its handler', async (_name, junk) => {
    const { ipc, log } = setUp();
    for (const [name] of calls) {
      const result = await ipc.invoke(`call:${name}`, junk);
      expect(result, name).toMatchObject({ ok: false, error: { kind: 'badInput', code: 'input.invalid' } });
      if (!result.ok) expect(result.error.problems?.[0]?.rule, name).toBeTruthy();
    }
    expect(spy).not.toHaveBeenCalled();
    expect(log.entries).toEqual([]);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it.each(FOREIGN)('refuses %s even with junk', async (_name, senderFrame, id) => {
    const { ipc } = setUp();
    for (const [name] of calls) {
      const result = await ipc.invoke(`call:${name}`, {}, { sender: { id }, senderFrame });
      expect(result, name).toMatchObject({ ok: false, error: { kind: 'notAllowed', code: 'ipc.sender' } });
    }
    expect(spy).not.toHaveBeenCalled();
  });

  it('answers locked when it needs the vault, whatever the input', async () => {
    const { ipc } = setUp(false);
    const needing = calls.filter(([, entry]) => entry.unlocked);
    expect(needing.length).toBeGreaterThan(20);
    for (const [name] of needing) {
      expect(await ipc.invoke(`call:${name}`, {}), name).toMatchObject({
        ok: false,
        error: { kind: 'locked' },
      });
    }
    expect(spy).not.toHaveBeenCalled();
  });

  it('runs its handler for exactly the values that its schema accepts', async () => {
    const { ipc } = setUp();
    const anything = fc.anything({
      withNullPrototype: true,
      withBigInt: true,
      withDate: true,
      withTypedArray: true,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...calls), anything, async ([name, entry], value) => {
        spy.mockClear();
        const result = await ipc.invoke(`call:${name}`, value);
        const accepted = z.safeParse(entry.input, value).success;
        expect(result.ok).toBe(spy.mock.calls.length === 1);
        if (!accepted) expect(result).toMatchObject({ ok: false, error: { kind: 'badInput' } });
      }),
      { numRuns: 1500 },
    );
  });
});

describe('every topic', () => {
  it.each(JUNK)('refuses %s as parameters, before its source', (_name, junk) => {
    const { ipc, server } = setUp();
    const target = new FakeTarget();
    topics.forEach(([topic], index) => {
      ipc.messages.get('topic:open')?.(target.eventFrom(), { id: `s${index}`, topic, params: junk });
    });
    expect(spy).not.toHaveBeenCalled();
    expect(server.openCount).toBe(0);
    for (const { result } of target.sent)
      expect(result).toMatchObject({ ok: false, error: { kind: 'badInput' } });
  });

  it.each(JUNK)('ignores %s as a message', (_name, junk) => {
    const { ipc, server } = setUp();
    const target = new FakeTarget();
    for (const listener of ipc.messages.values())
      expect(() => listener(target.eventFrom(), junk)).not.toThrow();
    expect(spy).not.toHaveBeenCalled();
    expect(server.openCount).toBe(0);
    expect(target.sent).toEqual([]);
  });

  it.each(FOREIGN)('does not open for %s', (_name, senderFrame, id) => {
    const { ipc, server } = setUp();
    const target = new FakeTarget(id);
    topics.forEach(([topic], index) => {
      ipc.messages.get('topic:open')?.(target.eventFrom(senderFrame), { id: `s${index}`, topic, params: {} });
    });
    expect(spy).not.toHaveBeenCalled();
    expect(server.openCount).toBe(0);
    expect(target.sent).toEqual([]);
  });

  it('does not open while the vault is locked when it needs the vault', () => {
    const { ipc, server } = setUp(false);
    const target = new FakeTarget();
    const needing = topics.filter(([, entry]) => entry.unlocked);
    expect(needing.length).toBeGreaterThan(3);
    needing.forEach(([topic], index) => {
      ipc.messages.get('topic:open')?.(target.eventFrom(), { id: `s${index}`, topic, params: {} });
    });
    expect(target.sent.map(({ result }) => !result.ok && result.error.kind)).toEqual(
      needing.map(() => 'locked'),
    );
    expect(spy).not.toHaveBeenCalled();
    expect(server.openCount).toBe(0);
  });
});
