import type { Health, VenueHealth } from '../../../src-preload/contract/types/app.ts';

export type HealthTone = 'good' | 'waiting' | 'warn' | 'bad' | 'off';

const TONES: Readonly<Record<VenueHealth['state'], HealthTone>> = {
  off: 'off',
  connecting: 'waiting',
  live: 'good',
  stale: 'warn',
  backingOff: 'warn',
  failed: 'bad',
  paused: 'off',
};

export const toneOf = (state: VenueHealth['state']): HealthTone => TONES[state];

/** Venues refuse requests from about a second of difference on (recv windows of 1 to 5 s). */
const CLOCK_BAD_MS = 1_000;
const CLOCK_WARN_MS = 500;
/** Below this share of the budget the limiter starts to hold requests back. */
const BUDGET_LOW = 0.2;
const LATENCY_HIGH_MS = 500;

/** Whether the clock needs a person: `bad` means that orders may be refused for it. */
export function clockVerdict(offsetMs: number | null): 'unknown' | 'good' | 'warn' | 'bad' {
  if (offsetMs === null) return 'unknown';
  const size = Math.abs(offsetMs);
  if (size >= CLOCK_BAD_MS) return 'bad';
  return size >= CLOCK_WARN_MS ? 'warn' : 'good';
}

/** Whose clock is ahead: the offset is the venue's minus ours. */
export const clockDirection = (offsetMs: number): 'ahead' | 'behind' => (offsetMs < 0 ? 'ahead' : 'behind');

/** Bybit takes no timestamp from the future: a clock a second ahead fails always, whatever its receive window. */
export const refusesClocksAhead = (venue: VenueHealth['venue']): boolean =>
  venue === 'bybit' || venue === 'bybit-testnet';

type Stream = VenueHealth['streams'][number];

/** Streams that want a look first, oldest before newest; of the rest no more than fit, and how many were left out. */
export function streamsInSight(
  streams: readonly Stream[],
  most: number,
): { readonly shown: readonly Stream[]; readonly rest: number } {
  const sorted = streams.toSorted(
    (a, b) =>
      Number(a.state === 'live') - Number(b.state === 'live') ||
      (b.ageMs ?? 0) - (a.ageMs ?? 0) ||
      a.name.localeCompare(b.name),
  );
  const troubled = sorted.filter(({ state }) => state !== 'live').length;
  const shown = sorted.slice(0, Math.max(most, troubled));
  return { shown, rest: sorted.length - shown.length };
}

export const isBudgetLow = (budget: number | null): boolean => budget !== null && budget < BUDGET_LOW;
export const isSlow = (latencyMs: number | null): boolean =>
  latencyMs !== null && latencyMs > LATENCY_HIGH_MS;

/** Age of a figure now: it was `ageMs` old when main wrote it down, and has aged since. Never negative. */
export function ageNow(ageMs: number | null, writtenAt: number, now: number): number | null {
  return ageMs === null ? null : Math.max(0, ageMs + Math.max(0, now - writtenAt));
}

/** Whole seconds until the next attempt, never below zero; null when none is planned. */
export function secondsUntil(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, Math.ceil((at - now) / 1000));
}

/** Progress of a replay from 0 to 1; an empty record is at its end. */
export function replayProgress(replay: NonNullable<VenueHealth['replay']>): number {
  if (replay.lengthMs <= 0) return 1;
  return Math.min(1, Math.max(0, replay.positionMs / replay.lengthMs));
}

/** Coalesced updates may cross a slow first answer: the later of two wins, whichever arrives last. */
export const newerHealth = (known: Health | null, next: Health): Health =>
  known !== null && known.time > next.time ? known : next;

/** Changes of state worth saying aloud: leaving live, and coming back to it. */
export function spokenChanges(
  before: Health | null,
  after: Health,
): readonly { readonly venue: VenueHealth['venue']; readonly state: VenueHealth['state'] }[] {
  if (before === null) return [];
  const old = new Map(before.venues.map((venue) => [venue.venue, venue.state]));
  return after.venues.flatMap(({ venue, state }) => {
    const was = old.get(venue);
    if (was === undefined || was === state) return [];
    return was === 'live' || state === 'live' || state === 'failed' ? [{ venue, state }] : [];
  });
}
