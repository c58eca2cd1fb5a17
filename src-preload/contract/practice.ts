import * as z from 'zod/mini';
import { call } from './define.ts';
import type { PracticeSettings } from './types/settings.ts';
import { id, nothing, positiveDecimal } from './values.ts';

export const practice = {
  calls: {
    settings: call<PracticeSettings>()({ input: nothing, capability: 'read', unlocked: true }),
    useSynthetic: call<PracticeSettings>()({
      input: z.strictObject({
        seed: z
          .int('must be a whole number')
          .check(z.minimum(0), z.maximum(4_294_967_295, 'must be at most 4294967295')),
      }),
      capability: 'trade',
      unlocked: true,
    }),
    /** Main opens the file dialog; null when the person cancelled. A file that is no record is refused with its line. */
    chooseReplay: call<PracticeSettings | null>()({
      input: z.strictObject({
        speed: z.int().check(z.minimum(1, 'must be 1 to 100'), z.maximum(100, 'must be 1 to 100')),
      }),
      capability: 'trade',
      unlocked: true,
    }),
    setSpeed: call<PracticeSettings>()({
      input: z.strictObject({
        speed: z.int().check(z.minimum(1, 'must be 1 to 100'), z.maximum(100, 'must be 1 to 100')),
      }),
      capability: 'trade',
      unlocked: true,
    }),
    restartReplay: call<PracticeSettings>()({ input: nothing, capability: 'trade', unlocked: true }),
    /** Puts the account back to its first balances; its history stays in the ledger. */
    resetAccount: call<null>()({ input: nothing, capability: 'trade', unlocked: true }),
    /** Adds play money. */
    deposit: call<null>()({
      input: z.strictObject({ asset: id, amount: positiveDecimal }),
      capability: 'trade',
      unlocked: true,
    }),
  },
  topics: {},
};
