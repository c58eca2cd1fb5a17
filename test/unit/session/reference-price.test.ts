import { describe, expect, it } from 'vitest';
import { referencePrice } from '../../../src-main/session/reference-price.ts';
import type { BookLevel, BookView } from '../../../src-preload/contract/types/market.ts';

const market = { venue: 'practice', symbol: 'BTC/USDT' } as const;
const price = (known: string | null, book: Partial<BookView> | null) =>
  referencePrice(
    {
      reference: () => Promise.resolve(known),
      bookNow: () =>
        Promise.resolve(
          book === null ? null : ({ ...market, state: 'live', bids: [], asks: [], ...book } as BookView),
        ),
    },
    market,
  );
const level = (at: string): BookLevel[] => [[at, '1']];

describe('the reference price', () => {
  it('is what the market says, whatever the book', async () => {
    expect(await price('60000', { bids: level('1'), asks: level('3') })).toBe('60000');
  });

  it('is the middle of the book, exactly, before the first trade', async () => {
    expect(await price(null, { bids: level('59999.9'), asks: level('60000') })).toBe('59999.95');
    expect(await price(null, { asks: level('60000') })).toBe('60000');
  });

  it('is unknown without a live book', async () => {
    expect(await price(null, null)).toBeNull();
    expect(await price(null, {})).toBeNull();
    expect(await price(null, { state: 'stale', bids: level('1'), asks: level('3') })).toBeNull();
  });
});
