import { setTimeout as delay } from 'node:timers/promises';

/** Time as the session uses it: one parameter, so that tests own it. */
export interface Timers {
  /** Milliseconds UTC. */
  readonly now: () => number;
  /** Milliseconds from an unknown start; never jumps, whoever sets the clock. */
  readonly monotonic: () => number;
  readonly every: (ms: number, run: () => void) => () => void;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly wait: (ms: number) => Promise<void>;
}

/** The real thing. None of these keeps the process alive. */
export const systemTimers: Timers = {
  now: Date.now,
  monotonic: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
  wait: (ms) => delay(ms, undefined, { ref: false }),
};
