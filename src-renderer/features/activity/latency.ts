import type { LatencyRow } from '../../../src-preload/contract/types/activity.ts';
import type { TableSort } from '../../ui/table.ts';

const FIGURES = ['count', 'failed', 'p50', 'p95', 'p99', 'ackP50', 'ackP99'] as const;
type Figure = (typeof FIGURES)[number];

const isFigure = (key: string): key is Figure => (FIGURES as readonly string[]).includes(key);

/** Unique among the rows: the same operation may go over both transports. */
export const latencyKey = ({ venue, operation, transport }: LatencyRow): string =>
  `${venue} ${operation} ${transport}`;

/** By one figure or by name; equal figures stand in the order of their names. */
export function sortLatency(rows: readonly LatencyRow[], sort: TableSort): readonly LatencyRow[] {
  const turn = sort.direction === 'ascending' ? 1 : -1;
  const { key } = sort;
  return rows.toSorted((a, b) => {
    const byName = latencyKey(a).localeCompare(latencyKey(b));
    if (!isFigure(key)) return byName * turn;
    return (a[key] - b[key]) * turn || byName;
  });
}

/** Length of the longest bar, ms; never zero, because bars are shares of it. */
export const longestMs = (rows: readonly LatencyRow[]): number => Math.max(1, ...rows.map(({ p99 }) => p99));
