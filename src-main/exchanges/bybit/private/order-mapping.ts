/** Bybit's order object as our `Order`. */
import { HoldfastError } from '../../../errors.ts';
import { compareText, dec, isZeroText, text } from '../../../market/decimal.ts';
import type {
  Order,
  OrderState,
  OrderType,
  PositionSide,
  TimeInForce,
  TriggerSource,
} from '../../exchange.ts';
import { orNull, read } from '../payload.ts';
import type { BybitCategory } from '../public/category.ts';
import { type AccountContext, marketOf, priceOrNull, timeOf, zeroIfEmpty } from './account-context.ts';
import { ORDER } from './forms.ts';

/** Spot keeps its kinds of orders apart: cancelling has to name the right one. */
export const SPOT_FILTERS = [
  'Order',
  'StopOrder',
  'tpslOrder',
  'OcoOrder',
  'BidirectionalTpslOrder',
] as const;
export type SpotFilter = (typeof SPOT_FILTERS)[number];

const STATES: Readonly<Record<string, OrderState>> = {
  New: 'working',
  PartiallyFilled: 'partiallyFilled',
  Untriggered: 'untriggered',
  Triggered: 'working',
  Rejected: 'rejected',
  PartiallyFilledCanceled: 'cancelled',
  Filled: 'filled',
  Cancelled: 'cancelled',
  Deactivated: 'cancelled',
};
const SIDES: readonly PositionSide[] = ['net', 'long', 'short'];
const TRIGGERS: Readonly<Record<string, TriggerSource>> = {
  LastPrice: 'last',
  MarkPrice: 'mark',
  IndexPrice: 'index',
};

/** Words for the refusals that people meet; the rest is shown as Bybit calls it. */
const REASONS: Readonly<Record<string, string>> = {
  EC_PostOnlyWillTakeLiquidity: 'Post-only: it would have taken liquidity.',
  EC_NoImmediateQtyToFill: 'Nothing could be filled at once.',
  EC_CancelForNoFullFill: 'It could not be filled completely at once.',
  EC_NoEnoughQtyToFill: 'There was not enough quantity to fill it.',
  EC_InsufficientBalance: 'The balance was not enough.',
  EC_ReachMaxTradeNum: 'It matched too many orders.',
  EC_PerCancelRequest: 'Cancelled on request.',
};
const CANCELS: Readonly<Record<string, string>> = {
  CancelByReduceOnly: 'Reduce-only: there was nothing left to reduce.',
  CancelByPrepareLiq: 'Cancelled before a liquidation.',
  CancelAllBeforeLiq: 'Cancelled before a liquidation.',
  CancelByPrepareAdl: 'Cancelled before auto-deleveraging.',
  CancelAllBeforeAdl: 'Cancelled before auto-deleveraging.',
  CancelByAdmin: 'Cancelled by Bybit.',
  CancelBySettle: 'Cancelled by the settlement.',
  CancelByDelivery: 'The contract was delivered.',
  CancelByTpSlTsClear: 'Cancelled because its position was closed.',
  CancelBySmp: 'Self-match prevention.',
  CancelByDCP: 'Cancelled on disconnect.',
};

/** The order of one row. `category` is the one that was asked for; the stream sends it in the row. */
export async function readOrder(
  context: AccountContext,
  category: BybitCategory,
  value: unknown,
): Promise<Order> {
  const row = read(ORDER, value, context.unknown);
  const { symbol } = await marketOf(context, category, row.symbol);
  const filledQuantity = zeroIfEmpty(row.cumExecQty);
  const state = stateOf(row, filledQuantity);
  const isMarket = row.orderType === 'Market';
  const triggerPrice = priceOrNull(row.triggerPrice);
  return {
    venue: context.venue,
    symbol,
    accountId: context.accountId,
    clientOrderId: row.orderLinkId ?? '',
    venueOrderId: row.orderId,
    side: row.side === 'Buy' ? 'buy' : 'sell',
    type: typeOf(row, isMarket, triggerPrice),
    state,
    ...amounts(category, row, state, filledQuantity),
    filledQuantity,
    averagePrice: averageOf(row, filledQuantity),
    // The price of a market order is the cap that Bybit set, nothing that anybody asked for.
    price: isMarket ? null : priceOrNull(row.price),
    triggerPrice,
    ...optional('triggerBy', triggerPrice === null ? undefined : TRIGGERS[row.triggerBy ?? '']),
    ...timeInForce(row.timeInForce, isMarket),
    reduceOnly: row.reduceOnly ?? false,
    positionSide: SIDES[row.positionIdx ?? 0] ?? 'net',
    ...optional('takeProfit', priceOrNull(row.takeProfit) ?? undefined),
    ...optional('stopLoss', priceOrNull(row.stopLoss) ?? undefined),
    createdAt: timeOf(row.createdTime),
    updatedAt: timeOf(row.updatedTime),
    ...reasonOf(row, state),
  };
}

