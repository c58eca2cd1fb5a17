/** Rules for amounts that move inside of an account: between wallets, from coin to coin. Pure. */
import { compareText, decimalsOf, floorToStep, isZeroText } from '../market/decimal.ts';
import type { FieldProblem } from '../../src-preload/contract/result.ts';
import { stepOf } from './withdrawal-quote.ts';

export interface AmountRules {
  readonly available?: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  /** Decimals; null or absent = not told. */
  readonly precision?: number | null | undefined;
}

/** Every rule that the amount breaks, with the nearest one that would do. */
export function amountProblems(amount: string, rules: AmountRules): FieldProblem[] {
  const field = 'amount';
  const { available, min, max, precision } = rules;
  const problems: FieldProblem[] = [];
  const snapped = (value: string): string =>
    precision === null || precision === undefined ? value : floorToStep(value, stepOf(precision));
  const near = (value: string) => (isZeroText(value) ? {} : { nearest: value });
  if (precision !== null && precision !== undefined && decimalsOf(amount) > precision)
    problems.push({ field, rule: `may have at most ${precision} decimals`, ...near(snapped(amount)) });
  if (min !== undefined && compareText(amount, min) < 0)
    problems.push({ field, rule: `must be at least ${min}`, ...near(min) });
  if (max !== undefined && compareText(amount, max) > 0)
    problems.push({ field, rule: `must be at most ${max}`, ...near(snapped(max)) });
  if (available !== undefined && compareText(amount, available) > 0) {
    const rule = `must not be more than the ${available} that can be moved now`;
    problems.push({ field, rule, ...near(snapped(available)) });
  }
  return problems;
}
