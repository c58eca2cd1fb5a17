import type { Alert } from '../../../src-preload/contract/types/alert.ts';

const RANK: Readonly<Record<Alert['state'], number>> = { active: 0, paused: 1, done: 2 };

/** Armed ones first, then paused, then done; the newest first within each. */
export function sortAlerts(alerts: readonly Alert[]): readonly Alert[] {
  return [...alerts].sort(
    (a, b) => RANK[a.state] - RANK[b.state] || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1),
  );
}
