import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';

/** The file is turned over at this size; one earlier file is kept. */
const CAP_BYTES = 5 * 1024 * 1024;
const NAME = 'holdfast.log';

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
 * the last line before a crash is there.
 */
export function openAppLog(folder: string): AppLog {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, NAME);
  turnOver(file);
  return pino(
    {
      base: null,
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    pino.destination({ dest: file, sync: true, mode: 0o600 }),
  );
}

function turnOver(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > CAP_BYTES) renameSync(file, `${file}.1`);
}
