/**
 * CPU time per order-book message over a local WebSocket: our engine, ccxt.pro, and the floor (socket,
 * JSON.parse and a map a side). Each runs in a process of its own and reads the same messages.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ConsumerReport } from './book-streams/consumer.ts';
import { generated50, recorded200, type Stream } from './book-streams/frames.ts';
import { type Plan, startBookServer } from './book-streams/server.ts';
import type { BenchResult } from './result.ts';

const CONSUMER = fileURLToPath(new URL('./book-streams/consumer.ts', import.meta.url));
const KINDS = ['floor', 'ours', 'ccxt.pro'] as const;
type Kind = (typeof KINDS)[number];
// Rounds take turns, so that a busy moment of the machine does not hit one implementation alone.
const ROUNDS = 3;
// Batches keep the socket readable all the time. One message at a time would charge the fastest consumer with a
// wake-up for each message, while a slow one reads several at once.
const PLAN: Plan = { warmUp: 30_000, measured: 60_000, batch: 32 };

/** A consumer that does not come to its end is broken, however busy the machine. */
const PATIENCE_MS = 120_000;

async function measure(kind: Kind, stream: Stream): Promise<ConsumerReport> {
  const server = await startBookServer(stream, PLAN);
  const child = fork(CONSUMER, [kind, server.url, stream.topic], { stdio: 'inherit' });
  try {
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`consumer ${kind} ended with ${String(code)} before its report`);
    });
    const answered = once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) });
    const [report] = (await Promise.race([answered, failed])) as [ConsumerReport];
    failed.catch(() => undefined);
    return report;
  } finally {
    child.kill();
    await server.close();
  }
}

async function compare(stream: Stream): Promise<BenchResult> {
  const micros: Record<Kind, number[]> = { floor: [], ours: [], 'ccxt.pro': [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const ends = new Set<string>();
    for (const kind of KINDS) {
      const report = await measure(kind, stream);
      micros[kind].push(report.cpuMicros / PLAN.measured);
      ends.add(`${report.bid}/${report.ask}`);
    }
    if (ends.size !== 1) throw new Error(`the books differ at the end: ${[...ends].join(', ')}`);
  }
  return {
    name: `book.${stream.name}`,
    unit: 'us CPU per message',
    // Other load only ever adds: the least disturbed round is the one to compare.
    ours: Math.min(...micros.ours),
    peers: { 'ccxt.pro': Math.min(...micros['ccxt.pro']) },
    floor: Math.min(...micros.floor),
    note: `${PLAN.measured} messages after ${PLAN.warmUp} to warm up, ${PLAN.batch} at a time, best of ${ROUNDS} rounds; the floor is ws + JSON.parse + Map`,
  };
}

export async function run(): Promise<readonly BenchResult[]> {
  const streams = [generated50(), recorded200()].filter((stream) => stream !== null);
  const results: BenchResult[] = [];
  for (const stream of streams) results.push(await compare(stream));
  return results;
}
