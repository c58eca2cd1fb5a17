/** What an order adds to a position, from what is known of positions, balances and open orders. */
import type { Instrument } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { presentQuantity } from '../trading/position-after.ts';
import { forTrading } from '../trading/usable-balance.ts';

export interface ExposureInput {
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  readonly session: Pick<AccountSession, 'positions' | 'balances'>;
  /** Open and pending orders of the account. */
  readonly orders: readonly Order[];
  /** The order to be amended. */
  readonly order: Order | null;
  /** Turns an amount to spend into a quantity; null while no price is known. */
  readonly price: Decimal | null;
  /** What filled on the order's side and is in no position yet; default: nothing. */
  readonly unseen?: Decimal;
}

/** In the instrument's quantity unit. */
export interface Exposure {
  /** What may still fill of the order; null for an amount to spend in a market without a price. */
  readonly quantity: Decimal | null;
  /** How much more may fill than before the amendment; all of it for a new order. */
  readonly added: Decimal | null;
  /** Largest position on the order's side once everything open on that side has filled, before this order. */
  readonly before: Decimal;
  /** It cannot but make a position smaller. */
  readonly isReducing: boolean;
}

export function exposureOf(input: ExposureInput): Exposure {
  const { draft, instrument, order } = input;
  const quantity = quantityOf(draft, order, input.price);
  const added = addedBy(quantity, input);
  const present = presentOf(input)
    .times(draft.side === 'buy' ? '1' : '-1')
    .plus(input.unseen ?? '0');
  const others = sameSide(input);
  const enlarging = sum(
    others.filter(({ reduceOnly }) => !reduceOnly),
    input.price,
  );
  // Reduce-only orders count here too: they may be first, and this one would then find nothing left to close.
  const all = sum(others, input.price);
  const isCovered =
    quantity !== null && all !== null && present.plus(all).plus(quantity).lessThanOrEqualTo('0');
  return {
    quantity,
    added,
    before: present.plus(enlarging ?? '0'),
    isReducing: (instrument.kind !== 'spot' && draft.reduceOnly) || isCovered || isSmaller(input, added),
  };
}

function quantityOf(draft: OrderDraft, order: Order | null, price: Decimal | null): Decimal | null {
  if (draft.quantity !== undefined) {
    const rest = dec(draft.quantity).minus(order?.filledQuantity ?? '0');
    return rest.isNegative() ? dec('0') : rest;
  }
  if (draft.quoteAmount === undefined || price === null || price.isZero()) return null;
  return dec(draft.quoteAmount).div(price);
}

function addedBy(quantity: Decimal | null, { order, price }: ExposureInput): Decimal | null {
  if (quantity === null || order === null) return quantity;
  const left = remaining(order, price);
  if (left === null) return quantity;
  return quantity.greaterThan(left) ? quantity.minus(left) : dec('0');
}

/** An amendment that only takes quantity away. */
function isSmaller({ draft, order }: ExposureInput, added: Decimal | null): boolean {
  if (order === null || added?.isZero() !== true) return false;
  const same = (a: string | undefined, b: string | null): boolean =>
    a === undefined || b === null ? (a ?? null) === b : dec(a).equals(b);
  // One that was triggered has none to be changed.
  const isMoved = draft.triggerPrice !== undefined && !same(draft.triggerPrice, order.triggerPrice);
  return same(draft.price, order.price) && !isMoved;
}

/** Long is positive. On a spot market the position is what is owned of the coin. */
function presentOf({ draft, instrument, session }: ExposureInput): Decimal {
  if (instrument.kind !== 'spot') return presentQuantity(draft, session.positions);
  return session.balances
    .filter((balance) => balance.asset === instrument.base && forTrading(balance))
    .reduce((total, balance) => total.plus(balance.total), dec('0'));
}

function sameSide({ draft, orders, order }: ExposureInput): readonly Order[] {
  return orders.filter(
    (other) =>
      other.symbol === draft.symbol &&
      other.side === draft.side &&
      other.positionSide === draft.positionSide &&
      other.clientOrderId !== order?.clientOrderId,
  );
}

/** Null when one of them has no quantity that could be known. */
function sum(orders: readonly Order[], price: Decimal | null): Decimal | null {
  let total = dec('0');
  for (const order of orders) {
    const left = remaining(order, price);
    if (left === null) return null;
    total = total.plus(left);
  }
  return total;
}

function remaining(order: Order, price: Decimal | null): Decimal | null {
  if (order.quantity !== null) return dec(order.quantity).minus(order.filledQuantity);
  if (order.quoteAmount === undefined || price === null || price.isZero()) return null;
  return dec(order.quoteAmount).div(price);
}
