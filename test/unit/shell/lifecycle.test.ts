import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { DISPOSE_LIMIT_MS, Lifecycle } from '../../../src-main/shell/lifecycle.ts';

function setUp({ mac = false } = {}) {
  const app = Object.assign(new EventEmitter(), {
    exit: vi.fn<(code: number) => void>(),
    quit: () => undefined,
  });
  const log: string[] = [];
  const timers: { ms: number; run: () => void; cancelled: boolean }[] = [];
  const lifecycle = new Lifecycle({
    app: app as never,
    mac,
    showWindow: () => log.push('show'),
    onFailure: (part, error) => log.push(`${part}: ${error instanceof Error ? error.message : 'odd'}`),
    after: (ms, run) => {
      const timer = { ms, run, cancelled: false };
      timers.push(timer);
      return () => (timer.cancelled = true);
    },
  });
  const owned = (name: string): unknown => lifecycle.own(name, name, (part) => void log.push(part));
  return { app, log, timers, lifecycle, owned };
}

describe('Lifecycle', () => {
  it('holds quitting back, disposes in reverse order, and then exits', async () => {
    const { app, log, lifecycle, owned } = setUp();
    for (const name of ['settings', 'router', 'lock']) owned(name);
    const event = { preventDefault: vi.fn<() => void>() };
    app.emit('before-quit', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
    await lifecycle.end();
    expect(log).toEqual(['lock', 'router', 'settings']);
    expect(app.exit.mock.calls).toEqual([[0]]);
  });

  it('waits for a part that takes its time before it disposes of the next', async () => {
    const { log, lifecycle, owned } = setUp();
    owned('first');
    const gate = Promise.withResolvers<void>();
    lifecycle.own('slow', 'slow', async () => {
      await gate.promise;
      log.push('slow');
    });
    const ending = lifecycle.end();
    await Promise.resolve();
    expect(log).toEqual([]);
    gate.resolve();
    await ending;
    expect(log).toEqual(['slow', 'first']);
  });

  it('goes on when a part fails or hangs, and says which', async () => {
    const { app, log, timers, lifecycle, owned } = setUp();
    owned('first');
    lifecycle.own('hanging', 0, () => new Promise<void>(() => undefined));
    lifecycle.own('failing', 0, () => {
      throw new Error('disk full');
    });
    const ending = lifecycle.end();
    await vi.waitFor(() => expect(timers.filter((timer) => !timer.cancelled)).toHaveLength(1));
    expect(timers.at(-1)?.ms).toBe(DISPOSE_LIMIT_MS);
    timers.at(-1)?.run();
    await ending;
    expect(log).toEqual(['failing: disk full', 'hanging: did not end in time', 'first']);
    expect(app.exit).toHaveBeenCalledOnce();
    expect(timers.every((timer) => timer.cancelled)).toBe(true);
  });

  it('disposes once however often it is told to end', async () => {
    const { app, log, lifecycle, owned } = setUp();
    owned('only');
    await Promise.all([lifecycle.end(), lifecycle.end()]);
    app.emit('window-all-closed');
    await lifecycle.end();
    expect(log).toEqual(['only']);
    expect(app.exit).toHaveBeenCalledOnce();
  });

  it('ends with its last window, except on macOS, where it shows a new one when called', async () => {
    const other = setUp();
    other.app.emit('window-all-closed');
    await vi.waitFor(() => expect(other.app.exit).toHaveBeenCalledOnce());
    const mac = setUp({ mac: true });
    mac.app.emit('window-all-closed');
    await new Promise((resolve) => setImmediate(resolve));
    expect(mac.app.exit).not.toHaveBeenCalled();
    mac.app.emit('activate');
    expect(mac.log).toEqual(['show']);
  });
});
