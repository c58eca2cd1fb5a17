import { ref, shallowRef, watch } from 'vue';
import { watchDebounced } from '@vueuse/core';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { RequestRow } from '../../../../src-preload/contract/types/activity.ts';
import type { Order, OrderTimeline } from '../../../../src-preload/contract/types/trading.ts';
import { api } from '../../../lib/api.ts';
import { useTopic } from '../../../lib/use-topic.ts';
import { orderKey } from '../order-state.ts';
import { useOrdersStore } from '../orders-store.ts';

/** What happens to an order while its timeline is read is added when it has gone quiet, or after the longest wait. */
const QUIET_MS = 150;
const LONGEST_MS = 1000;

/** Whether a request or its answer speaks of the order: by our id or the venue's, as main looks for it. */
function names(row: RequestRow, order: Order): boolean {
  if (row.accountId !== order.accountId) return false;
  const texts = [row.path, row.request, row.response ?? ''];
  return [order.clientOrderId, order.venueOrderId ?? ''].some(
    (id) => id !== '' && texts.some((text) => text.includes(id)),
  );
}

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
  // Requests are written down a moment after their answer: those of an order of just now come later than it.
  const logged = ref(0);
  useTopic('activity.requests', () => (order() === null ? null : {}), {
    next: (rows) => {
      const shown = timeline.value?.order ?? order();
      if (shown !== null && rows.some((row) => names(row, shown))) logged.value += 1;
    },
  });
  watchDebounced(
    () => [store.changes, logged.value],
    () => void load(),
    { debounce: QUIET_MS, maxWait: LONGEST_MS },
  );

  return { timeline, error, load };
}
