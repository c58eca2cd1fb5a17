/**
 * A local server that plays rounds of recorded frames as fast as they are taken. Frames are encoded beforehand and
 * written many at a time, so that the server is never what is measured.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { bookSnapshot, lastChange } from './market-frames.ts';

/** Times that mark where the measured part begins and ends; no recorded frame has them. */
export const BEGIN_TS = 1_000;
export const END_TS = 2_000;
const CHUNK = 32;
/** Around a marker, so that whoever awaits values one by one sees it. */
const QUIET_MS = 150;

export interface Play {
  readonly frames: readonly string[];
  readonly warmUpRounds: number;
  readonly rounds: number;
  /** Topics after which it starts. */
  readonly topics: number;
}

export interface StreamServer {
  readonly origin: string;
  /** Resolves with the time from the first measured byte to the proof that the consumer has read the last, ms. */
  readonly measuredMs: Promise<number>;
  close(): Promise<void>;
}

function encode(text: string): Buffer {
  const payload = Buffer.from(text, 'utf8');
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

function chunksOf(frames: readonly string[]): readonly Buffer[] {
  const encoded = frames.map(encode);
  return Array.from({ length: Math.ceil(encoded.length / CHUNK) }, (_, at) =>
    Buffer.concat(encoded.slice(at * CHUNK, (at + 1) * CHUNK)),
  );
}

async function write(socket: Socket, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) if (!socket.write(chunk)) await once(socket, 'drain');
}

/** A protocol ping is answered in its turn: after its pong, everything before was read. */
async function readBy(socket: WebSocket): Promise<void> {
  const answered = once(socket, 'pong');
  socket.ping();
  await answered;
}

async function play(socket: WebSocket, raw: Socket, chunks: readonly Buffer[], plan: Play): Promise<number> {
  const mark = async (frame: string, ts: number): Promise<void> => {
    await sleep(QUIET_MS);
    socket.send(frame.replace(/"ts":\d+/, `"ts":${ts}`));
    await sleep(QUIET_MS);
  };
  for (let round = 0; round < plan.warmUpRounds; round += 1) await write(raw, chunks);
  await readBy(socket);
  await mark(bookSnapshot(plan.frames), BEGIN_TS);
  const start = performance.now();
  for (let round = 0; round < plan.rounds; round += 1) await write(raw, chunks);
  await readBy(socket);
  const took = performance.now() - start;
  await mark(lastChange(plan.frames), END_TS);
  return took;
}

export async function startStreamServer(plan: Play): Promise<StreamServer> {
  const chunks = chunksOf(plan.frames);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  const { promise: measuredMs, resolve, reject } = Promise.withResolvers<number>();
  measuredMs.catch(() => undefined);
  server.on('connection', (socket, request) => {
    const topics = new Set<string>();
    socket.on('message', (data: Buffer) => {
      const {
        op,
        req_id: id,
        args,
      } = JSON.parse(data.toString('utf8')) as {
        op: string;
        req_id?: string;
        args?: string[];
      };
      if (op === 'ping') socket.send(JSON.stringify({ success: true, ret_msg: 'pong', req_id: id, op }));
      if (op !== 'subscribe') return;
      socket.send(JSON.stringify({ success: true, ret_msg: '', req_id: id, op }));
      const before = topics.size;
      for (const topic of args ?? []) topics.add(topic);
      if (topics.size < plan.topics || before >= plan.topics) return;
      play(socket, request.socket, chunks, plan).then(resolve, reject);
    });
  });
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    measuredMs,
    close: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
