import { open } from 'node:fs/promises';
import type { RequestRow } from '../../src-preload/contract/types/activity.ts';
import { HoldfastError } from '../errors.ts';

const PAGE_ROWS = 500;
/** Redacted as they are, the requests tell what somebody owns: nobody else on the machine is to read them. */
const OWNER_ONLY = 0o600;

/**
 * Writes rows as JSON lines, page by page, and answers how many. Rejects with `storage` when the file cannot be
 * written, or as `page` does.
 * @param page rows after an id, oldest first
 */
export async function exportRequests(
  path: string,
  page: (afterId: number, limit: number) => Promise<readonly RequestRow[]>,
): Promise<number> {
  const file = await open(path, 'w', OWNER_ONLY).catch(notWritten);
  try {
    // The mode above is for a new file only.
    await file.chmod(OWNER_ONLY).catch(notWritten);
    let [rows, last] = [0, 0];
    for (;;) {
      const next = await page(last, PAGE_ROWS);
      if (next.length === 0) return rows;
      await file.appendFile(next.map((row) => `${JSON.stringify(row)}\n`).join('')).catch(notWritten);
      rows += next.length;
      last = next.at(-1)?.id ?? last;
    }
  } finally {
    await file.close().catch(() => undefined);
  }
}

function notWritten(cause: unknown): never {
  throw new HoldfastError('storage', 'activity.notWritten', 'The file could not be written.', {}, cause);
}
