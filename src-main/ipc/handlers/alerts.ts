import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { Alerts } from '../../alerts/alerts.ts';
import type { LedgerRepositories } from '../../storage/ledger/ledger.ts';
import type { CallContext } from '../router.ts';

export interface AlertParts {
  readonly alerts: Alerts;
  readonly ledger: LedgerRepositories;
}

export function alertsHandlers(live: () => AlertParts): Handlers<CallContext>['alerts'] {
  return {
    list: () => live().alerts.list(),
    create: (draft) => live().alerts.create(draft),
    update: ({ alertId, ...draft }) => live().alerts.update(alertId, draft),
    pause: ({ alertId }) => live().alerts.setPaused(alertId, true),
    resume: ({ alertId }) => live().alerts.setPaused(alertId, false),
    remove: async ({ alertId }) => {
      await live().alerts.remove(alertId);
      return null;
    },
    log: (page) => live().ledger.alerts.firings(page),
    markSeen: () => live().ledger.alerts.markSeen(),
  };
}
