/** The application as a person with limits and a kill switch uses it: everything through the border's handlers. */
import { expect, vi } from 'vitest';
import type { KillSwitchStatus, RiskLimits } from '../../../src-preload/contract/types/risk.ts';
import { NO_LIMITS } from '../../../src-main/risk/risk-limits.ts';
import { PASSPHRASE, bytes } from '../../support/application.ts';
import type { TestApplication } from '../../support/application.ts';
import { CONTEXT } from '../running.ts';

export const limit = (
  app: TestApplication,
  over: Partial<RiskLimits>,
  accountId: string | null = null,
  passphrase = PASSPHRASE,
) =>
  app.handlers.risk.setLimits(
    { accountId, limits: mutable({ ...NO_LIMITS, ...over }), passphrase: bytes(passphrase) },
    CONTEXT,
  );

const mutable = (limits: RiskLimits) => ({
  ...limits,
  allowedMarkets: limits.allowedMarkets === null ? null : [...limits.allowedMarkets],
});

export const engage = (app: TestApplication, flatten = false) =>
  app.handlers.risk.engageKillSwitch({ flatten }, CONTEXT);

export const release = (app: TestApplication, passphrase = PASSPHRASE) =>
  app.handlers.risk.releaseKillSwitch({ passphrase: bytes(passphrase) }, CONTEXT);

export const killed = (app: TestApplication) => app.handlers.risk.killSwitch({}, CONTEXT);

export async function verified(app: TestApplication): Promise<KillSwitchStatus> {
  await vi.waitFor(
    async () => {
      const status = await killed(app);
      expect(status.progress, JSON.stringify(status.steps.filter(({ result }) => result !== 'gone'))).toBe(
        'verified',
      );
    },
    { timeout: 30_000, interval: 50 },
  );
  return killed(app);
}

let intents = 0;
/** A new id for each press. */
export const intent = (): string => `risk-${String((intents += 1))}`;
