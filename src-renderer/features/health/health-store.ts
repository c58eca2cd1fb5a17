import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type { Health } from '../../../src-preload/contract/types/app.ts';
import { api } from '../../lib/api.ts';
import { refCounted } from '../orders/ref-counted.ts';
import { newerHealth } from './venue-state.ts';
import { useClearOnLock } from '../orders/use-clear-on-lock.ts';

/** How each venue's connection does. */
export const useHealthStore = defineStore('health', () => {
  const health = shallowRef<Health | null>(null);
  const error = shallowRef<ErrorShape | null>(null);

  const open = refCounted(() =>
    api.subscribe('app.health', {}, (event) => {
      if (event.ok) health.value = newerHealth(health.value, event.value);
      error.value = event.ok ? null : event.error;
    }),
  );

  function clear(): void {
    health.value = null;
    error.value = null;
  }

  useClearOnLock(clear);
  return {
    health,
    error,
    venues: computed(() => health.value?.venues ?? []),
    open,
    clear,
  };
});
