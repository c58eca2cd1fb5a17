import type { HoldfastError } from '../errors.ts';
import { notSent } from './failures.ts';
import { systemTime } from './time.ts';
import type { NetTime } from './time.ts';

/** From asking for an order until its first byte: what waits longer would go out at a price of the past. */
export const ORDER_DEADLINE_MS = 5_000;

/** Until when the first byte of a request has to be written, and whether it may be written at all. */
export interface SendDeadline {
  /** Zero or less: too late. */
  leftMs(): number;
  /**
   * Why it must not leave any more, though it is in time; null while it may. A request can wait seconds for its turn,
   * and somebody can have stopped everything meanwhile: asked once more before the first byte, and must not throw.
   */
  stopped?(): HoldfastError | null;
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

/** Why nothing may be written any more: what stopped it, or `unavailable`/`net.notSent` when it is too late. */
export const refusalOf = (deadline: SendDeadline | undefined): HoldfastError | null => {
  if (deadline === undefined) return null;
  return deadline.stopped?.() ?? (deadline.leftMs() <= 0 ? tooLate() : null);
};

/** Throws what `refusalOf` answers. */
export function refuseLate(deadline: SendDeadline | undefined): void {
  const refusal = refusalOf(deadline);
  if (refusal !== null) throw refusal;
}

export const tooLate = () => notSent('it could not be sent at once, and its price may be old by now');
