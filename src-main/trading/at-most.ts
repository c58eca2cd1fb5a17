/**
 * Runs any number of calls, so many of them at the same time; the others wait for their turn. For questions that a
 * venue is asked in swarms: what it allows per second is the adapter's to know, but nobody else is to wait behind all
 * of them.
 */
export function atMost(limit: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (call) => {
    if (running < limit) running += 1;
    // Whoever ends hands the place on: in between it belongs to nobody else.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
