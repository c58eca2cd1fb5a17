import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { SocketDialect } from '../../../src-main/net/types.ts';
import { until } from '../../support/net-time.ts';
import {
  closeVenue,
  dialect,
  faults,
  frames,
  last,
  log,
  pass,
  reach,
  reopenVenue,
  session,
  setUp,
  states,
  time,
  venue,
} from './socket-fixture.ts';

setUp();

const withLogin = (over: Partial<SocketDialect> = {}): SocketDialect => ({
  ...dialect,
  login: () => Promise.resolve('login'),
  readLogin: (text) => {
    if (text === 'in') return true;
    return text.startsWith('out:')
      ? new HoldfastError(text === 'out:auth' ? 'auth' : 'unavailable', 'test.login', 'Refused.')
      : null;
  },
  ...over,
});
const framesOf = (): string[] => frames.map(({ text }) => text);

describe('opening', () => {
  it('connects with the first wish and subscribes once it is live', async () => {
    const one = session();
    expect(one.state).toBe('idle');
    one.want('a');
    one.want('b');
    await reach(one, 'live');
    await until(() => venue.frames.length === 1);
    expect(venue.frames).toEqual(['sub:a,b']);
    expect(states).toEqual(['connecting', 'live']);
    expect(one.stats()).toMatchObject({ state: 'live', topics: 2, connectedAt: time.now(), reconnects: 0 });
  });

  it('opens without a topic and settles ready()', async () => {
    const one = session();
    const ready = one.ready();
    one.open();
    one.open();
    await ready;
    await one.ready();
    expect(venue.connections).toHaveLength(1);
  });

  it('hands over frames in order with the time of arrival, and the ones that are no business of its own only', async () => {
    const one = session();
    one.open();
    await reach(one, 'live');
    time.advance(123);
    for (let n = 0; n < 100; n += 1) last().send(`{"n":${String(n)}}`);
    last().send(Buffer.from('binary'), { binary: true });
    last().send('pong');
    await until(() => frames.length === 101);
    expect(framesOf()).toEqual([...Array.from({ length: 100 }, (_, n) => `{"n":${String(n)}}`), 'pong']);
    expect(frames[0]?.at).toBe(time.now());
  });

  it('reports what a listener throws and goes on', async () => {
    const one = session({
      onFrame: (text) => {
        frames.push({ text, at: 0 });
        throw new Error('listener broke');
      },
      onState: () => {
        throw new Error('state listener broke');
      },
    });
    one.open();
    await reach(one, 'live');
    last().send('x');
    last().send('y');
    await until(() => frames.length === 2);
    expect(one.state).toBe('live');
    expect(faults).toHaveLength(4);
  });

  it('refuses an unencrypted address that is not this machine, for good', async () => {
    const one = session({ url: () => 'ws://stream.example.com' });
    const ready = one.ready();
    one.open();
    await expect(ready).rejects.toMatchObject({ code: 'net.insecureHost' });
    expect(one.state).toBe('failed');
  });

  it('asks for the address once in each attempt', async () => {
    let asked = 0;
    const one = session({ url: () => ((asked += 1), venue.url) });
    one.open();
    await reach(one, 'live');
    last().terminate();
    await reach(one, 'backingOff');
    expect(asked).toBe(1);
    time.advance(1000);
    await reach(one, 'live');
    expect(asked).toBe(2);
  });

  it('gives up an attempt that hangs', async () => {
    const one = session({ timing: { openMs: 3000 } });
    one.open();
    // The handshake cannot have ended: the event loop has not turned.
    time.advance(3000);
    expect(one.stats()).toMatchObject({ state: 'backingOff', lastError: 'no connection in time' });
  });
});

describe('logging in', () => {
  it('waits for the answer before it is live and subscribes', async () => {
    const one = session({ dialect: withLogin() });
    one.want('order');
    await reach(one, 'authenticating');
    await until(() => venue.frames.length === 1);
    expect(one.send('x')).toBe(false);
    last().send('{"early":1}');
    last().send('in');
    await reach(one, 'live');
    await until(() => venue.frames.length === 2);
    expect(venue.frames).toEqual(['login', 'sub:order']);
    // A frame before the answer is not lost, the answer itself is not handed on.
    expect(framesOf()).toEqual(['{"early":1}']);
  });

  it('does not try again after a refused key until it is opened', async () => {
    venue.onFrame = (socket) => socket.send('out:auth');
    const one = session({ dialect: withLogin() });
    const ready = one.ready();
    one.open();
    await expect(ready).rejects.toMatchObject({ kind: 'auth' });
    await pass(120_000);
    expect(venue.connections).toHaveLength(1);
    expect(one.stats()).toMatchObject({ state: 'failed', lastError: 'Refused.', nextAttemptAt: null });
    await expect(one.ready()).rejects.toMatchObject({ code: 'net.socketOver' });
    venue.onFrame = (socket) => socket.send('in');
    one.open();
    await reach(one, 'live');
  });

  it('tries again after any other refusal, with a login made anew', async () => {
    let made = 0;
    const one = session({
      dialect: withLogin({ login: () => Promise.resolve(`login ${String((made += 1))}`) }),
    });
    venue.onFrame = (socket, text) => socket.send(text === 'login 1' ? 'out:busy' : 'in');
    one.open();
    await reach(one, 'backingOff');
    time.advance(1000);
    await reach(one, 'live');
    expect(venue.frames).toEqual(['login 1', 'login 2']);
  });

  it('tries again when the login cannot be made (locked) or is never answered', async () => {
    let isLocked = true;
    const login = () =>
      isLocked
        ? Promise.reject(new HoldfastError('locked', 'vault.locked', 'Locked.'))
        : Promise.resolve('login');
    const one = session({ dialect: withLogin({ login }) });
    one.open();
    await reach(one, 'backingOff');
    expect(one.stats().lastError).toBe('Locked.');
    isLocked = false;
    time.advance(1000);
    await until(() => venue.frames.length === 1);
    time.advance(10_000);
    expect(one.stats()).toMatchObject({ state: 'backingOff', lastError: 'no answer to the login' });
  });

  it('is dropped in the middle of a login and comes back', async () => {
    const one = session({ dialect: withLogin() });
    venue.onFrame = (socket) => {
      venue.onFrame = (again) => again.send('in');
      socket.terminate();
    };
    one.open();
    await reach(one, 'backingOff');
    time.advance(1000);
    await reach(one, 'live');
  });
});

