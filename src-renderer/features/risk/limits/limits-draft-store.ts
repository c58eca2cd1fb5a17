import { defineStore } from 'pinia';
import { reactive, ref } from 'vue';
import { useClearOnLock } from '../../orders/use-clear-on-lock.ts';
import type { LimitsDraft } from './limits-form.ts';

/**
 * Limits that were typed and not saved. They outlive the page, so that a look at the orders costs nothing, and go
 * with the lock: whoever unlocks next must not find half-changed limits one press away from being saved.
 */
export const useLimitsDraftStore = defineStore('risk.limitsDraft', () => {
  /** By scope: the account's id, or an empty text for all accounts. */
  const drafts = reactive(new Map<string, LimitsDraft>());
  /** The account whose limits were looked at; empty for the active one. */
  const chosenId = ref('');

  useClearOnLock(() => {
    drafts.clear();
    chosenId.value = '';
  });
  return { drafts, chosenId };
});
