/** The limits that count for an account: for each one the tighter of that for all accounts and its own. */
import type { FieldProblem } from '../../src-preload/contract/result.ts';
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import type { RiskLimitName, RiskLimits } from '../../src-preload/contract/types/risk.ts';
import { compareText, dec, text } from '../market/decimal.ts';

export const NO_LIMITS: RiskLimits = {
  maxOrderNotional: null,
  maxPositionShare: null,
  maxOpenOrders: null,
  priceBand: null,
  maxDailyLoss: null,
  maxOrdersPerMinute: null,
  allowedMarkets: null,
};

export interface Limit<T> {
  readonly value: T;
  /** Where a person finds it, for messages: "the limits of all accounts". */
  readonly setting: string;
}

/** Null = no such limit. */
export type EffectiveLimits = {
  readonly [N in RiskLimitName]: Limit<NonNullable<RiskLimits[N]>> | null;
};

const ALL = 'the limits of all accounts';
const OWN = 'the limits of this account';

export function tighter(all: RiskLimits, own: RiskLimits): EffectiveLimits {
  const decimal = (a: string | null, b: string | null) => pick(a, b, (x, y) => compareText(x, y) <= 0);
  const count = (a: number | null, b: number | null) => pick(a, b, (x, y) => x <= y);
  return {
    maxOrderNotional: decimal(all.maxOrderNotional, own.maxOrderNotional),
    maxPositionShare: decimal(all.maxPositionShare, own.maxPositionShare),
    maxOpenOrders: count(all.maxOpenOrders, own.maxOpenOrders),
    priceBand: decimal(all.priceBand, own.priceBand),
    maxDailyLoss: decimal(all.maxDailyLoss, own.maxDailyLoss),
    maxOrdersPerMinute: count(all.maxOrdersPerMinute, own.maxOrdersPerMinute),
    allowedMarkets: commonMarkets(all.allowedMarkets, own.allowedMarkets),
  };
}

/** Rules beyond the form of the input: a percentage typed where a fraction is meant switches a limit off. */
export function limitProblems(limits: RiskLimits): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (limits.priceBand !== null && compareText(limits.priceBand, '1') >= 0)
    problems.push({
      field: 'limits.priceBand',
      rule: 'must be a fraction below 1: 0.05 means 5 %',
      ...asPercent(limits.priceBand),
    });
  if (limits.maxPositionShare !== null && compareText(limits.maxPositionShare, '100') > 0)
    problems.push({
      field: 'limits.maxPositionShare',
      rule: 'must be a fraction of the equity, at most 100: 0.5 means 50 %',
      nearest: '100',
    });
  return problems;
}

/** What was meant by a number above 1, most likely; nothing when it makes no sense as a percentage either. */
function asPercent(typed: DecimalText): { readonly nearest?: DecimalText } {
  const fraction = dec(typed).div('100');
  return fraction.lessThan('1') ? { nearest: text(fraction) } : {};
}

function pick<T>(all: T | null, own: T | null, isTighter: (a: T, b: T) => boolean): Limit<T> | null {
  if (all === null) return own === null ? null : { value: own, setting: OWN };
  return own === null || isTighter(all, own) ? { value: all, setting: ALL } : { value: own, setting: OWN };
}

/** Only what both lists hold; nothing, when they have nothing in common. */
function commonMarkets(
  all: readonly string[] | null,
  own: readonly string[] | null,
): Limit<readonly string[]> | null {
  if (all === null) return own === null ? null : { value: own, setting: OWN };
  if (own === null) return { value: all, setting: ALL };
  const allowed = new Set(own);
  return { value: all.filter((symbol) => allowed.has(symbol)), setting: `${ALL} and ${OWN}` };
}
