import type { MarketRef } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft, Position } from '../../src-preload/contract/types/trading.ts';

/**
 * The order that a draft becomes, as it is before the venue knows of it.
 * @param now when the person asked for it, ms UTC
 */
export function orderOf(draft: OrderDraft, market: MarketRef, clientOrderId: string, now: number): Order {
  return {
    ...market,
    accountId: draft.accountId,
    clientOrderId,
    venueOrderId: null,
    side: draft.side,
    type: draft.type,
    state: 'sending',
    quantity: draft.quantity ?? null,
    ...(draft.quoteAmount === undefined ? {} : { quoteAmount: draft.quoteAmount }),
    filledQuantity: '0',
    averagePrice: null,
    price: draft.price ?? null,
    triggerPrice: draft.triggerPrice ?? null,
    ...(draft.triggerBy === undefined ? {} : { triggerBy: draft.triggerBy }),
    timeInForce: draft.timeInForce,
    postOnly: draft.postOnly,
    reduceOnly: draft.reduceOnly,
    positionSide: draft.positionSide,
    ...(draft.takeProfit === undefined ? {} : { takeProfit: draft.takeProfit }),
    ...(draft.stopLoss === undefined ? {} : { stopLoss: draft.stopLoss }),
    createdAt: now,
    updatedAt: now,
  };
}

/** The reduce-only market order that closes a position. */
export function closingDraft(position: Position): OrderDraft {
  const { accountId, symbol, quantity, positionSide } = position;
  return {
    accountId,
    symbol,
    side: position.side === 'long' ? 'sell' : 'buy',
    type: 'market',
    quantity,
    timeInForce: 'IOC',
    postOnly: false,
    reduceOnly: true,
    positionSide,
  };
}
