import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { StringDecoder } from 'node:string_decoder';
import { badInput, type HoldfastError } from '../../errors.ts';
import type { MarketName } from './market-name.ts';
import type { RecordedEvent, RecordingFormat, RecordingOddities } from './recorded-event.ts';

/** Opens a file's bytes; a parameter so that tests need no disk. */
export type OpenBytes = (file: string) => AsyncIterable<Buffer>;

/** What one reading of a file gathers besides the events. */
export interface ReadContext {
  readonly oddities: RecordingOddities;
  /** The markets met so far, by unified symbol. */
  readonly markets: Map<string, MarketName>;
}

export const newContext = (): ReadContext => ({
  oddities: { outOfOrder: 0, duplicates: 0, gaps: 0, ignored: 0, truncated: false },
  markets: new Map(),
});

/** Reads the events of one kind of file. */
export interface RecordReader {
  readonly format: RecordingFormat;
  read(context: ReadContext): AsyncIterable<RecordedEvent>;
}

/** A line longer than this is no record: no venue sends 16 MB in one message. */
const MAX_LINE = 16 * 1024 * 1024;

/** Rows may come this much late; more means that the file is not in order of time. */
const MAX_DISORDER_MS = 60_000;

/** What a person reads when a file stops being a record. */
export function lineError(line: number, expected: string): HoldfastError {
  return badInput([{ field: 'file', rule: `line ${line}: expected ${expected}` }]);
}

export const diskBytes: OpenBytes = (file) => createReadStream(file);

/**
 * The plain bytes of a file, gunzipped where it is gzip (public archives are). A gzip file that ends too early
 * gives what could be read. A file that cannot be opened throws `badInput`.
 */
export async function* plainBytes(file: string, open: OpenBytes): AsyncGenerator<Buffer> {
  const source = open(file);
  const iterator = source[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    if (first.done === true) return;
    const chunks = (async function* () {
      yield first.value;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    })();
    const gzipped = first.value[0] === 0x1f && first.value[1] === 0x8b;
    yield* gzipped ? gunzipped(chunks) : chunks;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
    throw badInput([{ field: 'file', rule: `must be a file that can be read (${code})` }]);
  } finally {
    await iterator.return?.();
  }
}

async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // With this flush an archive that was cut off ends like a text that was cut off, not with an error.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // The error, if any, arrives at the loop below as that of `gunzip`.
  pipeline(chunks, gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') !== true) throw error;
    throw badInput([{ field: 'file', rule: `must be an undamaged gzip file (${code})` }]);
  }
}

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** False for a last line without an end: it may have been cut off. */
  readonly ended: boolean;
}

/** The lines of a file that hold anything, without their ends. */
export async function* readLines(file: string, open: OpenBytes): AsyncGenerator<Line> {
  const decoder = new StringDecoder('utf8');
  let number = 0;
  let rest = '';
  for await (const chunk of plainBytes(file, open)) {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() as string;
    for (const part of parts) {
      number += 1;
      const text = clean(part, number);
      if (text !== '') yield { number, text, ended: true };
    }
    if (rest.length > MAX_LINE) throw lineError(number + 1, `a line of at most ${MAX_LINE} characters`);
  }
  const text = clean(rest + decoder.end(), number + 1);
  if (text !== '') yield { number: number + 1, text, ended: false };
}

function clean(line: string, number: number): string {
  const text = number === 1 && line.startsWith('\ufeff') ? line.slice(1) : line;
  return text.trim();
}

/** The record's clock: it never steps back. Rows that are a little late take the time of the row before. */
export class RecordClock {
  readonly #oddities: RecordingOddities;
  #last = Number.NEGATIVE_INFINITY;

  constructor(oddities: RecordingOddities) {
    this.#oddities = oddities;
  }

  /** The event time for a row of this time, ms UTC. Throws `badInput` for a row that is far too late. */
  at(time: number, line: number): number {
    if (time >= this.#last) {
      this.#last = time;
      return time;
    }
    const late = this.#last - time;
    if (late > MAX_DISORDER_MS) {
      throw lineError(
        line,
        `rows in order of time, oldest first; this one is ${Math.round(late / 1000)} s before an earlier one`,
      );
    }
    this.#oddities.outOfOrder += 1;
    return this.#last;
  }
}

/** Ids seen lately. Venues repeat a trade within moments, if at all; a whole archive of ids would fill the memory. */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** True the first time. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#limit) {
      const [oldest] = this.#ids;
      this.#ids.delete(oldest as string);
    }
    return true;
  }
}
