/** What the lists are narrowed to. Empty text = everything. */
import type { VenueId } from '../../../src-preload/contract/types/market.ts';
import type { Order, OrderState } from '../../../src-preload/contract/types/trading.ts';
import { marketOf } from '../alerts/alert-form.ts';

export const HISTORY_STATES = ['filled', 'cancelled', 'rejected', 'expired', 'open', 'attention'] as const;
export type HistoryState = (typeof HISTORY_STATES)[number];

export interface OrderFilter {
  accountId: string;
  venue: VenueId | '';
  /** `venue symbol`. */
  market: string;
  /** History only. */
  state: HistoryState | '';
}

export const NO_FILTER: OrderFilter = { accountId: '', venue: '', market: '', state: '' };

/** The states that a person means by one word. */
export const STATES_OF: Readonly<Record<HistoryState, readonly OrderState[]>> = {
  filled: ['filled'],
  cancelled: ['cancelled'],
  rejected: ['rejected'],
  expired: ['expired'],
  open: ['sending', 'working', 'untriggered', 'partiallyFilled', 'cancelling'],
  attention: ['unknown', 'needsYou'],
};

export const isFiltered = (filter: OrderFilter): boolean =>
  Object.values(filter).some((value) => value !== '');

type Row = Pick<Order, 'accountId' | 'venue' | 'symbol'>;

/** Account, venue and market; the market's venue counts, because two venues share a symbol. */
export function matches(row: Row, { accountId, venue, market }: OrderFilter): boolean {
  if (accountId !== '' && row.accountId !== accountId) return false;
  if (venue !== '' && row.venue !== venue) return false;
  const wanted = marketOf(market);
  return wanted === null || (wanted.venue === row.venue && wanted.symbol === row.symbol);
}

export interface OrderQuery {
  accountId?: string;
  venue?: VenueId;
  symbol?: string;
  states?: OrderState[];
}

/** The whole filter, as the order history and its export take it. */
export function historyQueryOf({ accountId, venue, market, state }: OrderFilter): OrderQuery {
  const wanted = marketOf(market);
  const at = wanted?.venue ?? venue;
  return {
    ...(accountId === '' ? {} : { accountId }),
    ...(at === '' ? {} : { venue: at }),
    ...(wanted === null ? {} : { symbol: wanted.symbol }),
    ...(state === '' ? {} : { states: [...STATES_OF[state]] }),
  };
}

/** The part of the filter that main applies to fills. */
export function fillsQueryOf(filter: OrderFilter): Pick<OrderQuery, 'accountId' | 'symbol'> {
  const { accountId, symbol } = historyQueryOf(filter);
  return { ...(accountId === undefined ? {} : { accountId }), ...(symbol === undefined ? {} : { symbol }) };
}

/** The part that is left to us for fills: the venue. Undefined when main does it all. */
export function restOf<T extends Row>(filter: OrderFilter): ((row: T) => boolean) | undefined {
  return filter.market === '' && filter.venue === '' ? undefined : (row) => matches(row, filter);
}
