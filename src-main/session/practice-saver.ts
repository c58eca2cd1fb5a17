import type { PracticeControl } from '../exchanges/practice/practice-exchange.ts';
import { SavedHistory } from '../exchanges/practice/saved-history.ts';
import type { PracticeState } from '../exchanges/practice/state-schema.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';

/** The whole account, written now and then. */
export const PRACTICE_STATE_KEY = 'practice.state';
/** The account without the history that the last whole one has, written with each change. */
export const PRACTICE_RECENT_KEY = 'practice.recent';
const SAVE_AFTER_MS = 10_000;
/** So many orders and fills of the past make writing the whole account once cheaper than writing them every time. */
const MOST_RECENT = 50;

interface Parts {
  readonly control: Pick<PracticeControl, 'exportState' | 'onChange'>;
  readonly ledger: Pick<LedgerRepositories, 'keyValues'>;
  readonly clock: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onWriteFailed: (error: unknown) => void;
}

/**
 * Writes the practice account to the ledger with each change, and whole at the end. A change is handed to the ledger
 * before anybody hears of it, and the ledger writes in the order in which it is asked: what it has of orders and fills
 * is never ahead of the money that they moved, whenever the process is killed. The same write to disk has both.
 */
export function keepPracticeState(parts: Parts): { flush(): Promise<void>; stop(): void } {
  const { control, ledger, clock, after, onWriteFailed } = parts;
  let cancel: (() => void) | null = null;
  let saved: SavedHistory | null = null;
  let savedAt = 0;
  const exported = () => {
    const state = control.exportState();
    // Later than the one before, also in the same millisecond: the later of two counts.
    savedAt = Math.max(state.savedAt, savedAt + 1);
    return { ...state, savedAt };
  };
  const write = (key: string, state: object): Promise<unknown> =>
    ledger.keyValues.set({ key, value: JSON.stringify(state), time: clock() });
  const saveAll = async (): Promise<void> => {
    cancel?.();
    cancel = null;
    const state = exported();
    saved = new SavedHistory(state);
    const written = write(PRACTICE_STATE_KEY, state);
    // After it: killed in between, the older one of the two is left out by its time.
    const removed = ledger.keyValues.remove({ key: PRACTICE_RECENT_KEY });
    try {
      await Promise.all([written, removed]);
    } catch (error) {
      saved = null;
      throw error;
    }
  };
  const changed = (): void => {
    if (saved === null) return void saveAll().catch(onWriteFailed);
    const recent = saved.without(exported());
    if (pastOf(recent) > MOST_RECENT) return void saveAll().catch(onWriteFailed);
    write(PRACTICE_RECENT_KEY, recent).catch(onWriteFailed);
    cancel ??= after(SAVE_AFTER_MS, () => {
      saveAll().catch(onWriteFailed);
    });
  };
  const stop = control.onChange(changed);
  return {
    flush: saveAll,
    stop: () => {
      stop();
      cancel?.();
    },
  };
}

const pastOf = ({ accounts }: PracticeState): number =>
  accounts.reduce((sum, { history }) => sum + history.orders.length + history.fills.length, 0);
