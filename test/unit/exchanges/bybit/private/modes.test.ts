import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { failure, harness, orderRow, positionRow } from './harness.ts';

const LINEAR = 'BTC/USDT:USDT';
const POSITIONS = '/v5/position/list';

describe('modes', () => {
  it('are read from the rows of the market, also from empty ones', async () => {
    const empty = (positionIdx: number) => positionRow({ positionIdx, side: '', size: '0', leverage: '7' });
    const hedge = harness({ [POSITIONS]: () => ({ list: [empty(1), empty(2)] }) });
    expect(await hedge.account.modes(LINEAR)).toEqual({
      positionMode: 'hedge',
      marginMode: 'cross',
      leverage: '7',
    });
    const isolated = harness({
      [POSITIONS]: () => ({ list: [empty(0)] }),
      '/v5/account/info': () => ({ unifiedMarginStatus: 6, marginMode: 'ISOLATED_MARGIN' }),
    });
    expect(await isolated.account.modes(LINEAR)).toMatchObject({
      positionMode: 'oneWay',
      marginMode: 'isolated',
    });
  });

  it('ask for the leverage where there is no row, and have none on spot', async () => {
    const { account, to } = harness({
      '/v5/position/symbol-info': () => ({ list: [{ symbol: 'BTCUSDT', leverage: '3', positionIdx: 0 }] }),
    });
    expect((await account.modes(LINEAR)).leverage).toBe('3');
    expect((await account.modes('BTC/USDT')).leverage).toBe('1');
    expect(to(POSITIONS)).toHaveLength(1);
  });
});

describe('leverage', () => {
  it('is set for both sides, and "already so" is what was wanted', async () => {
    const { account, to } = harness({ '/v5/position/set-leverage': () => [110043, {}] });
    await account.setLeverage(LINEAR, '5');
    expect(to('/v5/position/set-leverage')).toEqual([
      { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '5', sellLeverage: '5' },
    ]);
  });
  it('is refused by the venue with its reason, and by us for spot', async () => {
    const { account } = harness({ '/v5/position/set-leverage': () => [110090, {}] });
    expect((await failure(account.setLeverage(LINEAR, '500'))).kind).toBe('invalidOrder');
    expect((await failure(account.setLeverage('BTC/USDT', '2'))).details.problems?.[0]?.field).toBe(
      'leverage',
    );
  });
});

describe('the margin mode', () => {
  it('is the account’s, and what stands in the way is said', async () => {
    const reasons = [{ reasonCode: '3400000', reasonMsg: 'Equity needs to be at least 1000 USDC' }];
    const { account, to } = harness({ '/v5/account/set-margin-mode': () => [3400045, { reasons }] });
    const error = await failure(account.setMarginMode(LINEAR, 'isolated'));
    expect(error.details.problems).toEqual([
      { field: 'marginMode', rule: 'Equity needs to be at least 1000 USDC' },
    ]);
    expect(to('/v5/account/set-margin-mode')).toEqual([{ setMarginMode: 'ISOLATED_MARGIN' }]);
  });
  it('is asked for anew after a change', async () => {
    const { account, to } = harness({ '/v5/account/set-margin-mode': () => ({ reasons: [] }) });
    await account.modes('BTC/USDT');
    await account.modes('BTC/USDT');
    await account.setMarginMode(LINEAR, 'cross');
    await account.modes('BTC/USDT');
    expect(to('/v5/account/info')).toHaveLength(2);
  });
});

describe('the position mode', () => {
  const SWITCH = '/v5/position/switch-mode';
  it('is switched for all USDT perpetuals', async () => {
    const { account, to } = harness({ [SWITCH]: () => [110025, {}] });
    await account.setPositionMode('hedge');
    await account.setPositionMode('oneWay');
    expect(to(SWITCH)).toEqual([
      { category: 'linear', coin: 'USDT', mode: 3 },
      { category: 'linear', coin: 'USDT', mode: 0 },
    ]);
  });
  it.each([
    {
      [POSITIONS]: ({ settleCoin }: { settleCoin?: unknown }) => ({
        list: settleCoin === 'USDT' ? [positionRow()] : [],
      }),
    },
    {
      '/v5/order/realtime': ({ settleCoin }: { settleCoin?: unknown }) => ({
        list: settleCoin === 'USDT' ? [orderRow()] : [],
      }),
    },
  ])('is not switched while a market is busy: Bybit would skip it in silence', async (routes) => {
    const { account, to } = harness({ ...routes, [SWITCH]: () => ({}) });
    expect(await failure(account.setPositionMode('hedge'))).toMatchObject({
      code: 'bybit.busyMarket',
      message: expect.stringContaining(LINEAR) as string,
    });
    expect(to(SWITCH)).toHaveLength(0);
  });
  it('does not care about spot orders', async () => {
    const { account, to } = harness({
      '/v5/order/realtime': ({ category }) => ({ list: category === 'spot' ? [orderRow()] : [] }),
      [SWITCH]: () => ({}),
    });
    await account.setPositionMode('hedge');
    expect(to(SWITCH)).toHaveLength(1);
  });
});

