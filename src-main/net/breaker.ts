import { breakerOpen } from './failures.ts';
import type { NetTime } from './time.ts';
import type { Lane } from './types.ts';

/** This many failures within the window open it. */
export const BREAKER_FAILURES = 10;
export const BREAKER_WINDOW_MS = 10_000;
/** How long it stays open; doubled each time that the probe fails. */
export const BREAKER_OPEN_MS = 5_000;
export const BREAKER_LONGEST_OPEN_MS = 300_000;

/**
 * Stops reading from a venue that only fails. What polls is what storms, and a storm of errors is what gets an
 * address banned. Orders and cancels pass: they are a person's will, they are few, and in a venue's bad hour a
 * cancel or a closing order is what matters most; a ban itself is handled by `pause`, which stops everything.
 */
export class Breaker {
  readonly #time: NetTime;
  /** Monotonic times of the last failures, oldest first. */
  #failures: number[] = [];
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #opensAgainAt = 0;
  #probationUntil = -Infinity;
  #openMs = BREAKER_OPEN_MS;

  constructor(time: NetTime) {
    this.#time = time;
  }

  /** The reason why a job of this lane may not go now. Null lets it pass; the first after the wait is the probe. */
  refuse(lane: Lane): Error | null {
    if (this.#state === 'closed' || lane === 'cancel' || lane === 'order') return null;
    const now = this.#time.monotonic();
    if (now < this.#opensAgainAt) return breakerOpen(this.#opensAgainAt - now);
    // A probe that is never heard of again (its build threw) must not close the door for good.
    this.#state = 'probing';
    this.#opensAgainAt = now + this.#openMs;
    return null;
  }

  failed(): void {
    const now = this.#time.monotonic();
    if (this.#state === 'open') return;
    if (this.#state === 'probing') {
      this.#open(now);
      return;
    }
    this.#failures.push(now);
    while ((this.#failures[0] ?? now) <= now - BREAKER_WINDOW_MS) this.#failures.shift();
    if (this.#failures.length >= BREAKER_FAILURES) this.#open(now);
  }

  /**
   * The venue answered. While probing this closes it, on probation: the adapter judges an answer only after it
   * has it, so a single failure soon after opens it again, for longer.
   */
  answered(): void {
    if (this.#state !== 'probing') return;
    const now = this.#time.monotonic();
    this.#state = 'closed';
    this.#failures = Array.from({ length: BREAKER_FAILURES - 1 }, () => now);
    this.#probationUntil = now + BREAKER_WINDOW_MS;
  }

  /** The network is another one now: what failed on the old one says nothing. */
  reset(): void {
    this.#state = 'closed';
    this.#failures = [];
    this.#probationUntil = -Infinity;
  }

  #open(now: number): void {
    const isRelapse = this.#state === 'probing' || now < this.#probationUntil;
    this.#openMs = isRelapse ? Math.min(BREAKER_LONGEST_OPEN_MS, this.#openMs * 2) : BREAKER_OPEN_MS;
    this.#state = 'open';
    this.#failures = [];
    this.#opensAgainAt = now + this.#openMs;
  }
}
