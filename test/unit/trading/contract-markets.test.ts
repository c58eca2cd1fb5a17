import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dec } from '../../../src-main/market/decimal.ts';
import { walkBook } from '../../../src-main/trading/book-walk.ts';
import { averageEntry, notionalOf, settledValueOf } from '../../../src-main/trading/contract-value.ts';
import { liquidationPrice } from '../../../src-main/trading/liquidation-estimate.ts';
import { draftProblems } from '../../../src-main/trading/order-checks.ts';
import { previewOrder } from '../../../src-main/trading/order-preview.ts';
import type { PreviewInput } from '../../../src-main/trading/order-preview.ts';
import type { Instrument } from '../../../src-preload/contract/types/market.ts';
import type { OrderDraft, Position } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, BTC_SPOT, balance, draft } from '../../support/markets.ts';

const { minNotional: _minNotional, priceBand: _priceBand, ...contract } = BTC_PERPETUAL;
const INVERSE: Instrument = {
  ...contract,
  symbol: 'BTC/USD:BTC',
  kind: 'inverse',
  quote: 'USD',
  settle: 'BTC',
  tickSize: '0.5',
  lotSize: '1',
  quantityUnit: 'contracts',
  contractValue: '1',
  minQuantity: '1',
  maxQuantity: '1000000',
};
const OPTION: Instrument = {
  ...contract,
  symbol: 'BTC/USDT:USDT-261225-90000-C',
  kind: 'option',
  tickSize: '5',
  lotSize: '0.01',
  minQuantity: '0.01',
};
const book = {
  venue: 'practice',
  symbol: INVERSE.symbol,
  state: 'live',
  time: 0,
  receivedAt: 1000,
  sequence: '1',
  bids: [['49999.5', '100000']],
  asks: [
    ['50000', '10000'],
    ['60000', '10000'],
  ],
} as const;
const order = (over: Partial<OrderDraft> = {}) => draft({ symbol: INVERSE.symbol, ...over });
const preview = (over: Partial<PreviewInput> = {}) =>
  previewOrder({
    draft: order({ quantity: '10000', price: '50000' }),
    instrument: INVERSE,
    book,
    reference: '50000',
    balances: [balance('BTC', '1', { wallet: 'margin' }), balance('USDT', '1000', { wallet: 'margin' })],
    positions: [],
    fees: { symbol: INVERSE.symbol, maker: '0.0002', taker: '0.0005' },
    modes: { positionMode: 'oneWay', marginMode: 'isolated', leverage: '10' },
    now: 1000,
    ...over,
  });
const long = (over: Partial<Position> = {}): Position => ({
  venue: 'practice',
  symbol: INVERSE.symbol,
  accountId: 'practice',
  side: 'long',
  positionSide: 'net',
  quantity: '10000',
  entryPrice: '40000',
  markPrice: '50000',
  liquidationPrice: null,
  leverage: '10',
  marginMode: 'isolated',
  margin: '0.025',
  unrealizedPnl: '0.05',
  realizedPnl: '0',
  settle: 'BTC',
  updatedAt: 0,
  ...over,
});

describe('an inverse contract', () => {
  it('is worth its quote sum at any price, and the fewer coins the higher the price', () => {
    const coins = settledValueOf(INVERSE, dec('10000'), dec('50000'));
    expect(notionalOf(INVERSE, dec('10000'), dec('50000'))?.toFixed()).toBe('10000');
    expect(notionalOf(INVERSE, dec('10000'), dec('99999'))?.toFixed()).toBe('10000');
    expect(coins?.toFixed()).toBe('0.2');
  });

  it('has no worth that we could name while the size of a contract is unknown', () => {
    const { contractValue: _contractValue, ...unsized } = INVERSE;
    expect(notionalOf(unsized, dec('1'), dec('50000'))).toBeNull();
    const view = preview({ instrument: unsized });
    expect(view).toMatchObject({ notional: null, cost: null, fee: null, maxQuantity: null, problems: [] });
    expect(view.liquidationPriceAfter).toBeNull();
  });

  it('costs margin and fee in coins, and shows its worth in quote currency', () => {
    // 0.2 BTC / 10 + 0.2 BTC x 0.0005, a limit at the best ask.
    expect(preview()).toMatchObject({
      currency: 'USD',
      notional: '10000',
      cost: '0.0201',
      costCurrency: 'BTC',
      fee: '0.0001',
      feeCurrency: 'BTC',
      available: '1',
      positionAfter: '10000',
      problems: [],
    });
  });

  it('averages by the coins that are paid, over book levels and over a position', () => {
    const walk = walkBook(book.asks, { quantity: '20000' }, INVERSE);
    // 20000 USD / (0.2 + 0.1666…) BTC, not 55000.
    expect(walk.price?.toFixed(2)).toBe('54545.45');
    const entry = averageEntry(INVERSE, [
      { quantity: dec('10000'), price: dec('40000') },
      { quantity: dec('10000'), price: dec('50000') },
    ]);
    expect(entry.toFixed(2)).toBe('44444.44');
  });

  it('is liquidated where collateral and profit in coins fall to the maintenance margin', () => {
    // Isolated long: 10000 x 1.005 / (0.2 + 0.02).
    expect(preview().liquidationPriceAfter).toBe('45682');
    const short = preview({ draft: order({ quantity: '10000', price: '50000', side: 'sell' }) });
    // 10000 x 0.995 / (0.2 - 0.02), down to the tick.
    expect(short.liquidationPriceAfter).toBe('55277.5');
  });

  it('is never liquidated as a short without leverage', () => {
    const modes = { positionMode: 'oneWay', marginMode: 'isolated', leverage: '1' } as const;
    const draftOf = order({ quantity: '10000', price: '50000', side: 'sell' });
    expect(preview({ draft: draftOf, modes }).liquidationPriceAfter).toBeNull();
  });

  it('is measured in quote currency by the smallest worth of an order', () => {
    const instrument = { ...INVERSE, minNotional: '100' };
    const check = (quantity: string) =>
      draftProblems(order({ quantity, price: '50000' }), { instrument, reference: '50000' });
    expect(check('99')).toEqual([
      { field: 'quantity', rule: 'must be worth at least 100 USD', nearest: '100' },
    ]);
    expect(check('100')).toEqual([]);
  });

  it('closes without margin', () => {
    const closing = order({ quantity: '10000', price: '50000', side: 'sell' });
    const view = preview({ draft: closing, positions: [long()] });
    expect(view).toMatchObject({ positionAfter: '0', liquidationPriceAfter: null, problems: [] });
    expect(view.cost).toBe(view.fee);
  });
});

