import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Stream } from './frames.ts';

/** `ts` of the snapshots that open and close the measured part; consumers look for them. */
export const BEGIN_TS = 1_111_111_111_111;
export const END_TS = 2_222_222_222_222;

// Long enough for a consumer to drain its socket, so that the markers stand alone.
const QUIET_MS = 250;

export interface Plan {
  /** Messages before the measured part: the engine compiles its hot functions on them. */
  readonly warmUp: number;
  readonly measured: number;
  /** Messages sent together; a busy connection delivers several in one read. */
  readonly batch: number;
}

export interface BookServer {
  readonly url: string;
  close(): Promise<void>;
}

function marked(frame: string, ts: number): string {
  return JSON.stringify({ ...(JSON.parse(frame) as object), ts });
}

/** Plays `count` messages from the first one on, without ever letting the socket's buffer grow. */
async function play(socket: WebSocket, stream: Stream, count: number, batch: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    socket.send(stream.frames[sent % stream.frames.length] as string);
    if (sent % batch === batch - 1) await new Promise((resume) => setImmediate(resume));
    while (socket.bufferedAmount > 65_536) await sleep(1);
  }
  await sleep(QUIET_MS);
}

async function serve(socket: WebSocket, stream: Stream, plan: Plan): Promise<void> {
  const snapshot = stream.frames[0] as string;
  await play(socket, stream, plan.warmUp, plan.batch);
  socket.send(marked(snapshot, BEGIN_TS));
  await sleep(QUIET_MS);
  await play(socket, stream, plan.measured, plan.batch);
  socket.send(marked(snapshot, END_TS));
}

/** A local server that answers a Bybit subscription with the stream of the plan. */
export async function startBookServer(stream: Stream, plan: Plan): Promise<BookServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const request = JSON.parse(data.toString('utf8')) as { op: string; req_id?: string };
      if (request.op === 'ping') socket.send(JSON.stringify({ success: true, ret_msg: 'pong', op: 'ping' }));
      if (request.op !== 'subscribe') return;
      socket.send(JSON.stringify({ success: true, ret_msg: '', req_id: request.req_id, op: 'subscribe' }));
      void serve(socket, stream, plan).catch(() => socket.terminate());
    });
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
