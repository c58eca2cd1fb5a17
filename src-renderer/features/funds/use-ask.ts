import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue';
import type { ErrorShape, Result } from '../../../src-preload/contract/result.ts';
import { shapeOf } from '../../lib/api.ts';

/**
 * Asks main again whenever the question changes, and shows only the answer to the last question: an address of
 * another network must never appear under this one. A question of `null` is not asked.
 */
export function useAsk<Q, T>(question: MaybeRefOrGetter<Q | null>, ask: (question: Q) => Promise<Result<T>>) {
  const value = shallowRef<T | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const loading = shallowRef(false);
  /** When what stands in `value` was asked for, ms UTC: it is at least that old. */
  const at = shallowRef<number | null>(null);
  let turn = 0;

  async function load(): Promise<void> {
    const asked = toValue(question);
    turn += 1;
    const mine = turn;
    error.value = null;
    loading.value = asked !== null;
    if (asked === null) return;
    const askedAt = Date.now();
    try {
      const answer = await ask(asked);
      if (mine !== turn) return;
      if (answer.ok) {
        value.value = answer.value;
        at.value = askedAt;
      } else error.value = answer.error;
    } catch (thrown) {
      if (mine === turn) error.value = shapeOf(thrown);
    }
    if (mine === turn) loading.value = false;
  }

  watch(
    () => JSON.stringify(toValue(question)),
    () => {
      value.value = null;
      at.value = null;
      void load();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    turn += 1;
  });
  return { value, error, loading, at, load };
}
