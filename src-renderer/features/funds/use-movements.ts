import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type { FundsMovement } from '../../../src-preload/contract/types/funds.ts';
import { api, shapeOf } from '../../lib/api.ts';

export const MOVEMENT_KINDS = ['deposits', 'withdrawals', 'transfers', 'conversions'] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** One kind of movement, newest first, page by page as far as a person wants to look back. */
export function useMovements(accountId: () => string) {
  const kind = ref<MovementKind>('deposits');
  const rows = shallowRef<readonly FundsMovement[]>([]);
  const cursor = shallowRef<string | null>(null);
  const loaded = ref(false);
  const loading = ref(false);
  const error = shallowRef<ErrorShape | null>(null);
  let turn = 0;

  async function load(more: boolean): Promise<void> {
    turn += 1;
    const mine = turn;
    loading.value = true;
    error.value = null;
    try {
      const question = { accountId: accountId(), cursor: more ? cursor.value : null };
      const answer = await api.funds[kind.value](question);
      if (mine !== turn) return;
      if (answer.ok) {
        rows.value = more ? [...rows.value, ...answer.value.rows] : answer.value.rows;
        cursor.value = answer.value.cursor;
        loaded.value = true;
      } else {
        error.value = answer.error;
      }
    } catch (thrown) {
      if (mine === turn) error.value = shapeOf(thrown);
    }
    if (mine === turn) loading.value = false;
  }

  watch(
    kind,
    () => {
      rows.value = [];
      cursor.value = null;
      loaded.value = false;
      void load(false);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    turn += 1;
  });
  return { kind, rows, cursor, loaded, loading, error, load };
}
