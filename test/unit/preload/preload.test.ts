import { beforeEach, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../src-preload/contract/index.ts';

type Push = (event: unknown, id: string, result: unknown) => void;

const electron = vi.hoisted(() => ({
  exposed: new Map<string, Record<string, unknown>>(),
  pushes: new Map<string, Push>(),
  send: vi.fn<(channel: string, message: unknown) => void>(),
  invoke: vi.fn<(channel: string, input: unknown) => Promise<unknown>>(),
}));

vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, api: Record<string, unknown>) => electron.exposed.set(name, api),
  },
  ipcRenderer: {
    on: (channel: string, listener: Push) => electron.pushes.set(channel, listener),
    send: electron.send,
    invoke: electron.invoke,
  },
}));

type Subscribe = (topic: string, params: unknown, listener: (event: unknown) => void) => () => void;
type Calls = Record<string, Record<string, (input: unknown) => Promise<unknown>>>;

async function load(): Promise<{ api: Calls; subscribe: Subscribe; push: Push }> {
  vi.resetModules();
  await import('../../../src-preload/index.ts');
  const api = electron.exposed.get('holdfast');
  const push = electron.pushes.get('topic:event');
  if (api === undefined || push === undefined) throw new Error('the preload exposed nothing');
  return { api: api as Calls, subscribe: api['subscribe'] as Subscribe, push };
}

describe('the preload', () => {
  beforeEach(() => {
    electron.exposed.clear();
    electron.pushes.clear();
    electron.send.mockReset();
    electron.invoke.mockReset().mockResolvedValue({ ok: true, value: 'answer' });
  });

  it('exposes exactly one object, with exactly the names of the contract', async () => {
    const { api } = await load();
    expect([...electron.exposed.keys()]).toEqual(['holdfast']);
    const { calls } = surface();
    expect(Object.keys(api).sort()).toEqual([...Object.keys(calls), 'subscribe'].sort());
    for (const [domain, names] of Object.entries(calls))
      expect(Object.keys(api[domain] ?? {})).toEqual(names);
  });

  it('keeps its surface: names and arity', async () => {
    const { api } = await load();
    const lines = Object.entries(api).flatMap(([domain, calls]) =>
      typeof calls === 'function'
        ? [`${domain}/${(calls as () => void).length}`]
        : Object.entries(calls).map(([name, call]) => `${domain}.${name}/${call.length}`),
    );
    expect([...lines, ...surface().topics.map((name) => `topic ${name}`)].join('\n')).toMatchSnapshot();
  });

  it('holds functions only: no ipcRenderer, no event, no data', async () => {
    const { api, subscribe } = await load();
    const leaves = Object.values(api).flatMap((domain) =>
      typeof domain === 'function' ? [domain] : Object.values(domain),
    );
    expect(leaves.every((leaf) => typeof leaf === 'function')).toBe(true);
    expect(typeof subscribe).toBe('function');
    expect(JSON.stringify(api)).not.toContain('ipc');
  });

  it('sends a call to its channel with its input alone, whatever else is passed', async () => {
    const { api } = await load();
    const call = api['app']?.['openLink'] as (...values: unknown[]) => Promise<unknown>;
    expect(await call({ link: 'bybit' }, 'more', {})).toEqual({ ok: true, value: 'answer' });
    expect(electron.invoke).toHaveBeenCalledExactlyOnceWith('call:app.openLink', { link: 'bybit' });
  });

  it('opens a topic, hands over results without the event, and acknowledges each', async () => {
    const { subscribe, push } = await load();
    const listener = vi.fn<(...values: unknown[]) => void>();
    subscribe('app.state', {}, listener);
    expect(electron.send).toHaveBeenCalledExactlyOnceWith('topic:open', {
      id: 's1',
      topic: 'app.state',
      params: {},
    });
    push({ sender: 'ipcRenderer' }, 's1', { ok: true, value: 1 });
    expect(listener.mock.calls).toEqual([[{ ok: true, value: 1 }]]);
    expect(electron.send).toHaveBeenLastCalledWith('topic:ack', { id: 's1' });
  });

  it('keeps subscriptions apart', async () => {
    const { subscribe, push } = await load();
    const [first, second] = [vi.fn<() => void>(), vi.fn<() => void>()];
    subscribe('app.state', {}, first);
    subscribe('app.health', {}, second);
    push(undefined, 's2', { ok: true, value: 2 });
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledOnce();
  });

  it('closes a topic once, and hands over nothing afterwards', async () => {
    const { subscribe, push } = await load();
    const listener = vi.fn<() => void>();
    const close = subscribe('app.state', {}, listener);
    close();
    close();
    push(undefined, 's1', { ok: true, value: 1 });
    expect(listener).not.toHaveBeenCalled();
    expect(electron.send.mock.calls.filter(([channel]) => channel === 'topic:close')).toEqual([
      ['topic:close', { id: 's1' }],
    ]);
  });

  it('acknowledges even when the listener throws, so that the topic goes on', async () => {
    const { subscribe, push } = await load();
    subscribe('app.state', {}, () => {
      throw new Error('a broken view');
    });
    expect(() => push(undefined, 's1', { ok: true, value: 1 })).toThrow('a broken view');
    expect(electron.send).toHaveBeenLastCalledWith('topic:ack', { id: 's1' });
  });
});
