import { describe, expect, it } from 'vitest';
import type { Instrument, Ticker } from '../../../../src-preload/contract/types/market.ts';
import {
  atTheMoney,
  basesOf,
  expiriesOf,
  inTheMoney,
  optionsOf,
  ownBySymbol,
  rowsOf,
  settlesOf,
  underlyingOf,
} from '../../../../src-renderer/features/options/chain.ts';
import { order, position } from '../trade/builders.ts';
import { EXPIRY, option, optionTicker } from './builders.ts';

const choice = { base: 'BTC', settle: 'USDT', expiry: EXPIRY };

describe('an options chain', () => {
  it('is made of options that say strike, expiry and type, and of nothing else', () => {
    const { strike: _strike, ...broken } = option();
    const spot: Instrument = { ...option(), kind: 'spot' };
    expect(optionsOf([option(), broken, spot])).toEqual([option()]);
  });

  it('orders strikes by value and not by letters', () => {
    const rows = rowsOf(optionsOf([option({ strike: '100000' }), option({ strike: '90000' })]), choice);
    expect(rows.map(({ strike }) => strike)).toEqual(['90000', '100000']);
  });

  it('puts call and put of a strike into one row, and a lone one beside nothing', () => {
    const rows = rowsOf(
      optionsOf([
        option(),
        option({ optionType: 'put', symbol: 'P' }),
        option({ strike: '61000', optionType: 'put' }),
      ]),
      choice,
    );
    expect(rows[0]).toMatchObject({ strike: '60000', call: { optionType: 'call' }, put: { symbol: 'P' } });
    expect(rows[1]).toMatchObject({ strike: '61000', call: null });
  });

  it('keeps chains of different settlement apart', () => {
    const list = optionsOf([option(), option({ settle: 'USDC', quote: 'USDC', symbol: 'U' })]);
    expect(settlesOf(list, 'BTC')).toEqual(['USDT', 'USDC']);
    expect(rowsOf(list, { ...choice, settle: 'USDC' })[0]?.call?.symbol).toBe('U');
  });

  it('offers coins by how much is listed, and expiries that are still to come', () => {
    const list = optionsOf([
      option({ base: 'ETH', symbol: 'E' }),
      option(),
      option({ strike: '61000', expiry: EXPIRY - 10 }),
    ]);
    expect(basesOf(list)).toEqual(['BTC', 'ETH']);
    expect(expiriesOf(list, choice, 0)).toEqual([EXPIRY - 10, EXPIRY]);
    expect(expiriesOf(list, choice, EXPIRY - 10)).toEqual([EXPIRY]);
  });

  it('marks the strike next to the price, and none without one', () => {
    const rows = rowsOf(optionsOf(['59000', '60000', '61000'].map((strike) => option({ strike }))), choice);
    expect(atTheMoney(rows, '60499.9')).toBe('60000');
    expect(atTheMoney(rows, '60500.1')).toBe('61000');
    expect(atTheMoney(rows, null)).toBeNull();
    expect(atTheMoney([], '60000')).toBeNull();
  });

  it('knows which half would pay', () => {
    expect(inTheMoney('call', '59000', '60000')).toBe(true);
    expect(inTheMoney('put', '59000', '60000')).toBe(false);
    expect(inTheMoney('put', '60000', '60000')).toBe(false);
    expect(inTheMoney('call', '1', null)).toBe(false);
  });

  it('takes the underlying from the first option that says it', () => {
    const rows = rowsOf(optionsOf([option(), option({ strike: '61000', symbol: 'B' })]), choice);
    const tickers = new Map<string, Ticker>([['B', optionTicker('B', { underlying: '60200' })]]);
    expect(underlyingOf(rows, tickers)).toBe('60200');
    expect(underlyingOf(rows, new Map())).toBeNull();
  });
});

describe('our own part in a chain', () => {
  it('nets positions over accounts and counts orders, of this venue only', () => {
    const own = ownBySymbol(
      'bybit',
      [
        position({ venue: 'bybit', symbol: 'A', quantity: '0.5' }),
        position({ venue: 'bybit', symbol: 'A', quantity: '0.2', side: 'short', accountId: 'acc-2' }),
        position({ venue: 'practice', symbol: 'A', quantity: '9' }),
      ],
      [order({ venue: 'bybit', symbol: 'A' }), order({ venue: 'bybit', symbol: 'B' })],
    );
    expect(own.get('A')).toEqual({ quantity: '0.3', orders: 1 });
    expect(own.get('B')).toEqual({ quantity: null, orders: 1 });
  });
});
