import { createServer as createTcpServer } from 'node:net';
import type { Socket } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { BREAKER_FAILURES } from '../../../src-main/net/breaker.ts';
import { sendWithin } from '../../../src-main/net/send-deadline.ts';
import { systemTime } from '../../../src-main/net/time.ts';
import type { HttpRequest } from '../../../src-main/net/types.ts';
import {
  answerOf,
  client,
  failure,
  job,
  listen,
  log,
  order,
  origin,
  received,
  serve,
  serveRaw,
  setUp,
  useClient,
} from './http-fixture.ts';
import { FakeTime, until } from '../../support/net-time.ts';

setUp();

describe('turns', () => {
  it('builds a request only when its turn has come', async () => {
    await serve((response) => response.end('{}'));
    client.limit('one', { limit: 1, windowMs: 150 });
    const built: number[] = [];
    const budgets = [{ budget: 'one' }];
    const build = () => {
      built.push(performance.now());
      return { method: 'GET', origin, path: '/', headers: {} } as const;
    };
    await Promise.all([1, 2].map(() => client.send(job({}, { budgets, build }))));
    expect((built[1] ?? 0) - (built[0] ?? 0)).toBeGreaterThanOrEqual(149);
    expect(client.budgetLeft()).toBe(0);
  });

  it('builds an order on an idle client in the same turn', async () => {
    await serve((response) => response.end('{}'));
    let isBuilt = false;
    const sent = client.send(
      order('{}', {
        build: () => ((isBuilt = true), { method: 'POST', origin, path: '/', headers: {}, body: '{}' }),
      }),
    );
    expect(isBuilt).toBe(true);
    await sent;
  });

  it('sends nothing at all while paused, not even a cancel, and sends again afterwards', async () => {
    await serve((response) => response.end('{}'));
    let now = 1_000_000;
    useClient({ time: { ...systemTime, now: () => now, monotonic: () => now } });
    client.limit('one', { limit: 1, windowMs: 60_000 });
    const budgets = [{ budget: 'one' }];
    await client.send(job({}, { budgets }));
    client.limit('one', { limit: 1, windowMs: 5_000 });
    const queued = failure(
      client
        .send(job({}, { budgets, lane: 'cancel' }))
        .catch((error: unknown) => Promise.reject(error as Error)),
    );
    client.pause(now + 600_000, 'The venue asked for ten minutes of silence.');
    client.pause(now + 1_000, 'a shorter one does not shorten it');
    expect(await queued).toMatchObject({ kind: 'rateLimited' });
    expect(await failure(client.send(order('{}', { lane: 'cancel' })))).toMatchObject({
      kind: 'rateLimited',
      code: 'net.paused',
      details: { retryAfterMs: 600_000 },
    });
    expect(client.pausedUntil()).toBe(now + 600_000);
    expect(received).toHaveLength(1);
    now += 600_001;
    expect(client.pausedUntil()).toBeNull();
    await client.send(order());
    expect(received).toHaveLength(2);
  });

  it('does not stay paused for hours because our clock was set back meanwhile', async () => {
    await serve((response) => response.end('{}'));
    const time = { now: 10_000_000, monotonic: 0 };
    useClient({ time: { ...systemTime, now: () => time.now, monotonic: () => time.monotonic } });
    client.pause(time.now + 600_000, 'The venue asked for ten minutes of silence.');
    time.now -= 2 * 3_600_000;
    time.monotonic += 599_000;
    expect(client.pausedUntil()).toBe(time.now + 1_000);
    time.monotonic += 1_001;
    expect(client.pausedUntil()).toBeNull();
    await client.send(order());
    expect(received).toHaveLength(1);
  });

  it('does not send what was built while a pause began', async () => {
    await serve((response) => response.end('{}'));
    const build = async () => {
      await Promise.resolve();
      client.pause(Date.now() + 60_000, 'banned');
      return { method: 'GET', origin, path: '/', headers: {} } as const;
    };
    expect(await failure(client.send(job({}, { build })))).toMatchObject({ code: 'net.paused' });
    expect(received).toEqual([]);
  });

  it('reads reset times on the clock of the venue', async () => {
    await serve((response) => response.end('{}'));
    // Our clock is half a minute behind: without the offset the budget would stay closed for 30 s.
    useClient({ offsetMs: () => 30_000 });
    client.limit('key', { limit: 5, windowMs: 10 });
    client.observe('key', { remaining: 0, resetAt: Date.now() + 30_000 + 40 });
    expect(client.budgetLeft()).toBe(0);
    await client.send(job({}, { budgets: [{ budget: 'key' }] }));
    expect(received).toHaveLength(1);
  });

  it('opens the breaker for reads when answers keep failing to come, and lets cancels pass', async () => {
    await serveRaw((socket) => socket.resetAndDestroy());
    for (let n = 0; n < BREAKER_FAILURES; n += 1) await failure(client.send(job()));
    expect(await failure(client.send(job()))).toMatchObject({ code: 'net.breakerOpen' });
    expect(received).toHaveLength(BREAKER_FAILURES);
    expect(await failure(client.send(order('{}', { lane: 'cancel' })))).toMatchObject({
      code: 'net.noAnswer',
    });
    expect(received).toHaveLength(BREAKER_FAILURES + 1);
  });
});

