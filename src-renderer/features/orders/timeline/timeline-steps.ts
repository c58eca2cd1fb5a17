/** An order's timeline as rows: each with its distance from the step before. */
import type { OrderEvent, OrderTimeline } from '../../../../src-preload/contract/types/trading.ts';
import { formatAge, formatTime } from '../../../lib/format.ts';
import { GROUP_SPACE, decimalSign } from '../../../lib/locale.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface TimelineStep {
  readonly event: OrderEvent;
  /** Milliseconds since the step before; null for the first. */
  readonly sincePrevious: number | null;
  /** Set where the calendar day is another than that of the step before. */
  readonly day: string | null;
}

/** In the order of their times; steps of the same millisecond stay in the order in which they were recorded. */
export function stepsOf(events: readonly OrderEvent[]): readonly TimelineStep[] {
  const ordered = events
    .map((event, index) => ({ event, index }))
    .sort((a, b) => a.event.time - b.event.time || a.index - b.index)
    .map(({ event }) => event);
  return ordered.map((event, index) => {
    const before = ordered[index - 1];
    const day = formatTime(event.time, 'date');
    return {
      event,
      sincePrevious: before === undefined ? null : event.time - before.time,
      day: before !== undefined && formatTime(before.time, 'date') === day ? null : day,
    };
  });
}

/** 14:02:11.043: order latencies are read in milliseconds. */
export const stepTime = (ms: number): string =>
  `${formatTime(ms, 'time')}${decimalSign()}${String(ms % 1000).padStart(3, '0')}`;

/** "12 ms", "1.4 s", "1 min 58 s", "4 h". */
export function span(ms: number): string {
  if (ms < 1000) return `${String(ms)}${GROUP_SPACE}ms`;
  if (ms >= HOUR_MS) return formatAge(ms);
  if (ms >= MINUTE_MS) return `${formatAge(ms)} ${formatAge(ms % MINUTE_MS)}`;
  return `${(ms / 1000).toFixed(1).replace('.', decimalSign())}${GROUP_SPACE}s`;
}

export const LATENCIES = ['toSent', 'toAcknowledged', 'toFirstFill', 'toDone'] as const;

/** The four figures that people compare, from the intent on. */
export const latenciesOf = (
  timeline: OrderTimeline,
): readonly { readonly key: (typeof LATENCIES)[number]; readonly ms: number | null }[] =>
  LATENCIES.map((key) => ({ key, ms: timeline[key] }));
