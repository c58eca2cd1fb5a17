/**
 * Plays a recorded public stream to whoever follows its topics: the frames exactly as they were on the wire, in
 * their order and with their distances in time, divided by `speed`.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Category } from './protocol.ts';

interface CaptureLine {
  readonly t: 'connect' | 'send' | 'recv';
  /** Seconds. */
  readonly ts: number;
  readonly addr: string;
  readonly data?: string;
}

interface Frame {
  readonly atMs: number;
  readonly category: Category;
  readonly topic: string;
  readonly text: string;
}

/** Who gets the frames: the venue. */
export interface ReplayTarget {
  relay(category: Category, topic: string, text: string): void;
}

export interface ReplayOptions {
  /** 1 = as recorded; Infinity (default) = as fast as it goes. */
  readonly speed?: number;
  readonly signal?: AbortSignal;
}

/** Data frames of a capture in the record format of shared/data/README.md. Acknowledgements are left out. */
export function readCapture(path: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const record = JSON.parse(line) as CaptureLine;
    const category = /\/v5\/public\/(\w+)/.exec(record.addr)?.[1] as Category | undefined;
    if (record.t !== 'recv' || record.data === undefined || category === undefined) continue;
    const { topic } = JSON.parse(record.data) as { topic?: string };
    if (topic !== undefined) frames.push({ atMs: record.ts * 1000, category, topic, text: record.data });
  }
  return frames;
}

/** Sends a capture; the answer is the number of frames. The first snapshot of a book replaces the live one. */
export async function replay(
  target: ReplayTarget,
  path: string,
  options: ReplayOptions = {},
): Promise<number> {
  const { speed = Infinity, signal } = options;
  const frames = readCapture(path);
  let before = frames[0]?.atMs ?? 0;
  let sent = 0;
  for (const frame of frames) {
    const wait = speed === Infinity ? 0 : (frame.atMs - before) / speed;
    before = frame.atMs;
    if (wait >= 1) await pause(wait, undefined, signal === undefined ? {} : { signal });
    // Lets sockets breathe: a whole capture in one turn would sit in memory.
    else if (sent % 200 === 199) await pause(0);
    if (signal?.aborted === true) return sent;
    target.relay(frame.category, frame.topic, frame.text);
    sent += 1;
  }
  return sent;
}
