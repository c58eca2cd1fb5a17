import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Stream } from './frames.ts';

/** `ts` of the messages that open and close the measured part; consumers look for them. */
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

class Player {
  readonly #socket: WebSocket;
  readonly #stream: Stream;
  #sent = 0;

  constructor(socket: WebSocket, stream: Stream) {
    this.#socket = socket;
    this.#stream = stream;
  }

  #next(): string {
    const frame = this.#stream.frames[this.#sent % this.#stream.frames.length] as string;
    this.#sent += 1;
    return frame;
  }

  /** The next `count` messages, without ever letting the socket's buffer grow. */
  async play(count: number, batch: number): Promise<void> {
    for (let sent = 1; sent <= count; sent += 1) {
      this.#socket.send(this.#next());
      if (sent % batch === 0) await new Promise((resume) => setImmediate(resume));
      while (this.#socket.bufferedAmount > 65_536) await sleep(1);
    }
    await sleep(QUIET_MS);
  }

  /** The next message with a time by which the consumer knows it. */
  async mark(ts: number): Promise<void> {
    this.#socket.send(this.#next().replace(/"ts":\d+/, `"ts":${ts}`));
    await sleep(QUIET_MS);
  }
}

async function serve(socket: WebSocket, stream: Stream, plan: Plan): Promise<void> {
  const player = new Player(socket, stream);
  await player.play(plan.warmUp, plan.batch);
  await player.mark(BEGIN_TS);
  await player.play(plan.measured, plan.batch);
  await player.mark(END_TS);
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