describe('an order whose price may be old by now', () => {
  const late = { kind: 'unavailable', code: 'net.notSent' };
  const budgets = [{ budget: 'orders' }];
  const builds = { method: 'POST', path: '/', headers: {}, body: '{}' } as const;
  let time: FakeTime;
  beforeEach(() => {
    time = new FakeTime();
    useClient({ time });
  });

  it('is refused at once when its turn would come after 3 s, and a cancel goes then', async () => {
    await serve((response) => response.end('{}'));
    client.limit('orders', { limit: 1, windowMs: 5000 });
    await client.send(order('{}', { budgets }));
    expect(await failure(client.send(order('{}', { budgets })))).toMatchObject({
      kind: 'rateLimited',
      code: 'net.tooLong',
    });
    const cancel = client.send(order('{}', { budgets, lane: 'cancel' }));
    await time.run(5500);
    await cancel;
    expect(received).toHaveLength(2);
  });

  it('is not sent when its signature comes after 5 s, and holds no units meanwhile', async () => {
    await serve((response) => response.end('{}'));
    client.limit('orders', { limit: 1, windowMs: 60_000 });
    let sign: (request: HttpRequest) => void = () => undefined;
    const build = () => new Promise<HttpRequest>((resolve) => (sign = resolve));
    const refused = failure(client.send(order('{}', { budgets, build })));
    await time.run(5000);
    expect(await refused).toMatchObject(late);
    sign({ ...builds, origin });
    await client.send(order('{}', { budgets }));
    expect(received).toHaveLength(1);
  });

  it('is not sent by a machine that slept while it was signed, whichever clock stood still', async () => {
    await serve((response) => response.end('{}'));
    const build = async () => {
      await Promise.resolve();
      time.setBy(5000);
      return { ...builds, origin };
    };
    expect(await failure(client.send(order('{}', { build })))).toMatchObject(late);
    const asleep = async () => {
      await Promise.resolve();
      time.sleep(5000);
      return { ...builds, origin };
    };
    expect(await failure(client.send(order('{}', { build: asleep })))).toMatchObject(late);
    expect(received).toEqual([]);
  });

  it('is not sent on a connection that comes after 5 s, while a read still waits for one', async () => {
    // Accepts nobody: what waits is the handshake that never ends.
    const silent = createTcpServer(() => undefined);
    await listen(silent);
    const https = origin.replace('http:', 'https:');
    const refused = failure(client.send(order('{}', { build: () => ({ ...builds, origin: https }) })));
    const read = failure(client.send(job({ origin: https })));
    await time.run(5000);
    expect(await refused).toMatchObject(late);
    await time.run(5000);
    expect(await read).toMatchObject({
      code: 'net.notSent',
      message: expect.stringContaining('10 s') as string,
    });
  });

  it('keeps the deadline of whoever asked, past its own turn', async () => {
    await serve((response) => response.end('{}'));
    const deadline = sendWithin(1000, time);
    time.advance(1000);
    expect(await failure(client.send(order('{}', { deadline })))).toMatchObject(late);
    expect(received).toEqual([]);
  });
});

