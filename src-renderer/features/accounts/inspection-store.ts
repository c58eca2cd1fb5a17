import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import { api, shapeOf } from '../../lib/api.ts';
import { useClearOnLock } from '../orders/use-clear-on-lock.ts';

/** Inspections under way and how the last one failed. They go on while a person looks at another account. */
export const useInspectionStore = defineStore('inspections', () => {
  const running = shallowRef<ReadonlySet<string>>(new Set());
  const errors = shallowRef<ReadonlyMap<string, ErrorShape>>(new Map());

  function note(accountId: string, error: ErrorShape | null): void {
    const next = new Map(errors.value);
    if (error === null) next.delete(accountId);
    else next.set(accountId, error);
    errors.value = next;
  }

  /** Asks the venue; what it says arrives with the list of accounts. A second run while busy is ignored. */
  async function run(accountId: string): Promise<void> {
    if (running.value.has(accountId)) return;
    running.value = new Set([...running.value, accountId]);
    note(accountId, null);
    try {
      const result = await api.accounts.inspect({ accountId });
      if (!result.ok) note(accountId, result.error);
    } catch (thrown) {
      note(accountId, shapeOf(thrown));
    } finally {
      running.value = new Set([...running.value].filter((id) => id !== accountId));
    }
  }

  useClearOnLock(() => {
    errors.value = new Map();
  });
  return {
    run,
    isRunning: (accountId: string): boolean => running.value.has(accountId),
    errorOf: (accountId: string): ErrorShape | null => errors.value.get(accountId) ?? null,
  };
});
