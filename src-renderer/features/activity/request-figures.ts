import type { RequestRecord } from '../../../src-preload/contract/types/activity.ts';
import { UNKNOWN, formatDecimal, formatTime } from '../../lib/format.ts';

const DAY_MS = 86_400_000;

/** Milliseconds with one decimal, for columns whose heading names the unit. */
export const formatMs = (ms: number | null): string =>
  ms === null ? UNKNOWN : formatDecimal(ms.toFixed(1), { decimals: 1 });

/** From being asked for to the answer; null without an answer. */
export const totalMs = ({ waitedMs, flightMs }: RequestRecord): number | null =>
  flightMs === null ? null : waitedMs + flightMs;

/** HTTP status and the venue's own code, as far as there were any; its "0" says nothing beside the status. */
export function answerCode({ status, venueCode }: RequestRecord): string {
  const own = venueCode === null || (venueCode === '0' && status !== null) ? [] : [venueCode];
  const parts = [...(status === null ? [] : [String(status)]), ...own];
  return parts.length === 0 ? UNKNOWN : parts.join(' · ');
}

/** With milliseconds for the last day, with the date before that. */
export function logTime(time: number, now: number): string {
  if (Math.abs(now - time) >= DAY_MS) return `${formatTime(time, 'month')} ${formatTime(time, 'time')}`;
  return `${formatTime(time, 'time')}.${String(((time % 1000) + 1000) % 1000).padStart(3, '0')}`;
}
