/**
 * Bybit's public streams over a local WebSocket, as recorded: BTCUSDT orderbook.200, its trades, and the tickers of
 * 200 symbols at once. Holdfast's whole public side beside ccxt.pro and bybit-api, each in a process of its own;
 * and how long Holdfast takes from a lost socket to a verified book.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { markets, round } from './bybit-streams/market-frames.ts';
import { reconnects } from './bybit-streams/reconnect.ts';
import type { StreamReport } from './bybit-streams/stream-consumer.ts';
import { startStreamServer } from './bybit-streams/stream-server.ts';
import { type BenchResult, median } from './result.ts';

const CONSUMER = fileURLToPath(new URL('./bybit-streams/stream-consumer.ts', import.meta.url));
const KINDS = ['floor', 'ours', 'bybit-api', 'ccxt.pro'] as const;
type Kind = (typeof KINDS)[number];
// Rounds take turns, so that a busy moment of the machine does not hit one implementation alone.
const TURNS = 3;
const WARM_UP_ROUNDS = 1;
const ROUNDS = 3;
const RECONNECTS = 50;
const PATIENCE_MS = 120_000;

interface Measured extends StreamReport {
  readonly perSecond: number;
}

async function measure(kind: Kind, frames: readonly string[], topics: number): Promise<Measured> {
  const server = await startStreamServer({ frames, warmUpRounds: WARM_UP_ROUNDS, rounds: ROUNDS, topics });
  const child = fork(CONSUMER, [kind, server.origin], { stdio: 'inherit' });
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`consumer ${kind} ended with ${String(code)} before its report`);
    });
    const answered = once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) });
    const [report] = (await Promise.race([answered, ended])) as [StreamReport];
    ended.catch(() => undefined);
    const ms = await server.measuredMs;
    return { ...report, perSecond: (frames.length * ROUNDS * 1_000) / ms };
  } finally {
    child.kill();
    await server.close();
  }
}

async function streams(frames: readonly string[], topics: number): Promise<readonly BenchResult[]> {
  const all: Record<Kind, Measured[]> = { floor: [], ours: [], 'bybit-api': [], 'ccxt.pro': [] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const ends = new Set<string>();
    for (const kind of KINDS) {
      const measured = await measure(kind, frames, topics);
      all[kind].push(measured);
      if (measured.book !== '') ends.add(measured.book);
    }
    if (ends.size !== 1) throw new Error(`the books differ at the end: ${[...ends].join(', ')}`);
  }
  const count = frames.length * ROUNDS;
  // Other load only ever takes away: the least disturbed turn is the one to compare.
  const rate = (kind: Kind): number => Math.max(...all[kind].map(({ perSecond }) => perSecond));
  const cpu = (kind: Kind): number => Math.min(...all[kind].map(({ cpuMicros }) => cpuMicros / count));
  const note =
    `${count} frames (recorded orderbook.200 and trades of BTCUSDT, tickers of 200 symbols) after ` +
    `${frames.length} to warm up, best of ${TURNS} turns; bybit-api parses only, it keeps no book and merges no ` +
    'ticker; the floor is ws + JSON.parse + Map';
  const peers = (of: (kind: Kind) => number) => ({
    'ccxt.pro': of('ccxt.pro'),
    'bybit-api': of('bybit-api'),
  });
  return [
    {
      name: 'bybit.streams.rate',
      unit: 'messages per second',
      ours: rate('ours'),
      peers: peers(rate),
      floor: rate('floor'),
      note,
    },
    {
      name: 'bybit.streams.cpu',
      unit: 'us CPU per message',
      ours: cpu('ours'),
      peers: peers(cpu),
      floor: cpu('floor'),
    },
  ];
}

export async function run(): Promise<readonly BenchResult[]> {
  const rows = markets();
  if (rows === null) {
    console.error('bybit-streams: skipped, the recordings are not here (set HOLDFAST_DATA)');
    return [];
  }
  const frames = round(rows.map(({ symbol }) => symbol));
  const compared = await streams(frames, rows.length + 2);
  const back = await reconnects(RECONNECTS, frames, rows);
  const totals = back.map(({ totalMs }) => totalMs);
  return [
    ...compared,
    {
      name: 'bybit.reconnect.median',
      unit: 'ms from a lost socket to a verified book',
      ours: median(totals),
      peers: {},
      note:
        `${RECONNECTS} losses; contains the wait of production before the first attempt (evenly between 0 and ` +
        '1000 ms, so that clients do not come back together), handshake, subscription, snapshot and one change',
    },
    {
      name: 'bybit.reconnect.worst',
      unit: 'ms from a lost socket to a verified book',
      ours: Math.max(...totals),
      peers: {},
    },
    {
      name: 'bybit.reconnect.work',
      unit: 'ms from the handshake to a verified book, median',
      ours: median(back.map(({ workMs }) => workMs)),
      peers: {},
    },
  ];
}
