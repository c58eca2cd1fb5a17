import type { DecimalText } from '../../../src-preload/contract/types/market.ts';
import type { Holding } from '../../../src-preload/contract/types/portfolio.ts';
import { addText, compareText, divideText, isZeroText } from '../../lib/decimal.ts';

/** One stretch of the allocation bar: an asset, or the small ones together. */
export interface Slice {
  /** The asset, or `OTHER`. */
  readonly key: string;
  readonly value: DecimalText;
  /** Fraction of everything in the bar, 0 to 1. */
  readonly share: DecimalText;
  /** What it stands for; more than one only for `OTHER`. */
  readonly members: readonly Holding[];
}

export interface Allocation {
  /** Largest first, `OTHER` last. */
  readonly slices: readonly Slice[];
  /** Held, but no price is known: named beside the bar, never counted as zero. */
  readonly unpriced: readonly Holding[];
  /** Worth less than nothing (borrowed): cannot be a length, so it is listed. */
  readonly owed: readonly Holding[];
}

export interface AllocationOptions {
  /** Stretches at most, `OTHER` included. */
  readonly most?: number;
  /** Smaller shares join `OTHER`: below this a label cannot be read. Fraction. */
  readonly smallest?: DecimalText;
}

interface Priced {
  readonly holding: Holding;
  readonly value: DecimalText;
}

/** Not a possible asset code, so it cannot collide with one. */
export const OTHER = '\u00b7other';

const SHARE_DECIMALS = 6;

/** Splits holdings into readable stretches. One small asset alone keeps its name: "other" would say less. */
export function allocate(
  holdings: readonly Holding[],
  { most = 7, smallest = '0.02' }: AllocationOptions = {},
): Allocation {
  const priced = holdings.flatMap((holding): Priced[] =>
    holding.value === null ? [] : [{ holding, value: holding.value }],
  );
  const counted = priced
    .filter(({ value }) => compareText(value, '0') > 0)
    .sort((a, b) => compareText(b.value, a.value));
  const sum = sumOf(counted);
  const shareOf = (value: DecimalText): DecimalText => divideText(value, sum, SHARE_DECIMALS) ?? '0';

  const named = counted.slice(0, namedCount(counted, shareOf, most, smallest));
  const rest = counted.slice(named.length);
  const slices = named.map(({ holding, value }) => slice(holding.asset, value, [holding], shareOf));
  const other = slice(
    OTHER,
    sumOf(rest),
    rest.map(({ holding }) => holding),
    shareOf,
  );
  return {
    slices: rest.length === 0 ? slices : [...slices, other],
    unpriced: holdings.filter((holding) => holding.value === null && !isZeroText(holding.total)),
    owed: priced.filter(({ value }) => compareText(value, '0') < 0).map(({ holding }) => holding),
  };
}

/** How many keep their name: those that are large enough and fit, and a single rest that fits as well. */
function namedCount(
  counted: readonly Priced[],
  shareOf: (value: DecimalText) => DecimalText,
  most: number,
  smallest: DecimalText,
): number {
  const large = counted.filter(({ value }) => compareText(shareOf(value), smallest) >= 0).length;
  const rest = counted.length - large;
  if (rest <= 1 && counted.length <= most) return counted.length;
  return Math.min(large, most - 1);
}

const slice = (
  key: string,
  value: DecimalText,
  members: readonly Holding[],
  shareOf: (value: DecimalText) => DecimalText,
): Slice => ({ key, value, share: shareOf(value), members });

const sumOf = (parts: readonly Priced[]): DecimalText =>
  parts.reduce((sum, { value }) => addText(sum, value), '0');
