import { computed, reactive, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import type { Order } from '../../../../src-preload/contract/types/trading.ts';
import { compareText, isDecimalText, isZeroText } from '../../../lib/decimal.ts';
import { shapeOf } from '../../../lib/api.ts';
import { orderKey } from '../../orders/order-state.ts';

const AMENDABLE: ReadonlySet<Order['state']> = new Set(['working', 'partiallyFilled', 'untriggered']);

/** True when price and quantity of an order can be changed from here. */
export const canAmend = (order: Order): boolean => AMENDABLE.has(order.state);

export interface AmendChange {
  readonly accountId: string;
  readonly clientOrderId: string;
  readonly price?: string;
  readonly quantity?: string;
  readonly triggerPrice?: string;
}

export interface Amend {
  /** Key of the order that is being changed. */
  readonly editing: Readonly<Ref<string | null>>;
  readonly fields: { price: string; quantity: string };
  readonly busy: Readonly<Ref<boolean>>;
  readonly error: Readonly<ShallowRef<ErrorShape | null>>;
  /** True when something differs and all of it is a positive number. */
  readonly ready: ComputedRef<boolean>;
  readonly start: (order: Order) => void;
  readonly stop: () => void;
  readonly apply: () => Promise<void>;
}

const positive = (text: string): boolean => isDecimalText(text) && !text.startsWith('-') && !isZeroText(text);
const differs = (now: string, before: string | null): boolean =>
  before !== null && compareText(now, before) !== 0;

/** The price that is changed: the trigger while the order waits for it, else the limit. */
const priceOf = (order: Order): string | null =>
  order.state === 'untriggered' ? order.triggerPrice : order.price;

/** What is sent for a change of price or quantity: only what differs, under the order's own name for it. */
export function amendOf(
  order: Order,
  fields: { readonly price: string; readonly quantity: string },
): AmendChange | null {
  const at = priceOf(order);
  const name = order.state === 'untriggered' ? 'triggerPrice' : 'price';
  const change = {
    ...(at !== null && differs(fields.price, at) ? { [name]: fields.price } : {}),
    ...(differs(fields.quantity, order.quantity) ? { quantity: fields.quantity } : {}),
  };
  if (Object.keys(change).length === 0) return null;
  return { accountId: order.accountId, clientOrderId: order.clientOrderId, ...change };
}

/** Changing one open order in its row. */
export function useAmend(
  send: (change: AmendChange) => Promise<Result<Order>>,
  done: (order: Order) => void,
): Amend {
  const editing = ref<string | null>(null);
  const target = shallowRef<Order | null>(null);
  const fields = reactive({ price: '', quantity: '' });
  const busy = ref(false);
  const error = shallowRef<ErrorShape | null>(null);

  const valid = computed(() => {
    const order = target.value;
    if (order === null) return false;
    return positive(fields.quantity) && (priceOf(order) === null || positive(fields.price));
  });
  const ready = computed(
    () => target.value !== null && valid.value && amendOf(target.value, fields) !== null,
  );

  function start(order: Order): void {
    if (busy.value || !canAmend(order)) return;
    target.value = order;
    editing.value = orderKey(order);
    fields.price = priceOf(order) ?? '';
    fields.quantity = order.quantity ?? '';
    error.value = null;
  }

  function stop(): void {
    if (busy.value) return;
    editing.value = null;
    target.value = null;
    error.value = null;
  }

  async function apply(): Promise<void> {
    const order = target.value;
    if (order === null || busy.value || !valid.value) return;
    const change = amendOf(order, fields);
    if (change === null) return stop();
    busy.value = true;
    error.value = null;
    const result = await send(change).catch((thrown: unknown) => ({
      ok: false as const,
      error: shapeOf(thrown),
    }));
    busy.value = false;
    if (!result.ok) {
      error.value = result.error;
      return;
    }
    done(result.value);
    stop();
  }

  return { editing, fields, busy, error, ready, start, stop, apply };
}
