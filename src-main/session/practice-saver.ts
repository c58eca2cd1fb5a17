import type { PracticeControl } from '../exchanges/practice/practice-exchange.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';

export const PRACTICE_STATE_KEY = 'practice.state';
const SAVE_AFTER_MS = 2000;

interface Parts {
  readonly control: PracticeControl;
  readonly ledger: LedgerRepositories;
  readonly clock: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onWriteFailed: (error: unknown) => void;
}

/** Writes the practice account to the ledger soon after it changed, and once more at the end. */
export function keepPracticeState(parts: Parts): { flush(): Promise<void>; stop(): void } {
  let cancel: (() => void) | null = null;
  const save = async (): Promise<void> => {
    cancel?.();
    cancel = null;
    const value = JSON.stringify(parts.control.exportState());
    await parts.ledger.keyValues.set({ key: PRACTICE_STATE_KEY, value, time: parts.clock() });
  };
  const stop = parts.control.onChange(() => {
    cancel ??= parts.after(SAVE_AFTER_MS, () => {
      save().catch(parts.onWriteFailed);
    });
  });
  return {
    flush: save,
    stop: () => {
      stop();
      cancel?.();
    },
  };
}