describe('an order that was stopped after it was asked for', () => {
  const budgets = [{ budget: 'orders' }];
  const builds = { method: 'POST', path: '/', headers: {}, body: '{}' } as const;
  const engaged = new HoldfastError('notAllowed', 'risk.killSwitch', 'The kill switch is engaged.');
  let time: FakeTime;
  let isStopped: boolean;
  beforeEach(() => {
    time = new FakeTime();
    isStopped = false;
    useClient({ time });
  });
  const deadline = () => ({ ...sendWithin(5000, time), stopped: () => (isStopped ? engaged : null) });

  it('does not leave when its turn comes, and gives its units back', async () => {
    await serve((response) => response.end('{}'));
    client.limit('orders', { limit: 1, windowMs: 2000 });
    await client.send(order('{}', { budgets }));
    const waiting = failure(client.send(order('{"late":1}', { budgets, deadline: deadline() })));
    isStopped = true;
    await time.run(2500);
    expect(await waiting).toBe(engaged);
    await client.send(order('{}', { budgets }));
    expect(received.map(({ body }) => body)).toEqual(['{}', '{}']);
  });

  it('does not leave when it was stopped while it was signed', async () => {
    await serve((response) => response.end('{}'));
    const build = async () => {
      await Promise.resolve();
      isStopped = true;
      return { ...builds, origin };
    };
    expect(await failure(client.send(order('{}', { build, deadline: deadline() })))).toBe(engaged);
    expect(received).toEqual([]);
  });

  it('does not leave on a connection that came after it was stopped', async () => {
    await serve((response) => response.end('{}'));
    const connecting = failure(client.send(order('{}', { deadline: deadline() })));
    // Handed to the pool by now, which begins to connect.
    isStopped = true;
    expect(await connecting).toBe(engaged);
    expect(received).toEqual([]);
  });
});

describe('the log', () => {
  it('is told path, query or body, answer and times, and never a header', async () => {
    await serve((response) => response.end('{"retCode":0}'));
    await client.send(
      job({ path: '/v5/x?category=spot', headers: { 'X-BAPI-SIGN': 'test-signature' } }, { accountId: 'a1' }),
    );
    await client.send(order('{"qty":"1"}'));
    expect(log).toMatchObject([
      {
        accountId: 'a1',
        transport: 'http',
        operation: 'test',
        method: 'GET',
        path: '/v5/x',
        request: 'category=spot',
        response: '{"retCode":0}',
        status: 200,
        outcome: 'ok',
      },
      { operation: 'order.create', method: 'POST', path: '/order', request: '{"qty":"1"}', outcome: 'ok' },
    ]);
    expect(JSON.stringify(log)).not.toContain('test-signature');
    expect(log[0]?.flightMs).toBeGreaterThan(0);
    expect(log[0]?.waitedMs).toBeGreaterThanOrEqual(0);
  });
});

describe('after sleep or a change of network', () => {
  it('uses new connections, lets what is under way end, and forgives failures from before', async () => {
    const open = new Set<Socket>();
    await serveRaw((socket, nth) => {
      open.add(socket);
      if (nth === 2) void until(() => received.length === 3).then(() => socket.write(answerOf('late')));
      else socket.write(answerOf('{}'));
    });
    await client.send(job());
    const underWay = client.send(order());
    await until(() => received.length === 2);
    for (let n = 0; n < BREAKER_FAILURES; n += 1) client.failed();
    client.wake();
    const before = new Set(open);
    await client.send(job());
    expect([...open].filter((socket) => !before.has(socket))).toHaveLength(1);
    expect((await underWay).text).toBe('late');
  });

  it('cuts on dispose what still ran on the connections from before', async () => {
    await serveRaw(() => undefined);
    const underWay = failure(client.send(order()));
    await until(() => received.length === 1);
    client.wake();
    client.dispose();
    expect(await underWay).toMatchObject({ kind: 'unknownOutcome' });
  });
});
