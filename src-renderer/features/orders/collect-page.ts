import type { Result } from '../../../src-preload/contract/result.ts';

/** One call of a paged list: newest first. */
export type FetchRows<T> = (
  limit: number,
  offset: number,
) => Promise<Result<{ readonly rows: readonly T[]; readonly total: number }>>;

export interface CollectedPage<T> {
  readonly rows: readonly T[];
  readonly total: number;
  /** Offset at which the next page begins; null when the list is at its end. */
  readonly next: number | null;
  /** True when the search stopped before the page was full: "search on" goes further. */
  readonly partial: boolean;
}

export interface CollectOptions<T> {
  readonly start: number;
  readonly size: number;
  /** A filter that the contract does not have; rows are then searched in larger steps. */
  readonly keep?: ((row: T) => boolean) | undefined;
}

/** The contract's largest page. */
const STEP = 500;
/** A rare state must not make one click read the whole history. */
const MOST_STEPS = 4;

/** Fills one page of the list, searching past rows that the filter drops. */
export async function collectPage<T>(
  fetchRows: FetchRows<T>,
  { start, size, keep }: CollectOptions<T>,
): Promise<Result<CollectedPage<T>>> {
  const rows: T[] = [];
  let offset = start;
  let total = 0;
  const steps = keep === undefined ? 1 : MOST_STEPS;
  for (let step = 0; step < steps; step += 1) {
    const answer = await fetchRows(keep === undefined ? size : STEP, offset);
    if (!answer.ok) return answer;
    total = answer.value.total;
    for (const row of answer.value.rows) {
      offset += 1;
      if (keep === undefined || keep(row)) rows.push(row);
      if (rows.length === size) break;
    }
    const atEnd = answer.value.rows.length === 0 || offset >= total;
    if (atEnd || rows.length === size) {
      return { ok: true, value: { rows, total, next: atEnd ? null : offset, partial: false } };
    }
  }
  return {
    ok: true,
    value: { rows, total, next: offset < total ? offset : null, partial: keep !== undefined },
  };
}
