/** An account's order: what was asked, what the book made of it, and the view that goes over the port. */
import type { Fill, Order, OrderRequest, OrderState } from '../../exchange.ts';
import type { Settlement } from '../accounts/clearing.ts';
import { amountText, type Amount } from '../amount.ts';
import type { EndReason, EngineOrder } from '../matching/order.ts';
import type { PracticeMarket } from '../market-source.ts';

export interface OrderRecord {
  readonly id: string;
  readonly accountId: string;
  readonly request: OrderRequest;
  readonly market: PracticeMarket;
  engine: EngineOrder;
  /** Sum of price times quantity of its fills. */
  turnover: Amount;
  readonly createdAt: number;
  updatedAt: number;
  /** Rises with each order of the exchange: who was first. */
  readonly arrival: number;
}

export const END_TEXT: Readonly<Record<EndReason, string>> = {
  requested: 'Cancelled on request.',
  notFilledAtOnce: 'The rest could not be filled at once.',
  noLiquidity: 'Nobody offers more within 5 % of the best price.',
  fillOrKill: 'It could not be filled in full at once.',
  wouldTake: 'Post-only: it would have traded at once.',
  selfTrade: 'It met a newer order of the same account.',
  reduceOnly: 'There is no position left for it to reduce.',
  insufficientFunds: 'The balance did not cover it when its trigger price was reached.',
  margin: 'Losses used up the margin that it held.',
  liquidation: 'Cancelled to keep the account from liquidation.',
  sourceChanged: 'The market was replaced by another one.',
};

function stateOf(order: EngineOrder): OrderState {
  if (order.status !== 'working') return order.status;
  return order.filled > 0 ? 'partiallyFilled' : 'working';
}

/** The order as the port has it, a copy that later changes do not reach. */
export function orderView(record: OrderRecord): Order {
  const { engine, request, market } = record;
  const { scale } = market.terms;
  const average = engine.filled === 0 ? null : scale.averageText(record.turnover, engine.filled);
  return {
    venue: 'practice',
    symbol: request.symbol,
    accountId: record.accountId,
    clientOrderId: request.clientOrderId,
    venueOrderId: record.id,
    side: request.side,
    type: request.type,
    state: stateOf(engine),
    quantity:
      request.quoteAmount !== undefined && engine.filled === 0 ? null : scale.quantityText(engine.lots),
    ...(request.quoteAmount === undefined ? {} : { quoteAmount: request.quoteAmount }),
    filledQuantity: scale.quantityText(engine.filled),
    averagePrice: average,
    price: engine.market || engine.price === null ? null : scale.priceText(engine.price),
    triggerPrice:
      engine.trigger === null ? (request.triggerPrice ?? null) : scale.priceText(engine.trigger.price),
    ...(engine.trigger === null ? {} : { triggerBy: engine.trigger.source }),
    timeInForce: request.timeInForce,
    postOnly: request.postOnly,
    reduceOnly: request.reduceOnly,
    positionSide: 'net',
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    ...(engine.endReason === null ? {} : { reason: END_TEXT[engine.endReason] }),
  };
}

/** One trade of an order as the port has it. */
export function fillView(
  record: OrderRecord,
  trade: { id: string; price: number; lots: number; liquidity: 'maker' | 'taker' },
  settled: Settlement,
): Fill {
  const { request, market } = record;
  const { scale } = market.terms;
  return {
    venue: 'practice',
    symbol: request.symbol,
    accountId: record.accountId,
    id: trade.id,
    venueOrderId: record.id,
    clientOrderId: request.clientOrderId,
    side: request.side,
    price: scale.priceText(trade.price),
    quantity: scale.quantityText(trade.lots),
    fee: amountText(settled.fee),
    feeCurrency: settled.feeAsset,
    liquidity: trade.liquidity,
    cause: 'trade',
    ...(settled.realized === null ? {} : { realizedPnl: amountText(settled.realized) }),
    time: record.updatedAt,
  };
}
