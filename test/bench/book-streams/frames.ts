import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Frames of one topic: a snapshot, then deltas. Playing them again from the start is a valid stream. */
export interface Stream {
  readonly name: string;
  readonly topic: string;
  readonly frames: readonly string[];
}

const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
const CAPTURE = join(DATA, 'bybit/ws/v5-2026-08-09-linear-BTC-DOGE.jsonl');

/** The recorded orderbook.200 stream of BTCUSDT; null where the recordings are not on this machine. */
export function recorded200(): Stream | null {
  if (!existsSync(CAPTURE)) return null;
  const topic = 'orderbook.200.BTCUSDT';
  const frames = readFileSync(CAPTURE, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"recv"') && line.includes(topic))
    .map((line) => (JSON.parse(line) as { data: string }).data);
  return { name: 'recorded200', topic, frames };
}

/** mulberry32: the same stream in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const DEPTH = 50;
const DELTAS = 999;

/** Whole ticks of 0.10 as price text. */
const priceOf = (tick: number): string => `${Math.floor(tick / 10)}.${tick % 10}0`;

/**
 * An orderbook.50 stream as Bybit sends it: a walking touch, 2 to 12 changes a message that lie nearer to the
 * touch than to the edge, explicit removals of levels that leave the window and additions of those entering.
 */
export function generated50(): Stream {
  const topic = 'orderbook.50.BTCUSDT';
  const next = random(20_261_120);
  const size = (): string => (Math.floor(next() * 5_000) / 1_000 + 0.001).toFixed(3);
  let touch = 651_142;
  const sides = { b: new Map<number, string>(), a: new Map<number, string>() };
  const wanted = (side: 'a' | 'b', level: number): number =>
    side === 'b' ? touch - level : touch + 1 + level;
  const frame = (type: string, b: string[][], a: string[][], u: number): string =>
    JSON.stringify({
      topic,
      type,
      ts: 1_700_000_000_000 + u * 20,
      data: { s: 'BTCUSDT', b, a, u, seq: 9_000 + u * 3 },
      cts: 1_700_000_000_000 + u * 20 - 2,
    });

  /** Brings one side to the window around the touch and answers what changed. */
  function move(side: 'a' | 'b'): string[][] {
    const levels = sides[side];
    const window = new Set(Array.from({ length: DEPTH }, (_, level) => wanted(side, level)));
    const changes: string[][] = [];
    for (const tick of [...levels.keys()].filter((tick) => !window.has(tick))) {
      levels.delete(tick);
      changes.push([priceOf(tick), '0']);
    }
    const touched = Array.from({ length: 1 + Math.floor(next() * 6) }, () =>
      wanted(side, Math.floor(next() ** 2 * DEPTH)),
    );
    for (const tick of new Set([...touched, ...[...window].filter((tick) => !levels.has(tick))])) {
      const value = size();
      levels.set(tick, value);
      changes.push([priceOf(tick), value]);
    }
    return changes;
  }

  const frames = [frame('snapshot', move('b'), move('a'), 1)];
  for (let u = 2; u <= DELTAS + 1; u += 1) {
    const step = next();
    if (step < 0.15) touch += 1;
    else if (step < 0.3) touch -= 1;
    frames.push(frame('delta', move('b'), move('a'), u));
  }
  return { name: 'generated50', topic, frames };
}
