import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import {
  liquidationDistance,
  guardOf,
} from '../../../../src-renderer/features/trade/dock/position-figures.ts';
import { notionalOf } from '../../../../src-renderer/features/trade/notional.ts';
import {
  checkLeg,
  distanceOf,
  legAt,
  profitAt,
  profitCurrency,
} from '../../../../src-renderer/features/trade/protection/protection.ts';
import { order, PERPETUAL, position } from './builders.ts';

const INVERSE: Instrument = {
  ...PERPETUAL,
  symbol: 'BTC/USD:BTC',
  kind: 'inverse',
  quote: 'USD',
  settle: 'BTC',
  quantityUnit: 'contracts',
  contractValue: '1',
};

describe('the estimate of a leg', () => {
  it('is quantity times the way of the price, turned round for a short', () => {
    const held = { entry: '60000', quantity: '0.5' };
    expect(profitAt({ ...held, direction: 'long' }, '61000', PERPETUAL)).toBe('500');
    expect(profitAt({ ...held, direction: 'short' }, '61000', PERPETUAL)).toBe('-500');
  });

  it('is in coin for an inverse contract, and grows less than the price does', () => {
    const held = { direction: 'long', entry: '50000', quantity: '10000' } as const;
    // 10 000 USD are 0.2 BTC at 50 000 and 0.16 BTC at 62 500.
    expect(profitAt(held, '62500', INVERSE)).toBe('0.04');
    expect(profitAt({ ...held, direction: 'short' }, '62500', INVERSE)).toBe('-0.04');
    expect(profitCurrency(INVERSE)).toBe('BTC');
  });

  it('is unknown for what is no price, and never a division by zero', () => {
    const held = { direction: 'long', entry: '0', quantity: '1' } as const;
    expect(profitAt(held, '0', INVERSE)).toBeNull();
    expect(profitAt(held, 'abc', INVERSE)).toBeNull();
    expect(profitAt(held, '100', INVERSE)).toBeNull();
  });

  it('knows how far away it is, and says nothing without a reference', () => {
    expect(distanceOf('99', '100')).toBe('-0.01');
    expect(distanceOf('99', null)).toBeNull();
    expect(distanceOf('99', '0')).toBeNull();
  });
});

describe('the side of a leg', () => {
  it.each([
    ['takeProfit', 'long', '99', 'above'],
    ['stopLoss', 'long', '101', 'below'],
    ['takeProfit', 'short', '101', 'below'],
    ['stopLoss', 'short', '99', 'above'],
  ] as const)('%s of a %s at %s has to be %s', (leg, direction, price, key) => {
    expect(checkLeg(leg, price, direction, '100', PERPETUAL)).toMatchObject({ tone: 'error', key });
  });

  it('refuses a leg at the price itself, which would trigger at once', () => {
    expect(checkLeg('stopLoss', '100', 'long', '100', PERPETUAL)?.tone).toBe('error');
    expect(checkLeg('takeProfit', '100', 'long', '100', PERPETUAL)?.tone).toBe('error');
  });

  it('names the first tick on the right side of the price, as main does', () => {
    expect(checkLeg('stopLoss', '105', 'long', '100', PERPETUAL)?.nearest).toBe('99.9');
    expect(checkLeg('takeProfit', '99', 'long', '100.04', PERPETUAL)?.nearest).toBe('100.1');
    expect(checkLeg('stopLoss', '99', 'short', '100', PERPETUAL)?.nearest).toBe('100.1');
    expect(checkLeg('stopLoss', '5', 'long', '0.1', PERPETUAL)?.nearest).toBeNull();
  });

  it('lets an empty leg be and tells of a price between ticks', () => {
    expect(checkLeg('stopLoss', '', 'long', '100', PERPETUAL)).toBeNull();
    expect(checkLeg('stopLoss', '95.04', 'long', '100', PERPETUAL)).toMatchObject({
      tone: 'snap',
      nearest: '95.1',
    });
  });

  it('cannot be judged without a reference, but a broken number is still one', () => {
    expect(checkLeg('stopLoss', '105', 'long', null, PERPETUAL)).toBeNull();
    expect(checkLeg('stopLoss', '0', 'long', null, PERPETUAL)?.key).toBe('positive');
  });

  it('is found for a distance in percent, on the tick', () => {
    expect(legAt('takeProfit', '2', 'long', '60121.3', '0.1')).toBe('61323.7');
    expect(legAt('stopLoss', '2', 'long', '60121.3', '0.1')).toBe('58918.9');
    expect(legAt('stopLoss', '5', 'short', '100', '0.1')).toBe('105');
  });
});

describe('what protects a position', () => {
  const stop = order({
    side: 'sell',
    type: 'stopMarket',
    state: 'untriggered',
    price: null,
    triggerPrice: '90',
    filledQuantity: '0',
    reduceOnly: true,
  });

  it('is its own stop before any order', () => {
    expect(guardOf(position({ stopLoss: '92' }), [stop])).toEqual({ price: '92', unguarded: null });
  });

  it('is waiting reduce-only stop orders in the other direction, as far as they go', () => {
    const held = position({ quantity: '1' });
    const part = { ...stop, quantity: '0.4' };
    expect(guardOf(held, [{ ...stop, quantity: '1' }])).toEqual({ price: '90', unguarded: null });
    expect(guardOf(held, [part])).toEqual({ price: '90', unguarded: '0.6' });
    expect(guardOf(held, [part, { ...part, quantity: '0.7', triggerPrice: '95' }])).toEqual({
      price: '95',
      unguarded: null,
    });
    expect(guardOf(held, [{ ...stop, quantity: '1', filledQuantity: '0.25' }]).unguarded).toBe('0.25');
    // Hung on the whole position, it has no quantity of its own.
    expect(guardOf(held, [{ ...stop, quantity: null }]).unguarded).toBeNull();
  });

  it('is for a short position the lowest stop above it', () => {
    const buy = { ...stop, side: 'buy', quantity: '1' } as const;
    const short = position({ side: 'short', quantity: '2' });
    expect(guardOf(short, [buy, { ...buy, triggerPrice: '85' }])).toEqual({ price: '85', unguarded: null });
  });

  it.each([
    ['of another account', { accountId: 'acc-other' }],
    ['of the other hedge position', { positionSide: 'short' }],
    ['that adds to it', { side: 'buy' }],
    ['that may open', { reduceOnly: false }],
    ['that has triggered', { state: 'working' }],
    ['that takes profit', { type: 'takeProfitMarket' }],
  ] as const)('is no order %s', (_words, change) => {
    const held = position();
    expect(guardOf(held, [order({ ...stop, ...change })])).toEqual({ price: null, unguarded: held.quantity });
  });
});

describe('figures of a position', () => {
  it('measure the way to liquidation from the mark price, on either side', () => {
    expect(liquidationDistance(position({ markPrice: '100', liquidationPrice: '80' }))).toBe('0.2');
    expect(liquidationDistance(position({ markPrice: '100', liquidationPrice: '130' }))).toBe('0.3');
    expect(liquidationDistance(position({ liquidationPrice: null }))).toBeNull();
  });

  it('value inverse contracts at their face, whatever the price', () => {
    expect(notionalOf(INVERSE, '2500', '60000')).toBe('2500');
    expect(notionalOf(PERPETUAL, '0.5', '60000')).toBe('30000');
  });
});
