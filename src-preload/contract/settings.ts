import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import type { Settings } from './types/settings.ts';
import { nothing } from './values.ts';

const flag = z.optional(z.boolean());

/** Every field optional: what is given changes, the rest stays. `practice` has its own domain. */
const change = z.strictObject({
  theme: z.optional(z.enum(['system', 'dark', 'light'])),
  palette: z.optional(z.enum(['greenRed', 'blueOrange'])),
  density: z.optional(z.enum(['comfortable', 'compact'])),
  language: z.optional(z.enum(['en', 'de'])),
  currency: z.optional(z.enum(['USD', 'EUR', 'USDT', 'BTC', 'ETH'])),
  hideAmounts: flag,
  lock: z.optional(
    z.strictObject({
      idleMinutes: z.optional(
        z
          .int()
          .check(z.minimum(0, 'must be 0 to 1440 minutes'), z.maximum(1440, 'must be 0 to 1440 minutes')),
      ),
      onSuspend: flag,
      onScreenLock: flag,
      onMinimize: flag,
    }),
  ),
  confirmations: z.optional(z.strictObject({ orders: flag, cancelAll: flag })),
  repeatOrders: z.optional(z.boolean('must be true or false')),
  durability: z.optional(z.enum(['power', 'process'], 'must be power or process')),
  notifications: z.optional(z.strictObject({ alerts: flag, fills: flag, connection: flag })),
  layout: z.optional(z.string().check(z.maxLength(16_384, 'must be at most 16384 characters'))),
});

export const settings = {
  calls: {
    get: call<Settings>()({ input: nothing, capability: 'read', unlocked: false }),
    update: call<Settings>()({ input: change, capability: 'read', unlocked: false }),
  },
  topics: {
    changed: topic<Settings>()({ params: nothing, delivery: 'latest', unlocked: false }),
  },
};
