import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { AppState } from '../../src-preload/contract/types/app.ts';
import type { ErrorShape } from '../../src-preload/contract/result.ts';
import { api } from './api.ts';

/** Where the application stands: first run, locked or unlocked; fed by the `app.state` topic. */
export const useSessionStore = defineStore('session', () => {
  const state = shallowRef<AppState | null>(null);
  const error = shallowRef<ErrorShape | null>(null);

  const accept = (next: AppState): void => {
    state.value = next;
    error.value = null;
  };

  async function load(): Promise<void> {
    const result = await api.app.state({});
    if (result.ok) accept(result.value);
    else error.value = result.error;
  }

  async function lock(): Promise<void> {
    await api.vault.lock({});
  }

  async function dismissNotice(noticeId: string): Promise<void> {
    await api.app.dismissNotice({ noticeId });
  }

  return {
    state,
    error,
    phase: computed(() => state.value?.phase ?? null),
    version: computed(() => state.value?.version ?? ''),
    platform: computed(() => state.value?.platform ?? 'linux'),
    notices: computed(() => state.value?.notices ?? []),
    lockReason: computed(() => state.value?.lockReason ?? null),
    accept,
    load,
    lock,
    dismissNotice,
  };
});
