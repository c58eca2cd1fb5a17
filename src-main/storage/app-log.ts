import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';

/** The file is turned over at this size; one earlier file is kept. */
const CAP_BYTES = 5 * 1024 * 1024;
/** Lines that a minute may bring. A page gone wild has a line for each message it sends. */
const LINES_A_MINUTE = 600;
const NAME = 'holdfast.log';
/** Beside the vault. */
export const LOG_FOLDER = 'logs';

const earlierOf = (file: string): string => `${file}.1`;

/** Every file that the log may have made in its folder. */
export function logFiles(folder: string): readonly string[] {
  const file = join(folder, NAME);
  return [file, earlierOf(file)];
}

export type AppLog = Pick<pino.Logger, 'error' | 'warn' | 'info'>;

/**
 * Names under which a secret could ever travel. Nothing logs them on purpose; this is the net below the rope.
 */
const REDACTED = [
  'secret',
  'passphrase',
  'exportPassphrase',
  'current',
  'next',
  'key',
  'apiKey',
  'signature',
  'sign',
  'authorization',
  'headers',
];

/**
 * The program's own log: what failed and where, never what was typed or sent. Written synchronously, so that
 * the last line before a crash is there. Neither its size nor its pace is in the hands of who causes the lines.
 * @param now ms UTC
 */
export function openAppLog(folder: string, now: () => number = Date.now): AppLog {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return pino(
    {
      base: null,
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    new LogFile(join(folder, NAME), now),
  );
}

/** Where the lines go: at most so many a minute, and at most two files of the capped size. */
class LogFile {
  readonly #file: string;
  readonly #now: () => number;
  #size: number;
  #minute = 0;
  #lines = 0;

  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(line: string): void {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute !== this.#minute) this.#begin(minute);
    this.#lines += 1;
    if (this.#lines <= LINES_A_MINUTE) this.#append(line);
  }

  #begin(minute: number): void {
    const dropped = this.#lines - LINES_A_MINUTE;
    this.#minute = minute;
    this.#lines = 0;
    if (dropped > 0)
      this.#append(`${JSON.stringify({ time: this.#now(), dropped, msg: 'too many lines' })}\n`);
  }

  /** A disk that is full or gone must not fail what was to be noted. */
  #append(line: string): void {
    try {
      if (this.#size > CAP_BYTES) this.#turnOver();
      appendFileSync(this.#file, line, { mode: 0o600 });
      this.#size += Buffer.byteLength(line);
    } catch {
      // There is no other place to say it in.
    }
  }

  #turnOver(): void {
    const earlier = earlierOf(this.#file);
    // Windows refuses to rename over a file that somebody has open for reading; removing it first may work.
    rmSync(earlier, { force: true });
    renameSync(this.#file, earlier);
    this.#size = 0;
  }
}
