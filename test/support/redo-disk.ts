import { fdatasyncSync, writeSync } from 'node:fs';
import type { RedoDisk } from '../../src-main/storage/ledger/redo/redo-log.ts';

export interface FailingDisk extends RedoDisk {
  /** How often it was waited for. */
  readonly syncs: number;
  failNext(at: 'write' | 'sync', error: Error): void;
}

/** The real disk, which can be told to fail. */
export function failingDisk(): FailingDisk {
  const failures: { at: 'write' | 'sync'; error: Error }[] = [];
  let syncs = 0;
  const meet = (at: 'write' | 'sync'): void => {
    const index = failures.findIndex((failure) => failure.at === at);
    const [failure] = index === -1 ? [] : failures.splice(index, 1);
    if (failure) throw failure.error;
  };
  return {
    get syncs() {
      return syncs;
    },
    failNext: (at, error) => failures.push({ at, error }),
    write: (handle, bytes, position) => {
      meet('write');
      writeSync(handle, bytes, 0, bytes.length, position);
    },
    sync: (handle) => {
      syncs += 1;
      meet('sync');
      fdatasyncSync(handle);
    },
  };
}
