import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../src-main/errors.ts';
import {
  setLeverage,
  setMarginMode,
  setProtection,
} from '../../../../src-main/exchanges/practice/desk/modes.ts';
import { deskWithMarkets, PERP, SPOT } from './desk-harness.ts';

function refusal(run: () => unknown): HoldfastError {
  try {
    run();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const balance = (house: ReturnType<typeof deskWithMarkets>, owner: string, asset: string) => {
  const found = house
    .account(owner)
    .balances(house.desk.marks, 0)
    .find((row) => row.asset === asset);
  return { total: found?.total, available: found?.available, held: found?.held };
};

describe('spot orders', () => {
  it('hold what they cost, pay the fee in what they receive, and give the rest back', () => {
    const house = deskWithMarkets();
    house.place('alice', { quantity: '2', price: '100' });
    expect(balance(house, 'alice', 'USDT')).toEqual({ total: '1000', available: '800', held: '200' });
    house.place('bob', { side: 'sell', quantity: '0.5', price: '99' });
    expect(balance(house, 'alice', 'USDT')).toEqual({ total: '950', available: '800', held: '150' });
    // Maker 0.02 % of 0.5 BTC.
    expect(balance(house, 'alice', 'BTC').total).toBe('10.4999');
    // Taker 0.06 % of 50 USDT; the sell traded at the better price of the book.
    expect(balance(house, 'bob', 'USDT').total).toBe('1049.97');
    expect(balance(house, 'bob', 'BTC')).toEqual({ total: '9.5', available: '9.5', held: '0' });
  });

  it('hold for a taker what the book asks, not what the limit allows', () => {
    const house = deskWithMarkets();
    house.crowd(SPOT, 'sell', 9_000, 10_000);
    const order = house.place('alice', { quantity: '11', price: '100' });
    // 10 at 90.00, and 1 at the limit of 100: 1000 exactly.
    expect(order).toMatchObject({ state: 'partiallyFilled', filledQuantity: '10', averagePrice: '90' });
    expect(balance(house, 'alice', 'USDT')).toEqual({ total: '100', available: '0', held: '100' });
  });

  it('spend an amount at market', () => {
    const house = deskWithMarkets();
    house.crowd(SPOT, 'sell', 10_000, 2_000);
    house.crowd(SPOT, 'sell', 10_100, 2_000);
    const order = house.place('alice', { type: 'market', quantity: undefined, quoteAmount: '301.05' });
    expect(order).toMatchObject({ state: 'filled', filledQuantity: '3', quoteAmount: '301.05' });
    expect(balance(house, 'alice', 'USDT')).toEqual({ total: '699', available: '699', held: '0' });
  });

  it('are refused as `insufficientFunds` when the balance does not cover them, and leave no trace', () => {
    const house = deskWithMarkets();
    const error = refusal(() => house.place('alice', { quantity: '10.001', price: '100' }));
    expect(error).toMatchObject({
      kind: 'insufficientFunds',
      message: 'The order needs 1000.1 USDT; 1000 USDT is available.',
    });
    expect(balance(house, 'alice', 'USDT').held).toBe('0');
    expect(house.account('alice').ordersOf()).toEqual([]);
    expect(refusal(() => house.place('alice', { side: 'sell', quantity: '10.001' })).kind).toBe(
      'insufficientFunds',
    );
  });
});

describe('what a venue would refuse', () => {
  const problemsOf = (over: Parameters<ReturnType<typeof deskWithMarkets>['place']>[1]) => {
    const house = deskWithMarkets();
    house.crowd(SPOT, 'sell', 10_000, 1_000);
    house.crowd(SPOT, 'buy', 10_000, 1);
    const error = refusal(() => house.place('alice', over));
    expect(error.kind).toBe('invalidOrder');
    return error.details.problems;
  };

  it.each([
    [
      'price off the tick',
      { price: '100.005' },
      { field: 'price', rule: 'must be a multiple of the tick size 0.01', nearest: '100' },
    ],
    [
      'quantity off the lot',
      { quantity: '1.0005' },
      { field: 'quantity', rule: 'must be a multiple of the lot size 0.001', nearest: '1' },
    ],
    [
      'quantity below the smallest',
      { quantity: '0.001', price: '140' },
      { field: 'quantity', nearest: '0.008' },
    ],
    ['quantity above the largest', { quantity: '1000.001' }, { field: 'quantity', nearest: '1000' }],
    [
      'market quantity above its own largest',
      { type: 'market', quantity: '500.001' },
      { field: 'quantity', nearest: '500' },
    ],
    ['too small an order', { quantity: '0.005', price: '100' }, { field: 'quantity', nearest: '0.01' }],
    ['price beyond the band', { price: '150.01' }, { field: 'price', nearest: '150.00' }],
    ['price below the band', { price: '49.99' }, { field: 'price', nearest: '50.00' }],
    ['zero', { quantity: '0' }, { field: 'quantity' }],
    ['E-notation', { quantity: '1e3' }, { field: 'quantity' }],
    ['limit without price', { price: undefined }, { field: 'price', rule: 'a limit order needs a price' }],
    ['market with price', { type: 'market', price: '100' }, { field: 'price' }],
    ['stop without trigger', { type: 'stopLimit' }, { field: 'triggerPrice' }],
    ['limit with trigger', { triggerPrice: '100' }, { field: 'triggerPrice' }],
    ['quantity and amount', { type: 'market', quoteAmount: '5' }, { field: 'quantity' }],
    ['post-only that is not resting', { postOnly: true, timeInForce: 'IOC' }, { field: 'postOnly' }],
    ['post-only that would take', { postOnly: true, price: '100' }, { field: 'postOnly' }],
    ['hedge side', { positionSide: 'long' }, { field: 'positionSide' }],
    ['reduce-only spot', { reduceOnly: true }, { field: 'reduceOnly' }],
    [
      'spot trigger by mark',
      { type: 'stopLimit', triggerPrice: '110', triggerBy: 'mark' },
      { field: 'triggerBy' },
    ],
    [
      'fill-or-kill without liquidity',
      { timeInForce: 'FOK', quantity: '5', price: '100' },
      { field: 'timeInForce' },
    ],
    ['unknown market', { symbol: 'DOGE/USDT' }, { field: 'symbol' }],
  ] as const)('%s', (_name, over, expected) => {
    expect(problemsOf(over)).toMatchObject([expected]);
  });

  it('names every field that is wrong at once', () => {
    expect(problemsOf({ price: '100.001', quantity: '0.0001' })?.map(({ field }) => field)).toEqual([
      'price',
      'quantity',
    ]);
  });

  it('refuses an id that was used before, as `duplicateOrder`, on any market and after the order is over', () => {
    const house = deskWithMarkets();
    house.place('alice', { clientOrderId: 'mine' });
    house.desk.cancel(house.account('alice'), { symbol: SPOT, clientOrderId: 'mine', venueOrderId: null });
    expect(refusal(() => house.place('alice', { clientOrderId: 'mine', symbol: PERP })).kind).toBe(
      'duplicateOrder',
    );
    expect(house.place('bob', { clientOrderId: 'mine' }).state).toBe('working');
  });

  it('answers `unknownOrder` for what is not open', () => {
    const house = deskWithMarkets();
    const ref = { symbol: SPOT, clientOrderId: 'nobody', venueOrderId: null };
    expect(refusal(() => house.desk.cancel(house.account('alice'), ref)).kind).toBe('unknownOrder');
    expect(refusal(() => house.desk.amend(house.account('alice'), { ...ref, price: '1' })).kind).toBe(
      'unknownOrder',
    );
  });
});

describe('amending through the desk', () => {
  it('takes the changed hold, and refuses what the balance does not cover without changing the order', () => {
    const house = deskWithMarkets();
    const { clientOrderId } = house.place('alice', { quantity: '2', price: '100' });
    const ref = { symbol: SPOT, clientOrderId, venueOrderId: null };
    const changed = house.desk.amend(house.account('alice'), { ...ref, quantity: '5', price: '110' });
    expect(changed).toMatchObject({ quantity: '5', price: '110.00', state: 'working' });
    expect(balance(house, 'alice', 'USDT').held).toBe('550');
    const error = refusal(() => house.desk.amend(house.account('alice'), { ...ref, quantity: '10' }));
    expect(error.kind).toBe('insufficientFunds');
    expect(balance(house, 'alice', 'USDT').held).toBe('550');
    expect(refusal(() => house.desk.amend(house.account('alice'), { ...ref, price: '0.005' })).kind).toBe(
      'invalidOrder',
    );
  });
});

/** Alice opens a position against the crowd at 100.00. */
function positioned(side: 'buy' | 'sell', quantity: string, leverage: string, mode: 'isolated' | 'cross') {
  const house = deskWithMarkets();
  setMarginMode(house.desk, house.account('alice'), PERP, mode);
  setLeverage(house.desk, house.account('alice'), PERP, leverage);
  house.crowd(PERP, side === 'buy' ? 'sell' : 'buy', 10_000, Number(quantity) * 1_000);
  house.place('alice', { symbol: PERP, side, type: 'market', quantity });
  return house;
}
const position = (house: ReturnType<typeof deskWithMarkets>) =>
  house.account('alice').positions(house.desk.marks)[0];

describe('contracts', () => {
  it('open with margin by leverage, close with profit, and show both', () => {
    const house = positioned('buy', '10', '10', 'isolated');
    expect(position(house)).toMatchObject({
      side: 'long',
      quantity: '10',
      entryPrice: '100',
      margin: '100',
      leverage: '10',
    });
    // 1000 less the taker fee of 0.6, less the margin.
    expect(balance(house, 'alice', 'USDT')).toEqual({ total: '999.4', available: '899.4', held: '100' });
    house.mark(11_000);
    expect(position(house)?.unrealizedPnl).toBe('100');
    expect(balance(house, 'alice', 'USDT').available).toBe('899.4');
    house.crowd(PERP, 'buy', 11_000, 4_000);
    house.place('alice', { symbol: PERP, side: 'sell', type: 'market', quantity: '4', reduceOnly: true });
    // 4 x 10 profit less 0.06 % of 440.
    expect(position(house)).toMatchObject({ quantity: '6', margin: '60', realizedPnl: '40' });
    expect(balance(house, 'alice', 'USDT').total).toBe('1039.136');
  });

  it('turn over through zero in one order', () => {
    const house = positioned('buy', '2', '10', 'cross');
    house.crowd(PERP, 'buy', 10_000, 9_000);
    house.place('alice', { symbol: PERP, side: 'sell', type: 'market', quantity: '5' });
    expect(position(house)).toMatchObject({ side: 'short', quantity: '3', entryPrice: '100' });
    const house2 = positioned('sell', '2', '10', 'cross');
    expect(position(house2)).toMatchObject({ side: 'short', quantity: '2' });
  });

  it('need no margin to close, even with nothing available', () => {
    const house = positioned('buy', '90', '10', 'isolated');
    house.place('alice', { side: 'buy', quantity: '0.945', price: '100' });
    expect(Number(balance(house, 'alice', 'USDT').available)).toBeLessThan(1);
    house.crowd(PERP, 'buy', 10_000, 90_000);
    expect(house.place('alice', { symbol: PERP, side: 'sell', type: 'market', quantity: '90' }).state).toBe(
      'filled',
    );
    expect(position(house)).toBeUndefined();
  });

  it.each([
    ['buy', 'isolated'],
    ['sell', 'isolated'],
    ['buy', 'cross'],
    ['sell', 'cross'],
  ] as const)(
    '%s %s: lives one tick before the liquidation price that it shows and is gone at it',
    (side, mode) => {
      const house = positioned(side, '90', '10', mode);
      const shown = position(house)?.liquidationPrice;
      const ticks = Math.round(Number(shown) * 100);
      const direction = side === 'buy' ? 1 : -1;
      house.mark(ticks + direction);
      expect(position(house)).toBeDefined();
      house.mark(ticks);
      expect(position(house)).toBeUndefined();
      const fills = house.account('alice').history.fills.values();
      expect(fills.at(-1)).toMatchObject({ cause: 'liquidation', quantity: '90' });
      expect(house.account('alice').book.total('USDT')).toBeGreaterThanOrEqual(0n);
    },
  );

  it('lose no more than the isolated margin when the mark jumps past bankruptcy, and the venue pays the rest', () => {
    const house = positioned('buy', '50', '10', 'isolated');
    const worth = house.worth('USDT');
    house.mark(5_000);
    expect(position(house)).toBeUndefined();
    // 1000 less the fee of 3 less the margin of 500; the other 2000 of the loss are the venue's.
    expect(balance(house, 'alice', 'USDT').total).toBe('497');
    expect(house.worth('USDT')).toBe(worth);
    expect(house.ledger.venue.total('USDT')).toBeLessThan(0n);
  });

  it('cancel the newest orders first when losses use up what they hold', () => {
    const house = positioned('buy', '50', '10', 'cross');
    const older = house.place('alice', { quantity: '2', price: '100' });
    const newer = house.place('alice', { quantity: '2', price: '100' });
    house.mark(9_700);
    expect(
      house
        .account('alice')
        .ordersOf()
        .map((record) => record.id),
    ).toEqual([older.venueOrderId]);
    expect(house.account('alice').history.orders.values().at(-1)).toMatchObject({
      venueOrderId: newer.venueOrderId,
      reason: 'Losses used up the margin that it held.',
    });
    expect(position(house)).toBeDefined();
  });

  it('shrink resting reduce-only orders with the position', () => {
    const house = positioned('buy', '10', '10', 'isolated');
    house.place('alice', { symbol: PERP, side: 'sell', quantity: '10', price: '105', reduceOnly: true });
    house.crowd(PERP, 'buy', 10_000, 4_000);
    house.place('alice', { symbol: PERP, side: 'sell', type: 'market', quantity: '4' });
    expect(house.account('alice').ordersOf(PERP)[0]?.engine).toMatchObject({ lots: 6_000, filled: 0 });
    house.crowd(PERP, 'buy', 10_000, 6_000);
    house.place('alice', { symbol: PERP, side: 'sell', type: 'market', quantity: '6' });
    expect(house.account('alice').ordersOf(PERP)).toEqual([]);
  });

  it('pay funding from long to short by the mark price', () => {
    const house = positioned('buy', '10', '10', 'isolated');
    const worth = house.worth('USDT');
    house.mark(10_100);
    house.risk.funding(PERP, 10n ** 14n, 10_100);
    expect(house.account('alice').history.funding.values()).toMatchObject([
      { symbol: PERP, amount: '-0.101', rate: '0.0001', asset: 'USDT' },
    ]);
    expect(position(house)?.margin).toBe('99.899');
    expect(house.worth('USDT')).toBe(worth);
    const short = positioned('sell', '10', '10', 'cross');
    short.risk.funding(PERP, 10n ** 14n, 10_000);
    expect(short.account('alice').history.funding.values()).toMatchObject([{ amount: '0.1' }]);
  });
});

describe('leverage, modes and protection', () => {
  it('lower leverage takes more margin and is refused when there is none', () => {
    const house = positioned('buy', '50', '10', 'isolated');
    setLeverage(house.desk, house.account('alice'), PERP, '8');
    expect(position(house)).toMatchObject({ margin: '625', leverage: '8' });
    expect(refusal(() => setLeverage(house.desk, house.account('alice'), PERP, '4')).kind).toBe(
      'insufficientFunds',
    );
    expect(position(house)).toMatchObject({ margin: '625', leverage: '8' });
  });

  it('refuses a leverage that would liquidate the position', () => {
    const house = positioned('buy', '40', '5', 'isolated');
    house.mark(9_500);
    const error = refusal(() => setLeverage(house.desk, house.account('alice'), PERP, '50'));
    expect(error).toMatchObject({
      kind: 'insufficientFunds',
      message: 'The position would be liquidated at this leverage.',
    });
    expect(position(house)).toMatchObject({ leverage: '5' });
  });

  it.each(['0', '0.5', '101', '1e2', '2.555', ''])('refuses %j as leverage', (leverage) => {
    const house = deskWithMarkets();
    const error = refusal(() => setLeverage(house.desk, house.account('alice'), PERP, leverage));
    expect(error.details.problems?.[0]).toMatchObject({ field: 'leverage', nearest: '100' });
  });

  it('keeps the margin mode while there is a position or an order, and knows no leverage on spot', () => {
    const house = positioned('buy', '1', '10', 'cross');
    expect(refusal(() => setMarginMode(house.desk, house.account('alice'), PERP, 'isolated')).kind).toBe(
      'invalidOrder',
    );
    expect(refusal(() => setLeverage(house.desk, house.account('alice'), SPOT, '2')).kind).toBe(
      'notSupported',
    );
  });

  it.each([
    ['takeProfit', 10_600, 10_500],
    ['stopLoss', 9_400, 9_500],
  ] as const)('%s closes the whole position when a trade gets there', (field, traded, at) => {
    const house = positioned('buy', '10', '10', 'isolated');
    setProtection(house.desk, house.account('alice'), PERP, { [field]: (at / 100).toFixed(2) });
    expect(position(house)?.[field]).toBe((at / 100).toFixed(2));
    house.crowd(PERP, 'buy', traded, 50_000);
    house.crowd(PERP, 'sell', traded, 1);
    expect(house.market(PERP).prices().last).toBe(traded);
    house.mark(10_000);
    const orders = house.account('alice').history.orders.values();
    expect(position(house)).toBeUndefined();
    expect(orders.at(-1)).toMatchObject({ reduceOnly: true, state: 'filled', side: 'sell' });
  });

  it('refuses protection on the wrong side of the price and without a position', () => {
    const house = positioned('buy', '10', '10', 'isolated');
    const protect = (stop: Parameters<typeof setProtection>[3]) => () =>
      setProtection(house.desk, house.account('alice'), PERP, stop);
    expect(refusal(protect({ takeProfit: '99' })).details.problems?.[0]?.field).toBe('takeProfit');
    expect(refusal(protect({ stopLoss: '101' })).details.problems?.[0]?.field).toBe('stopLoss');
    expect(refusal(protect({ stopLoss: '95.005' })).details.problems?.[0]?.rule).toContain('tick size');
    const flat = deskWithMarkets();
    expect(
      refusal(() => setProtection(flat.desk, flat.account('alice'), PERP, { stopLoss: '95' })).kind,
    ).toBe('invalidOrder');
  });
});
