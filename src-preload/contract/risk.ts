import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import type { KillSwitchStatus, PositionSize, RiskLimitsEntry, RiskUse } from './types/risk.ts';
import { id, nothing, positiveDecimal, secretBytes, symbol } from './values.ts';

const count = z.int('must be a whole number').check(z.minimum(1, 'must be at least 1'), z.maximum(10_000));
const fraction = positiveDecimal;

const limits = z.strictObject({
  maxOrderNotional: z.nullable(positiveDecimal),
  maxPositionShare: z.nullable(fraction),
  maxOpenOrders: z.nullable(count),
  priceBand: z.nullable(fraction),
  maxDailyLoss: z.nullable(positiveDecimal),
  maxOrdersPerMinute: z.nullable(count),
  allowedMarkets: z.nullable(z.array(symbol).check(z.minLength(1), z.maxLength(200))),
});

export const risk = {
  calls: {
    /** The global limits first, then those of every account. */
    limits: call<readonly RiskLimitsEntry[]>()({ input: nothing, capability: 'read', unlocked: true }),
    /** Asks for the passphrase: whoever sits at an unlocked machine must not be able to loosen them. */
    setLimits: call<RiskLimitsEntry>()({
      input: z.strictObject({ accountId: z.nullable(id), limits, passphrase: secretBytes }),
      capability: 'trade',
      unlocked: true,
    }),
    use: call<readonly RiskUse[]>()({ input: nothing, capability: 'read', unlocked: true }),
    killSwitch: call<KillSwitchStatus>()({ input: nothing, capability: 'read', unlocked: true }),
    /** Needs no passphrase: stopping is never made slow. Again while engaged = try what is left once more. */
    engageKillSwitch: call<KillSwitchStatus>()({
      input: z.strictObject({ flatten: z.boolean() }),
      capability: 'trade',
      unlocked: true,
    }),
    releaseKillSwitch: call<KillSwitchStatus>()({
      input: z.strictObject({ passphrase: secretBytes }),
      capability: 'trade',
      unlocked: true,
    }),
    /** How much to buy or sell so that the stop costs at most the given amount, fees included. */
    positionSize: call<PositionSize>()({
      input: z.strictObject({
        accountId: id,
        symbol,
        side: z.enum(['buy', 'sell']),
        entry: positiveDecimal,
        stop: positiveDecimal,
        /** Quote or settlement currency; or `riskShare` of the available balance as a fraction. */
        riskAmount: z.optional(positiveDecimal),
        riskShare: z.optional(fraction),
      }),
      capability: 'read',
      unlocked: true,
    }),
  },
  topics: {
    killSwitch: topic<KillSwitchStatus>()({ params: nothing, delivery: 'latest', unlocked: true }),
  },
};
