/** How a Bybit venue does, out of its connections: the worst of them is what is shown. */
import type { SocketSession, SocketState } from '../../net/types.ts';
import type { VenueHealth } from '../exchange.ts';

type State = VenueHealth['state'];

const OF_SOCKET: Readonly<Record<SocketState, State>> = {
  idle: 'connecting',
  connecting: 'connecting',
  authenticating: 'connecting',
  live: 'live',
  stale: 'stale',
  backingOff: 'backingOff',
  failed: 'failed',
  closed: 'off',
};
const WORST_FIRST: readonly State[] = ['failed', 'backingOff', 'stale', 'connecting', 'live'];
/** Orders go over REST while this one is down, so it does not make the venue look broken. */
const OPTIONAL = 'trade';

export interface HealthParts {
  readonly venue: VenueHealth['venue'];
  readonly now: number;
  readonly publicStreams: VenueHealth['streams'];
  readonly privateSessions: readonly { readonly name: string; readonly session: SocketSession }[];
  readonly lastDataAt: number | null;
  readonly latencyMs: number | null;
  readonly clockOffsetMs: number | null;
  readonly budget: number | null;
  readonly pausedUntil: number | null;
  readonly remarks: readonly string[];
}

export function healthOf(parts: HealthParts): VenueHealth {
  const stats = parts.privateSessions.map(({ name, session }) => ({ name, ...session.stats() }));
  const required = stats.filter(({ name }) => name !== OPTIONAL);
  const states = [
    ...parts.publicStreams.map(({ state }) => stateOf(state)),
    ...required.map(({ state }) => stateOf(state)),
  ];
  const attempts = [parts.pausedUntil, ...stats.map(({ nextAttemptAt }) => nextAttemptAt)].filter(
    (time) => time !== null,
  );
  return {
    venue: parts.venue,
    state: overall(states, parts),
    latencyMs: parts.latencyMs === null ? null : Math.round(parts.latencyMs),
    clockOffsetMs: parts.clockOffsetMs,
    dataAgeMs: parts.lastDataAt === null ? null : Math.max(0, parts.now - parts.lastDataAt),
    budget: parts.budget,
    streams: [
      ...parts.publicStreams,
      ...stats.map(({ name, state, lastFrameAt }) => ({
        name,
        state,
        ageMs: lastFrameAt === null ? null : Math.max(0, parts.now - lastFrameAt),
      })),
    ],
    nextAttemptAt: attempts.length === 0 ? null : Math.min(...attempts),
    lastError:
      stats.find(({ state, lastError }) => state !== 'live' && lastError !== null)?.lastError ?? null,
    ...(parts.remarks.length === 0 ? {} : { remarks: parts.remarks }),
  };
}

/** Without streams a venue that answered over REST is live, and one that was never asked is off. */
function overall(states: readonly State[], parts: HealthParts): State {
  if (parts.pausedUntil !== null) return 'paused';
  const worst = WORST_FIRST.find((state) => states.includes(state));
  return worst ?? (parts.latencyMs === null ? 'off' : 'live');
}

const stateOf = (state: string): State =>
  state in OF_SOCKET ? OF_SOCKET[state as SocketState] : 'connecting';