describe('losing the connection', () => {
  it('waits longer each time with full jitter, and starts over after a good connection', async () => {
    const randoms = [1, 1, 1, 0.25, 0.999, 1, 1];
    const one = session({}, () => randoms.shift() ?? 0.5);
    await closeVenue();
    one.open();
    const waits: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      await reach(one, 'backingOff');
      const wait = (one.stats().nextAttemptAt ?? 0) - time.now();
      waits.push(wait);
      time.advance(wait + 1);
      expect(one.state).toBe('connecting');
    }
    expect(waits).toEqual([1000, 2000, 4000, 2000, 15_984, 30_000, 30_000]);
    await reach(one, 'backingOff');
    await reopenVenue();
    time.advance((one.stats().nextAttemptAt ?? 0) - time.now());
    await reach(one, 'live');
    expect(one.stats().reconnects).toBe(8);
    await pass(11_000);
    last().terminate();
    await reach(one, 'backingOff');
    expect((one.stats().nextAttemptAt ?? 0) - time.now()).toBe(500);
  });

  it('does not start over when the venue accepts and drops at once', async () => {
    const one = session({}, () => 1);
    one.open();
    for (const wait of [1000, 2000, 4000]) {
      await reach(one, 'live');
      last().terminate();
      await reach(one, 'backingOff');
      expect((one.stats().nextAttemptAt ?? 0) - time.now()).toBe(wait);
      time.advance(wait);
    }
    await reach(one, 'live');
  });

  it('writes nothing while it is not live, and says so', async () => {
    const one = session();
    expect(one.send('x')).toBe(false);
    one.open();
    await reach(one, 'live');
    expect(one.send('x')).toBe(true);
    await until(() => venue.frames.length === 1);
    last().terminate();
    await reach(one, 'backingOff');
    expect(one.send('y')).toBe(false);
    one.close();
    expect(one.send('z')).toBe(false);
    expect(venue.frames).toEqual(['x']);
  });

  it('connects at once when the machine wakes', async () => {
    const one = session({}, () => 0.999);
    one.open();
    await reach(one, 'live');
    last().terminate();
    await reach(one, 'backingOff');
    one.wake();
    await reach(one, 'live');
    expect(venue.connections).toHaveLength(2);
  });

  it('makes a new connection at once when the venue announces a restart', async () => {
    const one = session();
    one.want('a');
    await reach(one, 'live');
    await pass(2000);
    one.restart('the venue restarts');
    expect(one.state).toBe('connecting');
    await reach(one, 'live');
    await until(() => venue.frames.length === 2);
    expect(venue.frames).toEqual(['sub:a', 'sub:a']);
    // Announced again on a connection that has only just been made: not in a tight loop.
    one.restart('the venue restarts');
    expect(one.state).toBe('backingOff');
  });

  it('replaces a connection that reached its age', async () => {
    const one = session({ timing: { maxAgeMs: 60_000 } });
    one.open();
    await reach(one, 'live');
    await pass(60_000);
    await reach(one, 'live');
    expect(venue.connections).toHaveLength(2);
    expect(one.stats().lastError).toBe('its age');
  });

  it('keeps connects and losses in the log, without the address', async () => {
    const one = session();
    one.open();
    await reach(one, 'live');
    last().close(1012, 'restart');
    await reach(one, 'backingOff');
    expect(log).toMatchObject([
      {
        operation: 'connect',
        outcome: 'ok',
        transport: 'websocket',
        method: 'public.test',
        path: '/v5/public',
        request: 'a=1',
      },
      { operation: 'disconnect', outcome: 'failed', response: 'closed by the venue (1012, restart)' },
    ]);
  });
});

describe('closing', () => {
  it('leaves no timer and no connection, and settles who waits', async () => {
    const one = session();
    one.want('a');
    await reach(one, 'live');
    one.close();
    one.close();
    expect(time.timers).toBe(0);
    await until(() => venue.server.clients.size === 0, 'the connection is gone');
    await expect(one.ready()).rejects.toMatchObject({ code: 'net.socketOver' });
    one.open();
    one.want('b')();
    one.wake();
    one.restart('x');
    expect(one.state).toBe('closed');
    expect(states.at(-1)).toBe('closed');
  });

  it('may come from within a listener at any state', async () => {
    for (const state of ['connecting', 'live', 'backingOff'] as const) {
      const one = session({
        onState: (now) => {
          if (now === state) one.close();
        },
      });
      const ready = one.ready().then(
        () => 'ready',
        () => 'closed',
      );
      one.open();
      if (state === 'backingOff') {
        await reach(one, 'live');
        last().terminate();
      }
      await reach(one, 'closed');
      expect(await ready).toBe(state === 'backingOff' ? 'ready' : 'closed');
      expect(time.timers).toBe(0);
    }
    expect(faults).toEqual([]);
  });
});
