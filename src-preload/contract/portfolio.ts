import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import { EQUITY_RANGES } from './types/portfolio.ts';
import type { EquityPoint, PortfolioView } from './types/portfolio.ts';
import { nothing } from './values.ts';

export const portfolio = {
  calls: {
    view: call<PortfolioView>()({ input: nothing, capability: 'read', unlocked: true }),
    /** Asks every venue again now. */
    refresh: call<PortfolioView>()({ input: nothing, capability: 'read', unlocked: true }),
    /** From stored snapshots, in the display currency; at most 500 points. */
    equity: call<readonly EquityPoint[]>()({
      input: z.strictObject({ range: z.enum(EQUITY_RANGES) }),
      capability: 'read',
      unlocked: true,
    }),
  },
  topics: {
    view: topic<PortfolioView>()({ params: nothing, delivery: 'latest', unlocked: true }),
  },
};
