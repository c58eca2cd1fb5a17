/** Bybit's four product categories: each has its own list, its own public stream, and its own names. */
import type { MarketKind } from '../../exchange.ts';

export const CATEGORIES = ['spot', 'linear', 'inverse', 'option'] as const satisfies readonly MarketKind[];
export type BybitCategory = (typeof CATEGORIES)[number];
