/**
 * One subscription for all who want it: starts with the first user, ends with the last. Several views show
 * the same orders at once, and main limits how many topics a window may hold.
 */
export function refCounted(start: () => () => void): () => () => void {
  let users = 0;
  let stop: () => void = () => undefined;
  return () => {
    users += 1;
    if (users === 1) stop = start();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      users -= 1;
      if (users === 0) stop();
    };
  };
}
