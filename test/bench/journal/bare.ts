import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';

/** What a journal entry of one order weighs as JSON. */
export const BARE_BYTES = 1024;

/** The least that makes an order's entry durable: append, and wait for the disk. */
export function openBare(file: string) {
  const handle = openSync(file, 'a', 0o600);
  const bytes = Buffer.alloc(BARE_BYTES, 7);
  return {
    write: () => {
      writeSync(handle, bytes);
      fdatasyncSync(handle);
    },
    close: () => {
      closeSync(handle);
    },
  };
}
