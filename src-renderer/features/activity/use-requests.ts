import { computed, ref, shallowRef, watch } from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type { RequestRow } from '../../../src-preload/contract/types/activity.ts';
import { api } from '../../lib/api.ts';
import { useTopic } from '../../lib/use-topic.ts';
import type { FetchRows } from '../orders/collect-page.ts';
import { usePaged } from '../orders/use-paged.ts';
import { matches, queryOf, type ActivityFilter } from './activity-filter.ts';

const PAGE = 100;
/** So many live rows are put above the first page before it is read anew: the table stays small. */
const LIVE_MOST = 100;
/** Live rows that are kept while paused or on an older page. */
const KEPT_MOST = 500;

/**
 * The request log: pages of the ledger, and above the first page what has ended since it was read. The log grows
 * at its top, so that later pages are asked for with the rows added that have arrived meanwhile: no row is shown
 * twice and none is skipped.
 */
export function useRequests(filter: () => ActivityFilter) {
  /** Ended since the first page was read, newest first. */
  const arrived = shallowRef<readonly RequestRow[]>([]);
  const arrivedCount = ref(0);
  /** What was shown when the tail was paused; null while it runs. */
  const frozen = shallowRef<readonly RequestRow[] | null>(null);
  const tailError = shallowRef<ErrorShape | null>(null);
  let turn = 0;
  /** The first page holds everything up to this row. */
  let newest = Number.NEGATIVE_INFINITY;

  /** From here on counts what is newer than these rows. */
  function anchor(rows: readonly RequestRow[]): void {
    newest = rows[0]?.id ?? Number.NEGATIVE_INFINITY;
    arrived.value = arrived.value.filter(({ id }) => id > newest);
    arrivedCount.value = arrived.value.length;
    if (frozen.value !== null) frozen.value = [];
  }

  const fetcher =
    (query: ReturnType<typeof queryOf>): FetchRows<RequestRow> =>
    async (limit, offset) => {
      const first = offset === 0;
      if (first) turn += 1;
      const mine = turn;
      const moved = first ? 0 : arrivedCount.value;
      const answer = await api.activity.requests({ ...query, limit, offset: offset + moved });
      if (!answer.ok) return answer;
      const { rows, total } = answer.value;
      // An overtaken answer belongs to another filter: it must not say what is new.
      if (first && mine === turn) anchor(rows);
      return { ok: true, value: { rows, total: total - moved } };
    };
  const paged = usePaged<RequestRow>(() => ({ fetchRows: fetcher(queryOf(filter())) }), PAGE);

  watch(filter, () => {
    arrived.value = [];
    arrivedCount.value = 0;
    if (frozen.value !== null) frozen.value = [];
  });

  const atTop = computed(() => paged.number.value === 1);
  const live = computed(() => (atTop.value ? (frozen.value ?? arrived.value) : []));

  useTopic('activity.requests', () => (tailError.value === null ? {} : null), {
    next: (batch) => {
      const fresh = batch.filter((row) => row.id > newest && matches(row, filter())).toReversed();
      if (fresh.length === 0) return;
      arrived.value = [...fresh, ...arrived.value].slice(0, KEPT_MOST);
      arrivedCount.value += fresh.length;
      if (frozen.value === null && atTop.value && arrivedCount.value > LIVE_MOST) void paged.reload();
    },
    error: (error) => {
      tailError.value = error;
    },
  });

  function setPaused(paused: boolean): void {
    frozen.value = paused ? arrived.value : null;
    if (!paused && atTop.value && arrivedCount.value > LIVE_MOST) void paged.reload();
  }

  /** Reads the page anew, and listens again if the tail had broken. */
  async function reload(): Promise<void> {
    tailError.value = null;
    await paged.reload();
  }

  return {
    ...paged,
    reload,
    /** Why the page could not be read, or why nothing new comes in any more. */
    error: computed(() => paged.error.value ?? tailError.value),
    rows: computed(() => [...live.value, ...paged.rows.value]),
    total: computed(() => paged.total.value + arrivedCount.value),
    from: computed(() => (atTop.value ? 1 : paged.from.value + arrivedCount.value)),
    paused: computed({ get: () => frozen.value !== null, set: setPaused }),
    /** Rows that wait because the tail is paused or an older page is open. */
    held: computed(() => arrivedCount.value - live.value.length),
    tailError,
  };
}
