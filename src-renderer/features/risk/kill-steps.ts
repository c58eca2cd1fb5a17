/** What became of the orders and positions that the kill switch went after. */
import type { KillStep } from '../../../src-preload/contract/types/risk.ts';

export interface KillSummary {
  readonly total: number;
  /** Gone at the venue, by the switch or filled before it. */
  readonly settled: number;
  readonly pending: number;
  /** Still there, or nobody knows. */
  readonly left: number;
}

export function summariseSteps(steps: readonly KillStep[]): KillSummary {
  const count = (...results: readonly KillStep['result'][]): number =>
    steps.filter((step) => results.includes(step.result)).length;
  return {
    total: steps.length,
    settled: count('gone', 'filledBefore'),
    pending: count('pending'),
    left: count('left', 'unknown'),
  };
}

const URGENCY: Readonly<Record<KillStep['result'], number>> = {
  left: 0,
  unknown: 1,
  pending: 2,
  filledBefore: 3,
  gone: 4,
};

/** What still needs somebody first; otherwise in the order in which main names them. */
export function byUrgency(steps: readonly KillStep[]): readonly KillStep[] {
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => URGENCY[a.step.result] - URGENCY[b.step.result] || a.index - b.index)
    .map(({ step }) => step);
}

export const stepKey = (step: KillStep): string =>
  [step.accountId, step.kind, step.symbol, step.name].join(' ');

export type StepTone = 'neutral' | 'accent' | 'warn' | 'danger' | 'buy';
const TONES: Readonly<Record<KillStep['result'], StepTone>> = {
  pending: 'accent',
  gone: 'buy',
  filledBefore: 'neutral',
  left: 'danger',
  unknown: 'warn',
};
export const stepTone = (result: KillStep['result']): StepTone => TONES[result];
