/** What the matching engine knows of an order. Prices are ticks, quantities lots: safe integers. */
import type { Side, TimeInForce, TriggerSource } from '../../exchange.ts';

export interface Trigger {
  readonly price: number;
  readonly source: TriggerSource;
  /** `rises`: fires at or above the price (buy stop, sell take-profit); `falls`: at or below. */
  readonly when: 'rises' | 'falls';
}

export interface OrderTicket {
  /** Unique in the engine; the venue's order id. */
  readonly id: string;
  /** Empty for the crowd: anonymous orders may trade with each other. */
  readonly owner: string;
  /** The owner's own id; empty when there is none. Refused when the owner has used it before. */
  readonly clientId: string;
  readonly side: Side;
  /** Limit price; for a market order the worst price it may walk to, or null for any. */
  readonly price: number | null;
  readonly market: boolean;
  /** Lots; null for an order that spends `budget`. */
  readonly lots: number | null;
  /** Lots that were filled before: an order that comes back after a restart. */
  readonly filled?: number;
  /** Market order by amount: price times lots to spend at most, in tick-lots. */
  readonly budget?: number;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly trigger: Trigger | null;
}

export type OrderStatus = 'untriggered' | 'working' | 'filled' | 'cancelled' | 'rejected';

/** Why an order ended without being filled. */
export type EndReason =
  | 'requested'
  | 'notFilledAtOnce'
  | 'noLiquidity'
  | 'fillOrKill'
  | 'wouldTake'
  | 'selfTrade'
  | 'reduceOnly'
  | 'insufficientFunds'
  | 'margin'
  | 'liquidation'
  | 'sourceChanged';

/** A live order. Linked into the queue of its price level while it rests. */
export interface EngineOrder {
  readonly id: string;
  readonly owner: string;
  readonly clientId: string;
  readonly side: Side;
  price: number | null;
  readonly market: boolean;
  /** Total lots; for an order by amount, what was filled. */
  lots: number;
  filled: number;
  budget: number | null;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  trigger: Trigger | null;
  status: OrderStatus;
  endReason: EndReason | null;
  previous: EngineOrder | null;
  next: EngineOrder | null;
}

export interface EngineTrade {
  readonly sequence: number;
  readonly price: number;
  readonly lots: number;
  readonly maker: EngineOrder;
  readonly taker: EngineOrder;
  readonly time: number;
}

export type RejectReason =
  'duplicate' | 'wouldTake' | 'fillOrKill' | 'noLiquidity' | 'reduceOnly' | 'wouldTrigger' | 'badOrder';

export type SubmitResult =
  { readonly ok: true; readonly order: EngineOrder } | { readonly ok: false; readonly reason: RejectReason };

export interface OrderChange {
  readonly price?: number;
  readonly lots?: number;
  readonly triggerPrice?: number;
}

export type AmendResult =
  | { readonly ok: true; readonly order: EngineOrder }
  | {
      readonly ok: false;
      readonly reason: 'unknown' | 'belowFilled' | 'wouldTake' | 'wouldTrigger' | 'badOrder';
    };

/**
 * The books' keeper on the other side of the engine. Called synchronously in the order in which things happen;
 * it must not submit, amend or cancel from inside `trade` or `ended`.
 */
export interface EngineListener {
  trade(trade: EngineTrade): void;
  /** An accepted order is over: filled, cancelled, or rejected when its trigger fired. */
  ended(order: EngineOrder): void;
  /** A trigger order was fired and goes to the book next; false refuses it (`insufficientFunds`). */
  firing(order: EngineOrder): boolean;
  /** Lots by which an order of that side could reduce the owner's position now. */
  reducible(owner: string, side: Side): number;
}

/** What self-trade prevention does when an incoming order meets one of the same owner. */
export type SelfTradePolicy = 'cancelMaker' | 'cancelTaker' | 'cancelBoth';

/** Engine and replay matcher in one shape: what the venue's desk needs of a market's book. */
export interface Matcher {
  submit(ticket: OrderTicket, time: number): SubmitResult;
  amend(id: string, change: OrderChange, time: number): AmendResult;
  /** The order that was cancelled; null when there is none with this id. */
  cancel(id: string, reason: EndReason): EngineOrder | null;
  order(id: string): EngineOrder | null;
  /** A new reference price in ticks: fires what it triggers. */
  reference(source: TriggerSource, price: number, time: number): void;
  /** What a taker would get now, without doing it. `owner`'s own orders are passed over. */
  preview(
    side: Side,
    want: { lots?: number; budget?: number; limit?: number | null },
    owner: string,
  ): TakerPreview;
  bestBid(): number | null;
  bestAsk(): number | null;
}

export interface TakerPreview {
  readonly lots: number;
  /** Sum of price times lots. */
  readonly tickLots: number;
  /** Last price reached; null when nothing would trade. */
  readonly worst: number | null;
}

export const remaining = (order: EngineOrder): number => order.lots - order.filled;

export function newOrder(ticket: OrderTicket): EngineOrder {
  return {
    id: ticket.id,
    owner: ticket.owner,
    clientId: ticket.clientId,
    side: ticket.side,
    price: ticket.price,
    market: ticket.market,
    lots: ticket.lots ?? 0,
    filled: ticket.filled ?? 0,
    budget: ticket.budget ?? null,
    timeInForce: ticket.timeInForce,
    postOnly: ticket.postOnly,
    reduceOnly: ticket.reduceOnly,
    trigger: ticket.trigger,
    status: ticket.trigger === null ? 'working' : 'untriggered',
    endReason: null,
    previous: null,
    next: null,
  };
}

const positive = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/** True when every figure is a safe integer above zero and their product is one too. */
export function wellFormed(ticket: OrderTicket): boolean {
  if (!ticket.market && ticket.price === null) return false;
  if (ticket.market && ticket.postOnly) return false;
  if (ticket.price !== null && !positive(ticket.price)) return false;
  if (ticket.trigger !== null && !positive(ticket.trigger.price)) return false;
  if (ticket.lots === null) return ticket.market && ticket.budget !== undefined && positive(ticket.budget);
  if ((ticket.filled ?? 0) >= ticket.lots || ticket.budget !== undefined) return false;
  return positive(ticket.lots) && Number.isSafeInteger(ticket.lots * (ticket.price ?? 1));
}
