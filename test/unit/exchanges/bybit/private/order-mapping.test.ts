import { describe, expect, it } from 'vitest';
import { harness, orderRow, type Params } from './harness.ts';

describe('what Bybit’s order means', () => {
  const meaning = async (row: Params) => {
    const { account } = harness({ '/v5/order/realtime': () => ({ list: [orderRow(row)] }) });
    return account.findOrder({ symbol: 'BTC/USDT:USDT', clientOrderId: '', venueOrderId: 'o-1' });
  };
  const CASES: readonly (readonly [Params, Params])[] = [
    [{ timeInForce: 'PostOnly' }, { postOnly: true, timeInForce: 'GTC' }],
    [
      { orderType: 'Market', price: '26250', timeInForce: 'IOC' },
      { type: 'market', price: null, timeInForce: 'IOC', postOnly: false },
    ],
    [
      { orderStatus: 'PartiallyFilledCanceled', cumExecQty: '0.001' },
      { state: 'cancelled', filledQuantity: '0.001' },
    ],
    [{ orderStatus: 'New', cumExecQty: '0.001' }, { state: 'partiallyFilled' }],
    [{ orderStatus: 'Deactivated' }, { state: 'cancelled' }],
    [{ orderStatus: 'Cancelled', cancelType: 'CancelByDelivery' }, { state: 'expired' }],
    [
      { orderStatus: 'Cancelled', rejectReason: 'EC_PostOnlyWillTakeLiquidity' },
      { reason: 'Post-only: it would have taken liquidity.', venueCode: 'EC_PostOnlyWillTakeLiquidity' },
    ],
    [
      { orderStatus: 'Rejected', rejectReason: 'EC_Unheard' },
      { state: 'rejected', reason: 'Bybit: EC_Unheard' },
    ],
    [{ orderStatus: 'Sleeping' }, { state: 'unknown' }],
    [
      { triggerPrice: '0.00', avgPrice: null, takeProfit: '0', stopLoss: '' },
      { type: 'limit', averagePrice: null },
    ],
    [{ triggerPrice: '26000', triggerDirection: 1, stopOrderType: 'Stop' }, { type: 'stopLimit' }],
    [{ triggerPrice: '24000', triggerDirection: 2, stopOrderType: 'Stop' }, { type: 'takeProfitLimit' }],
    [
      { triggerPrice: '24000', triggerDirection: 0, basePrice: '25000', side: 'Sell', orderType: 'Market' },
      { type: 'stopMarket' },
    ],
    [
      { triggerPrice: '24000', stopOrderType: 'PartialTakeProfit', triggerBy: 'MarkPrice' },
      { triggerBy: 'mark' },
    ],
    [
      { positionIdx: 2, reduceOnly: true },
      { positionSide: 'short', reduceOnly: true },
    ],
  ];
  it.each(CASES)('%o is %o', async (row, expected) => {
    expect(await meaning(row)).toMatchObject(expected);
  });

  it('a spot market buy has a quantity only when it is filled', async () => {
    const row = { orderType: 'Market', qty: '100', marketUnit: '', price: '0' };
    const read = async (fields: Params) => {
      const { account } = harness({
        '/v5/order/realtime': () => ({ list: [orderRow({ ...row, ...fields })] }),
      });
      return account.findOrder({ symbol: 'BTC/USDT', clientOrderId: '1001', venueOrderId: null });
    };
    expect(await read({})).toMatchObject({ quantity: null, quoteAmount: '100' });
    const filled = { orderStatus: 'Filled', cumExecQty: '0.004', cumExecValue: '99.9' };
    expect(await read(filled)).toMatchObject({
      quantity: '0.004',
      quoteAmount: '100',
      averagePrice: '24975',
    });
    const sell = await read({ side: 'Sell' });
    expect(sell?.quantity).toBe('100');
    expect(sell?.quoteAmount).toBeUndefined();
  });
});
