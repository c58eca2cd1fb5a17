import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import { REQUEST_OUTCOMES } from './types/activity.ts';
import type { LatencyRow, RequestRow } from './types/activity.ts';
import { id, nothing, page, venue } from './values.ts';

const filter = {
  venue: z.optional(venue),
  accountId: z.optional(id),
  outcome: z.optional(z.enum(REQUEST_OUTCOMES)),
  /** Part of operation or path. */
  text: z.optional(z.string().check(z.maxLength(80, 'must be at most 80 characters'))),
};

export const activity = {
  calls: {
    /** Newest first. */
    requests: call<{ rows: readonly RequestRow[]; total: number }>()({
      input: z.strictObject({ ...filter, ...page }),
      capability: 'read',
      unlocked: true,
    }),
    latency: call<readonly LatencyRow[]>()({ input: nothing, capability: 'read', unlocked: true }),
    /** Main opens the save dialog; one JSON object a line. Null when the person cancelled. */
    export: call<{ path: string; rows: number } | null>()({
      input: z.strictObject(filter),
      capability: 'read',
      unlocked: true,
    }),
    clear: call<null>()({ input: nothing, capability: 'trade', unlocked: true }),
  },
  topics: {
    /** Each request when it has ended. */
    requests: topic<RequestRow>()({ params: nothing, delivery: 'every', unlocked: true }),
  },
};
