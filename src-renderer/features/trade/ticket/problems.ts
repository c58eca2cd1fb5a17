import type { FieldProblem } from '../../../../src-preload/contract/result.ts';
import type { TicketField } from './draft.ts';

const FIELDS: Readonly<Record<string, TicketField>> = {
  price: 'price',
  triggerPrice: 'triggerPrice',
  quantity: 'size',
  quoteAmount: 'size',
  takeProfit: 'takeProfit',
  stopLoss: 'stopLoss',
};

export interface SortedProblems {
  readonly fields: Readonly<Partial<Record<TicketField, FieldProblem>>>;
  /** Problems of no single field, such as too little balance. */
  readonly whole: readonly FieldProblem[];
}

/** Puts each problem beside the field it belongs to; the first one of a field is shown. */
export function sortProblems(problems: readonly FieldProblem[]): SortedProblems {
  const fields: Partial<Record<TicketField, FieldProblem>> = {};
  const whole: FieldProblem[] = [];
  for (const problem of problems) {
    const field = FIELDS[problem.field];
    if (field === undefined) whole.push(problem);
    else fields[field] ??= problem;
  }
  return { fields, whole };
}