/** Which of spot's lists an order is in. */
export function spotFilterOf(row: { stopOrderType?: unknown; orderStatus?: unknown }): SpotFilter {
  const { stopOrderType, orderStatus } = row;
  if (stopOrderType === 'OcoOrder' || stopOrderType === 'BidirectionalTpslOrder') return stopOrderType;
  // Once triggered it is an order like any other.
  if (orderStatus !== 'Untriggered') return 'Order';
  return stopOrderType === 'Stop' ? 'StopOrder' : 'tpslOrder';
}

function stateOf(
  row: { orderStatus: string; cancelType?: string | null | undefined },
  filled: string,
): OrderState {
  const state = STATES[row.orderStatus] ?? 'unknown';
  if (state === 'cancelled' && row.cancelType === 'CancelByDelivery') return 'expired';
  return state === 'working' && !isZeroText(filled) ? 'partiallyFilled' : state;
}

interface TypeRow {
  readonly side: 'Buy' | 'Sell';
  readonly stopOrderType?: string | null | undefined;
  readonly triggerDirection?: number | null | undefined;
  readonly lastPriceOnCreated?: string | null | undefined;
  readonly basePrice?: string | null | undefined;
}

function typeOf(row: TypeRow, isMarket: boolean, triggerPrice: string | null): OrderType {
  if (triggerPrice === null) return isMarket ? 'market' : 'limit';
  if (takesProfit(row, triggerPrice)) return isMarket ? 'takeProfitMarket' : 'takeProfitLimit';
  return isMarket ? 'stopMarket' : 'stopLimit';
}

/** Bybit has one kind of conditional order: which way its trigger lies makes it the one or the other. */
function takesProfit(row: TypeRow, triggerPrice: string): boolean {
  if (row.stopOrderType === 'TakeProfit' || row.stopOrderType === 'PartialTakeProfit') return true;
  if (['StopLoss', 'PartialStopLoss', 'TrailingStop'].includes(row.stopOrderType ?? '')) return false;
  const base = priceOrNull(row.lastPriceOnCreated) ?? priceOrNull(row.basePrice);
  const direction = row.triggerDirection ?? 0;
  if (direction === 0 && base === null) return false;
  const rises = direction === 0 ? compareText(triggerPrice, base ?? '0') > 0 : direction === 1;
  return rises === (row.side === 'Sell');
}

interface AmountRow {
  readonly side: 'Buy' | 'Sell';
  readonly orderType: string;
  readonly qty: string;
  readonly marketUnit?: string | null | undefined;
}

/** A market order of spot may be in quote currency; Bybit's default for a buy. */
function amounts(
  category: BybitCategory,
  row: AmountRow,
  state: OrderState,
  filled: string,
): Pick<Order, 'quantity' | 'quoteAmount'> {
  const unit = orNull(row.marketUnit) ?? (row.side === 'Buy' ? 'quoteCoin' : 'baseCoin');
  const inQuote = category === 'spot' && row.orderType === 'Market' && unit === 'quoteCoin';
  if (!inQuote) return { quantity: row.qty };
  return { quantity: state === 'filled' ? filled : null, quoteAmount: row.qty };
}

function averageOf(
  row: { avgPrice?: string | null | undefined; cumExecValue?: string | null | undefined },
  filled: string,
): string | null {
  const told = priceOrNull(row.avgPrice);
  if (told !== null || isZeroText(filled)) return told;
  const value = priceOrNull(row.cumExecValue);
  return value === null ? null : text(dec(value).div(dec(filled)));
}

function timeInForce(
  value: string | null | undefined,
  isMarket: boolean,
): { timeInForce: TimeInForce; postOnly: boolean } {
  if (value === 'PostOnly' || value === 'RPI') return { timeInForce: 'GTC', postOnly: true };
  if (value === 'IOC' || value === 'FOK') return { timeInForce: value, postOnly: false };
  return { timeInForce: isMarket ? 'IOC' : 'GTC', postOnly: false };
}

function reasonOf(
  row: {
    rejectReason?: string | null | undefined;
    cancelType?: string | null | undefined;
    orderStatus: string;
  },
  state: OrderState,
): Pick<Order, 'reason' | 'venueCode'> {
  if (state === 'unknown') return { reason: `Bybit calls its state ${row.orderStatus.slice(0, 40)}.` };
  if (state !== 'cancelled' && state !== 'rejected' && state !== 'expired') return {};
  const code = row.rejectReason ?? '';
  if (code !== '' && code !== 'EC_NoError' && code !== 'EC_PerCancelRequest') {
    return { reason: REASONS[code] ?? `Bybit: ${code.slice(0, 80)}`, venueCode: code.slice(0, 80) };
  }
  const cancel = CANCELS[row.cancelType ?? ''];
  return cancel === undefined ? {} : { reason: cancel };
}

const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

/** A category that this version knows; Bybit adds others to its private streams. */
export function knownCategory(value: unknown): BybitCategory | null {
  return value === 'spot' || value === 'linear' || value === 'inverse' || value === 'option' ? value : null;
}

export function notListed(what: string): HoldfastError {
  return new HoldfastError(
    'unknownOutcome',
    'bybit.notListed',
    `Bybit accepted the ${what} but does not show the order yet.`,
  );
}
