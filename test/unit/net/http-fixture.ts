import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { afterEach, beforeEach, expect } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { HttpClient } from '../../../src-main/net/http-client.ts';
import type { HttpClientOptions } from '../../../src-main/net/http-client.ts';
import { systemTime } from '../../../src-main/net/time.ts';
import type { NetTime } from '../../../src-main/net/time.ts';
import type { HttpJob, HttpRequest, RequestEntry } from '../../../src-main/net/types.ts';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Real servers on this machine and the client under test; `setUp` once in each file. */
export let origin: string;
export let server: Server | TcpServer;
export let client: HttpClient;
export let received: Received[];
export let log: RequestEntry[];
export const sockets = new Set<Socket>();

export async function listen(made: Server | TcpServer): Promise<void> {
  server = made;
  made.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((made.address() as AddressInfo).port)}`;
}

/** An HTTP server that keeps what came and answers by `answer`. */
export const serve = (answer: (response: ServerResponse, request: Received) => void): Promise<void> =>
  listen(
    createServer((message, response) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        const one = {
          method: message.method ?? '',
          url: message.url ?? '',
          headers: message.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        };
        received.push(one);
        answer(response, one);
      });
    }),
  );

/** A TCP server that does as it likes with each request that begins on a connection. */
export const serveRaw = (onRequest: (socket: Socket, nth: number) => void): Promise<void> => {
  let count = 0;
  return listen(
    createTcpServer((socket) => {
      socket.on('data', () => {
        count += 1;
        received.push({ method: '', url: '', headers: {}, body: '' });
        onRequest(socket, count);
      });
    }),
  );
};

export const job = (request: Partial<HttpRequest> = {}, over: Partial<HttpJob> = {}): HttpJob => ({
  operation: 'test',
  lane: 'publicRead',
  budgets: [],
  accountId: null,
  isWrite: false,
  build: () => ({ method: 'GET', origin, path: '/time', headers: {}, ...request }),
  ...over,
});
export const order = (body = '{"qty":"1"}', over: Partial<HttpJob> = {}): HttpJob =>
  job(
    { method: 'POST', path: '/order', body },
    { lane: 'order', isWrite: true, operation: 'order.create', ...over },
  );
export const answerOf = (text: string) =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${String(text.length)}\r\nconnection: keep-alive\r\n\r\n${text}`;
export const failure = (promise: Promise<unknown>): Promise<HoldfastError> =>
  promise.then(
    () => expect.fail('it was answered'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(HoldfastError);
      return error as HoldfastError;
    },
  );
/** The same clocks as the system's, with timers that the test fires. */
export const manualTimers = () => {
  const timers: (() => void)[] = [];
  const time: NetTime = {
    ...systemTime,
    after: (_ms, run) => {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
  };
  return { time, timers };
};

/** Another client instead of the one of this test, with the same log. */
export function useClient(options: HttpClientOptions): void {
  client.dispose();
  client = new HttpClient({ log: { record: (entry) => log.push(entry) }, ...options });
}

export function setUp(): void {
  beforeEach(() => {
    received = [];
    log = [];
    client = new HttpClient({ log: { record: (entry) => log.push(entry) } });
  });
  afterEach(async () => {
    client.dispose();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
}
