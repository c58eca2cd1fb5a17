import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { call, type Domain } from '../../../src-preload/contract/define.ts';
import type { Handlers } from '../../../src-preload/contract/index.ts';
import { HoldfastError } from '../../../src-main/errors.ts';
import { MAX_IN_FLIGHT, Router, type CallContext } from '../../../src-main/ipc/router.ts';
import { KnownWindows } from '../../../src-main/ipc/sender.ts';
import { FakeGate, FakeIpc, FakeLog, ORIGIN, WINDOW, ourFrame } from './fakes.ts';

const contract: Record<string, Domain> = {
  desk: {
    calls: {
      read: call<number>()({ input: z.strictObject({ n: z.number() }), capability: 'read', unlocked: true }),
      place: call<string>()({ input: z.strictObject({}), capability: 'trade', unlocked: true }),
      open: call<null>()({
        input: z.strictObject({ passphrase: z.instanceof(Uint8Array) }),
        capability: 'vault',
        unlocked: false,
      }),
      send: call<null>()({ input: z.strictObject({}), capability: 'withdraw', unlocked: false }),
    },
    topics: {},
  },
};

function setUp() {
  const handlers = {
    desk: {
      read: vi.fn<(input: { n: number }, context: CallContext) => unknown>((input) => input.n * 2),
      place: vi.fn<() => unknown>(() => 'placed'),
      open: vi.fn<(input: { passphrase: Uint8Array }) => unknown>(() => null),
      send: vi.fn<() => unknown>(() => null),
    },
  };
  const ipc = new FakeIpc();
  const gate = new FakeGate();
  const log = new FakeLog();
  const windows = new KnownWindows(ORIGIN);
  windows.add(WINDOW, ['read', 'trade', 'vault']);
  const router = new Router({
    ipc,
    gate,
    log,
    windows,
    contract,
    handlers: handlers as unknown as Handlers<CallContext>,
  });
  return { handlers, ipc, gate, log, router };
}

