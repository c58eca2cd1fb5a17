import { payloadError, type UnknownFields } from '../payload.ts';

/** The frame around the data of every public topic. */
export interface StreamFrame {
  readonly isSnapshot: boolean;
  /** Time of sending, ms UTC. */
  readonly time: number;
  readonly data: unknown;
}

const KNOWN = new Set(['topic', 'type', 'ts', 'cts', 'cs', 'data', 'id']);

/** Reads the frame of `topic`. Throws `protocol` for another form; text that is no JSON counts as that too. */
export function readFrame(topic: string, text: string, unknown: UnknownFields): StreamFrame {
  const frame = parse(text);
  for (const name in frame) if (!KNOWN.has(name)) unknown.note('stream.frame', name);
  const { type, ts, data } = frame;
  if (frame['topic'] !== topic) throw payloadError('stream.frame', 'topic');
  if (type !== 'snapshot' && type !== 'delta') throw payloadError('stream.frame', 'type');
  if (!Number.isSafeInteger(ts)) throw payloadError('stream.frame', 'ts');
  return { isSnapshot: type === 'snapshot', time: ts as number, data };
}

interface AnyFrame {
  readonly [name: string]: unknown;
  readonly type?: unknown;
  readonly ts?: unknown;
  readonly data?: unknown;
}

function parse(text: string): AnyFrame {
  try {
    const frame: unknown = JSON.parse(text);
    if (typeof frame === 'object' && frame !== null) return frame as AnyFrame;
  } catch {
    // Said below, with the words of the house.
  }
  throw payloadError('stream.frame', '');
}

/** The elements of a topic whose data is a list. */
export function listOf(kind: string, data: unknown): readonly unknown[] {
  if (!Array.isArray(data)) throw payloadError(kind, 'data');
  return data;
}
