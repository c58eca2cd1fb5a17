/** The limits as text in a form, and back. Empty = off. Fractions are typed as percent. */
import {
  RISK_LIMIT_NAMES,
  type RiskLimitName,
  type RiskLimits,
} from '../../../../src-preload/contract/types/risk.ts';
import { compareText, divideText, isDecimalText, isZeroText, multiplyText } from '../../../lib/decimal.ts';

export type LimitsDraft = Record<RiskLimitName, string>;

export const LIMIT_KINDS: Readonly<Record<RiskLimitName, 'money' | 'percent' | 'count' | 'markets'>> = {
  maxOrderNotional: 'money',
  maxPositionShare: 'percent',
  maxOpenOrders: 'count',
  priceBand: 'percent',
  maxDailyLoss: 'money',
  maxOrdersPerMinute: 'count',
  allowedMarkets: 'markets',
};

export const NO_LIMITS: RiskLimits = {
  maxOrderNotional: null,
  maxPositionShare: null,
  maxOpenOrders: null,
  priceBand: null,
  maxDailyLoss: null,
  maxOrdersPerMinute: null,
  allowedMarkets: null,
};

const percent = (fraction: string | null): string => (fraction === null ? '' : multiplyText(fraction, '100'));

export const draftOf = (limits: RiskLimits): LimitsDraft => ({
  maxOrderNotional: limits.maxOrderNotional ?? '',
  maxPositionShare: percent(limits.maxPositionShare),
  maxOpenOrders: limits.maxOpenOrders?.toString() ?? '',
  priceBand: percent(limits.priceBand),
  maxDailyLoss: limits.maxDailyLoss ?? '',
  maxOrdersPerMinute: limits.maxOrdersPerMinute?.toString() ?? '',
  allowedMarkets: limits.allowedMarkets?.join('\n') ?? '',
});

/** A rule that a field breaks: key under `risk.limits.rule`, and what it is about. */
export interface LimitProblem {
  readonly key: 'number' | 'positive' | 'digits' | 'count' | 'band' | 'share' | 'market' | 'tooMany';
  readonly about: string;
}

// As the contract has them: values.ts and risk.ts.
const DIGITS = /^\d{1,20}(?:\.\d{1,18})?$/;
const SYMBOL =
  /^[A-Z0-9.]{1,20}\/[A-Z0-9.]{1,20}(?::[A-Z0-9.]{1,20}(?:-\d{6}(?:-\d{1,12}(?:\.\d{1,6})?-[CP])?)?)?$/;
const MOST_MARKETS = 200;
const MOST_COUNT = 10_000;
/** In percent: a band of 100 % is none, and a hundredfold position is a typing error. */
const MOST_PERCENT = { priceBand: '100', maxPositionShare: '10000' } as const;

/** Symbols as typed: by line, comma or space, in any case; each once. */
export const marketsOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .toUpperCase()
      .split(/[\s,;]+/)
      .filter((part) => part !== ''),
  ),
];

const problem = (key: LimitProblem['key'], about = ''): LimitProblem => ({ key, about });

function checkNumber(text: string): LimitProblem | null {
  if (!isDecimalText(text)) return problem('number');
  if (text.startsWith('-') || isZeroText(text)) return problem('positive');
  return DIGITS.test(text) ? null : problem('digits');
}

function checkMarkets(text: string): LimitProblem | null {
  const markets = marketsOf(text);
  const wrong = markets.find((symbol) => !SYMBOL.test(symbol));
  if (wrong !== undefined) return problem('market', wrong);
  return markets.length > MOST_MARKETS ? problem('tooMany', String(MOST_MARKETS)) : null;
}

function checkPercent(name: RiskLimitName, text: string): LimitProblem | null {
  if (name === 'priceBand' && compareText(text, MOST_PERCENT.priceBand) >= 0) return problem('band');
  if (name === 'maxPositionShare' && compareText(text, MOST_PERCENT.maxPositionShare) > 0) {
    return problem('share');
  }
  return null;
}

/** The rule that this text breaks; null when it can be saved. Empty is off, and never wrong. */
export function checkLimit(name: RiskLimitName, text: string): LimitProblem | null {
  if (text.trim() === '') return null;
  const kind = LIMIT_KINDS[name];
  if (kind === 'markets') return checkMarkets(text);
  const wrong = checkNumber(text);
  if (wrong !== null) return wrong;
  if (kind === 'percent') return checkPercent(name, text);
  const isCount = /^\d+$/.test(text) && compareText(text, String(MOST_COUNT)) <= 0;
  return kind === 'count' && !isCount ? problem('count', String(MOST_COUNT)) : null;
}

const off = (text: string): string | null => (text.trim() === '' ? null : text);
const count = (text: string): number | null => (off(text) === null ? null : Number.parseInt(text, 10));
const fraction = (text: string): string | null => (off(text) === null ? null : divideText(text, '100', 18));

/** What is saved; only for a draft without problems. */
export function limitsOf(draft: LimitsDraft): RiskLimits {
  const markets = marketsOf(draft.allowedMarkets);
  return {
    maxOrderNotional: off(draft.maxOrderNotional),
    maxPositionShare: fraction(draft.maxPositionShare),
    maxOpenOrders: count(draft.maxOpenOrders),
    priceBand: fraction(draft.priceBand),
    maxDailyLoss: off(draft.maxDailyLoss),
    maxOrdersPerMinute: count(draft.maxOrdersPerMinute),
    allowedMarkets: markets.length === 0 ? null : markets,
  };
}

const sameText = (name: RiskLimitName, a: string, b: string): boolean => {
  if (LIMIT_KINDS[name] === 'markets') {
    return [...marketsOf(a)].sort().join(' ') === [...marketsOf(b)].sort().join(' ');
  }
  if (isDecimalText(a) && isDecimalText(b)) return compareText(a, b) === 0;
  return a.trim() === b.trim();
};

/** The names of the limits that differ between what is saved and what stands in the form. */
export const changedNames = (saved: RiskLimits, draft: LimitsDraft): readonly RiskLimitName[] => {
  const before = draftOf(saved);
  return RISK_LIMIT_NAMES.filter((name) => !sameText(name, before[name], draft[name]));
};
