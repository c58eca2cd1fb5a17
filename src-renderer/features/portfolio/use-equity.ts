import { computed, ref, shallowRef, toValue, watch } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type {
  EquityPoint,
  EquityRange,
  PortfolioView,
} from '../../../src-preload/contract/types/portfolio.ts';
import { api } from '../../lib/api.ts';

/**
 * The curve of the chosen range. `version` is anything whose change makes the stored points different, such
 * as the display currency.
 */
export function useEquity(
  range: MaybeRefOrGetter<EquityRange>,
  version: MaybeRefOrGetter<string | null>,
  present: MaybeRefOrGetter<PortfolioView | null>,
) {
  const stored = shallowRef<readonly EquityPoint[] | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const loading = ref(false);
  let question = 0;

  async function load(): Promise<void> {
    question += 1;
    const mine = question;
    loading.value = true;
    const answer = await api.portfolio.equity({ range: toValue(range) });
    if (mine !== question) return;
    loading.value = false;
    if (answer.ok) stored.value = answer.value;
    error.value = answer.ok ? null : answer.error;
  }

  watch(
    () => [toValue(range), toValue(version)],
    () => {
      // Points of another range or currency under the new heading would be a wrong statement.
      stored.value = null;
      void load();
    },
    { immediate: true },
  );

  return {
    points: computed(() => withPresent(stored.value, toValue(present))),
    loaded: computed(() => stored.value !== null),
    loading,
    error,
    reload: load,
  };
}

/** Stored points and, as the newest, the total that stands in the header: the curve ends where the figure is. */
export function withPresent(
  stored: readonly EquityPoint[] | null,
  view: PortfolioView | null,
): readonly EquityPoint[] {
  const points = stored ?? [];
  const newest = points.at(-1);
  if (newest === undefined || view === null || view.total === null || view.asOf === null) return points;
  if (view.asOf <= newest.time) return points;
  return [...points, { time: view.asOf, equity: view.total, accounts: countedAccounts(view) }];
}

/** Ids of the accounts that the total is made of, sorted as in the stored points. */
export const countedAccounts = (view: PortfolioView): readonly string[] =>
  view.accounts
    .filter((account) => account.counted)
    .map((account) => account.accountId)
    .sort();
