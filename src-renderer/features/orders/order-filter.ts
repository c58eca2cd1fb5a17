/** What the lists are narrowed to. Empty text = everything. */
import type { Order, OrderState } from '../../../src-preload/contract/types/trading.ts';
import { marketOf } from '../alerts/alert-form.ts';

export const HISTORY_STATES = ['filled', 'cancelled', 'rejected', 'expired', 'open', 'attention'] as const;
export type HistoryState = (typeof HISTORY_STATES)[number];

export interface OrderFilter {
  accountId: string;
  /** `venue symbol`. */
  market: string;
  /** History only. */
  state: HistoryState | '';
}

export const NO_FILTER: OrderFilter = { accountId: '', market: '', state: '' };

const OPEN: ReadonlySet<OrderState> = new Set([
  'sending',
  'working',
  'untriggered',
  'partiallyFilled',
  'cancelling',
]);

/** True when the order is in the group that the filter names. */
export function inState(state: OrderState, wanted: HistoryState | ''): boolean {
  if (wanted === '') return true;
  if (wanted === 'open') return OPEN.has(state);
  if (wanted === 'attention') return state === 'unknown' || state === 'needsYou';
  return state === wanted;
}

/** Account and market; the market's venue counts, because two venues share a symbol. */
export function matches(
  row: Pick<Order, 'accountId' | 'venue' | 'symbol'>,
  { accountId, market }: OrderFilter,
): boolean {
  if (accountId !== '' && row.accountId !== accountId) return false;
  const wanted = marketOf(market);
  return wanted === null || (wanted.venue === row.venue && wanted.symbol === row.symbol);
}

/** The part of the filter that main applies. */
export function queryOf({ accountId, market }: OrderFilter): { accountId?: string; symbol?: string } {
  const wanted = marketOf(market);
  return {
    ...(accountId === '' ? {} : { accountId }),
    ...(wanted === null ? {} : { symbol: wanted.symbol }),
  };
}

/** The part that is left to us: the state, and the venue of a symbol. Undefined when main does it all. */
export function restOf<T extends Pick<Order, 'accountId' | 'venue' | 'symbol'>>(
  filter: OrderFilter,
  stateOf?: (row: T) => OrderState,
): ((row: T) => boolean) | undefined {
  const wantsState = filter.state !== '' && stateOf !== undefined;
  if (!wantsState && filter.market === '') return undefined;
  return (row) => matches(row, filter) && (!wantsState || inState(stateOf(row), filter.state));
}
