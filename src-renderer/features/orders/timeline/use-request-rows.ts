import { ref, shallowRef, watch } from 'vue';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { RequestRow } from '../../../../src-preload/contract/types/activity.ts';
import { api } from '../../../lib/api.ts';

/** The contract's largest page. */
const STEP = 500;
/** An order of last month must not make one look read the whole log. */
const MOST_STEPS = 6;

/** Finds rows of the request log by their ids. The log is paged newest first, and its ids rise with time. */
export function useRequestRows(
  source: () => { readonly accountId: string; readonly ids: readonly number[] },
) {
  const rows = shallowRef<ReadonlyMap<number, RequestRow>>(new Map());
  const searching = ref(false);
  const error = shallowRef<ErrorShape | null>(null);
  let question = 0;

  async function find(): Promise<void> {
    const { accountId, ids } = source();
    question += 1;
    const mine = question;
    const found = new Map([...rows.value].filter(([id]) => ids.includes(id)));
    const oldest = Math.min(...ids);
    searching.value = ids.some((id) => !found.has(id));
    for (let step = 0; step < MOST_STEPS && found.size < ids.length; step += 1) {
      const answer = await api.activity.requests({ accountId, limit: STEP, offset: step * STEP });
      if (mine !== question) return;
      error.value = answer.ok ? null : answer.error;
      if (!answer.ok) break;
      const page = answer.value.rows;
      for (const row of page) if (ids.includes(row.id)) found.set(row.id, row);
      const last = page.at(-1);
      if (last === undefined || last.id < oldest || (step + 1) * STEP >= answer.value.total) break;
    }
    rows.value = found;
    searching.value = false;
  }

  watch(
    () => JSON.stringify(source()),
    () => void find(),
    { immediate: true },
  );
  return { rows, searching, error, find };
}
