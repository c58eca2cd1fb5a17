/** When the program is killed: at a moment of its own choosing it never is. */
import type { Sequence } from '../../src-main/exchanges/practice/synthetic/random.ts';

const MOMENTS = {
  /** While it starts and reconciles; `ms` is then a share of what a start takes, in thousandths. */
  start: 16,
  /** At any time after the traffic began. */
  anyTime: 14,
  /** After a wish was made and before, or while, it is written down. */
  wish: 10,
  /** While it is written down. */
  journaling: 14,
  /** Written down, and about to be sent. */
  journaled: 12,
  /** While the venue has it and has not answered. */
  arrival: 14,
  /** While orders are being filled. */
  fill: 8,
  /** After an answer. */
  placed: 6,
  /** While something is changed or cancelled. */
  deed: 6,
} as const;
export type Moment = keyof typeof MOMENTS;

/** The kill comes `ms` after the moment has come for the `count`-th time. */
export interface Instant {
  readonly moment: Moment;
  readonly count: number;
  readonly ms: number;
}

export const inWords = ({ moment, count, ms }: Instant): string =>
  moment === 'start'
    ? `start, after ${String(ms / 10)} % of it`
    : `${moment} ${String(count)} + ${ms.toFixed(1)} ms`;

export function nextInstant(random: Sequence): Instant {
  const entries = Object.entries(MOMENTS) as [Moment, number][];
  let dice = random.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
  const [moment] = entries.find(([, weight]) => (dice -= weight) < 0) ?? ['anyTime'];
  if (moment === 'start') return { moment, count: 1, ms: random.below(1100) };
  if (moment === 'anyTime') return { moment, count: 1, ms: random.below(700) };
  // At once, a moment later, or well after: the windows of a program are between microseconds and milliseconds.
  const ms = [0, 0, random.next() * 3, random.next() * 15][random.below(4)] ?? 0;
  return { moment, count: 1 + random.below(moment === 'fill' ? 6 : 25), ms };
}
