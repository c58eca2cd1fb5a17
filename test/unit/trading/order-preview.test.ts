import { describe, expect, it } from 'vitest';
import { previewOrder } from '../../../src-main/trading/order-preview.ts';
import type { PreviewInput } from '../../../src-main/trading/order-preview.ts';
import type { BookView } from '../../../src-preload/contract/types/market.ts';
import type { Position } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, BTC_SPOT, balance, draft } from '../../support/markets.ts';

const book: BookView = {
  venue: 'practice',
  symbol: 'BTC/USDT',
  state: 'live',
  time: 0,
  receivedAt: 900,
  sequence: '1',
  bids: [
    ['59999', '0.5'],
    ['59990', '2'],
  ],
  asks: [
    ['60000', '0.5'],
    ['60100', '2'],
  ],
};
const input = (over: Partial<PreviewInput> = {}): PreviewInput => ({
  draft: draft(),
  instrument: BTC_SPOT,
  book,
  reference: '60000',
  balances: [balance('USDT', '10000'), balance('BTC', '1')],
  positions: [],
  fees: { symbol: 'BTC/USDT', maker: '0.001', taker: '0.002' },
  modes: { positionMode: 'oneWay', marginMode: 'isolated', leverage: '10' },
  now: 1000,
  ...over,
});
const long: Position = {
  venue: 'practice',
  symbol: 'BTC/USDT:USDT',
  accountId: 'practice',
  side: 'long',
  positionSide: 'net',
  quantity: '0.5',
  entryPrice: '50000',
  markPrice: '60000',
  liquidationPrice: null,
  leverage: '10',
  marginMode: 'isolated',
  margin: '2500',
  unrealizedPnl: '5000',
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt: 0,
};
const perpetual = (over: Partial<PreviewInput> = {}): PreviewInput =>
  input({ instrument: BTC_PERPETUAL, draft: draft({ symbol: 'BTC/USDT:USDT' }), ...over });

