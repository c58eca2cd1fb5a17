import { formatAge, formatCountdown } from '../../../lib/format.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Time until an expiry: whole days and hours while it is far, a ticking clock on the last day; never negative. */
export function timeLeft(ms: number): string {
  if (ms < DAY) return formatCountdown(ms);
  const hours = Math.floor((ms % DAY) / HOUR);
  return hours === 0 ? formatAge(ms) : `${formatAge(ms)} ${formatAge(hours * HOUR)}`;
}
