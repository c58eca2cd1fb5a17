import { computed, onScopeDispose, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { MarketRef } from '../../../../src-preload/contract/types/market.ts';
import type { Fill, Order, Position } from '../../../../src-preload/contract/types/trading.ts';
import { api } from '../../../lib/api.ts';
import { announce } from '../../../lib/announce.ts';
import { formatDecimal } from '../../../lib/format.ts';
import { useTopic } from '../../../lib/use-topic.ts';
import { useErrorText } from '../../../ui/error-text.ts';
import { useToasts } from '../../../ui/toasts.ts';
import { orderKey } from '../../orders/order-state.ts';
import { useOrdersStore } from '../../orders/orders-store.ts';
import { amendOf, useAmend, type Amend } from './use-amend.ts';
import { usePositions, type Positions } from './use-positions.ts';

export interface OwnTrading {
  readonly store: ReturnType<typeof useOrdersStore>;
  readonly positions: Positions;
  /** Working orders of the market on screen. */
  readonly marketOrders: ComputedRef<readonly Order[]>;
  readonly amend: Amend;
  readonly cancel: (order: Order) => Promise<void>;
  readonly cancelAll: (accountIds: readonly string[], symbol?: string) => Promise<void>;
  /** Moves a working order to another price. */
  readonly move: (order: Order, price: string) => Promise<void>;
  readonly close: (position: Position, intentId: string) => Promise<void>;
  /** Says that a position's protection was changed. */
  readonly protected: (position: Position) => void;
  /** Says what became of an order that was just sent. */
  readonly placed: (order: Order) => void;
  readonly failed: (error: ErrorShape) => void;
  /** Says that a press was taken for a double click. */
  readonly doubled: () => void;
}

/** Refusals of a press that came right after the same one. */
const DOUBLE_PRESSES: readonly string[] = ['order.doublePress', 'position.doublePress'];

/** Our own orders, fills and positions beside the market, and what can be done with them. */
export function useOwnTrading(market: () => MarketRef): OwnTrading {
  const { t } = useI18n();
  const toasts = useToasts();
  const errorText = useErrorText();
  const store = useOrdersStore();
  const positions = usePositions();
  onScopeDispose(store.open());

  /** Orders whose rejection was said already: the answer and the stream both bring it. */
  const told = new Set<string>();
  /** A second press that sent nothing is no trouble: the order of the first one is under way. */
  const doublePress = (code: string): void => {
    const { title, what, now } = errorText({ code, kind: 'notAllowed', message: '' });
    toasts.show({ tone: 'neutral', title, text: [what, now].filter(Boolean).join(' ') });
  };
  const failed = (error: ErrorShape): void => {
    if (DOUBLE_PRESSES.includes(error.code)) return doublePress(error.code);
    const text = errorText(error);
    toasts.show({ tone: 'danger', title: text.title, text: text.what });
  };

  const words = (order: Order): Record<string, string> => ({
    side: t(`trade.side.${order.side}`),
    quantity: order.quantity === null ? '' : formatDecimal(order.quantity),
    symbol: order.symbol,
  });

  function placed(order: Order): void {
    const bad = order.state === 'rejected';
    if (bad) told.add(orderKey(order));
    const unsure = order.state === 'unknown' || order.state === 'needsYou';
    toasts.show({
      tone: bad ? 'danger' : unsure ? 'warn' : 'success',
      title: t(`trade.toast.${order.state}`, words(order)),
      text:
        order.reason ?? (unsure ? t('trade.toast.unknownText') : t('trade.toast.placedText', words(order))),
    });
  }

  async function cancel(order: Order): Promise<void> {
    const result = await store.cancel(order);
    if (!result.ok) failed(result.error);
    else toasts.show({ tone: 'neutral', title: t(`trade.toast.${result.value.state}`, words(order)) });
  }

  async function cancelAll(accountIds: readonly string[], symbol?: string): Promise<void> {
    for (const report of await store.cancelAll(accountIds, symbol)) {
      if (!report.ok) {
        failed(report.error);
        continue;
      }
      const { requested, cancelled, failed: left } = report.value;
      toasts.show({
        tone: left.length > 0 ? 'danger' : 'success',
        title: t('trade.toast.cancelledAll', { count: cancelled.length, total: requested }),
        ...(left[0] === undefined ? {} : { text: left[0].message }),
      });
    }
  }

  async function close(position: Position, intentId: string): Promise<void> {
    const { accountId, symbol, positionSide } = position;
    const result = await api.trading.closePosition({ accountId, symbol, positionSide, intentId });
    if (result.ok) placed(result.value);
    else failed(result.error);
  }

  const changedProtection = (position: Position): void => {
    toasts.show({ tone: 'success', title: t('trade.toast.protected', { symbol: position.symbol }) });
  };
  const amended = (order: Order): void => {
    toasts.show({ tone: 'success', title: t('trade.toast.amended', words(order)) });
  };
  async function move(order: Order, price: string): Promise<void> {
    const change = amendOf(order, { price, quantity: order.quantity ?? '' });
    if (change === null) return;
    const result = await api.trading.amend(change);
    if (result.ok) amended(result.value);
    else failed(result.error);
  }
  const amend = useAmend((change) => api.trading.amend(change), amended);
  useAnnouncements(words, told);

  return {
    store,
    positions,
    marketOrders: computed(() => {
      const { venue, symbol } = market();
      return store.working.filter((order) => order.venue === venue && order.symbol === symbol);
    }),
    amend,
    cancel,
    cancelAll,
    move,
    close,
    protected: changedProtection,
    placed,
    failed,
    doubled: () => doublePress('order.doublePress'),
  };
}

/** Speaks fills and rejections as they happen; what was there before the view opened is not news. */
function useAnnouncements(words: (order: Order) => Record<string, string>, told: Set<string>): void {
  const { t } = useI18n();
  const spoken = (fill: Fill): string =>
    t('trade.live.filled', {
      side: t(`trade.side.${fill.side}`),
      quantity: formatDecimal(fill.quantity),
      symbol: fill.symbol,
      price: formatDecimal(fill.price),
    });
  useTopic(
    'trading.fills',
    {},
    {
      next: (batch) => {
        const [first] = batch;
        if (first === undefined) return;
        // A sweep fills in many parts: one sentence, not twenty.
        announce(
          batch.length === 1
            ? spoken(first)
            : `${spoken(first)} ${t('trade.live.more', { count: batch.length - 1 })}`,
        );
      },
    },
  );
  useTopic(
    'trading.orders',
    {},
    {
      next: (batch) => {
        for (const order of batch) {
          if (order.state !== 'rejected' || told.has(orderKey(order))) continue;
          told.add(orderKey(order));
          announce(`${t('trade.toast.rejected', words(order))} ${order.reason ?? ''}`, 'assertive');
        }
      },
    },
  );
}
