/** How much of a limit is used up now. */
import type { RiskLimitName, RiskLimits, RiskUse } from '../../../../src-preload/contract/types/risk.ts';
import { absText, compareText, divideText, multiplyText } from '../../../lib/decimal.ts';

export interface LimitUse {
  /** Null = not known. */
  readonly used: string | null;
  /** The tighter of both limits; null = off. */
  readonly limit: string | null;
  readonly tone: 'quiet' | 'near' | 'reached';
}

/** From four fifths on a limit is near. */
const NEAR = '0.8';

type Countable = 'maxOpenOrders' | 'maxOrdersPerMinute' | 'maxDailyLoss';
const isCountable = (name: RiskLimitName): name is Countable =>
  name === 'maxOpenOrders' || name === 'maxOrdersPerMinute' || name === 'maxDailyLoss';

function tighter(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareText(a, b) <= 0 ? a : b;
}

const textOf = (value: string | number | null): string | null => (value === null ? null : String(value));

/** Null for limits that are about one order and have no standing. */
export function useOf(
  name: RiskLimitName,
  use: RiskUse | null,
  all: RiskLimits,
  own: RiskLimits,
): LimitUse | null {
  if (!isCountable(name)) return null;
  const limit = tighter(textOf(all[name]), textOf(own[name]));
  const used = use === null ? null : usedOf(name, use);
  if (used === null || limit === null) return { used, limit, tone: 'quiet' };
  const share = divideText(used, limit, 6) ?? '0';
  const tone = compareText(share, '1') >= 0 ? 'reached' : compareText(share, NEAR) >= 0 ? 'near' : 'quiet';
  return { used, limit, tone };
}

function usedOf(name: Countable, use: RiskUse): string | null {
  if (name === 'maxOpenOrders') return String(use.openOrders);
  if (name === 'maxOrdersPerMinute') return String(use.ordersLastMinute);
  if (use.realizedToday === null) return null;
  // A profit uses up nothing of a loss.
  return use.realizedToday.startsWith('-') ? absText(use.realizedToday) : '0';
}

/** What the share of the equity comes to in dollars; null without a limit or an equity. */
export function shareInDollars(use: RiskUse | null, all: RiskLimits, own: RiskLimits): string | null {
  const limit = tighter(all.maxPositionShare, own.maxPositionShare);
  return limit === null || use?.equity == null ? null : multiplyText(use.equity, limit);
}
