/** The network's own failures. Their texts reach the window: no host, no path, no library message in them. */
import { HoldfastError } from '../errors.ts';

/** Surely nothing reached the venue. */
export const notSent = (why: string, cause?: unknown): HoldfastError =>
  new HoldfastError('unavailable', 'net.notSent', `Nothing was sent: ${why}.`, {}, cause);

/** The request may have arrived. For a write that means that nobody knows whether the venue acted. */
export const noAnswer = (isWrite: boolean, why: string, cause?: unknown): HoldfastError =>
  isWrite
    ? new HoldfastError(
        'unknownOutcome',
        'net.noAnswer',
        `The request was sent, but ${why}: the venue may or may not have acted.`,
        {},
        cause,
      )
    : new HoldfastError('unavailable', 'net.noAnswer', `The venue did not answer: ${why}.`, {}, cause);

export const paused = (reason: string, retryAfterMs: number): HoldfastError =>
  new HoldfastError(
    'rateLimited',
    'net.paused',
    `Nothing is sent to this venue for ${seconds(retryAfterMs)}: ${reason}`,
    { retryAfterMs },
  );

/** `waitMs` may be Infinity: a batch larger than the whole limit. */
export const tooLong = (waitMs: number): HoldfastError => {
  const retryAfterMs = Math.min(600_000, Math.max(1000, Math.ceil(waitMs)));
  return new HoldfastError(
    'rateLimited',
    'net.tooLong',
    `The venue's request limit is used up for ${seconds(retryAfterMs)}. Nothing was sent.`,
    { retryAfterMs },
  );
};

export const breakerOpen = (retryAfterMs: number): HoldfastError =>
  new HoldfastError(
    'unavailable',
    'net.breakerOpen',
    `Too many requests to this venue failed in a row; reading resumes in ${seconds(retryAfterMs)}.`,
    { retryAfterMs },
  );

const seconds = (ms: number): string => `${String(Math.max(1, Math.ceil(ms / 1000)))} s`;
