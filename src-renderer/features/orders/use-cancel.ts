import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Result } from '../../../src-preload/contract/result.ts';
import type { CancelReport, Order } from '../../../src-preload/contract/types/trading.ts';
import { useSettingsStore } from '../../lib/use-settings-store.ts';
import { useErrorText } from '../../ui/error-text.ts';
import { useToasts } from '../../ui/toasts.ts';
import { marketOf } from '../alerts/alert-form.ts';
import { canCancel } from './order-state.ts';
import type { OrderFilter } from './order-filter.ts';
import { useOrdersStore } from './orders-store.ts';

/**
 * When an order leaves the list, the next row's button moves under the pointer: the second half of a double
 * click would cancel an order that nobody aimed at.
 */
const DOUBLE_CLICK_MS = 300;

/** Cancelling one order, or all that are shown, with a question first where the settings want one. */
export function useCancel(shown: () => readonly Order[], filter: () => OrderFilter) {
  const { t } = useI18n();
  const store = useOrdersStore();
  const settings = useSettingsStore();
  const toasts = useToasts();
  const words = useErrorText();
  const asking = ref(false);
  const busy = ref(false);
  let lastPress = -DOUBLE_CLICK_MS;
  const cancellable = computed(() => shown().filter((order) => canCancel(order)));

  async function cancelOne(order: Order): Promise<void> {
    if (performance.now() - lastPress < DOUBLE_CLICK_MS) return;
    lastPress = performance.now();
    const answer = await store.cancel(order);
    if (answer.ok) return;
    const { what, now } = words(answer.error);
    toasts.show({
      tone: 'danger',
      title: t('orders.cancelFailed', { market: order.symbol }),
      text: [what, now].filter(Boolean).join(' '),
    });
  }

  async function cancelAll(): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    const accountIds = [...new Set(cancellable.value.map((order) => order.accountId))];
    const reports = await store.cancelAll(accountIds, marketOf(filter().market)?.symbol);
    busy.value = false;
    asking.value = false;
    tell(summarise(reports));
  }

  function tell({ cancelled, failures }: CancelSummary): void {
    const done = t('orders.cancelledCount', { count: cancelled }, cancelled);
    if (failures.length === 0) toasts.show({ tone: 'success', title: done });
    else {
      toasts.show({
        tone: 'danger',
        title: t('orders.cancelAllFailed', { count: failures.length }, failures.length),
        text: [done, ...failures].join(' · '),
      });
    }
  }

  /** A press of "cancel all": asks, or does it at once when the question is turned off. */
  function askAll(): void {
    if (cancellable.value.length === 0) return;
    if (settings.settings.confirmations.cancelAll) asking.value = true;
    else void cancelAll();
  }

  return { cancellable, asking, busy, cancelOne, cancelAll, askAll };
}

export interface CancelSummary {
  readonly cancelled: number;
  /** One message per order that stayed, and per account that could not be asked. */
  readonly failures: readonly string[];
}

/** Adds up the reports of several accounts; a refused call counts as a failure, not as nothing to cancel. */
export function summarise(reports: readonly Result<CancelReport>[]): CancelSummary {
  return {
    cancelled: reports.reduce((sum, report) => sum + (report.ok ? report.value.cancelled.length : 0), 0),
    failures: reports.flatMap((report) =>
      report.ok ? report.value.failed.map((failed) => failed.message) : [report.error.message],
    ),
  };
}
