import { describe, expect, it } from 'vitest';
import { deskWithMarkets, PERP } from './desk-harness.ts';

/** A position of each kind is not needed: the orders open one, at prices that the crowd offers. */
const house = () => {
  const made = deskWithMarkets();
  made.crowd(PERP, 'sell', 10_010, 100_000);
  made.crowd(PERP, 'buy', 9_990, 100_000);
  return made;
};

describe('trigger orders', () => {
  it.each([
    ['stopMarket', 'buy', 10_500, 10_499],
    ['stopMarket', 'sell', 9_500, 9_501],
    ['takeProfitMarket', 'buy', 9_500, 9_501],
    ['takeProfitMarket', 'sell', 10_500, 10_499],
  ] as const)('%s %s fires at its price and not one tick before', (type, side, trigger, before) => {
    const { place, mark, account } = house();
    const triggerPrice = (trigger / 100).toFixed(2);
    const order = place('alice', {
      symbol: PERP,
      type,
      side,
      triggerPrice,
      triggerBy: 'mark',
      quantity: '1',
    });
    expect(order).toMatchObject({ state: 'untriggered', triggerPrice, triggerBy: 'mark', price: null });
    mark(before);
    expect(account('alice').history.fills.values()).toEqual([]);
    mark(trigger);
    expect(account('alice').history.fills.values()).toMatchObject([
      { side, price: side === 'buy' ? '100.10' : '99.90', liquidity: 'taker' },
    ]);
  });

  it.each(['stopLimit', 'takeProfitLimit'] as const)('%s rests at its limit once it has fired', (type) => {
    const { place, mark, account } = house();
    const triggerPrice = type === 'stopLimit' ? '105.00' : '95.00';
    place('alice', {
      symbol: PERP,
      type,
      side: 'buy',
      triggerPrice,
      triggerBy: 'index',
      price: '99',
      quantity: '1',
    });
    mark(10_000);
    expect(account('alice').ordersOf()[0]?.engine.status).toBe('untriggered');
    account('alice')
      .ordersOf()[0]
      ?.market.matcher.reference('index', type === 'stopLimit' ? 10_500 : 9_500, 0);
    expect(account('alice').ordersOf()[0]?.engine).toMatchObject({ status: 'working', price: 9_900 });
  });

  it('hold nothing while they wait, and are rejected when the balance does not cover them then', () => {
    const { place, mark, account } = house();
    place('alice', {
      symbol: PERP,
      type: 'stopMarket',
      side: 'buy',
      triggerPrice: '105',
      triggerBy: 'mark',
      quantity: '400',
    });
    expect(account('alice').book.held('USDT')).toBe(0n);
    mark(10_500);
    expect(account('alice').history.orders.values()).toMatchObject([
      {
        state: 'rejected',
        filledQuantity: '0',
        reason: 'The balance did not cover it when its trigger price was reached.',
      },
    ]);
    expect(account('alice').book.held('USDT')).toBe(0n);
  });
});
