/** What an order makes of a position. Quantities in the instrument's unit; long is positive. */
import type { Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft, Position } from '../../src-preload/contract/types/trading.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { averageEntry } from './contract-value.ts';

type Place = Pick<OrderDraft, 'symbol' | 'positionSide'>;

const positionOf = (draft: Place, positions: readonly Position[]): Position | undefined =>
  positions.find(
    (position) => position.symbol === draft.symbol && position.positionSide === draft.positionSide,
  );

const signedQuantity = (position: Position | undefined): Decimal =>
  position ? dec(position.quantity).times(position.side === 'long' ? '1' : '-1') : dec('0');

/** The signed position that the order would change. */
export const presentQuantity = (draft: Place, positions: readonly Position[]): Decimal =>
  signedQuantity(positionOf(draft, positions));

/** The part of the order that opens or enlarges a position: only that needs margin. */
export function openingQuantity(
  draft: OrderDraft,
  positions: readonly Position[],
  quantity: Decimal,
): Decimal {
  if (draft.reduceOnly) return dec('0');
  const present = presentQuantity(draft, positions);
  const against = draft.side === 'buy' ? present.isNegative() : present.isPositive() && !present.isZero();
  if (!against) return quantity;
  // Closing frees about the margin that the same size opens with, so twice the present size costs nothing.
  const rest = quantity.minus(present.abs().times('2'));
  return rest.isPositive() ? rest : dec('0');
}

interface Context {
  readonly instrument: Pick<Instrument, 'kind'>;
  readonly positions: readonly Position[];
}

/** The signed position and its entry price once the order is filled. */
export function positionAfter(
  draft: OrderDraft,
  { instrument, positions }: Context,
  order: { readonly quantity: Decimal; readonly price: Decimal },
): { signed: Decimal; entry: Decimal } {
  const position = positionOf(draft, positions);
  const present = signedQuantity(position);
  const wanted = order.quantity.times(draft.side === 'buy' ? '1' : '-1');
  const change = draft.reduceOnly && wanted.abs().greaterThan(present.abs()) ? present.negated() : wanted;
  const signed = present.plus(change);
  if (!position || present.isZero() || signed.isNegative() !== present.isNegative())
    return { signed, entry: order.price };
  if (signed.abs().lessThanOrEqualTo(present.abs())) return { signed, entry: dec(position.entryPrice) };
  const before = { quantity: present.abs(), price: dec(position.entryPrice) };
  return {
    signed,
    entry: averageEntry(instrument, [before, { quantity: change.abs(), price: order.price }]),
  };
}
