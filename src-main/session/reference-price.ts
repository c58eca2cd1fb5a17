import type { DecimalText, MarketRef } from '../../src-preload/contract/types/market.ts';
import { dec, text } from '../market/decimal.ts';
import type { MarketHub } from '../market/market-hub.ts';

/**
 * The price that order limits are measured against: mark, else last, else the middle of the live book, so that a
 * slip of the keyboard is caught in a market that has not traded yet. Null only when the market shows no price.
 */
export async function referencePrice(
  hub: Pick<MarketHub, 'reference' | 'bookNow'>,
  market: MarketRef,
): Promise<DecimalText | null> {
  const known = await hub.reference(market);
  if (known !== null) return known;
  const book = await hub.bookNow(market, 1);
  if (book?.state !== 'live') return null;
  const [bid, ask] = [book.bids[0]?.[0], book.asks[0]?.[0]];
  if (bid === undefined || ask === undefined) return bid ?? ask ?? null;
  return text(dec(bid).plus(ask).div('2'));
}
