import {
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  watch,
  type ComputedRef,
  type Ref,
  type ShallowRef,
} from 'vue';
import type { ErrorShape, FieldProblem, Result } from '../../../../src-preload/contract/result.ts';
import type { Account, VenueCapabilities } from '../../../../src-preload/contract/types/account.ts';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft } from '../../../../src-preload/contract/types/trading.ts';
import { api } from '../../../lib/api.ts';
import { checkLeg, LEGS, type Direction } from '../protection/protection.ts';
import { useKillSwitchStore } from '../../risk/kill-switch-store.ts';
import type { MarketFeed } from '../market/use-market-feed.ts';
import {
  assemble,
  canProtect,
  conversionPrice,
  needsPrice,
  orderTypeOf,
  type TicketContext,
  type TicketDraft,
  type TicketField,
} from './draft.ts';
import { sortProblems } from './problems.ts';
import { checkPrice, checkQuantity, checkQuoteAmount, roundingOf, type FieldNote } from './rules.ts';
import { useMarketModes, type MarketModesState } from './use-market-modes.ts';
import { usePreview, type Preview } from './use-preview.ts';
import { useSize, type SizeControl } from './use-size.ts';
import { useSubmit, type Submit } from './use-submit.ts';

export interface TicketInput {
  readonly ticket: () => TicketDraft;
  readonly instrument: () => Instrument;
  readonly account: () => Account | null;
  readonly capabilities: () => VenueCapabilities | null;
  readonly feed: MarketFeed;
  readonly confirmOrders: () => boolean;
  readonly repeatOrders: () => boolean;
  readonly placed: (order: Order) => void;
  readonly failed: (error: ErrorShape) => void;
  /** A press was taken for a double click and sent nothing. */
  readonly doubled: () => void;
}

/** What stands beside a field: a local rule (it has a key to translate), or main's words. */
export type FieldMessage = { readonly local: FieldNote } | { readonly problem: FieldProblem };

export interface Ticket {
  readonly draft: ComputedRef<TicketDraft>;
  readonly instrument: ComputedRef<Instrument>;
  readonly account: ComputedRef<Account | null>;
  readonly capabilities: ComputedRef<VenueCapabilities | null>;
  readonly feed: MarketFeed;
  readonly size: SizeControl;
  readonly preview: Preview;
  /** True while the preview is asked only to learn the largest quantity: no size stands in the ticket yet. */
  readonly probing: ComputedRef<boolean>;
  readonly messages: ComputedRef<Readonly<Partial<Record<TicketField, FieldMessage>>>>;
  /** Problems of no single field. */
  readonly problems: ComputedRef<readonly FieldProblem[]>;
  /** Fields to fill in; shown after a press only. */
  readonly missing: ComputedRef<readonly TicketField[]>;
  readonly asked: Ref<boolean>;
  readonly blocked: ComputedRef<boolean>;
  /** True while the kill switch is engaged: nothing can be sent, whatever stands in the ticket. */
  readonly stopped: ComputedRef<boolean>;
  readonly marketPrice: ComputedRef<string | null>;
  readonly modes: MarketModesState;
  /** True in hedge mode: an order then opens or closes one of two positions. */
  readonly hedge: ComputedRef<boolean>;
  /** True when stop-loss and take-profit can go with this order. */
  readonly protectable: ComputedRef<boolean>;
  /** What the order will get in at: its own price, or what the market offers; null while unknown. */
  readonly entryPrice: ComputedRef<string | null>;
  readonly submit: Submit;
  readonly refusal: ShallowRef<ErrorShape | null>;
  /** A field whose text is no number at all: the model keeps its last good value, so it has to block. */
  readonly unreadable: Ref<Partial<Record<TicketField, boolean>>>;
  readonly press: () => Promise<void>;
}

/** The direction that an order of this side opens. */
export const directionOf = (ticket: Pick<TicketDraft, 'side'>): Direction =>
  ticket.side === 'buy' ? 'long' : 'short';