describe('the estimate of the liquidation price', () => {
  const price = fc.integer({ min: 1000, max: 200_000 }).map(String);
  const size = fc.integer({ min: 1, max: 100_000 }).map(String);
  const leverage = fc.integer({ min: 2, max: 50 }).map(String);
  const markets: Instrument[] = [INVERSE, { ...contract, tickSize: '0.5' }];

  it('leaves nothing but the maintenance margin at that price, in each kind of contract', () => {
    fc.assert(
      fc.property(
        price,
        size,
        leverage,
        fc.boolean(),
        fc.constantFrom(...markets),
        (entry, quantity, lever, isLong, market) => {
          const instrument = { ...market, tickSize: '0.00000001' };
          const signed = dec(quantity).times(isLong ? '1' : '-1');
          const found = liquidationPrice({
            signed,
            entry: dec(entry),
            instrument,
            balances: [],
            positions: [],
            modes: { positionMode: 'oneWay', marginMode: 'isolated', leverage: lever },
          });
          if (found === null) return;
          const value = (at: string) => settledValueOf(instrument, dec(quantity), dec(at)) ?? dec('NaN');
          const difference = value(found).minus(value(entry));
          // Coins are worth less as the price rises: an inverse long gains as the value in coins falls.
          const gains = isLong === (instrument.kind !== 'inverse');
          const profit = gains ? difference : difference.negated();
          const equity = value(entry).div(lever).plus(profit);
          const maintenance = value(found).times(instrument.maintenanceMarginRate ?? '0');
          expect(equity.minus(maintenance).abs().div(value(entry)).lessThan('0.000001')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an option', () => {
  const option = (over: Partial<OrderDraft>, more: Partial<PreviewInput> = {}) =>
    preview({
      instrument: OPTION,
      book: null,
      reference: '1000',
      draft: draft({ symbol: OPTION.symbol, quantity: '0.5', price: '1000', ...over }),
      ...more,
    });

  it('costs its premium to buy; the fee is the venue’s to know', () => {
    expect(option({})).toMatchObject({
      currency: 'USDT',
      notional: '500',
      cost: '500',
      costCurrency: 'USDT',
      fee: null,
      maxQuantity: '1',
      problems: [],
      liquidationPriceAfter: null,
    });
    expect(option({ quantity: '2' }).problems[0]).toMatchObject({ field: 'quantity', nearest: '1' });
  });

  it('has an unknown margin when it is written, and needs none when a bought one is sold', () => {
    expect(option({ side: 'sell' })).toMatchObject({ cost: null, maxQuantity: null, problems: [] });
    const owned = { symbol: OPTION.symbol, quantity: '0.5', settle: 'USDT' };
    const sold = option({ side: 'sell' }, { positions: [long(owned)] });
    expect(sold).toMatchObject({ cost: '0', positionAfter: '0' });
  });
});

describe('a wallet in which all coins are one collateral', () => {
  const unified = [
    balance('USDT', '5', { wallet: 'unified' }),
    balance('USDT', '900', { wallet: 'funding' }),
  ];
  const cross = { positionMode: 'oneWay', marginMode: 'cross', leverage: '10' } as const;

  it('makes what a contract can use unknown, rather than wrong', () => {
    const view = preview({
      instrument: contract,
      balances: unified,
      modes: cross,
      draft: order({ quantity: '1', price: '50000' }),
    });
    expect(view).toMatchObject({
      available: null,
      maxQuantity: null,
      liquidationPriceAfter: null,
      problems: [],
    });
    expect(view.cost).not.toBeNull();
  });

  it('is what spot orders use, without the wallet that they do not reach', () => {
    const spot = preview({
      instrument: BTC_SPOT,
      balances: unified,
      draft: draft({ quantity: '0.1', price: '50000' }),
    });
    expect(spot.available).toBe('5');
    expect(spot.problems[0]?.rule).toContain('5 is available');
  });
});

describe('any preview', () => {
  it('never says that an order fits which costs more than there is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500_000 }).map(String),
        fc.integer({ min: 2000, max: 90_000 }).map(String),
        fc.constantFrom('buy' as const, 'sell' as const),
        fc.constantFrom(INVERSE, BTC_SPOT, contract, OPTION),
        (quantity, price, side, instrument) => {
          const view = preview({
            instrument,
            draft: draft({ symbol: instrument.symbol, quantity, price, side }),
          });
          const { cost, available } = view;
          if (cost === null || available === null) return;
          const fits = !view.problems.some((problem) => problem.field === 'quantity');
          if (fits) expect(dec(cost).lessThanOrEqualTo(dec(available).plus('0.00000001'))).toBe(true);
          if (fits && view.maxQuantity !== null)
            expect(dec(view.maxQuantity).plus(instrument.lotSize).greaterThan(quantity)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
