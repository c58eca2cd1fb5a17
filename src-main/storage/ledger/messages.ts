import type { ErrorShape } from '../../../src-preload/contract/result.ts';

/** What a confirmed write survives: a power cut, or only the death of the process. */
export type Durability = 'power' | 'process';

/** Main to worker. `open` carries the key, which the worker overwrites as soon as the database is open. */
export type LedgerRequest =
  | {
      readonly id: number;
      readonly kind: 'open';
      readonly file: string;
      readonly key: Uint8Array;
      readonly durability: Durability;
    }
  | { readonly id: number; readonly kind: 'durability'; readonly durability: Durability }
  | {
      readonly id: number;
      readonly kind: 'run';
      readonly repository: string;
      readonly operation: string;
      readonly input: unknown;
    }
  | { readonly id: number; readonly kind: 'close' };

export type LedgerResponse =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorShape };

/** What was found when the ledger was opened. */
export interface LedgerOpening {
  /** There was none before: a first start, or the file is gone. */
  readonly isNew: boolean;
  /** How many confirmed writes the database did not have yet: more than none after a crash or a power cut. */
  readonly redone: number;
  /** Where a redo log went that does not fit the database or is damaged; null when there was none such. */
  readonly setAside: string | null;
}
