/** Orders, fills, positions and balances as the window sees them. */
import type { DecimalText, MarketRef, Side } from './market.ts';

export const ORDER_TYPES = [
  'limit',
  'market',
  'stopLimit',
  'stopMarket',
  'takeProfitLimit',
  'takeProfitMarket',
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** What moves a trigger order. */
export const TRIGGER_SOURCES = ['last', 'mark', 'index'] as const;
export type TriggerSource = (typeof TRIGGER_SOURCES)[number];

export type MarginMode = 'cross' | 'isolated';
/** Which position of a hedge-mode account an order belongs to; `net` in one-way mode. */
export type PositionSide = 'net' | 'long' | 'short';

/**
 * An order's life as the desk knows it. `unknown`: we cannot know whether the venue acted and are asking it.
 * `needsYou`: asking did not settle it.
 */
export const ORDER_STATES = [
  'sending',
  'working',
  'untriggered',
  'partiallyFilled',
  'filled',
  'cancelling',
  'cancelled',
  'rejected',
  'expired',
  'unknown',
  'needsYou',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export interface Order extends MarketRef {
  readonly accountId: string;
  /** Made once per intent, stored before anything is sent. Empty for an order placed elsewhere without one. */
  readonly clientOrderId: string;
  /** The venue's id; null until it acknowledged. */
  readonly venueOrderId: string | null;
  readonly side: Side;
  readonly type: OrderType;
  readonly state: OrderState;
  /** In the instrument's quantity unit. Null for a market order by quote amount until it is known. */
  readonly quantity: DecimalText | null;
  /** Set for a market order that spends an amount of quote currency. */
  readonly quoteAmount?: DecimalText;
  readonly filledQuantity: DecimalText;
  readonly averagePrice: DecimalText | null;
  readonly price: DecimalText | null;
  readonly triggerPrice: DecimalText | null;
  readonly triggerBy?: TriggerSource;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly positionSide: PositionSide;
  /** Attached protection, where the venue has it. */
  readonly takeProfit?: DecimalText;
  readonly stopLoss?: DecimalText;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Why it was rejected, cancelled or is unknown: safe to show. */
  readonly reason?: string;
  readonly venueCode?: string;
}

export interface Fill extends MarketRef {
  readonly accountId: string;
  /** Venue execution id: the identity of a fill together with the venue. */
  readonly id: string;
  readonly venueOrderId: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly price: DecimalText;
  readonly quantity: DecimalText;
  /** Positive = paid, negative = rebate, in `feeCurrency`. */
  readonly fee: DecimalText;
  readonly feeCurrency: string;
  readonly liquidity: 'maker' | 'taker' | 'unknown';
  /** `trade` unless the venue did it: liquidation, deleveraging, delivery. */
  readonly cause: 'trade' | 'liquidation' | 'adl' | 'delivery' | 'settlement';
  /** Realised profit of the closed part, in the settlement currency, for contracts. */
  readonly realizedPnl?: DecimalText;
  readonly time: number;
}

export interface Position extends MarketRef {
  readonly accountId: string;
  readonly side: 'long' | 'short';
  readonly positionSide: PositionSide;
  /** Always > 0, in the instrument's quantity unit. */
  readonly quantity: DecimalText;
  readonly entryPrice: DecimalText;
  readonly markPrice: DecimalText | null;
  readonly liquidationPrice: DecimalText | null;
  readonly leverage: DecimalText;
  readonly marginMode: MarginMode;
  /** Margin held for it, in `settle`. */
  readonly margin: DecimalText;
  readonly unrealizedPnl: DecimalText | null;
  readonly realizedPnl: DecimalText;
  readonly takeProfit?: DecimalText | null;
  readonly stopLoss?: DecimalText | null;
  readonly settle: string;
  readonly updatedAt: number;
}

export interface Balance {
  readonly accountId: string;
  /** The venue's wallet in our words: `spot`, `unified`, `funding`, `margin`, … */
  readonly wallet: string;
  readonly asset: string;
  /** The user's own: what is borrowed is taken off, so it can be negative. */
  readonly total: DecimalText;
  readonly available: DecimalText;
  /** Held by open orders and positions. */
  readonly held: DecimalText;
  /** For information only: `total` is net of it. */
  readonly borrowed?: DecimalText;
  /**
   * In US dollars: what the venue says contracts under cross margin can still use, over all coins of the wallet.
   * The same figure stands at each of them; that of the newest counts.
   */
  readonly sharedMargin?: DecimalText;
  /** False when we do not know how to count this wallet: shown as "not counted", never as zero. */
  readonly counted: boolean;
  readonly notCountedReason?: string;
  readonly updatedAt: number;
}

/** What the ticket sends. Exactly one of `quantity` and `quoteAmount` is set. */
export interface OrderDraft {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity?: DecimalText | undefined;
  readonly quoteAmount?: DecimalText | undefined;
  readonly price?: DecimalText | undefined;
  readonly triggerPrice?: DecimalText | undefined;
  readonly triggerBy?: TriggerSource | undefined;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly positionSide: PositionSide;
  /** Trigger prices of the protection that the position gets when this order fills. */
  readonly takeProfit?: DecimalText | undefined;
  readonly stopLoss?: DecimalText | undefined;
}

/** One value that was moved onto the instrument's step, shown before the order is sent. */
export interface Snap {
  readonly field: 'price' | 'triggerPrice' | 'quantity' | 'takeProfit' | 'stopLoss';
  readonly from: DecimalText;
  readonly to: DecimalText;
  readonly rule: string;
}

/** What an order will do; recomputed on each change of the ticket. All money in `currency` (quote or settle). */
export interface OrderPreview {
  readonly snaps: readonly Snap[];
  /** Rules broken, each naming field, rule and nearest allowed value. Empty = can be sent. */
  readonly problems: readonly { readonly field: string; readonly rule: string; readonly nearest?: string }[];
  readonly currency: string;
  readonly quantity: DecimalText | null;
  /** Price the estimate rests on: the limit price, or the book's average for a market order. */
  readonly estimatedPrice: DecimalText | null;
  readonly notional: DecimalText | null;
  /** Cost to the available balance: notional for a spot buy, initial margin for a contract. */
  readonly cost: DecimalText | null;
  readonly costCurrency: string;
  readonly available: DecimalText | null;
  readonly fee: DecimalText | null;
  readonly feeCurrency: string;
  readonly feeKind: 'maker' | 'taker';
  /** Contracts only: the signed position afterwards, and its estimated liquidation price. */
  readonly positionAfter: DecimalText | null;
  readonly liquidationPriceAfter: DecimalText | null;
  /** Largest quantity that the balance allows at this price. */
  readonly maxQuantity: DecimalText | null;
  /** Deviation of a market order's average price from the best price, as a fraction. */
  readonly slippage: DecimalText | null;
  readonly bookAgeMs: number | null;
}

export interface CancelReport {
  readonly requested: number;
  readonly cancelled: readonly string[];
  readonly failed: readonly { readonly clientOrderId: string; readonly message: string }[];
}

export interface AccountModes {
  readonly positionMode: 'oneWay' | 'hedge';
  readonly marginMode: MarginMode;
}

/** One step in the life of an order. */
export interface OrderEvent {
  readonly time: number;
  readonly kind:
    | 'intent'
    | 'checked'
    | 'journaled'
    | 'sent'
    | 'acknowledged'
    | 'amending'
    | 'amended'
    | 'cancelling'
    | 'fill'
    | 'lookedUp'
    | 'reconciled'
    /** Take-profit and stop-loss were set on the position that the order is of. */
    | 'protection'
    | 'state';
  readonly state: OrderState | null;
  readonly detail: string | null;
}

export interface OrderTimeline {
  readonly order: Order;
  readonly events: readonly OrderEvent[];
  /** Ids of the request log (Activity) whose request or response names the order. */
  readonly requests: readonly number[];
  /** Milliseconds from the intent; null while it has not come to that. */
  readonly toSent: number | null;
  readonly toAcknowledged: number | null;
  readonly toFirstFill: number | null;
  readonly toDone: number | null;
}

export const DIFFERENCE_CAUSES = [
  'placedElsewhere',
  'endedMeanwhile',
  'missedFill',
  'neverArrived',
  'changedElsewhere',
  'feeInCoin',
  'dust',
  'unexplained',
] as const;

/** One difference between what we knew and what the venue said, and what was done about it. */
export interface ReconciliationDifference {
  readonly subject: 'order' | 'fill' | 'position' | 'balance';
  readonly symbol: string | null;
  /** Client order id, fill id, position side or asset. */
  readonly name: string;
  readonly cause: (typeof DIFFERENCE_CAUSES)[number];
  readonly ours: string | null;
  readonly theirs: string | null;
}

export interface ReconciliationReport {
  readonly accountId: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly trigger: 'start' | 'reconnect' | 'wake' | 'periodic' | 'person' | 'failedOrder';
  readonly outcome: 'running' | 'equal' | 'adopted' | 'failed';
  readonly error: string | null;
  readonly differences: readonly ReconciliationDifference[];
}

/** That a reconciliation began or ended: small, because it is told each time. What was found is in the reports. */
export interface ReconciliationNews extends Omit<ReconciliationReport, 'differences'> {
  /** How many were found. */
  readonly differences: number;
}
