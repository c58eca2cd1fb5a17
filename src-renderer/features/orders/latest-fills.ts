import type { Fill } from '../../../src-preload/contract/types/trading.ts';

/** A venue's execution id is unique within the venue; the account is added for two keys of one account. */
export const fillKey = (fill: Fill): string => `${fill.venue}:${fill.accountId}:${fill.id}`;

/** Newest first, each fill once: a reconnect and a page may both bring the same one. */
export function mergeFills(known: readonly Fill[], more: readonly Fill[], most: number): readonly Fill[] {
  const byKey = new Map(known.map((fill) => [fillKey(fill), fill]));
  for (const fill of more) byKey.set(fillKey(fill), fill);
  return [...byKey.values()]
    .sort((a, b) => b.time - a.time || (fillKey(a) < fillKey(b) ? -1 : 1))
    .slice(0, most);
}