describe('Router', () => {
  it('answers a valid call with its value and tells the handler which window asked', async () => {
    const { ipc, handlers } = setUp();
    expect(await ipc.invoke('call:desk.read', { n: 21 })).toEqual({ ok: true, value: 42 });
    expect(handlers.desk.read).toHaveBeenCalledExactlyOnceWith({ n: 21 }, { windowId: WINDOW });
  });

  it('answers bad input with the field and never calls the handler', async () => {
    const { ipc, handlers } = setUp();
    const result = await ipc.invoke('call:desk.read', { n: 1, m: 2 });
    expect(result).toMatchObject({
      ok: false,
      error: { kind: 'badInput', problems: [{ field: 'm', rule: 'is not a field of this call' }] },
    });
    expect(handlers.desk.read).not.toHaveBeenCalled();
  });

  it('refuses a foreign frame before it looks at the input', async () => {
    const { ipc, handlers } = setUp();
    const event = { sender: { id: WINDOW }, senderFrame: { ...ourFrame, parent: {} } };
    expect(await ipc.invoke('call:desk.read', { bad: 1 }, event)).toMatchObject({
      error: { code: 'ipc.sender' },
    });
    expect(handlers.desk.read).not.toHaveBeenCalled();
  });

  it('refuses a capability that the window was not granted', async () => {
    const { ipc, handlers } = setUp();
    expect(await ipc.invoke('call:desk.send', {})).toMatchObject({
      error: { kind: 'notAllowed', code: 'ipc.capability' },
    });
    expect(handlers.desk.send).not.toHaveBeenCalled();
  });

  it('answers locked to calls that need the vault, and still serves the others', async () => {
    const { ipc, gate, handlers } = setUp();
    gate.open = false;
    const locked = { ok: false, error: { kind: 'locked', code: 'vault.locked', action: 'unlock' } };
    expect(await ipc.invoke('call:desk.place', {})).toMatchObject(locked);
    expect(await ipc.invoke('call:desk.read', { n: 1 })).toMatchObject(locked);
    expect(await ipc.invoke('call:desk.open', { passphrase: new Uint8Array(1) })).toEqual({
      ok: true,
      value: null,
    });
    expect(handlers.desk.place).not.toHaveBeenCalled();
  });

  it('keeps data back when the vault locked while it was read, but reports what an order became', async () => {
    const { ipc, gate, handlers } = setUp();
    handlers.desk.read.mockImplementation(() => {
      gate.lock();
      return 1;
    });
    expect(await ipc.invoke('call:desk.read', { n: 1 })).toMatchObject({ error: { kind: 'locked' } });
    gate.open = true;
    handlers.desk.place.mockImplementation(() => {
      gate.lock();
      return 'placed';
    });
    expect(await ipc.invoke('call:desk.place', {})).toEqual({ ok: true, value: 'placed' });
  });

  it('turns thrown and rejected errors into results', async () => {
    const { ipc, handlers, log } = setUp();
    handlers.desk.place.mockRejectedValueOnce(
      new HoldfastError('invalidOrder', 'order.tick', 'Off the tick.'),
    );
    expect(await ipc.invoke('call:desk.place', {})).toMatchObject({
      ok: false,
      error: { code: 'order.tick' },
    });
    handlers.desk.place.mockImplementationOnce(() => {
      throw new RangeError('test-secret-3');
    });
    const unexpected = await ipc.invoke('call:desk.place', {});
    expect(unexpected).toMatchObject({ ok: false, error: { kind: 'internal', code: 'internal.unexpected' } });
    expect(JSON.stringify([unexpected, log.entries])).not.toContain('test-secret-3');
    expect(log.entries).toHaveLength(1);
  });

  it('overwrites secret bytes when the call is over, however it ended', async () => {
    const { ipc, handlers } = setUp();
    const seen: number[] = [];
    handlers.desk.open.mockImplementation(async ({ passphrase }) => {
      await Promise.resolve();
      seen.push(...passphrase);
      throw new HoldfastError('vault', 'vault.wrongPassphrase', 'No.');
    });
    const passphrase = new Uint8Array([1, 2, 3]);
    await ipc.invoke('call:desk.open', { passphrase });
    expect(seen).toEqual([1, 2, 3]);
    expect([...passphrase]).toEqual([0, 0, 0]);
    const refused = new Uint8Array([4, 5]);
    await ipc.invoke('call:desk.open', { passphrase: refused, extra: 1 });
    expect([...refused]).toEqual([0, 0]);
  });

  it('limits how many calls a window has open at once and recovers when they end', async () => {
    const { ipc, handlers } = setUp();
    let finish: (value: unknown) => void = () => undefined;
    handlers.desk.place.mockReturnValue(new Promise((resolve) => (finish = resolve)));
    const waiting = Array.from({ length: MAX_IN_FLIGHT }, () => ipc.invoke('call:desk.place', {}));
    expect(await ipc.invoke('call:desk.place', {})).toMatchObject({ error: { kind: 'throttled' } });
    finish('done');
    expect(await Promise.all(waiting)).toHaveLength(MAX_IN_FLIGHT);
    expect(await ipc.invoke('call:desk.place', {})).toEqual({ ok: true, value: 'done' });
  });

  it('removes every channel on dispose', () => {
    const { ipc, router } = setUp();
    expect([...ipc.calls.keys()]).toEqual([
      'call:desk.read',
      'call:desk.place',
      'call:desk.open',
      'call:desk.send',
    ]);
    router.dispose();
    expect(ipc.calls.size).toBe(0);
  });

  it('refuses to start when a call has no handler', () => {
    const parts = {
      ipc: new FakeIpc(),
      gate: new FakeGate(),
      log: new FakeLog(),
      windows: new KnownWindows(ORIGIN),
    };
    const handlers = { desk: {} } as unknown as Handlers<CallContext>;
    expect(() => new Router({ ...parts, contract, handlers })).toThrow('no handler for desk.read');
  });
});
