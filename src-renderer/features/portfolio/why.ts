import type { DecimalText } from '../../../src-preload/contract/types/market.ts';
import type {
  AccountFigures,
  Holding,
  PortfolioView,
} from '../../../src-preload/contract/types/portfolio.ts';
import type { Balance } from '../../../src-preload/contract/types/trading.ts';
import {
  absText,
  addText,
  compareText,
  divideText,
  isZeroText,
  multiplyText,
  subtractText,
} from '../../lib/decimal.ts';

/** One balance with the price it was counted at. */
export interface WalletPart {
  readonly balance: Balance;
  /** Display currency per unit; null when no price path is known. */
  readonly price: DecimalText | null;
  readonly value: DecimalText | null;
  /** Markets the price came through; empty for the display currency itself. */
  readonly pricePath: readonly string[];
}

export interface AccountParts {
  readonly accountId: string;
  /** False for play money beside real money: it is in no sum. */
  readonly isCounted: boolean;
  readonly holdings: readonly Holding[];
  readonly state: AccountFigures['state'];
  readonly equity: DecimalText | null;
  readonly asOf: number | null;
  readonly error: string | null;
  /** Worth most first; unpriced ones after them. */
  readonly counted: readonly WalletPart[];
  readonly notCounted: readonly Balance[];
  /** Sum of what the wallets are worth; null while one of them has no price. */
  readonly walletsValue: DecimalText | null;
  /**
   * Equity less the wallets: what open contracts have gained or lost, and what the venue counts that we
   * cannot see. Named instead of hidden, because a silent gap is how a wallet type goes missing.
   */
  readonly gap: DecimalText | null;
}

export interface TotalParts {
  /** Those that count first. */
  readonly accounts: readonly AccountParts[];
  /** Sum of the equities of the accounts that count; null while one is unknown. */
  readonly sum: DecimalText | null;
  /** Stated total less that sum: anything but zero is shown. */
  readonly difference: DecimalText | null;
}

/** What one account's equity is made of. */
export function explainAccount(figures: AccountFigures): AccountParts {
  const byAsset = new Map(figures.holdings.map((holding) => [holding.asset, holding]));
  const counted = figures.balances
    .filter((balance) => balance.counted)
    .map((balance) => partOf(balance, byAsset.get(balance.asset)))
    .sort(byValue);
  const walletsValue = sumOrUnknown(counted.map((part) => part.value));
  return {
    accountId: figures.accountId,
    isCounted: figures.counted,
    holdings: figures.holdings,
    state: figures.state,
    equity: figures.equity,
    asOf: figures.asOf,
    error: figures.error ?? null,
    counted,
    notCounted: figures.balances.filter((balance) => !balance.counted),
    walletsValue,
    gap: difference(figures.equity, walletsValue),
  };
}

/** What the total is made of, account by account. */
export function explainTotal(view: PortfolioView): TotalParts {
  const all = view.accounts.map(explainAccount);
  const accounts = [...all.filter((part) => part.isCounted), ...all.filter((part) => !part.isCounted)];
  const sum = sumOrUnknown(all.filter((part) => part.isCounted).map((part) => part.equity));
  return { accounts, sum, difference: difference(view.total, sum) };
}

/**
 * Below this share of the larger figure a gap is the rounding of converted prices, which we derive from
 * value / total of a holding, and not worth a line.
 */
const ROUNDING = '0.000001';

/** True when a gap is large enough to be shown. */
export function isGapWorthALine(gap: DecimalText | null, of: DecimalText | null): boolean {
  if (gap === null) return false;
  if (isZeroText(gap)) return false;
  return of === null || compareText(absText(gap), multiplyText(absText(of), ROUNDING)) > 0;
}

function partOf(balance: Balance, holding: Holding | undefined): WalletPart {
  const price = holding === undefined ? null : unitPrice(holding);
  const worthless = isZeroText(balance.total) ? '0' : null;
  return {
    balance,
    price,
    value: price === null ? worthless : multiplyText(balance.total, price),
    pricePath: holding?.pricePath ?? [],
  };
}

/** Enough that price times balance gives the holding's value back, whatever the coin costs. */
const PRICE_DECIMALS = 30;

function unitPrice(holding: Holding): DecimalText | null {
  return holding.value === null ? null : divideText(holding.value, holding.total, PRICE_DECIMALS);
}

function byValue(a: WalletPart, b: WalletPart): number {
  if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
  return compareText(b.value, a.value);
}

const difference = (whole: DecimalText | null, parts: DecimalText | null): DecimalText | null =>
  whole === null || parts === null ? null : subtractText(whole, parts);

/** Null as soon as one part is unknown: a sum without it would be a wrong figure. */
function sumOrUnknown(parts: readonly (DecimalText | null)[]): DecimalText | null {
  let sum = '0';
  for (const part of parts) {
    if (part === null) return null;
    sum = addText(sum, part);
  }
  return sum;
}
