import { formatTime } from '../../lib/format.ts';

const MONTHS_10 = 300 * 86_400_000;

/** A time in a list: without the year while it cannot be mistaken for another one; ms UTC. */
export function listMoment(at: number, now: number): string {
  return now - at < MONTHS_10 ? `${formatTime(at, 'month')}, ${formatTime(at, 'time')}` : formatTime(at);
}
