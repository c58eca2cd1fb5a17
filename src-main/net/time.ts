/** Time as the network sees it: one object, so that a test moves wall clock, monotonic clock and timers together. */
export interface NetTime {
  /** ms UTC; can jump when the user or NTP sets the clock. */
  now(): number;
  /** ms from an unknown start; never jumps, may stand still while the machine sleeps. */
  monotonic(): number;
  /** Runs once after `ms`; the answer cancels it. Does not keep the process alive. */
  after(ms: number, run: () => void): () => void;
}

export const systemTime: NetTime = {
  now: Date.now,
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
