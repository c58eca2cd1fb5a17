import type { SocketTiming } from './types.ts';

/** What fits every venue so far; a venue's own needs go over it. */
export const SOCKET_TIMING: SocketTiming = {
  pingEveryMs: 20_000,
  silentMs: 30_000,
  pongMs: 10_000,
  openMs: 10_000,
  loginMs: 10_000,
  backoffMs: 1_000,
  backoffMaxMs: 30_000,
  maxAgeMs: 0,
};
