import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import type { Alert, AlertFiring } from './types/alert.ts';
import { decimal, id, label, market, nothing, page, positiveDecimal, venue } from './values.ts';

const condition = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('priceCrosses'),
    market,
    direction: z.enum(['above', 'below', 'either']),
    price: positiveDecimal,
    source: z.enum(['last', 'mark']),
  }),
  z.strictObject({
    kind: z.literal('percentMove'),
    market,
    direction: z.enum(['up', 'down', 'either']),
    percent: positiveDecimal,
    windowMinutes: z
      .int()
      .check(z.minimum(1, 'must be 1 to 1440 minutes'), z.maximum(1440, 'must be 1 to 1440 minutes')),
  }),
  z.strictObject({ kind: z.literal('orderFilled'), accountId: z.nullable(id), partial: z.boolean() }),
  z.strictObject({
    kind: z.literal('connectionLost'),
    venue: z.nullable(venue),
    afterSeconds: z
      .int()
      .check(z.minimum(1, 'must be 1 to 3600 seconds'), z.maximum(3600, 'must be 1 to 3600 seconds')),
  }),
]);

const draft = {
  label,
  condition,
  repeat: z.enum(['once', 'repeating']),
  cooldownSeconds: z
    .int()
    .check(z.minimum(0, 'must be 0 to 86400 seconds'), z.maximum(86_400, 'must be 0 to 86400 seconds')),
  hysteresisPercent: decimal,
  notify: z.boolean(),
};
const byId = z.strictObject({ alertId: id });

export const alerts = {
  calls: {
    list: call<readonly Alert[]>()({ input: nothing, capability: 'read', unlocked: true }),
    create: call<Alert>()({ input: z.strictObject(draft), capability: 'trade', unlocked: true }),
    update: call<Alert>()({
      input: z.strictObject({ alertId: id, ...draft }),
      capability: 'trade',
      unlocked: true,
    }),
    pause: call<Alert>()({ input: byId, capability: 'trade', unlocked: true }),
    resume: call<Alert>()({ input: byId, capability: 'trade', unlocked: true }),
    remove: call<null>()({ input: byId, capability: 'trade', unlocked: true }),
    /** Newest first. */
    log: call<{ rows: readonly AlertFiring[]; total: number; unseen: number }>()({
      input: z.strictObject(page),
      capability: 'read',
      unlocked: true,
    }),
    markSeen: call<null>()({ input: nothing, capability: 'read', unlocked: true }),
  },
  topics: {
    list: topic<readonly Alert[]>()({ params: nothing, delivery: 'latest', unlocked: true }),
    fired: topic<AlertFiring>()({ params: nothing, delivery: 'every', unlocked: true }),
  },
};
