/**
 * From the loss of the socket to a verified book: the session notices, waits as in production (full jitter up to
 * one second after a connection that was good), connects, subscribes, takes the snapshot and one change after it.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { systemTime } from '../../../src-main/net/time.ts';
import { BOOK_TOPIC, type InstrumentRow } from './market-frames.ts';
import { ownMarket } from './own-market.ts';

export interface Reconnect {
  /** From the loss to a live book, ms. */
  readonly totalMs: number;
  /** The part after the wait: from the handshake's arrival at the server to a live book, ms. */
  readonly workMs: number;
}

/** Longer than a connection has to live to count as good one, after which the wait is the shortest. */
const GOOD_MS = 11_000;

export async function reconnects(
  count: number,
  frames: readonly string[],
  rows: readonly InstrumentRow[],
): Promise<readonly Reconnect[]> {
  const books = frames.filter((text) => text.includes(BOOK_TOPIC)).slice(0, 2);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  let peer: WebSocket | null = null;
  let acceptedAt = 0;
  server.on('headers', () => {
    acceptedAt = performance.now();
  });
  server.on('connection', (socket) => {
    peer = socket;
    socket.on('message', (data: Buffer) => {
      const { op, req_id: id } = JSON.parse(data.toString('utf8')) as { op: string; req_id?: string };
      if (op === 'ping') socket.send(JSON.stringify({ success: true, ret_msg: 'pong', req_id: id, op }));
      if (op !== 'subscribe') return;
      socket.send(JSON.stringify({ success: true, ret_msg: '', req_id: id, op }));
      for (const frame of books) socket.send(frame);
    });
  });
  await once(server, 'listening');
  // Every connection of this bench counts as one that was good for a while, as it is in production.
  let added = 0;
  const time = { ...systemTime, monotonic: () => performance.now() + added };
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = await ownMarket(origin, rows, time);
  const last = (JSON.parse(books[1] ?? '{}') as { data?: { u?: number } }).data?.u;
  let verified: () => void = () => undefined;
  own.market.streamBook('BTC/USDT:USDT', 200, {
    next: ({ state, sequence }) => {
      if (state === 'live' && sequence === String(last)) verified();
    },
  });
  const nextBook = (): Promise<void> =>
    new Promise((resolve) => {
      verified = resolve;
    });
  const results: Reconnect[] = [];
  await nextBook();
  for (let run = 0; run < count; run += 1) {
    added += GOOD_MS;
    const book = nextBook();
    const lostAt = performance.now();
    (peer as WebSocket | null)?.terminate();
    await book;
    const now = performance.now();
    results.push({ totalMs: now - lostAt, workMs: now - acceptedAt });
  }
  own.dispose();
  own.net.dispose();
  for (const client of server.clients) client.terminate();
  await new Promise<void>((done) => server.close(() => done()));
  return results;
}
