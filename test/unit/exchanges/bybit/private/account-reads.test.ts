import { describe, expect, it } from 'vitest';
import { failure, harness, NOW, orderRow, positionRow } from './harness.ts';

describe('balances', () => {
  const coin = (fields: object) => ({ coin: 'USDT', walletBalance: '100', locked: '0', ...fields });
  const unified = (...coins: object[]) => ({
    '/v5/account/wallet-balance': () => ({ list: [{ accountType: 'UNIFIED', coin: coins }] }),
  });

  it('are net of what was borrowed, and what is held is not available', async () => {
    const { account } = harness(
      unified(
        coin({
          spotBorrow: '30',
          borrowAmount: '30',
          locked: '10',
          totalOrderIM: '4',
          totalPositionIM: '',
          bonus: '1',
        }),
      ),
    );
    expect(await account.balances()).toEqual([
      {
        accountId: 'a1',
        wallet: 'unified',
        asset: 'USDT',
        total: '70',
        held: '15',
        available: '55',
        borrowed: '30',
        counted: true,
        updatedAt: NOW,
      },
    ]);
  });

  it('without a figure are not counted instead of zero', async () => {
    const { account } = harness(unified(coin({ walletBalance: '' })));
    expect(await account.balances()).toMatchObject([{ asset: 'USDT', counted: false }]);
  });

  it('have the funding wallet, and other wallets as not counted', async () => {
    const { account } = harness({
      ...unified(),
      '/v5/asset/transfer/query-account-coins-balance': () => ({
        balance: [
          { coin: 'USDC', walletBalance: '5', transferBalance: '4', bonus: '' },
          { coin: 'ETH', walletBalance: '0', transferBalance: '0' },
        ],
      }),
      '/v5/asset/asset-overview': () => ({
        list: [
          { accountType: 'FundingAccount', totalEquity: '5', coinDetail: [{ coin: 'USDC', equity: '5' }] },
          { accountType: 'UnifiedTradingAccount', totalEquity: '0' },
          {
            accountType: 'Earn',
            totalEquity: '9',
            categories: [
              { category: 'Flexible', coinDetail: [{ coin: 'BTC', equity: '0.1' }] },
              { category: 'Fixed', coinDetail: [{ coin: 'BTC', equity: '0.2' }] },
            ],
          },
        ],
      }),
    });
    expect(await account.balances()).toMatchObject([
      { wallet: 'funding', asset: 'USDC', total: '5', available: '4', held: '1', counted: true },
      { wallet: 'Earn', asset: 'BTC', total: '0.3', counted: false },
    ]);
  });

  it('say that the funding wallet could not be read, and fail when Bybit did not answer', async () => {
    const path = '/v5/asset/transfer/query-account-coins-balance';
    const forbidden = harness({ [path]: () => [10005, {}] });
    expect(await forbidden.account.balances()).toMatchObject([{ wallet: 'funding', counted: false }]);
    const broken = harness({ [path]: () => [10016, {}] });
    expect((await failure(broken.account.balances())).kind).toBe('unavailable');
  });

  it('of a site without an overview are the two wallets', async () => {
    const { account } = harness({ ...unified(coin({})), '/v5/asset/asset-overview': () => [10005, {}] });
    expect(await account.balances()).toHaveLength(1);
  });

  it('of a classic account are refused with what to do', async () => {
    const { account } = harness({
      '/v5/account/info': () => ({ unifiedMarginStatus: 1, marginMode: 'REGULAR_MARGIN' }),
    });
    expect(await failure(account.balances())).toMatchObject({ kind: 'permission', code: 'bybit.notUnified' });
  });

  it('of a demo account never ask for wallets that demo does not have', async () => {
    const { account, to } = harness({}, { environment: 'demo' });
    await account.balances();
    expect(to('/v5/asset/transfer/query-account-coins-balance')).toHaveLength(0);
    expect(account.funds).toBeNull();
  });
});

describe('positions', () => {
  it('are asked for each settle coin, over pages, without the empty rows', async () => {
    const { account, to } = harness({
      '/v5/position/list': ({ category, settleCoin, cursor }) => {
        if (category === 'option' || settleCoin === 'USDT') return { list: [], nextPageCursor: '' };
        if (category === 'inverse') return { list: [positionRow({ symbol: 'BTCUSD', size: '0', side: '' })] };
        return cursor === undefined
          ? { list: [positionRow({ symbol: 'BTCPERP' })], nextPageCursor: 'p%3D2' }
          : { list: [positionRow({ symbol: 'BTCPERP', positionIdx: 2, side: 'Sell' })], nextPageCursor: '' };
      },
    });
    expect(await account.positions()).toMatchObject([
      {
        symbol: 'BTC/USDC:USDC',
        side: 'long',
        positionSide: 'net',
        quantity: '0.5',
        entryPrice: '25000',
        liquidationPrice: null,
        takeProfit: null,
        stopLoss: '24000',
        marginMode: 'cross',
        margin: '1250',
        realizedPnl: '-1',
        settle: 'USDC',
      },
      { side: 'short', positionSide: 'short' },
    ]);
    const linear = to('/v5/position/list').filter(({ category }) => category === 'linear');
    expect(linear.map(({ settleCoin, cursor }) => [settleCoin, cursor])).toEqual([
      ['USDT', undefined],
      ['USDC', undefined],
      ['USDC', 'p%3D2'],
    ]);
  });

  it('without a size are a break of the protocol, not an empty account', async () => {
    const { account } = harness({
      '/v5/position/list': () => ({ list: [{ symbol: 'BTCUSDT', positionIdx: 0 }] }),
    });
    expect(await failure(account.positions())).toMatchObject({ kind: 'protocol' });
    const noList = harness({ '/v5/position/list': () => ({ rows: [] }) });
    expect((await failure(noList.account.positions())).kind).toBe('protocol');
  });
});

