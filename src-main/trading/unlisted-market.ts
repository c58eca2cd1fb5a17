/** Markets that left the venue's list: delivered, expired or delisted. What happened in them stays true. */
import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import { toHoldfastError } from '../errors.ts';

export type FindInstrument = (market: MarketRef) => Promise<Instrument>;

/** Whether a failure says that the venue has no such market (any more). */
export const isUnlisted = (error: unknown): boolean => toHoldfastError(error).code === 'market.unknown';

/** Null for a market that is not listed; rejects when the list cannot be asked for. */
export async function listedOrNull(
  market: MarketRef,
  instrument: FindInstrument,
): Promise<Instrument | null> {
  try {
    return await instrument(market);
  } catch (error) {
    if (isUnlisted(error)) return null;
    throw error;
  }
}
