import { shallowRef, watch } from 'vue';
import { watchThrottled } from '@vueuse/core';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { Order, OrderTimeline } from '../../../../src-preload/contract/types/trading.ts';
import { api } from '../../../lib/api.ts';
import { orderKey } from '../order-state.ts';
import { useOrdersStore } from '../orders-store.ts';

/** What happens to an order while its timeline is read is added, no more often than this. */
const RELOAD_MS = 1000;

/** The timeline of the order that is open, kept up while it lives. */
export function useTimeline(order: () => Order | null) {
  const store = useOrdersStore();
  const timeline = shallowRef<OrderTimeline | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  let question = 0;

  async function load(): Promise<void> {
    const wanted = order();
    question += 1;
    const mine = question;
    if (wanted === null) return;
    const { accountId, clientOrderId } = wanted;
    const answer = await api.trading.timeline({ accountId, clientOrderId });
    if (mine !== question) return;
    error.value = answer.ok ? null : answer.error;
    if (answer.ok) timeline.value = answer.value;
  }

  watch(
    () => {
      const wanted = order();
      return wanted === null ? null : orderKey(wanted);
    },
    () => {
      timeline.value = null;
      error.value = null;
      void load();
    },
    { immediate: true },
  );
  watchThrottled(
    () => store.changes,
    () => void load(),
    { throttle: RELOAD_MS, trailing: true, leading: false },
  );

  return { timeline, error, load };
}
