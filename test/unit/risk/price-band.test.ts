import { describe, expect, it } from 'vitest';
import { priceBandRefusal } from '../../../src-main/risk/price-band.ts';
import type { BookView } from '../../../src-preload/contract/types/market.ts';
import type { OrderDraft } from '../../../src-preload/contract/types/trading.ts';
import { BTC_SPOT, draft } from '../../support/markets.ts';

const book: BookView = {
  venue: 'practice',
  symbol: 'BTC/USDT',
  bids: [
    ['59990', '0.5'],
    ['59500', '0.25005'],
    ['58000', '100'],
  ],
  asks: [
    ['60010', '0.5'],
    ['60500', '0.25005'],
    ['62000', '100'],
  ],
  state: 'live',
  time: 1,
  receivedAt: 1,
  sequence: null,
};
const problem = (over: Partial<OrderDraft>, value = '0.01', view: BookView | null = book) =>
  priceBandRefusal(
    {
      draft: draft({ type: 'market', price: undefined, ...over }),
      instrument: BTC_SPOT,
      book: view,
      now: 1,
    },
    { value, setting: 'the limits of this account' },
  )?.details.problems?.[0];

describe('the nearest value of a market order that would leave the band', () => {
  it('is what the book holds within it, on the lot', () => {
    expect(problem({ quantity: '1' })).toMatchObject({ field: 'quantity', nearest: '0.75' });
    expect(problem({ quantity: '1', side: 'sell' })).toMatchObject({ nearest: '0.75' });
    expect(problem({ quantity: '0.75' })).toBeUndefined();
    // Also where the book does not hold it all.
    expect(problem({ quantity: '1000' })).toMatchObject({ field: 'quantity' });
  });

  it('is an amount for an amount', () => {
    // 0.5 at 60,010 and 0.25005 at 60,500.
    expect(problem({ quantity: undefined, quoteAmount: '100000' })).toMatchObject({
      field: 'quoteAmount',
      nearest: '45133.025',
    });
    expect(problem({ quantity: undefined, quoteAmount: '45133.025' })).toBeUndefined();
  });

  it('is none where the band holds less than the market allows', () => {
    expect(problem({ quantity: '1' }, '0.0001')).not.toHaveProperty('nearest');
    expect(problem({ quantity: undefined, quoteAmount: '100' }, '0.0001')).not.toHaveProperty('nearest');
  });

  it('belongs to the field that is there, also without a book', () => {
    expect(problem({ quantity: '1' }, '0.01', null)).toMatchObject({ field: 'quantity' });
    expect(problem({ quantity: undefined, quoteAmount: '9' }, '0.01', null)).toMatchObject({
      field: 'quoteAmount',
    });
    expect(problem({ type: 'limit', price: '60000' }, '0.01', null)).toMatchObject({ field: 'price' });
  });
});
