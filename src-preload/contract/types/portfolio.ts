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
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  /** When the venue last answered; null = never. */
  readonly asOf: number | null;
  readonly state: 'loading' | 'live' | 'stale' | 'failed';
  readonly error?: string;
}

export interface PortfolioView {
  readonly currency: string;
  /** Null while a part that counts is missing: the window then shows the parts, not a wrong sum. */
  readonly total: DecimalText | null;
  /** Total minus the total at the last local midnight's snapshot; null without one. */
  readonly changeToday: DecimalText | null;
  readonly changeTodayFraction: DecimalText | null;
  readonly unrealizedPnl: DecimalText | null;
  readonly holdings: readonly Holding[];
  readonly accounts: readonly AccountFigures[];
  /** Age of the oldest figure in it. */
  readonly asOf: number | null;
  /** What the total lacks, ready to be shown: labels of silent accounts, assets and contracts without a price. */
  readonly missing: readonly string[];
}

export interface EquityPoint {
  readonly time: number;
  readonly equity: DecimalText;
}
export const EQUITY_RANGES = ['1D', '1W', '1M', '1Y', 'all'] as const;
export type EquityRange = (typeof EQUITY_RANGES)[number];
