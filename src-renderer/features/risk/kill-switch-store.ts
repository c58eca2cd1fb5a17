import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../src-preload/contract/result.ts';
import type { KillSwitchStatus } from '../../../src-preload/contract/types/risk.ts';
import { api, shapeOf } from '../../lib/api.ts';
import { useClearOnLock } from '../orders/use-clear-on-lock.ts';

/** Where the kill switch stands, and whether its dialog is open. Fed by the topic `risk.killSwitch`. */
export const useKillSwitchStore = defineStore('risk.killSwitch', () => {
  /** Null until main has said it: then nobody may read "not engaged" out of it. */
  const status = shallowRef<KillSwitchStatus | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const dialogOpen = ref(false);
  const releaseOpen = ref(false);
  let told = 0;

  function accept(next: KillSwitchStatus): void {
    told += 1;
    status.value = next;
    error.value = null;
  }

  /** The answer of a call, unless the topic has said something newer while it was under way. */
  async function settle(call: Promise<Result<KillSwitchStatus>>): Promise<Result<KillSwitchStatus>> {
    const before = told;
    const answer = await call.catch((thrown: unknown) => ({ ok: false as const, error: shapeOf(thrown) }));
    if (answer.ok && before === told) accept(answer.value);
    return answer;
  }

  async function load(): Promise<void> {
    const answer = await settle(api.risk.killSwitch({}));
    if (!answer.ok) error.value = answer.error;
  }

  function clear(): void {
    status.value = null;
    error.value = null;
    dialogOpen.value = false;
    releaseOpen.value = false;
  }

  useClearOnLock(clear);
  return {
    status,
    error,
    dialogOpen,
    releaseOpen,
    engaged: computed(() => status.value?.engaged ?? false),
    accept,
    load,
    engage: (flatten: boolean) => settle(api.risk.engageKillSwitch({ flatten })),
    /** The caller overwrites the bytes. */
    release: (passphrase: Uint8Array<ArrayBuffer>) => settle(api.risk.releaseKillSwitch({ passphrase })),
  };
});
