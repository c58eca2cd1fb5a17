/** Limits on what may be sent, and the switch that stops everything. Money in US dollars unless said otherwise. */
import type { DecimalText, MarketRef } from './market.ts';

/** Each limit is off while it is null. Global and per account: the tighter one of both counts. */
export interface RiskLimits {
  /**
   * Largest notional of one whole order, what has filled of it included. An option that is written counts with the
   * coins behind it, not with its premium.
   */
  readonly maxOrderNotional: DecimalText | null;
  /** Largest position in one market after the order, as a fraction of the account's equity ("0.5"). */
  readonly maxPositionShare: DecimalText | null;
  readonly maxOpenOrders: number | null;
  /** Largest distance of a limit price from the middle of a fresh book, as a fraction ("0.05"). */
  readonly priceBand: DecimalText | null;
  /**
   * Realised loss since local midnight above which only reducing orders pass: profit of contracts as their venue tells
   * it, less all fees. Spot trades count with their fees only, because what the coin had cost is not known.
   */
  readonly maxDailyLoss: DecimalText | null;
  /** Orders placed or amended in any 60 seconds. */
  readonly maxOrdersPerMinute: number | null;
  /** Symbols that may be traded; null = all. */
  readonly allowedMarkets: readonly string[] | null;
}
export const RISK_LIMIT_NAMES = [
  'maxOrderNotional',
  'maxPositionShare',
  'maxOpenOrders',
  'priceBand',
  'maxDailyLoss',
  'maxOrdersPerMinute',
  'allowedMarkets',
] as const;
export type RiskLimitName = (typeof RISK_LIMIT_NAMES)[number];

/** The limits of everything (`accountId` null) or of one account, as last set. */
export interface RiskLimitsEntry {
  readonly accountId: string | null;
  /** Rises with each change; 0 = never set. */
  readonly version: number;
  readonly changedAt: number | null;
  readonly limits: RiskLimits;
}

/** Where an account stands against its limits now; null figures are not known. */
export interface RiskUse {
  readonly accountId: string;
  readonly openOrders: number;
  readonly ordersLastMinute: number;
  /** Negative = loss. */
  readonly realizedToday: DecimalText | null;
  readonly equity: DecimalText | null;
  /** Only reducing orders pass, and why. */
  readonly reduceOnly: boolean;
  readonly reason: RiskLimitName | null;
}

/** What became of one order or position when the kill switch was thrown. */
export interface KillStep {
  readonly accountId: string;
  readonly kind: 'order' | 'position';
  readonly symbol: string;
  /** Client order id, or the position's side. */
  readonly name: string;
  readonly result: 'pending' | 'gone' | 'filledBefore' | 'left' | 'unknown';
  /** Why, or that the cancel left before it could be journaled. */
  readonly message: string | null;
}

export interface KillSwitchStatus {
  /** While engaged, nothing is sent but cancels and, when flattening, closing orders. Survives a restart. */
  readonly engaged: boolean;
  readonly engagedAt: number | null;
  readonly flatten: boolean;
  /**
   * Absent: a person engaged it. `newLedger`: it engaged itself because the ledger is gone, and with it the limits and
   * the switch's own state; nothing was cancelled then (`progress` is `off`), because stops may be among what is open.
   */
  readonly reason?: 'newLedger';
  /** `verified` only when every venue has said that nothing is left. */
  readonly progress: 'off' | 'working' | 'verified' | 'incomplete';
  readonly steps: readonly KillStep[];
}

export interface PositionSize extends MarketRef {
  /** In the instrument's quantity unit, rounded down to the lot. */
  readonly quantity: DecimalText;
  readonly notional: DecimalText;
  /** Loss if the stop is hit at its price, both fees included; never above the risk asked for. */
  readonly risk: DecimalText;
  readonly fees: DecimalText;
  readonly currency: string;
  /** What made it smaller than the risk alone would: balance, a limit, the venue's largest order. */
  readonly boundBy: 'risk' | 'balance' | 'limit' | 'venue' | 'minimum';
}