function localNotes(
  ticket: TicketDraft,
  instrument: Instrument,
  entry: string | null,
  shown: readonly TicketField[],
): Partial<Record<TicketField, FieldNote>> {
  const leg = (name: (typeof LEGS)[number]): FieldNote | null =>
    checkLeg(name, ticket[name], directionOf(ticket), entry, instrument);
  const market = !needsPrice(orderTypeOf(ticket));
  const notes = {
    price: checkPrice(ticket.price, instrument, roundingOf(ticket.side)),
    triggerPrice: checkPrice(ticket.triggerPrice, instrument),
    size:
      ticket.sizeUnit === 'base'
        ? checkQuantity(ticket.size, instrument, market)
        : checkQuoteAmount(ticket.size, instrument),
    takeProfit: leg('takeProfit'),
    stopLoss: leg('stopLoss'),
  };
  return Object.fromEntries(
    Object.entries(notes).filter(([field, note]) => note !== null && shown.includes(field as TicketField)),
  );
}

/** The fields that this kind of order has; the legs of its protection where it can have them and is to. */
export function shownFields(ticket: TicketDraft, protectable: boolean): TicketField[] {
  const fields: TicketField[] = ['size'];
  if (needsPrice(orderTypeOf(ticket))) fields.unshift('price');
  if (ticket.kind === 'stop') fields.unshift('triggerPrice');
  if (protectable && ticket.protect) fields.push(...LEGS);
  return fields;
}

/** The order that the ticket describes, or a probe of the smallest size that asks what would be possible. */
function useDrafts(input: TicketInput, context: ComputedRef<TicketContext | null>) {
  const assembled = computed(() => (context.value === null ? null : assemble(input.ticket(), context.value)));
  const complete = computed<OrderDraft | null>(() =>
    assembled.value?.ok === true ? assembled.value.draft : null,
  );
  const probe = computed<OrderDraft | null>(() => {
    if (context.value === null || complete.value !== null) return null;
    const tried = assemble(
      { ...input.ticket(), sizeUnit: 'base', size: input.instrument().minQuantity },
      context.value,
    );
    return tried.ok ? tried.draft : null;
  });
  const missing = computed(() => (assembled.value?.ok === false ? assembled.value.missing : []));
  return { complete, probe, missing };
}

/** What is left of a ticket once its order is placed: the next size is typed anew. */
function emptyAfter(ticket: TicketDraft): void {
  // The legs were made for the price of that order.
  Object.assign(ticket, { size: '', percent: null, takeProfit: '', stopLoss: '' });
}

/** Leverage, margin mode and position mode are things of futures: neither spot nor options have them. */
const hasModes = ({ kind }: Instrument): boolean => kind === 'linear' || kind === 'inverse';

