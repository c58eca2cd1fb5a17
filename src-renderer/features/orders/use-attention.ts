import { ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Result } from '../../../src-preload/contract/result.ts';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { useErrorText } from '../../ui/error-text.ts';
import { useToasts } from '../../ui/toasts.ts';
import { orderKey } from './order-state.ts';
import { useOrdersStore } from './orders-store.ts';

/** What a person can do about an order whose fate is not known. */
export function useAttention() {
  const { t } = useI18n();
  const store = useOrdersStore();
  const toasts = useToasts();
  const words = useErrorText();
  /** Orders that are being asked about now. */
  const asking = shallowRef<ReadonlySet<string>>(new Set());
  /** The order that is about to be marked as not placed: asked about first. */
  const marking = shallowRef<Order | null>(null);
  const busy = ref(false);

  function tell(order: Order, answer: Result<Order>): void {
    if (answer.ok) {
      const state = t(`orders.state.${answer.value.state}`);
      const settled = answer.value.state !== 'unknown' && answer.value.state !== 'needsYou';
      toasts.show({
        tone: settled ? 'success' : 'warn',
        title: t(settled ? 'orders.attention.settled' : 'orders.attention.stillUnknown', {
          market: order.symbol,
          state,
        }),
      });
      return;
    }
    const { what, now } = words(answer.error);
    toasts.show({
      tone: 'danger',
      title: t('orders.attention.failed', { market: order.symbol }),
      text: [what, now].filter(Boolean).join(' '),
    });
  }

  async function lookAgain(order: Order): Promise<void> {
    const key = orderKey(order);
    if (asking.value.has(key)) return;
    asking.value = new Set([...asking.value, key]);
    const answer = await store.lookAgain(order);
    asking.value = new Set([...asking.value].filter((one) => one !== key));
    tell(order, answer);
  }

  async function markNotPlaced(): Promise<void> {
    const order = marking.value;
    if (order === null || busy.value) return;
    busy.value = true;
    const answer = await store.markNotPlaced(order);
    busy.value = false;
    marking.value = null;
    tell(order, answer);
  }

  return { asking, marking, busy, lookAgain, markNotPlaced };
}
