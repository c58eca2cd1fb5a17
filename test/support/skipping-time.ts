import type { NetTime } from '../../src-main/net/time.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  handle: NodeJS.Timeout;
}

/**
 * Real time that can be moved on: sockets work as always, and nobody waits ten minutes for a ban to end. What came
 * due in a skipped stretch runs in its order; a machine that slept runs none of it before it wakes.
 */
export class SkippingTime implements NetTime {
  #wallSkew = 0;
  #skew = 0;
  #frozenAt: number | null = null;
  #order = 0;
  readonly #timers = new Set<Timer>();

  now = (): number => Math.floor(Date.now() + this.#wallSkew - this.#held());
  monotonic = (): number => this.#frozenAt ?? performance.now() + this.#skew;
  after = (ms: number, run: () => void): (() => void) => {
    const at = this.monotonic() + ms;
    const timer: Timer = { at, order: (this.#order += 1), run, handle: setTimeout(() => undefined) };
    this.#arm(timer);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer.handle);
      this.#timers.delete(timer);
    };
  };

  /** Moves on by `ms`, running what comes due on the way at its own time. */
  skip(ms: number): void {
    const from = this.monotonic();
    const end = from + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#frozenAt = Math.max(next.at, this.#frozenAt ?? from);
      this.#take(next);
    }
    this.#frozenAt = null;
    this.#skew += ms;
    this.#wallSkew += ms;
    // What was set on the way has a real timer that does not know of the skip.
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** The machine sleeps: time passes and no timer runs before its end. */
  sleep(ms: number): void {
    this.#skew += ms;
    this.#wallSkew += ms;
    for (let next = this.#next(this.monotonic()); next !== undefined; next = this.#next(this.monotonic()))
      this.#take(next);
  }

  /** Somebody set the wall clock. */
  setBy(ms: number): void {
    this.#wallSkew += ms;
  }

  /** How far the wall clock is behind while a skipped stretch is walked through. */
  #held(): number {
    return this.#frozenAt === null ? 0 : performance.now() + this.#skew - this.#frozenAt;
  }

  #take(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
    timer.run();
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.handle);
    timer.handle = setTimeout(
      () => {
        this.#take(timer);
      },
      Math.max(0, timer.at - this.monotonic()),
    );
    timer.handle.unref();
  }

  #next(until: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ at }) => at <= until)
      .sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}
