import type { FieldProblem } from '../../src-preload/contract/result.ts';
import type { RiskLimitName } from '../../src-preload/contract/types/risk.ts';
import { HoldfastError } from '../errors.ts';
import type { Decimal } from '../market/decimal.ts';
import { text } from '../market/decimal.ts';

/** A refusal by a limit: the message names limit, value and setting, the problem the field and what would pass. */
export function refusal(
  name: RiskLimitName | 'availableMargin' | 'stopsBeyondPosition',
  message: string,
  field: string,
  nearest: string | null = null,
): HoldfastError {
  const problem: FieldProblem = { field, rule: message, ...(nearest === null ? {} : { nearest }) };
  return new HoldfastError('notAllowed', `risk.${name}`, message, { problems: [problem] });
}

/** Dollars as people read them. */
export const dollars = (amount: Decimal): string => `${text(amount.toDecimalPlaces(2))} USD`;

export const percent = (fraction: Decimal): string => `${text(fraction.times('100').toDecimalPlaces(4))} %`;
