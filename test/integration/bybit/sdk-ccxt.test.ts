/** ccxt, unchanged, over REST and WebSocket on the loopback venue: its failures would be the venue's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { ccxtClient, eventually, fundedVenue, UID } from './sdk-support.ts';

const SPOT = 'BTC/USDT';
const PERP = 'BTC/USDT:USDT';

/** Its types allow an order without an id. */
const idOf = ({ id }: { id?: string | undefined }): string => id ?? 'no id';

let venue: BybitVenue;
let exchange: Awaited<ReturnType<typeof ccxtClient>>;

beforeEach(async () => {
  venue = await fundedVenue();
  exchange = await ccxtClient(venue);
});

afterEach(async () => {
  await exchange.close();
  await venue.dispose();
});

describe('ccxt over REST', () => {
  it('loads the markets of every kind and the currencies with their chains', async () => {
    const markets = await exchange.loadMarkets();
    expect(Object.keys(markets)).toEqual(
      expect.arrayContaining([
        SPOT,
        PERP,
        'BTC/USDC:USDC',
        'BTC/USD:BTC',
        'BTC/USDT:USDT-270326',
        'BTC/USDT:USDT-270326-65000-C',
      ]),
    );
    expect(markets[PERP]).toMatchObject({
      id: 'BTCUSDT',
      linear: true,
      settle: 'USDT',
      precision: { price: 0.1, amount: 0.001 },
    });
    const currencies = await exchange.fetchCurrencies();
    expect(currencies['USDT']?.networks).toHaveProperty('TRC20');
  });

  it('reads tickers, books, trades, candles, funding and options', async () => {
    venue.market('linear', 'BTCUSDT').take('Buy', '0.2');
    expect(await exchange.fetchTicker(PERP)).toMatchObject({ last: 65000.1, bid: 65000, ask: 65000.1 });
    const book = await exchange.fetchOrderBook(SPOT, 5);
    expect(book.bids).toHaveLength(5);
    expect(await exchange.fetchTrades(PERP)).toMatchObject([{ side: 'buy', amount: 0.2, price: 65000.1 }]);
    expect(await exchange.fetchOHLCV(SPOT, '5m', undefined, 3)).toHaveLength(3);
    expect(await exchange.fetchFundingRate(PERP)).toMatchObject({ fundingRate: 0.0001 });
    expect(await exchange.fetchGreeks('BTC/USDT:USDT-270326-65000-C')).toMatchObject({ delta: 0.52 });
    expect(await exchange.fetchLeverageTiers([PERP])).toHaveProperty([PERP, 0, 'maxLeverage'], 100);
  });

  it('trades spot: places, edits, cancels, buys by cost and finds its fills', async () => {
    const order = await exchange.createOrder(SPOT, 'limit', 'buy', 0.01, 64000);
    await exchange.editOrder(idOf(order), SPOT, 'limit', 'buy', 0.02, 64100);
    expect(await exchange.fetchOpenOrders(SPOT)).toMatchObject([
      { id: order.id, price: 64100, amount: 0.02, status: 'open' },
    ]);
    await exchange.cancelOrder(idOf(order), SPOT);
    expect(await exchange.fetchCanceledOrders(SPOT)).toMatchObject([{ id: order.id, status: 'canceled' }]);
    await exchange.createMarketBuyOrderWithCost(SPOT, 100);
    const [fill] = await exchange.fetchMyTrades(SPOT);
    expect(fill).toMatchObject({
      side: 'buy',
      takerOrMaker: 'taker',
      amount: 0.001538,
      fee: { currency: 'BTC' },
    });
    const balance = await exchange.fetchBalance();
    // 3 BTC and 0.001538 less the fee of a thousandth.
    expect(balance['BTC']).toMatchObject({ total: 3.00153646 });
  });

  it('trades contracts: leverage, protection, batches, position, closing everything', async () => {
    await exchange.setLeverage(20, PERP);
    await exchange.createOrder(PERP, 'market', 'buy', 0.1, undefined, {
      stopLoss: { triggerPrice: 60000 },
      takeProfit: { triggerPrice: 70000 },
    });
    expect(await exchange.fetchPosition(PERP)).toMatchObject({
      side: 'long',
      contracts: 0.1,
      leverage: 20,
      stopLossPrice: 60000,
      takeProfitPrice: 70000,
    });
    expect((await exchange.fetchOpenOrders(PERP)).map((order) => order.triggerPrice).sort()).toEqual([
      60000, 70000,
    ]);
    const orders = [63000, 63100].map((price) => ({
      symbol: PERP,
      type: 'limit' as const,
      side: 'buy' as const,
      amount: 0.01,
      price,
    }));
    expect(await exchange.createOrders(orders)).toHaveLength(2);
    await exchange.cancelAllOrders(PERP);
    expect(await exchange.fetchOpenOrders(PERP)).toEqual([]);
    await expect(exchange.createOrder(PERP, 'limit', 'buy', 1000, 64000)).rejects.toThrow('110007');
  });

  it('shows addresses, transfers, withdraws, converts and keeps the records', async () => {
    const network = { network: 'TRC20' };
    expect(await exchange.fetchDepositAddress('USDT', network)).toMatchObject({
      address: 'loopback-TRX-1001-USDT',
    });
    await exchange.transfer('USDT', 100, 'funding', 'unified');
    expect(await exchange.fetchTransfers('USDT')).toMatchObject([{ amount: 100, status: 'ok' }]);
    venue.allowAddress(UID, { coin: 'USDT', chain: 'TRX', address: 'test-address' });
    await exchange.withdraw('USDT', 50, 'test-address', undefined, network);
    expect(await exchange.fetchWithdrawals('USDT')).toMatchObject([
      { amount: 50, status: 'pending', fee: { cost: 1.05005005 } },
    ]);
    venue.chainDeposit(UID, { coin: 'USDT', chain: 'TRX', amount: '12' });
    expect(await exchange.fetchDeposits('USDT')).toMatchObject([{ amount: 12, status: 'ok' }]);
    const quote = await exchange.fetchConvertQuote('USDT', 'BTC', 100);
    expect(await exchange.createConvertTrade(idOf(quote), 'USDT', 'BTC', 100)).toMatchObject({
      id: quote.id,
    });
  });
});

