/**
 * Walks back through a history that Bybit hands out in windows of at most seven days, two years back, by category
 * and page (sheet 7.9). The cursor carries everything, so that a walk can go on after a restart.
 */
import { badInput } from '../../../errors.ts';
import type { Page } from '../../exchange.ts';
import type { BybitCategory } from '../public/category.ts';

const WINDOW_MS = 7 * 24 * 60 * 60_000;
const LONGEST_MS = 730 * 24 * 60 * 60_000;
const LONGEST_CURSOR = 4_000;
/** The venue's clock as we know it is set back a little by each look at it: a cursor of just now is ours still. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** Where a walk stands: the window that ends at `end`, and the next page of each category that is not done in it. */
interface Place {
  readonly end: number;
  readonly since: number;
  readonly pages: Readonly<Partial<Record<BybitCategory, string>>>;
}

export interface Source<T> {
  readonly categories: readonly BybitCategory[];
  /** Both inclusive, at most seven days apart. `cursor` is empty for the first page. */
  readonly page: (
    category: BybitCategory,
    from: number,
    to: number,
    cursor: string,
  ) => Promise<{ readonly rows: readonly T[]; readonly cursor: string | null }>;
  readonly id: (row: T) => string;
  readonly time: (row: T) => number;
}

/**
 * One page of each category in one window, newest first; rows can be empty while there is a cursor. So that whoever
 * walks far can pace the calls: half a year of empty weeks in one call would take a whole budget at once. Rejects
 * with `input.invalid` for a cursor that is not ours.
 */
export async function walkBack<T>(
  source: Source<T>,
  cursor: string | null,
  since: number,
  now: number,
): Promise<Page<T>> {
  const oldest = Math.max(since, now - LONGEST_MS);
  const place =
    cursor === null ? firstPlace(source, oldest, now) : resume(readCursor(cursor, source, now), now);
  if (place === null) return { rows: [], cursor: null };
  const { rows, next } = await step(source, place);
  return { rows, cursor: next === null ? null : writeCursor(next) };
}

/** A walk that paused for days goes on within the two years that Bybit answers for; null when it is past them. */
function resume(place: Place, now: number): Place | null {
  const since = Math.max(place.since, now - LONGEST_MS);
  return since > place.end ? null : { ...place, since };
}

function firstPlace<T>(source: Source<T>, since: number, end: number): Place | null {
  if (since > end) return null;
  return { end, since, pages: Object.fromEntries(source.categories.map((category) => [category, ''])) };
}

/** One page of each category that has some left in this window. */
async function step<T>(source: Source<T>, place: Place): Promise<{ rows: readonly T[]; next: Place | null }> {
  const from = Math.max(place.since, place.end - WINDOW_MS + 1);
  const open = Object.entries(place.pages) as [BybitCategory, string][];
  const pages = await Promise.all(
    open.map(([category, cursor]) => source.page(category, from, place.end, cursor)),
  );
  const left: [string, string][] = [];
  pages.forEach(({ cursor }, index) => {
    const [category, before] = open[index] ?? ['', ''];
    // A cursor that does not move is Bybit's end as well as none.
    if (cursor !== null && cursor !== before) left.push([category, cursor]);
  });
  const rows = new Map<string, T>();
  for (const row of pages.flatMap((page) => page.rows)) rows.set(source.id(row), row);
  const sorted = [...rows.values()].sort((a, b) => source.time(b) - source.time(a));
  const next =
    left.length > 0
      ? { ...place, pages: Object.fromEntries(left) }
      : firstPlace(source, place.since, from - 1);
  return { rows: sorted, next };
}

function writeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place), 'utf8').toString('base64url');
}

/** A cursor comes back from the window or the ledger: nothing in it is believed. */
function readCursor<T>(cursor: string, source: Source<T>, now: number): Place {
  const wrong = badInput([{ field: 'cursor', rule: 'must be one that this account answered' }]);
  if (cursor.length > LONGEST_CURSOR) throw wrong;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw wrong;
  }
  const { end, since, pages } = (value ?? {}) as Partial<Place>;
  const isTime = (time: unknown): time is number =>
    typeof time === 'number' && Number.isSafeInteger(time) && time >= 0 && time <= now + CLOCK_SLACK_MS;
  if (!isTime(end) || !isTime(since) || since > end) throw wrong;
  const entries = Object.entries(pages ?? {});
  const isPage = ([category, page]: [string, unknown]): boolean =>
    source.categories.includes(category as BybitCategory) && typeof page === 'string';
  if (entries.length === 0 || !entries.every(isPage)) throw wrong;
  return { end, since, pages: pages ?? {} };
}
