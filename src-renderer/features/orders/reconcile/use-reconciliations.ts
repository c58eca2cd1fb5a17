import { ref, shallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import type {
  ReconciliationNews,
  ReconciliationReport,
} from '../../../../src-preload/contract/types/trading.ts';
import { api } from '../../../lib/api.ts';
import { useTopic } from '../../../lib/use-topic.ts';

const isEnded = ({ outcome }: ReconciliationReport): boolean => outcome !== 'running';
const newestFirst = (reports: readonly ReconciliationReport[]): readonly ReconciliationReport[] =>
  [...reports].sort((a, b) => b.startedAt - a.startedAt);

/** What the comparisons of each account found, as they end, and the button that makes a new one. */
export function useReconciliations() {
  const reports = shallowRef<readonly ReconciliationReport[]>([]);
  const loaded = ref(false);
  const error = shallowRef<ErrorShape | null>(null);
  /** Accounts that are being compared now, whoever asked for it. */
  const running = shallowRef<ReadonlySet<string>>(new Set());
  /** Accounts of which this window asked for a comparison and waits for it. */
  const asked = shallowRef<ReadonlySet<string>>(new Set());
  const failures = shallowRef<ReadonlyMap<string, ErrorShape>>(new Map());
  let question = 0;

  const without = (set: ReadonlySet<string>, id: string): ReadonlySet<string> =>
    new Set([...set].filter((one) => one !== id));

  async function load(): Promise<void> {
    question += 1;
    const mine = question;
    const answer = await api.trading.reconciliations({});
    // Overtaken by a newer question, or by a report that was made meanwhile.
    if (mine !== question) return;
    error.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    reports.value = newestFirst(answer.value.filter(isEnded));
    running.value = new Set(answer.value.filter((one) => !isEnded(one)).map(({ accountId }) => accountId));
    loaded.value = true;
  }

  function hear(news: readonly ReconciliationNews[]): void {
    for (const { accountId, outcome } of news)
      running.value =
        outcome === 'running' ? new Set([...running.value, accountId]) : without(running.value, accountId);
    // The news say that there is a report; what was found is in the list.
    if (news.some(({ outcome }) => outcome !== 'running')) void load();
    // A list that was asked for before would take the beginning back.
    else question += loaded.value ? 1 : 0;
  }

  function note(accountId: string, answer: Result<ReconciliationReport>): void {
    const others = [...failures.value].filter(([id]) => id !== accountId);
    failures.value = new Map(answer.ok ? others : [...others, [accountId, answer.error]]);
    if (!answer.ok) return;
    const report = answer.value;
    const rest = reports.value.filter(
      (one) => one.accountId !== accountId || one.startedAt !== report.startedAt,
    );
    reports.value = newestFirst([report, ...rest]);
  }

  async function reconcile(accountId: string): Promise<void> {
    if (asked.value.has(accountId)) return;
    asked.value = new Set([...asked.value, accountId]);
    const answer = await api.trading.reconcile({ accountId });
    question += 1;
    asked.value = without(asked.value, accountId);
    note(accountId, answer);
  }

  // Lost news: only the list is true then.
  useTopic('trading.reconciliation', {}, { next: hear, error: () => void load() });
  void load();
  return {
    /** Newest first, without the one that is under way. */
    reportsOf: (accountId: string) => reports.value.filter((one) => one.accountId === accountId),
    failureOf: (accountId: string) => failures.value.get(accountId) ?? null,
    isRunning: (accountId: string) => asked.value.has(accountId) || running.value.has(accountId),
    loaded,
    error,
    load,
    reconcile,
  };
}
