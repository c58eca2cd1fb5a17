/** Orders that wait for a price to close a position: what they would close together, and what of it is too much. */
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderType, Position } from '../../src-preload/contract/types/trading.ts';
import { compareText, dec, isZeroText, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';

/** Stops and take-profits are counted apart: of the two only one side comes to trade. */
export type Family = 'stop' | 'takeProfit';
const FAMILIES: Readonly<Partial<Record<OrderType, Family>>> = {
  stopLimit: 'stop',
  stopMarket: 'stop',
  takeProfitLimit: 'takeProfit',
  takeProfitMarket: 'takeProfit',
};
export const familyOf = (type: OrderType): Family | null => FAMILIES[type] ?? null;

type Closing = Pick<Order, 'reduceOnly' | 'positionSide' | 'side'>;
/** It cannot but close: said so, or on the closing side of a hedged position. */
export const isClosing = ({ reduceOnly, positionSide, side }: Closing): boolean =>
  reduceOnly || (positionSide === 'long' && side === 'sell') || (positionSide === 'short' && side === 'buy');

const closingSide = ({ side }: Position): Order['side'] => (side === 'long' ? 'sell' : 'buy');

/** How much there is to close for orders of this side. */
export const closable = (positions: readonly Position[], symbol: string, side: Order['side']): Decimal =>
  positions
    .filter((position) => position.symbol === symbol && closingSide(position) === side)
    .reduce((sum, { quantity }) => sum.plus(quantity), dec('0'));

export const restOf = ({ quantity, filledQuantity }: Order): Decimal =>
  dec(quantity ?? '0').minus(filledQuantity);

/**
 * Whether the venue hangs it on the whole position, so that its size follows by itself: without a quantity, or an
 * order of the venue's own making at the price that the position has as its protection.
 */
function followsPosition(order: Order, positions: readonly Position[]): boolean {
  const { quantity, triggerPrice, clientOrderId, venueOrderId, symbol, side } = order;
  if (quantity === null || isZeroText(quantity)) return true;
  if (clientOrderId !== '' && clientOrderId !== venueOrderId) return false;
  const isOf = (price: DecimalText | null | undefined): boolean =>
    price !== null && price !== undefined && triggerPrice !== null && compareText(price, triggerPrice) === 0;
  return positions.some(
    (position) =>
      position.symbol === symbol &&
      closingSide(position) === side &&
      (isOf(position.stopLoss) || isOf(position.takeProfit)),
  );
}

/** Orders of one family that close positions of a market on one side. */
export interface Group {
  readonly symbol: string;
  readonly side: Order['side'];
  readonly family: Family;
  readonly orders: readonly Order[];
  readonly sum: Decimal;
}

/** Everything that waits to close, in groups that no position may be smaller than. */
export function groupsOf(positions: readonly Position[], orders: readonly Order[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const order of orders) {
    const family = familyOf(order.type);
    if (family === null || !isClosing(order) || followsPosition(order, positions)) continue;
    const { symbol, side } = order;
    const key = `${symbol} ${side} ${family}`;
    const known = groups.get(key);
    const sum = (known?.sum ?? dec('0')).plus(restOf(order));
    groups.set(key, { symbol, side, family, orders: [...(known?.orders ?? []), order], sum });
  }
  return [...groups.values()];
}

export interface Trim {
  readonly order: Order;
  /** Its new total quantity; null = it has nothing left to close. */
  readonly quantity: DecimalText | null;
}

/**
 * What brings each group down to its position. The orders that the market would reach last are cut first: when the
 * others have traded, there would be nothing left for them anyway.
 */
export function trimsOf(positions: readonly Position[], orders: readonly Order[]): readonly Trim[] {
  const trims: Trim[] = [];
  for (const group of groupsOf(positions, orders)) {
    let excess = group.sum.minus(closable(positions, group.symbol, group.side));
    for (const order of lastFirst(group)) {
      if (!excess.greaterThan('0')) break;
      const rest = restOf(order);
      const isAll = rest.lessThanOrEqualTo(excess);
      trims.push({ order, quantity: isAll ? null : text(dec(order.quantity ?? '0').minus(excess)) });
      excess = excess.minus(isAll ? rest : excess);
    }
  }
  return trims;
}

function lastFirst({ orders, side, family }: Group): readonly Order[] {
  // A stop to sell and a profit to buy wait below the market: the lowest is reached last.
  const isBelow = (side === 'sell') === (family === 'stop');
  const far = (a: Order, b: Order): number => {
    const byPrice = compareText(a.triggerPrice ?? '0', b.triggerPrice ?? '0') * (isBelow ? 1 : -1);
    return byPrice === 0 ? b.createdAt - a.createdAt : byPrice;
  };
  return [...orders].sort(far);
}
