import { toHoldfastError } from '../errors.ts';
import type { ErrorShape } from '../../src-preload/contract/result.ts';

/** Where unexpected failures are reported; the log behind it redacts again. */
export interface FailureLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/**
 * A thrown value as the error that crosses the border. What nobody foresaw is logged by name and place only:
 * the text of an unknown error can hold anything, a path, an input, a venue's body.
 */
export function failureOf(error: unknown, where: string, log: FailureLog): ErrorShape {
  const failure = toHoldfastError(error);
  if (failure.code === 'internal.unexpected') {
    log.error({ where, ...traceOf(failure.cause ?? error) }, 'unexpected failure');
  }
  return failure.toShape();
}

function traceOf(error: unknown): { name: string; frames: readonly string[] } {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.constructor.name, frames: frames.slice(0, 12).map((line) => line.trim()) };
}
