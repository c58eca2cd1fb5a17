/**
 * Walking a history backwards in time. Bybit answers only a window of days at once, each in pages; a cursor of
 * ours says in which window and on which page of each source the walk stands, so that it can be taken up later,
 * after a restart too. It comes back through the window of the application, so it is read as a stranger's text.
 */
import * as z from 'zod/mini';
import { badInput } from '../../../errors.ts';
import type { Page } from '../../exchange.ts';

const SECOND = 1_000;
export const DAY_MS = 86_400_000;
/** Empty windows walked in one call: a quiet account must not use up a minute's budget. */
const WINDOWS_PER_CALL = 4;

/** Page of a source: null = its first, false = it has no more in this window. */
type Place = string | null | false;

interface State {
  /** End of the window, inclusive, ms UTC, a whole second. */
  readonly to: number;
  readonly places: readonly Place[];
}

export interface Window {
  /** Both inclusive, ms UTC, whole seconds: that is how Bybit compares. */
  readonly from: number;
  readonly to: number;
  readonly cursor: string | undefined;
}

export interface SourcePage<T> {
  readonly rows: readonly T[];
  readonly next: string | null | undefined;
}

export type Source<T> = (window: Window) => Promise<SourcePage<T>>;

export interface Walk<T> {
  readonly sources: readonly Source<T>[];
  readonly windowMs: number;
  readonly now: number;
}

const STATE = z.strictObject({
  to: z.int().check(z.minimum(0), z.maximum(8_640_000_000_000_000)),
  places: z.array(z.union([z.string().check(z.maxLength(512)), z.null(), z.literal(false)])),
});

/** The next page, newest first within the page; rows can be empty while there is a cursor. */
export async function walkBack<T extends { readonly time: number }>(
  { sources, windowMs, now }: Walk<T>,
  cursor: string | null,
  since: number,
): Promise<Page<T>> {
  const fresh = sources.map(() => null);
  let state: State =
    cursor === null
      ? { to: Math.ceil(now / SECOND) * SECOND, places: fresh }
      : readCursor(cursor, sources.length);
  const end = Math.floor(since / SECOND) * SECOND;
  for (let windows = 0; windows < WINDOWS_PER_CALL && state.to >= end; windows += 1) {
    const from = Math.max(end, state.to - windowMs + SECOND);
    const pages = await Promise.all(sources.map((source, index) => askPage(source, state, from, index)));
    const places = pages.map((page) => page.place);
    const rows = pages.flatMap((page) => page.rows).toSorted((a, b) => b.time - a.time);
    // One second before the window: both ends count at Bybit, and no row may come twice.
    state = places.some((place) => place !== false)
      ? { to: state.to, places }
      : { to: from - SECOND, places: fresh };
    if (rows.length > 0) return { rows, cursor: state.to >= end ? writeCursor(state) : null };
  }
  return { rows: [], cursor: state.to >= end ? writeCursor(state) : null };
}

async function askPage<T>(
  source: Source<T>,
  state: State,
  from: number,
  index: number,
): Promise<{ rows: readonly T[]; place: Place }> {
  const place = state.places[index] ?? null;
  if (place === false) return { rows: [], place: false };
  const page = await source({ from, to: state.to, cursor: place ?? undefined });
  const next = page.next ?? '';
  // A cursor that leads to itself, or goes on after an empty page, would walk for ever.
  const isOver = next === '' || next === place || page.rows.length === 0;
  return { rows: page.rows, place: isOver ? false : next };
}

function writeCursor(state: State): string {
  return Buffer.from(JSON.stringify(state)).toString('base64url');
}

function readCursor(cursor: string, sources: number): State {
  const parsed = STATE.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success || parsed.data.places.length !== sources) throw badCursor();
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const badCursor = () => badInput([{ field: 'cursor', rule: 'must be the cursor of an earlier page' }]);
