import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { LARGEST_ANSWER_BYTES } from '../../../src-main/net/origin-pools.ts';
import { until } from '../../support/net-time.ts';
import {
  answerOf,
  client,
  failure,
  job,
  listen,
  log,
  manualTimers,
  order,
  origin,
  received,
  serve,
  server,
  serveRaw,
  setUp,
  sockets,
  useClient,
} from './http-fixture.ts';

setUp();

describe('a request', () => {
  it('sends path, query and body exactly as they stand', async () => {
    await serve((response) => response.end('{}'));
    const path = '/v5/order/realtime?cursor=132766%253A2%2C1%3D&symbol=SOLUSDT_SOL%2FUSDT&empty=';
    const body = '{"a": "1.10",  "note":"Grüße 🌍 \\u00e9","n":1.0}';
    await client.send(job({ path, headers: { 'X-BAPI-SIGN': 'test-signature' } }));
    await client.send(order(body));
    expect(received[0]).toMatchObject({ method: 'GET', url: path, body: '' });
    expect(received[0]?.headers).toMatchObject({ 'x-bapi-sign': 'test-signature' });
    expect(received[0]?.headers['content-length']).toBeUndefined();
    expect(received[1]).toMatchObject({ method: 'POST', url: '/order', body });
    expect(received[1]?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });

  it('answers status, lower-case headers, text and both times', async () => {
    await serve((response) => {
      response.writeHead(200, { 'X-Bapi-Limit': '10', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end('{"ok":"ü"}');
    });
    const before = Date.now();
    const answer = await client.send(job());
    expect(answer).toMatchObject({ status: 200, text: '{"ok":"ü"}' });
    expect(answer.headers['x-bapi-limit']).toBe('10');
    expect(answer.headers['set-cookie']).toBe('b=2');
    expect(answer.sentAt).toBeGreaterThanOrEqual(before);
    expect(answer.receivedAt).toBeGreaterThanOrEqual(answer.sentAt);
    expect(client.latencyMs()).toBeGreaterThan(0);
  });

  it('hands over whatever status came: an HTML 403, a redirect that is not followed, a 500', async () => {
    const answers = [
      [403, '<html>access too frequent</html>'],
      [302, ''],
      [401, '{"retCode":10003}'],
      [500, 'oops'],
    ] as const;
    let next = 0;
    await serve((response) => {
      const [status, text] = answers[next++] ?? [200, ''];
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
      response.end(text);
    });
    for (const [status, text] of answers) expect(await client.send(job())).toMatchObject({ status, text });
    // Each was sent once: neither a redirect nor a refused login is tried again.
    expect(received.map(({ url }) => url)).toEqual(['/time', '/time', '/time', '/time']);
    expect(log.map(({ outcome }) => outcome)).toEqual(['refused', 'ok', 'refused', 'failed']);
  });

  it('reads an answer of 10 MB and refuses one beyond the cap', async () => {
    await serve((response, { url }) =>
      response.end(Buffer.alloc(url === '/big' ? 10_000_000 : LARGEST_ANSWER_BYTES + 1, 'x')),
    );
    expect((await client.send(job({ path: '/big' }))).text).toHaveLength(10_000_000);
    expect(await failure(client.send(job({ path: '/huge' })))).toMatchObject({
      kind: 'unavailable',
      code: 'net.noAnswer',
    });
  });

  it('keeps connections open for requests that follow each other', async () => {
    let connections = 0;
    await serve((response) => response.end('{}'));
    server.on('connection', () => (connections += 1));
    for (let n = 0; n < 5; n += 1) await client.send(job());
    // Two: undici rests a connection for one turn of the event loop after an answer.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('never puts two requests on one connection at the same time', async () => {
    let busy = 0;
    let most = 0;
    await listen(
      createTcpServer((socket) => {
        let open = 0;
        socket.on('data', () => {
          open += 1;
          busy += 1;
          most = Math.max(most, open);
          void until(() => busy >= 4).then(() => {
            open -= 1;
            socket.write(answerOf('{}'));
          });
        });
      }),
    );
    await Promise.all([order(), order(), job(), job()].map((one) => client.send(one)));
    expect(most).toBe(1);
  });

  it('refuses to carry a body on a GET, and sends nothing', async () => {
    await serve((response) => response.end('{}'));
    expect(await failure(client.send(job({ body: '{}' })))).toMatchObject({ code: 'net.bodyOnGet' });
    expect(received).toEqual([]);
  });

  it('speaks without encryption to this machine only', async () => {
    await serve((response) => response.end('{}'));
    for (const bad of [
      'http://api.bybit.com',
      'http://127.0.0.1.evil.example',
      'ftp://127.0.0.1',
      'nonsense',
      'https://user:pw@api.bybit.com',
    ])
      expect(await failure(client.send(job({ origin: bad })))).toMatchObject({ code: 'net.insecureHost' });
  });
});

describe('what surely was not sent', () => {
  it('is told when the connection is refused, for a write too', async () => {
    await serve((response) => response.end());
    const closed = origin;
    await new Promise((resolve) => server.close(resolve));
    await serve((response) => response.end());
    expect(
      await failure(
        client.send(
          order('{}', {
            build: () => ({ method: 'POST', origin: closed, path: '/', headers: {}, body: '{}' }),
          }),
        ),
      ),
    ).toMatchObject({
      kind: 'unavailable',
      code: 'net.notSent',
    });
    expect(log[0]).toMatchObject({ outcome: 'failed', status: null, flightMs: null });
  });

  it('is told when building throws, with what it threw, and the units come back', async () => {
    await serve((response) => response.end('{}'));
    client.limit('one', { limit: 1, windowMs: 60_000 });
    const locked = new HoldfastError('locked', 'vault.locked', 'The vault is locked.');
    const budgets = [{ budget: 'one' }];
    const build = () => Promise.reject(locked);
    expect(await failure(client.send(job({}, { budgets, build })))).toBe(locked);
    await client.send(job({}, { budgets }));
    expect(received).toHaveLength(1);
  });

  it('is told when no connection comes about in time, and nothing is written later', async () => {
    await serveRaw(() => undefined);
    const { time, timers } = manualTimers();
    useClient({ time });
    // Before the event loop turns once, no connection can be there.
    const sent = failure(client.send(order()));
    timers[0]?.();
    expect(await sent).toMatchObject({ kind: 'unavailable', code: 'net.notSent' });
    await until(() => sockets.size > 0, 'the connection came after all');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(received).toEqual([]);
  });

  it('is told when the encrypted connection cannot be made', async () => {
    await serve((response) => response.end('{}'));
    const error = await failure(client.send(job({ origin: origin.replace('http:', 'https:') })));
    expect(error).toMatchObject({ kind: 'unavailable', code: 'net.notSent' });
    expect(received).toEqual([]);
  });

  it('is told when a path or a header would break the request apart', async () => {
    await serve((response) => response.end('{}'));
    for (const broken of [
      { path: '/a\r\nx: y' },
      { path: '/a b' },
      { path: 'relative' },
      { headers: { 'x-a': 'b\r\nc: d' } },
    ])
      expect(await failure(client.send(job(broken)))).toMatchObject({ code: 'net.notSent' });
    expect(received).toEqual([]);
  });

  it('is told after dispose, at once and for those under way before their first byte', async () => {
    await serve((response) => response.end('{}'));
    let built: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (built = resolve));
    const waiting = failure(
      client.send(
        job({}, { build: async () => (await gate, { method: 'GET', origin, path: '/', headers: {} }) }),
      ),
    );
    client.dispose();
    built();
    expect(await waiting).toMatchObject({ code: 'net.notSent' });
    expect(await failure(client.send(job()))).toMatchObject({ kind: 'unavailable', code: 'net.notSent' });
    expect(received).toEqual([]);
  });

  it('connects anew when the venue closed an idle connection, without losing or doubling a write', async () => {
    await serveRaw((socket) => {
      socket.write(answerOf('{}'));
      setImmediate(() => socket.end());
    });
    for (let n = 0; n < 20; n += 1) {
      await client.send(order());
      // At every distance from the close: before it is noticed, while it comes in, and after.
      for (let turn = 0; turn < n % 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(received).toHaveLength(20);
  });
});

describe('what nobody answered', () => {
  const outcomes = [
    { title: 'a read', make: () => job(), kind: 'unavailable' },
    { title: 'a write', make: () => order(), kind: 'unknownOutcome' },
  ] as const;
  for (const { title, make, kind } of outcomes) {
    it(`is ${kind} for ${title} reset before any byte of the answer, and it is not sent again`, async () => {
      await serveRaw((socket) => socket.resetAndDestroy());
      expect(await failure(client.send(make()))).toMatchObject({ kind, code: 'net.noAnswer' });
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(received).toHaveLength(1);
    });

    it(`is ${kind} for ${title} whose answer is cut in its body`, async () => {
      await serveRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"retCode":0,', () =>
          socket.resetAndDestroy(),
        );
      });
      expect(await failure(client.send(make()))).toMatchObject({ kind, code: 'net.noAnswer' });
      expect(received).toHaveLength(1);
    });

    it(`is ${kind} for ${title} on a connection that was used before and is cut now`, async () => {
      await serveRaw((socket, nth) => {
        if (nth === 1) socket.write(answerOf('{}'));
        else socket.destroy();
      });
      await client.send(job());
      expect(await failure(client.send(make()))).toMatchObject({ kind, code: 'net.noAnswer' });
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(received).toHaveLength(2);
    });

    it(`is ${kind} for ${title} that timed out after it was accepted`, async () => {
      await serveRaw(() => undefined);
      const { time, timers } = manualTimers();
      useClient({ time });
      const sent = failure(client.send(make()));
      await until(() => received.length === 1);
      timers[0]?.();
      expect(await sent).toMatchObject({ kind, code: 'net.noAnswer' });
      expect(log[0]).toMatchObject({
        outcome: kind === 'unavailable' ? 'failed' : 'unknown',
        flightMs: null,
      });
      await until(() => sockets.size === 0, 'the connection is cut');
    });

    it(`is ${kind} for ${title} answered with what is not HTTP`, async () => {
      await serveRaw((socket) => socket.end('garbage\r\n\r\n'));
      expect(await failure(client.send(make()))).toMatchObject({ kind, code: 'net.noAnswer' });
    });

    it(`is ${kind} for ${title} under way when the venue is closed here`, async () => {
      await serveRaw(() => undefined);
      const sent = failure(client.send(make()));
      await until(() => received.length === 1);
      client.dispose();
      expect(await sent).toMatchObject({ kind, code: 'net.noAnswer' });
    });
  }
});
