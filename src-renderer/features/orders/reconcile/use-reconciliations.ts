import { computed, ref, shallowRef } from 'vue';
import { useIntervalFn } from '@vueuse/core';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import type { ReconciliationReport } from '../../../../src-preload/contract/types/trading.ts';
import { api } from '../../../lib/api.ts';

/** Reports come from reconnects and timers too; nobody tells the window, so it looks. */
const LOOK_MS = 5000;

/** The newest report of each account: main may name several. */
function newestOf(reports: readonly ReconciliationReport[]): ReadonlyMap<string, ReconciliationReport> {
  const newest = new Map<string, ReconciliationReport>();
  for (const report of reports) {
    const known = newest.get(report.accountId);
    if (known === undefined || report.startedAt > known.startedAt) newest.set(report.accountId, report);
  }
  return newest;
}

/** The last report of each account, and the button that makes a new one. */
export function useReconciliations() {
  const reports = shallowRef<ReadonlyMap<string, ReconciliationReport>>(new Map());
  const loaded = ref(false);
  const error = shallowRef<ErrorShape | null>(null);
  const running = shallowRef<ReadonlySet<string>>(new Set());
  const failures = shallowRef<ReadonlyMap<string, ErrorShape>>(new Map());
  let question = 0;

  async function load(): Promise<void> {
    question += 1;
    const mine = question;
    const answer = await api.trading.reconciliations({});
    // A report that was made meanwhile is newer than this list.
    if (mine !== question) return;
    error.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    reports.value = newestOf(answer.value);
    loaded.value = true;
  }

  function note(accountId: string, answer: Result<ReconciliationReport>): void {
    const others = [...failures.value].filter(([id]) => id !== accountId);
    failures.value = new Map(answer.ok ? others : [...others, [accountId, answer.error]]);
    if (answer.ok) reports.value = new Map([...reports.value, [accountId, answer.value]]);
  }

  async function reconcile(accountId: string): Promise<void> {
    if (running.value.has(accountId)) return;
    running.value = new Set([...running.value, accountId]);
    question += 1;
    const answer = await api.trading.reconcile({ accountId });
    question += 1;
    running.value = new Set([...running.value].filter((id) => id !== accountId));
    note(accountId, answer);
  }

  void load();
  useIntervalFn(() => void load(), LOOK_MS);
  return {
    reportOf: (accountId: string) => reports.value.get(accountId) ?? null,
    failureOf: (accountId: string) => failures.value.get(accountId) ?? null,
    isRunning: (accountId: string) =>
      running.value.has(accountId) || reports.value.get(accountId)?.outcome === 'running',
    anyFailed: computed(() => [...reports.value.values()].some((report) => report.outcome === 'failed')),
    loaded,
    error,
    load,
    reconcile,
  };
}
