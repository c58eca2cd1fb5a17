import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CDPSession } from 'playwright';
import { launchApp } from '../../e2e/launch.ts';
import type { LaunchedApp } from '../../e2e/launch.ts';
import type { BenchResult } from '../result.ts';
import { pressUnlock, typePassphrase, unlockForm } from './vault-folder.ts';

const SPEED = 100;
const RECORD = 'bybit/ws/v5-2026-08-09-linear-BTC-DOGE.jsonl';
const SAMPLE_EVERY_MS = 5_000;
/** Share of the run in which caches fill and the compiler works: not part of the growth. */
const WARM_UP = 0.3;
const MB = 1_000_000;

interface Sample {
  /** Since the start of the replay, ms. */
  readonly at: number;
  /** Bytes, after a full garbage collection. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly windowHeap: number;
}

/** `--minutes N`, else HOLDFAST_BENCH_MINUTES, else 10. Throws for what is no length of a run. */
function benchMinutes(): number {
  const { values } = parseArgs({ strict: false, options: { minutes: { type: 'string' } } });
  const asked = values.minutes ?? process.env['HOLDFAST_BENCH_MINUTES'] ?? '10';
  const minutes = Number(asked);
  if (minutes > 0 && minutes <= 24 * 60) return minutes;
  throw new Error('--minutes (HOLDFAST_BENCH_MINUTES) must be above 0 and at most 1440');
}

/** Growth per minute by least squares: one late collection does not bend it as two end points would. */
function growthPerMinute(samples: readonly Sample[], figure: (sample: Sample) => number): number {
  const minutes = samples.map((sample) => sample.at / 60_000);
  const values = samples.map(figure);
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanX, meanY] = [mean(minutes), mean(values)];
  let above = 0;
  let below = 0;
  for (const [index, x] of minutes.entries()) {
    above += (x - meanX) * ((values[index] ?? meanY) - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

/** Memory of the main process (all its threads in rss, its own heap in heapUsed) after a full collection. */
function mainMemory(app: LaunchedApp): Promise<Pick<Sample, 'rss' | 'heapUsed' | 'external'>> {
  return app.control.evaluate(() => {
    const kept = globalThis as { benchCollect?: () => void };
    if (kept.benchCollect === undefined) {
      process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
      kept.benchCollect = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
    }
    kept.benchCollect();
    kept.benchCollect();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heapUsed, external };
  });
}

async function windowHeap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

/** Counts what reaches the window and answers how long the record plays, in ms at its own pace. */
const OBSERVE = `new Promise((resolve) => {
  window.benchBooks = 0;
  const market = { venue: 'practice', symbol: 'BTC/USDT:USDT' };
  window.holdfast.subscribe('market.book', { market, depth: 50 }, () => { window.benchBooks += 1; });
  window.holdfast.subscribe('app.health', {}, ({ ok, value }) => {
    const replay = ok ? value.venues.find(({ venue }) => venue === 'practice')?.replay : undefined;
    if (replay !== undefined) resolve(replay.lengthMs);
  });
})`;

interface Run {
  readonly samples: readonly Sample[];
  readonly restarts: number;
  readonly books: number;
}

async function replayFor(app: LaunchedApp, minutes: number): Promise<Run> {
  const { page } = app;
  const session = await page.context().newCDPSession(page);
  await page.getByRole('link', { name: 'Trade', exact: true }).first().click();
  const lengthMs = await page.evaluate<number>(OBSERVE);
  // A step of the market and the way back are a little longer than the play itself.
  const playMs = lengthMs / SPEED + 150;
  const samples: Sample[] = [];
  const from = performance.now();
  let restarts = 0;
  let nextSample = 0;
  for (let at = 0; at < minutes * 60_000; at = performance.now() - from) {
    if (at >= nextSample) {
      nextSample = at + SAMPLE_EVERY_MS;
      samples.push({ at, ...(await mainMemory(app)), windowHeap: await windowHeap(session) });
    }
    const answer = await page.evaluate<{ ok: boolean; error?: { message: string } }>(
      'window.holdfast.practice.restartReplay({})',
    );
    if (!answer.ok) throw new Error(`The replay did not start again: ${answer.error?.message ?? ''}`);
    restarts += 1;
    await pause(playMs);
  }
  const books = await page.evaluate<number>('window.benchBooks');
  return { samples, restarts, books };
}

function report({ samples, restarts, books }: Run, minutes: number, host: string): BenchResult[] {
  const counted = samples.filter(({ at }) => at >= minutes * 60_000 * WARM_UP);
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined || counted.length < 3) {
    throw new Error(`Too short to say anything: ${String(counted.length)} samples after warming up.`);
  }
  const played = `${String(minutes)} min of 100x replay, started again ${String(restarts)} times, ${String(books)} books reached the window, on the ${host}`;
  const row = (name: string, what: string, figure: (sample: Sample) => number): BenchResult => ({
    name: `app.replay100.${name}Growth`,
    unit: 'MB/min',
    ours: growthPerMinute(counted, figure) / MB,
    peers: {},
    note: `${what}: ${(figure(first) / MB).toFixed(1)} MB after warming up, ${(figure(last) / MB).toFixed(1)} MB at the end; ${played}`,
  });
  return [
    row('rss', 'main process with its workers, resident', (sample) => sample.rss),
    row('heap', 'main heap after a full collection', (sample) => sample.heapUsed),
    row('external', 'buffers outside the main heap', (sample) => sample.external),
    row('windowHeap', 'heap of the window after a full collection', (sample) => sample.windowHeap),
  ];
}

/** What the application keeps while a recorded market is replayed again and again at 100 times its pace. */
export async function measureReplayMemory(userDataDir: string): Promise<BenchResult[]> {
  const record = resolve(process.env['HOLDFAST_DATA'] ?? '../shared/data', RECORD);
  if (!existsSync(record)) {
    console.error(`app.replay100 is left out: there is no ${record} (set HOLDFAST_DATA)`);
    return [];
  }
  const minutes = benchMinutes();
  const args = [`--replay=${record}`, `--speed=${String(SPEED)}`];
  const app = await launchApp({ userDataDir, args });
  try {
    await unlockForm(app.page);
    await typePassphrase(app.page);
    await pressUnlock(app.page);
    return report(await replayFor(app, minutes), minutes, app.host);
  } finally {
    await app.close();
  }
}
