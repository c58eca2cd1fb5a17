import type { AlertFiring } from '../../../src-preload/contract/types/alert.ts';

export interface AlertLog {
  /** Newest first. */
  readonly rows: readonly AlertFiring[];
  readonly total: number;
  readonly unseen: number;
}

export const EMPTY_LOG: AlertLog = { rows: [], total: 0, unseen: 0 };

/** Adds live firings. One that a page already brought counts once: events and pages cross on the way. */
export function addFirings(log: AlertLog, firings: readonly AlertFiring[]): AlertLog {
  const known = new Set(log.rows.map((row) => row.id));
  const fresh = firings.filter((firing) => !known.has(firing.id) && known.add(firing.id) !== undefined);
  if (fresh.length === 0) return log;
  return {
    rows: [...fresh, ...log.rows].sort(newestFirst),
    total: log.total + fresh.length,
    unseen: log.unseen + fresh.filter((firing) => !firing.seen).length,
  };
}

/** Takes the first page; firings that came while it was under way and are not in it are kept. */
export function takeFirstPage(page: AlertLog, since: readonly AlertFiring[]): AlertLog {
  return addFirings({ ...page, rows: [...page.rows].sort(newestFirst) }, since);
}

/** Appends an older page. */
export function takeOlderPage(log: AlertLog, page: AlertLog): AlertLog {
  const known = new Set(log.rows.map((row) => row.id));
  const older = page.rows.filter((row) => !known.has(row.id));
  return { rows: [...log.rows, ...older].sort(newestFirst), total: page.total, unseen: page.unseen };
}

export const allSeen = (log: AlertLog): AlertLog => ({
  ...log,
  unseen: 0,
  rows: log.rows.map((row) => (row.seen ? row : { ...row, seen: true })),
});

const newestFirst = (a: AlertFiring, b: AlertFiring): number => b.time - a.time || (a.id < b.id ? -1 : 1);
