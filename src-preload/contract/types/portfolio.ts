import type { DecimalText } from './market.ts';
import type { Balance, Position } from './trading.ts';

/** One asset's share of the total. */
export interface Holding {
  readonly asset: string;
  readonly total: DecimalText;
  readonly available: DecimalText;
  readonly held: DecimalText;
  /** In the display currency; null when no price path is known: shown as "no price", never as zero. */
  readonly value: DecimalText | null;
  /** Fraction of the counted total. */
  readonly share: DecimalText | null;
  /** Markets the price came through, for "why this number". */
  readonly pricePath: readonly string[];
}

export interface AccountFigures {
  readonly accountId: string;
  /** Equity in the display currency, unrealised profit of contracts included. */
  readonly equity: DecimalText | null;
  /** False: it is in no sum of the portfolio, but has its own figures here. */
  readonly counted: boolean;
  /** Why not: its money is not real, and there is an account whose money is. */
  readonly notCountedReason?: 'playMoney';
  /** What is in this account alone, at the prices of its own world; shares are those of the account. */
  readonly holdings: readonly Holding[];
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  /** When the venue last answered; null = never. */
  readonly asOf: number | null;
  readonly state: 'loading' | 'live' | 'stale' | 'failed';
  readonly error?: string;
}

/**
 * Sums are those of the accounts that count: as soon as there is one with real money, practice, demo and testnet do
 * not; without one they all do.
 */
export interface PortfolioView {
  readonly currency: string;
  /** Null while a part that counts is missing: the window then shows the parts, not a wrong sum. */
  readonly total: DecimalText | null;
  /**
   * Since the last local midnight's snapshot, over the accounts that are in that snapshot and count now: an account
   * that was added today is no gain. Null without one. Deposits and withdrawals are not told apart from profit.
   */
  readonly changeToday: DecimalText | null;
  /** Of what those accounts were worth then. */
  readonly changeTodayFraction: DecimalText | null;
  readonly unrealizedPnl: DecimalText | null;
  readonly holdings: readonly Holding[];
  readonly accounts: readonly AccountFigures[];
  /** Age of the oldest figure in it. */
  readonly asOf: number | null;
  /** What the total lacks, ready to be shown: labels of silent accounts, assets and contracts without a price. */
  readonly missing: readonly string[];
}

/**
 * The curve is that of the accounts that count now, also for the time before: one that was removed is in no point,
 * and one that was added begins where it was added. Points of other accounts cannot be compared.
 */
export interface EquityPoint {
  readonly time: number;
  readonly equity: DecimalText;
  /** Ids of the accounts in it, sorted. */
  readonly accounts: readonly string[];
}
export const EQUITY_RANGES = ['1D', '1W', '1M', '1Y', 'all'] as const;
export type EquityRange = (typeof EQUITY_RANGES)[number];