describe('the preview of an order', () => {
  it('prices a resting spot buy at its limit with the maker fee in what is received', () => {
    const view = previewOrder(input({ draft: draft({ price: '59000' }) }));
    expect(view).toMatchObject({
      notional: '5900',
      cost: '5900',
      costCurrency: 'USDT',
      fee: '0.0001',
      feeCurrency: 'BTC',
      feeKind: 'maker',
      problems: [],
      bookAgeMs: 100,
    });
    expect(view.maxQuantity).toBe('0.1694');
  });

  it('takes the margin that all coins share as the venue counts it, and refuses nothing by it', () => {
    const shared = { wallet: 'unified', sharedMargin: '1234.5' };
    const cross = { positionMode: 'oneWay', marginMode: 'cross', leverage: '10' } as const;
    const balances = [
      { ...balance('USDT', '1'), ...shared, updatedAt: 2 },
      { ...balance('BTC', '1'), ...shared, sharedMargin: '9', updatedAt: 1 },
    ];
    const view = previewOrder(
      perpetual({ balances, modes: cross, draft: draft({ symbol: 'BTC/USDT:USDT', quantity: '5' }) }),
    );
    expect(view).toMatchObject({ available: '1234.5', problems: [] });
    expect(view.maxQuantity).not.toBeNull();
  });

  it('counts a limit that crosses the book as a taker', () => {
    expect(previewOrder(input({ draft: draft({ price: '60050' }) })).feeKind).toBe('taker');
    expect(previewOrder(input({ draft: draft({ price: '60050', postOnly: true }) })).feeKind).toBe('maker');
  });

  it('walks the book for a market order and tells the slippage', () => {
    const view = previewOrder(
      input({
        balances: [balance('USDT', '100000')],
        draft: draft({ type: 'market', price: undefined, quantity: '1' }),
      }),
    );
    expect(view.estimatedPrice).toBe('60050');
    expect(view.slippage).toBe('0.000833');
    expect(view.cost).toBe('60050');
  });

  it('turns an amount to spend into a quantity', () => {
    const view = previewOrder(
      input({ draft: draft({ type: 'market', price: undefined, quantity: undefined, quoteAmount: '6000' }) }),
    );
    expect(view.quantity).toBe('0.1');
    expect(view.cost).toBe('6000');
  });

  it('names what is missing and the largest quantity that fits', () => {
    const view = previewOrder(input({ draft: draft({ quantity: '1' }) }));
    expect(view.problems).toEqual([
      { field: 'quantity', rule: 'needs 60000 USDT, 10000 is available', nearest: '0.1666' },
    ]);
  });

  it('names the most of an amount to spend in the currency that is spent', () => {
    const spend = { type: 'market', price: undefined, quantity: undefined, quoteAmount: '12000' } as const;
    expect(previewOrder(input({ draft: draft(spend) })).problems).toEqual([
      { field: 'quoteAmount', rule: 'needs 12000 USDT, 10000 is available', nearest: '10000' },
    ]);
  });

  it('offers no size that could not be sent either', () => {
    const [problem] = previewOrder(
      input({ balances: [balance('USDT', '1')], draft: draft({ quantity: '1' }) }),
    ).problems;
    expect(problem).toEqual({ field: 'quantity', rule: 'needs 60000 USDT, 1 is available' });
  });

  it('shows values that were moved onto the steps', () => {
    expect(previewOrder(input({ draft: draft({ price: '59000.07' }) })).snaps).toEqual([
      { field: 'price', from: '59000.07', to: '59000', rule: 'tick size 0.1' },
    ]);
  });

  it('leaves figures unknown, not zero, without book and reference', () => {
    const view = previewOrder(
      input({ book: null, reference: null, draft: draft({ type: 'market', price: undefined }) }),
    );
    expect(view).toMatchObject({
      notional: null,
      cost: null,
      fee: null,
      estimatedPrice: null,
      bookAgeMs: null,
    });
  });

  it('asks for margin and fee of a contract, and estimates position and liquidation', () => {
    const view = previewOrder(
      perpetual({ draft: draft({ symbol: 'BTC/USDT:USDT', price: '50000', quantity: '0.1' }) }),
    );
    // 5000 notional / 10 + 5 maker fee.
    expect(view).toMatchObject({
      cost: '505',
      costCurrency: 'USDT',
      fee: '5',
      feeCurrency: 'USDT',
      positionAfter: '0.1',
    });
    // Isolated long: (5000 - 500) / (0.1 * (1 - 0.005)), up to the tick.
    expect(view.liquidationPriceAfter).toBe('45226.2');
  });

  it('needs no margin to close, and only for what is left to flip', () => {
    const close = draft({ symbol: 'BTC/USDT:USDT', side: 'sell', quantity: '0.5', price: '60000' });
    const fee = previewOrder(perpetual({ draft: close, positions: [long] }));
    expect(fee).toMatchObject({ positionAfter: '0', liquidationPriceAfter: null, problems: [] });
    expect(fee.cost).toBe('30');
    const flip = previewOrder(perpetual({ draft: { ...close, quantity: '1.5' }, positions: [long] }));
    expect(flip.positionAfter).toBe('-1');
    expect(flip.cost).toBe('3090');
  });

  it('never lets a reduce-only order turn the position round', () => {
    const order = draft({
      symbol: 'BTC/USDT:USDT',
      side: 'sell',
      quantity: '2',
      price: '60000',
      reduceOnly: true,
    });
    const view = previewOrder(perpetual({ draft: order, positions: [long] }));
    expect(view.positionAfter).toBe('0');
    expect(view.maxQuantity).toBe('0.5');
  });

  it('averages the entry when it adds to a position', () => {
    const order = draft({ symbol: 'BTC/USDT:USDT', quantity: '0.5', price: '60000' });
    const view = previewOrder(perpetual({ draft: order, positions: [long] }));
    expect(view.positionAfter).toBe('1');
    // Entry 55000, isolated at 10x: (55000 - 5500) / 0.995.
    expect(view.liquidationPriceAfter).toBe('49748.8');
  });
});