describe('ccxt.pro', () => {
  it("keeps a book that stays equal to the venue's own book", async () => {
    const market = venue.market('linear', 'BTCUSDT');
    await exchange.watchOrderBook(PERP);
    market.setLevel('Buy', '64999.5', '7.7');
    market.setLevel('Sell', '65000.1', '0');
    market.take('Sell', '1.2');
    const expected = market.book(50);
    for (;;) {
      const book = await exchange.watchOrderBook(PERP);
      const bids = book.bids.map(([price, size]) => [Number(price), Number(size)]);
      if (bids[0]?.[0] !== Number(expected.bids[0]?.[0])) continue;
      expect(bids).toEqual(expected.bids.map(([price, size]) => [Number(price), Number(size)]));
      expect(book.asks[0]?.[0]).toBe(65000.2);
      return;
    }
  });

  it('watches orders, fills and the balance, and enters orders over WebSocket', async () => {
    await exchange.loadMarkets();
    const orders = exchange.watchOrders();
    const fills = exchange.watchMyTrades();
    const balance = exchange.watchBalance();
    for (const topic of ['order', 'execution', 'wallet'])
      await eventually(() => venue.privateFollowers(UID, topic) > 0);
    const order = await exchange.createOrderWs(PERP, 'market', 'buy', 0.1);
    expect(await orders).toMatchObject([{ id: order.id, status: 'closed', filled: 0.1 }]);
    expect(await fills).toMatchObject([{ order: order.id, amount: 0.1, price: 65000.1 }]);
    expect((await balance)['USDT']).toMatchObject({ total: 199996.4149945 });
    const resting = await exchange.createOrderWs(PERP, 'limit', 'buy', 0.1, 62100);
    await exchange.editOrderWs(idOf(resting), PERP, 'limit', 'buy', 0.2, 62200);
    expect(venue.account(UID).openOrders()).toMatchObject([{ qty: '0.2', price: '62200' }]);
    await exchange.cancelOrderWs(idOf(resting), PERP);
    expect(venue.account(UID).openOrders()).toEqual([]);
  });

  it('watches positions', async () => {
    await exchange.createOrder(PERP, 'market', 'sell', 0.1);
    const positions = await exchange.watchPositions([PERP]);
    expect(positions).toMatchObject([{ symbol: PERP, side: 'short', contracts: 0.1 }]);
  });
});
