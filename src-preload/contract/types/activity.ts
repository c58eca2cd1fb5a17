/** What went to the venues and came back. Redacted before it is kept: no key, no signature, no secret. */
import type { VenueId } from './market.ts';

export const REQUEST_OUTCOMES = ['ok', 'refused', 'failed', 'unknown'] as const;
/** `refused`: the venue said no. `failed`: nothing came of it. `unknown`: sent, and no answer came. */
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

export interface RequestRecord {
  /** When it was asked for, ms UTC. */
  readonly time: number;
  readonly venue: VenueId;
  readonly accountId: string | null;
  readonly transport: 'http' | 'websocket';
  /** In our words: `order.create`, `instruments`, `connect`. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** Query or body, redacted. */
  readonly request: string;
  /** Body of the answer, redacted, cut after 4 KiB; when there was none, why in our own words, or null. */
  readonly response: string | null;
  /** HTTP status; null over WebSocket or without an answer. */
  readonly status: number | null;
  readonly venueCode: string | null;
  readonly outcome: RequestOutcome;
  /** Waiting for its turn (rate limit, signature), ms. */
  readonly waitedMs: number;
  /** From the first byte sent to the answer, ms; null without an answer. */
  readonly flightMs: number | null;
}

export interface RequestRow extends RequestRecord {
  readonly id: number;
}

/** Over what is kept of the last 24 hours. */
export interface LatencyRow {
  readonly venue: VenueId;
  readonly operation: string;
  readonly transport: RequestRecord['transport'];
  readonly count: number;
  readonly failed: number;
  /** Time in flight, ms. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Intent to acknowledgement (waiting included), ms. */
  readonly ackP50: number;
  readonly ackP99: number;
}
