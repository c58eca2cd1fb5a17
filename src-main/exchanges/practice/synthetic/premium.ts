/** How far a perpetual trades above or below its index, and the funding rate that follows from it. */
import { parseAmount, type Amount } from '../amount.ts';
import { gaussianAt } from './random.ts';

export const FUNDING_INTERVAL = 8 * 3_600_000;
/** One anchor of the premium every two hours. */
const ANCHOR = 2 * 3_600_000;
const SPREAD = 0.000_35;
/** Interest part of the rate, as venues have it: 0.01 % per interval. */
const INTEREST = 0.0001;
const MOST = 0.0075;

/** Premium at a moment as a fraction of the index; smooth, about 0, mostly within 0.1 %. */
export function premiumAt(seed: number, time: number): number {
  const index = Math.floor(time / ANCHOR);
  const part = time / ANCHOR - index;
  const smooth = part * part * (3 - 2 * part);
  const left = gaussianAt(seed ^ 0x2f0b4c47, 11, index);
  const right = gaussianAt(seed ^ 0x2f0b4c47, 11, index + 1);
  return SPREAD * (left + (right - left) * smooth);
}

/** Rate paid at the end of the interval that holds a moment: its average premium plus interest, bounded. */
export function fundingRate(seed: number, time: number): Amount {
  const start = Math.floor(time / FUNDING_INTERVAL) * FUNDING_INTERVAL;
  let sum = 0;
  for (let part = 0; part < 8; part += 1)
    sum += premiumAt(seed, start + ((part + 0.5) * FUNDING_INTERVAL) / 8);
  const rate = Math.min(MOST, Math.max(-MOST, sum / 8 + INTEREST));
  return parseAmount(rate.toFixed(8));
}
