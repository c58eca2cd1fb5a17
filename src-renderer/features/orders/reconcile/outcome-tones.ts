import type { ReconciliationReport } from '../../../../src-preload/contract/types/trading.ts';

/** How the outcome of a comparison is coloured; the word beside it carries the meaning. */
export const TONES = {
  running: 'accent',
  equal: 'buy',
  adopted: 'warn',
  failed: 'danger',
} as const satisfies Record<ReconciliationReport['outcome'], string>;