describe('protection', () => {
  const STOP = '/v5/position/trading-stop';
  const routes = {
    [POSITIONS]: () => ({ list: [positionRow({ takeProfit: '30000' })] }),
    [STOP]: () => [34040, {}],
  };
  it.each([
    [{ takeProfit: '31000' }, { takeProfit: '31000', stopLoss: '24000' }],
    [{ stopLoss: null }, { takeProfit: '30000', stopLoss: '0' }],
    [
      { takeProfit: null, stopLoss: '23000' },
      { takeProfit: '0', stopLoss: '23000' },
    ],
  ])('%o is sent with the other leg as it is', async (stop, legs) => {
    const { account, to } = harness(routes);
    await account.setProtection(LINEAR, 'net', stop);
    expect(to(STOP)).toEqual([
      { category: 'linear', symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0, ...legs },
    ]);
  });
  it('does not leave when it was stopped while the position was asked for', async () => {
    const stopped = new HoldfastError('notAllowed', 'risk.killSwitch', 'Engaged.');
    let isEngaged = false;
    const { account, to } = harness({
      ...routes,
      [POSITIONS]: () => {
        isEngaged = true;
        return { list: [positionRow({ takeProfit: '30000' })] };
      },
    });
    const deadline = { leftMs: () => 1000, stopped: () => (isEngaged ? stopped : null) };
    expect((await failure(account.setProtection(LINEAR, 'net', { stopLoss: '1' }, deadline))).code).toBe(
      'risk.killSwitch',
    );
    expect(to(STOP)).toHaveLength(0);
  });
  it('resends a trailing stop and the prices that trigger, of this side of the position alone', async () => {
    const waiting = (fields: object) => orderRow({ orderStatus: 'Untriggered', positionIdx: 0, ...fields });
    const { account, to } = harness({
      [POSITIONS]: () => ({
        list: [positionRow({ takeProfit: '30000', trailingStop: '500', activePrice: '26000' })],
      }),
      '/v5/order/realtime': () => ({
        list: [
          waiting({ orderId: 'o-1', stopOrderType: 'StopLoss', triggerBy: 'IndexPrice', positionIdx: 2 }),
          waiting({ orderId: 'o-2', stopOrderType: 'PartialStopLoss', triggerBy: 'IndexPrice' }),
          waiting({ orderId: 'o-3', stopOrderType: 'StopLoss', triggerBy: 'MarkPrice' }),
          waiting({ orderId: 'o-4', stopOrderType: 'TakeProfit', triggerBy: 'LastPrice' }),
        ],
      }),
      [STOP]: () => ({}),
    });
    await account.setProtection(LINEAR, 'net', { stopLoss: '23000' });
    await account.setProtection(LINEAR, 'net', { stopLoss: null });
    const shared = {
      category: 'linear',
      symbol: 'BTCUSDT',
      tpslMode: 'Full',
      positionIdx: 0,
      takeProfit: '30000',
      tpTriggerBy: 'LastPrice',
      trailingStop: '500',
      activePrice: '26000',
    };
    expect(to(STOP)).toEqual([
      { ...shared, stopLoss: '23000', slTriggerBy: 'MarkPrice' },
      { ...shared, stopLoss: '0' },
    ]);
  });
  it('of a position that is not there is refused', async () => {
    const { account, to } = harness(routes);
    expect((await failure(account.setProtection(LINEAR, 'long', { stopLoss: '1' }))).code).toBe(
      'bybit.noPosition',
    );
    expect((await failure(account.setProtection('BTC/USDT', 'net', {}))).code).toBe('bybit.protection');
    expect(to(STOP)).toHaveLength(0);
  });
});

describe('fees', () => {
  const FEES = '/v5/account/fee-rate';
  const rate = { symbol: 'BTCUSDT', makerFeeRate: '0.0002', takerFeeRate: '0.00055', baseCoin: '' };
  it('are the account’s own, for options by coin', async () => {
    const { account, to } = harness({
      [FEES]: ({ baseCoin }) => ({ list: [baseCoin ? { ...rate, symbol: '' } : rate] }),
    });
    expect(await account.fees(LINEAR)).toEqual({ symbol: LINEAR, maker: '0.0002', taker: '0.00055' });
    await account.fees('BTC/USDT:USDT-270326-60000-C');
    expect(to(FEES)).toEqual([
      { category: 'linear', symbol: 'BTCUSDT' },
      { category: 'option', baseCoin: 'BTC' },
    ]);
  });
  it('that Bybit does not tell are no zero', async () => {
    const { account } = harness({ [FEES]: () => ({ list: [] }) });
    expect((await failure(account.fees(LINEAR))).kind).toBe('protocol');
    const demo = harness({}, { environment: 'demo' });
    const fees = await demo.account.fees(LINEAR).catch((error: unknown) => error);
    expect(demo.to(FEES)).toHaveLength(0);
    expect(fees).not.toMatchObject({ maker: '0' });
  });
});
