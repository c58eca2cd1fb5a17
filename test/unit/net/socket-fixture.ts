import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { NetSocketSession } from '../../../src-main/net/socket-session.ts';
import type { RequestEntry, SocketDialect, SocketParts, SocketState } from '../../../src-main/net/types.ts';
import { FakeTime, settle, until } from '../../support/net-time.ts';

/** A small venue: what came from clients, and what it does on each connection. */
export interface Venue {
  readonly server: WebSocketServer;
  readonly url: string;
  readonly connections: WebSocket[];
  /** Frames of clients, pings left out. */
  readonly frames: string[];
  pings: number;
  answersPings: boolean;
  /** Runs for each frame. */
  onFrame: ((socket: WebSocket, text: string) => void) | null;
}

export let venue: Venue;
export let time: FakeTime;
export let frames: { text: string; at: number }[];
export let states: string[];
export let faults: unknown[];
export let log: RequestEntry[];
let sessions: NetSocketSession[];

/** `sub:a,b`, `unsub:a`, `ping`, `pong`, `no:a` = topic a refused, `in`/`out` = login accepted or refused. */
export const dialect: SocketDialect = {
  subscribe: (topics) => chunks(topics).map((some) => `sub:${some.join()}`),
  unsubscribe: (topics) => chunks(topics).map((some) => `unsub:${some.join()}`),
  ping: () => 'ping',
  isPong: (text) => text === 'pong',
  readRefusal: (text) =>
    text.startsWith('no:') ? { topics: text.slice(3).split(','), error: new Error('no such topic') } : null,
};
const chunks = (topics: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(topics.length / 10) }, (_, n) => topics.slice(n * 10, n * 10 + 10));

export function session(over: Partial<SocketParts> = {}, random = () => 0.5): NetSocketSession {
  const made = new NetSocketSession({
    parts: {
      name: 'public.test',
      url: () => venue.url,
      dialect,
      accountId: null,
      onFrame: (text, at) => frames.push({ text, at }),
      onState: (state, reason) => states.push(reason === null ? state : `${state}: ${reason}`),
      ...over,
    },
    time,
    random,
    log: { record: (entry) => log.push(entry) },
    onFault: (error) => faults.push(error),
  });
  sessions.push(made);
  return made;
}

export async function openVenue(port = 0): Promise<Venue> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const made: Venue = {
    server,
    url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/v5/public?a=1`,
    connections: [],
    frames: [],
    pings: 0,
    answersPings: true,
    onFrame: null,
  };
  server.on('connection', (socket) => {
    made.connections.push(socket);
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text === 'ping') {
        made.pings += 1;
        if (made.answersPings) socket.send('pong');
        return;
      }
      made.frames.push(text);
      made.onFrame?.(socket, text);
    });
  });
  return made;
}

export async function closeVenue(): Promise<void> {
  for (const socket of venue.server.clients) socket.terminate();
  await new Promise((resolve) => venue.server.close(resolve));
}

/** A closed venue opens again at the same address. */
export async function reopenVenue(): Promise<void> {
  venue = await openVenue(Number(new URL(venue.url).port));
}

/** Waits for a state; the fake clock stands still meanwhile. */
export const reach = (one: NetSocketSession, state: SocketState): Promise<void> =>
  until(() => one.state === state, `state ${state} (now ${one.state})`);

/** Moves the clock second by second and lets pings and pongs travel in between. */
export async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    time.advance(Math.min(1000, left));
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

export const last = (): WebSocket => {
  const socket = venue.connections.at(-1);
  if (!socket) throw new Error('nobody connected');
  return socket;
};

export function setUp(): void {
  beforeEach(async () => {
    time = new FakeTime();
    frames = [];
    states = [];
    faults = [];
    log = [];
    sessions = [];
    venue = await openVenue();
  });
  afterEach(async () => {
    for (const one of sessions) one.close();
    await closeVenue();
  });
}