describe('open orders', () => {
  it('come from all categories and from every list of spot, each once', async () => {
    const { account, to } = harness({
      '/v5/order/realtime': ({ category, orderFilter }) => {
        if (category !== 'spot') return { list: [] };
        const stop = orderRow({
          orderId: 's',
          orderStatus: 'Untriggered',
          stopOrderType: 'Stop',
          triggerPrice: '9',
        });
        if (orderFilter === 'OcoOrder') return [170202, {}];
        return { list: orderFilter === 'StopOrder' ? [stop] : [orderRow(), stop] };
      },
    });
    const orders = await account.openOrders();
    expect(orders.map(({ venueOrderId, symbol, state }) => [venueOrderId, symbol, state])).toEqual([
      ['o-1', 'BTC/USDT', 'working'],
      ['s', 'BTC/USDT', 'untriggered'],
    ]);
    const linear = to('/v5/order/realtime').filter(({ category }) => category === 'linear');
    expect(linear.map(({ settleCoin }) => settleCoin)).toEqual(['USDT', 'USDC']);
  });

  it('fail when a category could not be asked', async () => {
    const { account } = harness({
      '/v5/order/realtime': ({ category }) => (category === 'option' ? [10016, {}] : { list: [] }),
    });
    expect((await failure(account.openOrders())).kind).toBe('unavailable');
  });
});

describe('looking an order up', () => {
  const REF = { symbol: 'BTC/USDT:USDT', clientOrderId: '1001', venueOrderId: null };
  it('asks the open ones, then the history', async () => {
    const { account, to } = harness({
      '/v5/order/history': () => ({
        list: [orderRow({ orderStatus: 'Cancelled', cumExecQty: '0.004', cumExecValue: '100' })],
      }),
    });
    expect(await account.findOrder(REF)).toMatchObject({
      state: 'cancelled',
      filledQuantity: '0.004',
      averagePrice: '25000',
    });
    expect(to('/v5/order/realtime')[0]).toMatchObject({
      category: 'linear',
      symbol: 'BTCUSDT',
      orderLinkId: '1001',
    });
  });
  it('answers null only when Bybit said that it has none', async () => {
    expect(await harness().account.findOrder(REF)).toBeNull();
    expect(await harness({ '/v5/order/realtime': () => [110001, {}] }).account.findOrder(REF)).toBeNull();
    const broken = harness({ '/v5/order/history': () => [10016, {}] });
    expect((await failure(broken.account.findOrder(REF))).kind).toBe('unavailable');
  });
  it('goes back for half a year for an order that was acknowledged once', async () => {
    const old = orderRow({ orderStatus: 'Filled', cumExecQty: '0.01' });
    const made = NOW - 100 * 24 * 60 * 60_000;
    const { account, to } = harness({
      '/v5/order/history': ({ startTime, endTime }) => ({
        list: Number(startTime) <= made && made <= Number(endTime) ? [old] : [],
      }),
    });
    expect(await account.findOrder({ ...REF, venueOrderId: 'o-1' })).toMatchObject({ state: 'filled' });
    const asked = to('/v5/order/history').slice(1);
    expect(asked).toHaveLength(14);
    expect(
      asked.every(({ startTime, endTime }) => Number(endTime) - Number(startTime) < 7 * 86_400_000),
    ).toBe(true);
    expect(await account.findOrder(REF)).toBeNull();
    expect(to('/v5/order/history')).toHaveLength(16);
  });
  it('goes back no further than to when the order was made', async () => {
    const { account, to } = harness({ '/v5/order/history': () => ({ list: [] }) });
    const day = 24 * 60 * 60_000;
    const asked = async (age: number): Promise<number> => {
      const before = to('/v5/order/history').length;
      const ref = { ...REF, venueOrderId: 'o-1', createdAt: NOW - age };
      expect(await account.findOrder(ref)).toBeNull();
      return to('/v5/order/history').length - before;
    };
    expect(await asked(2 * day)).toBe(1);
    expect(await asked(19 * day)).toBe(3);
    // Ours may be ahead: an order is not missed for being a little older than we think.
    expect(await asked(6.5 * day)).toBe(2);
    expect(await asked(400 * day)).toBe(26);
  });
  it('takes no other order for it', async () => {
    const { account } = harness({
      '/v5/order/realtime': () => ({ list: [orderRow({ orderLinkId: 'other' })] }),
    });
    expect(await account.findOrder(REF)).toBeNull();
  });
});
