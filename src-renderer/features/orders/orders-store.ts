import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../src-preload/contract/result.ts';
import type { CancelReport, Fill, Order } from '../../../src-preload/contract/types/trading.ts';
import { api } from '../../lib/api.ts';
import { mergeFills } from './latest-fills.ts';
import { needsAttention, orderKey } from './order-state.ts';
import { refCounted } from './ref-counted.ts';
import { NO_ORDERS, applyAnswer, applyOrders, listed, replaceOrders } from './working-orders.ts';
import { useClearOnLock } from './use-clear-on-lock.ts';

/** Fills kept for "latest"; older ones are paged from main. */
const LATEST_FILLS = 100;

/** Orders that can still do something, and the latest fills, over all accounts. */
export const useOrdersStore = defineStore('orders', () => {
  const state = shallowRef(NO_ORDERS);
  const fills = shallowRef<readonly Fill[]>([]);
  const error = shallowRef<ErrorShape | null>(null);
  const fillsError = shallowRef<ErrorShape | null>(null);
  /** When a full list was last taken; null = never, so an empty list means "not known yet". */
  const listedAt = ref<number | null>(null);
  const fillsLoaded = ref(false);
  /** Rises with every event: paged lists reload by it. */
  const changes = ref(0);
  const cancelling = shallowRef<ReadonlySet<string>>(new Set());
  let touched = new Set<string>();
  let session = 0;

  async function reload(): Promise<void> {
    const mine = session;
    touched = new Set();
    const [open, latest] = await Promise.all([
      api.trading.openOrders({}),
      api.trading.fills({ limit: LATEST_FILLS }),
    ]);
    if (mine !== session) return;
    error.value = open.ok ? null : open.error;
    fillsError.value = latest.ok ? null : latest.error;
    if (open.ok) {
      state.value = replaceOrders(state.value, open.value, touched);
      listedAt.value = Date.now();
    }
    if (latest.ok) {
      fills.value = mergeFills(fills.value, latest.value.rows, LATEST_FILLS);
      fillsLoaded.value = true;
    }
  }

  function takeOrders(event: Result<readonly Order[]>): void {
    // A refusal means that events were lost (overflow) or that the topic is closed: only a full list is true now.
    if (!event.ok) return void reload();
    for (const order of event.value) touched.add(orderKey(order));
    state.value = applyOrders(state.value, event.value);
    changes.value += 1;
  }

  function takeAnswer(order: Order): void {
    state.value = applyAnswer(state.value, order);
    changes.value += 1;
  }

  function takeFills(event: Result<readonly Fill[]>): void {
    if (!event.ok) return void reload();
    fills.value = mergeFills(fills.value, event.value, LATEST_FILLS);
    changes.value += 1;
  }

  const open = refCounted(() => {
    session += 1;
    const closeOrders = api.subscribe('trading.orders', {}, takeOrders);
    const closeFills = api.subscribe('trading.fills', {}, takeFills);
    void reload();
    return () => {
      session += 1;
      closeOrders();
      closeFills();
    };
  });

  const withKey = (key: string, present: boolean): void => {
    const next = new Set(cancelling.value);
    if (present) next.add(key);
    else next.delete(key);
    cancelling.value = next;
  };

  /** Asks the venue to cancel. By the time of the answer the topic may already have said more. */
  async function cancel(order: Order): Promise<Result<Order>> {
    const key = orderKey(order);
    withKey(key, true);
    const answer = await api.trading.cancel({
      accountId: order.accountId,
      clientOrderId: order.clientOrderId,
    });
    withKey(key, false);
    if (answer.ok) takeAnswer(answer.value);
    return answer;
  }

  type Ask = (order: { accountId: string; clientOrderId: string }) => Promise<Result<Order>>;
  /** A question about one order whose answer is news about it. */
  const askingAbout =
    (ask: Ask) =>
    async ({ accountId, clientOrderId }: Order): Promise<Result<Order>> => {
      const answer = await ask({ accountId, clientOrderId });
      if (answer.ok) takeAnswer(answer.value);
      return answer;
    };

  /** Cancels everything of the given accounts; one failing account does not stop the others. */
  async function cancelAll(accountIds: readonly string[], symbol?: string): Promise<Result<CancelReport>[]> {
    const scope = symbol === undefined ? {} : { symbol };
    const reports = await Promise.all(
      accountIds.map((accountId) => api.trading.cancelAll({ accountId, ...scope })),
    );
    await reload();
    return reports;
  }

  /** Forgets everything: for the lock. */
  function clear(): void {
    session += 1;
    state.value = NO_ORDERS;
    fills.value = [];
    error.value = null;
    fillsError.value = null;
    listedAt.value = null;
    fillsLoaded.value = false;
  }

  const working = computed(() => listed(state.value));
  useClearOnLock(clear);
  return {
    working,
    attention: computed(() => working.value.filter((order) => needsAttention(order.state))),
    fills,
    error,
    fillsError,
    listedAt,
    fillsLoaded,
    changes,
    cancelling,
    open,
    reload,
    cancel,
    /** Asks the venue again what became of an order in state `unknown` or `needsYou`. */
    lookAgain: askingAbout((order) => api.trading.lookAgain(order)),
    /** A person has seen at the venue that it is not there. `needsYou` only. */
    markNotPlaced: askingAbout((order) => api.trading.markNotPlaced(order)),
    cancelAll,
    clear,
  };
});