/** Everything behind the ticket's form. */
export function useTicket(input: TicketInput): Ticket {
  const { feed } = input;
  const killSwitch = useKillSwitchStore();
  const draft = computed(() => input.ticket());
  const instrument = computed(() => input.instrument());
  const account = computed(() => input.account());
  const capabilities = computed(() => input.capabilities());
  const asked = ref(false);
  const refusal = shallowRef<ErrorShape | null>(null);
  let hasLeft = false;
  onScopeDispose(() => {
    hasLeft = true;
  });
  const unreadable = ref<Partial<Record<TicketField, boolean>>>({});
  const marketPrice = computed(() => (draft.value.side === 'buy' ? feed.bestAsk.value : feed.bestBid.value));

  const modes = useMarketModes(() =>
    account.value === null || !hasModes(instrument.value)
      ? null
      : { accountId: account.value.id, symbol: instrument.value.symbol },
  );
  const context = computed<TicketContext | null>(() =>
    account.value === null
      ? null
      : {
          accountId: account.value.id,
          instrument: instrument.value,
          positionMode: hasModes(instrument.value)
            ? (modes.modes.value?.positionMode ?? account.value.modes?.positionMode ?? null)
            : 'oneWay',
          marketPrice: marketPrice.value,
          quoteAmountOrders: capabilities.value?.quoteAmountOrders ?? false,
          attachedProtection: capabilities.value?.attachedProtection ?? false,
        },
  );
  const { complete, probe, missing } = useDrafts(input, context);
  const preview = usePreview(() => complete.value ?? probe.value, {
    call: (order) => api.trading.preview(order),
  });
  const size = useSize({
    ticket: input.ticket,
    instrument: input.instrument,
    maxQuantity: () => preview.preview.value?.maxQuantity ?? null,
    marketPrice: () => marketPrice.value,
  });

  const protectable = computed(() => context.value !== null && canProtect(draft.value, context.value));
  const entryPrice = computed(() => conversionPrice(draft.value, { marketPrice: marketPrice.value }));
  const fields = computed(() => shownFields(draft.value, protectable.value));

  const probing = computed(() => complete.value === null);
  const answered = computed(() => (probing.value || preview.pending.value ? null : preview.preview.value));
  const sorted = computed(() =>
    sortProblems([...(refusal.value?.problems ?? []), ...(answered.value?.problems ?? [])]),
  );
  const messages = computed(() => {
    const local = localNotes(draft.value, instrument.value, entryPrice.value, fields.value);
    const all: Partial<Record<TicketField, FieldMessage>> = {};
    for (const field of fields.value) {
      const [note, problem] = [local[field], sorted.value.fields[field]];
      if (note?.tone === 'error') all[field] = { local: note };
      else if (problem !== undefined) all[field] = { problem };
      else if (note !== undefined) all[field] = { local: note };
    }
    return all;
  });
  const stopped = computed(() => killSwitch.engaged);
  const blocked = computed(
    () =>
      stopped.value ||
      fields.value.some((field) => unreadable.value[field] === true) ||
      Object.values(messages.value).some((one) => 'problem' in one || one.local.tone === 'error') ||
      sorted.value.whole.length > 0,
  );

  const submit = useSubmit({
    draft: () => complete.value,
    freshPreview: preview.fresh,
    confirm: input.confirmOrders,
    repeats: input.repeatOrders,
    place: (order): Promise<Result<Order>> => api.trading.place(order),
    placed: (order) => {
      asked.value = false;
      // Who wants repeats presses again for the same order, stop included.
      if (!input.repeatOrders()) emptyAfter(draft.value);
      input.placed(order);
    },
    doubled: input.doubled,
    failed: (error) => {
      refusal.value = error;
      // What a limit refuses stands in the ticket in full, as long as somebody looks at it.
      if (hasLeft || !error.code.startsWith('risk.')) input.failed(error);
    },
  });

  async function press(): Promise<void> {
    // Before the fields are asked for: the first press has just emptied them.
    if (submit.isDouble()) return;
    asked.value = true;
    refusal.value = null;
    if (missing.value.length > 0 || blocked.value) return;
    await submit.press();
  }

  // A refusal belongs to what was sent: it goes as soon as something else stands there.
  watch(
    () => JSON.stringify(draft.value),
    () => {
      refusal.value = null;
    },
  );
  // What was reviewed before the switch was thrown must not stay one Enter away.
  watch(stopped, (now) => {
    if (now) submit.leave();
  });
  watch(
    () => instrument.value.symbol,
    () => {
      asked.value = false;
      unreadable.value = {};
    },
  );

  return {
    draft,
    instrument,
    account,
    capabilities,
    feed,
    size,
    preview,
    probing,
    messages,
    problems: computed(() => sorted.value.whole),
    missing,
    asked,
    blocked,
    stopped,
    marketPrice,
    modes,
    hedge: computed(() => context.value?.positionMode === 'hedge'),
    protectable,
    entryPrice,
    submit,
    refusal,
    unreadable,
    press,
  };
}
