import { notSent } from './failures.ts';
import { systemTime } from './time.ts';
import type { NetTime } from './time.ts';

/** From asking for an order until its first byte: what waits longer would go out at a price of the past. */
export const ORDER_DEADLINE_MS = 5_000;

/** Until when the first byte of a request has to be written. */
export interface SendDeadline {
  /** Zero or less: too late. */
  leftMs(): number;
}

/**
 * Counted from now, by the sooner of both clocks: the monotonic one can stand still in sleep, and an order must not
 * go out when the machine wakes up.
 */
export function sendWithin(ms: number, time: Pick<NetTime, 'now' | 'monotonic'> = systemTime): SendDeadline {
  const until = time.now() + ms;
  const untilMonotonic = time.monotonic() + ms;
  return { leftMs: () => Math.min(until - time.now(), untilMonotonic - time.monotonic()) };
}

/** Throws `unavailable`/`net.notSent` when it is too late. */
export function refuseLate(deadline: SendDeadline | undefined): void {
  if (deadline !== undefined && deadline.leftMs() <= 0) throw tooLate();
}

export const tooLate = () => notSent('it could not be sent at once, and its price may be old by now');
