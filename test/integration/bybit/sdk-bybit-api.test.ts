/** The best-kept SDK of the venue, unchanged, on the loopback venue: its failures would be the venue's. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RestClientV5, WebsocketClient } from 'bybit-api';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { eventually, fundedVenue, restClient, streamClient, UID } from './sdk-support.ts';

interface Update {
  topic: string;
  type?: string;
  data: unknown;
}

let venue: BybitVenue;
let rest: RestClientV5;
const clients: WebsocketClient[] = [];

beforeEach(async () => {
  venue = await fundedVenue();
  rest = restClient(venue);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.closeAll(true);
  await venue.dispose();
});

function open(path: string): { client: WebsocketClient; until: (topic: string) => Promise<Update> } {
  const client = streamClient(venue, path);
  clients.push(client);
  const seen: Update[] = [];
  client.on('update', (message) => seen.push(message as Update));
  const until = async (topic: string): Promise<Update> => {
    for (;;) {
      const at = seen.findIndex((message) => message.topic === topic);
      const [found] = at === -1 ? [] : seen.splice(at, 1);
      if (found !== undefined) return found;
      await once(client, 'update');
    }
  };
  return { client, until };
}

const rowOf = (update: Update): Record<string, unknown> =>
  (update.data as Record<string, unknown>[])[0] ?? {};

describe('RestClientV5', () => {
  it('reads instruments of every category, tickers, books and candles', async () => {
    for (const category of ['spot', 'linear', 'inverse', 'option'] as const) {
      const { retCode, result } = await rest.getInstrumentsInfo({ category });
      expect(retCode).toBe(0);
      expect(result.list.length).toBeGreaterThan(1);
    }
    const book = await rest.getOrderbook({ category: 'linear', symbol: 'BTCUSDT', limit: 5 });
    expect(book.result.b[0]?.[0]).toBe('65000.0');
    expect(book.result.a).toHaveLength(5);
    const candles = await rest.getKline({ category: 'spot', symbol: 'BTCUSDT', interval: '5', limit: 3 });
    const [newest, , oldest] = candles.result.list;
    expect(Number(newest?.[0])).toBeGreaterThan(Number(oldest?.[0]));
  });

  it('places, amends and cancels an order, and finds it in the history', async () => {
    const order = { category: 'linear' as const, symbol: 'BTCUSDT' };
    const placed = await rest.submitOrder({
      ...order,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.1',
      price: '64000',
      orderLinkId: 'sdk-1',
    });
    expect(placed).toMatchObject({ retCode: 0, result: { orderLinkId: 'sdk-1' } });
    const { orderId } = placed.result;
    expect(await rest.amendOrder({ ...order, orderId, price: '64100', qty: '0.2' })).toMatchObject({
      retCode: 0,
    });
    const open = await rest.getActiveOrders({ ...order, orderLinkId: 'sdk-1' });
    expect(open.result.list[0]).toMatchObject({ orderId, price: '64100', qty: '0.2', orderStatus: 'New' });
    expect(await rest.cancelOrder({ ...order, orderLinkId: 'sdk-1' })).toMatchObject({
      retCode: 0,
      result: { orderId },
    });
    expect(await rest.cancelOrder({ ...order, orderId })).toMatchObject({ retCode: 110001 });
    const history = await rest.getHistoricOrders({ ...order, orderId });
    expect(history.result.list[0]).toMatchObject({ orderStatus: 'Cancelled', cancelType: 'CancelByUser' });
  });

  it('opens and closes a position and books every step', async () => {
    const market = { category: 'linear' as const, symbol: 'BTCUSDT' };
    await rest.setLeverage({ ...market, buyLeverage: '20', sellLeverage: '20' });
    expect(await rest.setLeverage({ ...market, buyLeverage: '20', sellLeverage: '20' })).toMatchObject({
      retCode: 110043,
    });
    await rest.submitOrder({ ...market, side: 'Buy', orderType: 'Market', qty: '0.1' });
    const { result } = await rest.getPositionInfo(market);
    expect(result.list[0]).toMatchObject({ side: 'Buy', size: '0.1', avgPrice: '65000.1', leverage: '20' });
    venue.market('linear', 'BTCUSDT').move('66000');
    await rest.submitOrder({ ...market, side: 'Sell', orderType: 'Market', qty: '0.1', reduceOnly: true });
    const closed = await rest.getClosedPnL({ category: 'linear', symbol: 'BTCUSDT' });
    // 0.1 x (66000 - 65000.1) less the taker fee of 0.1 x 66000 x 0.00055.
    expect(closed.result.list[0]).toMatchObject({ closedSize: '0.1', closedPnl: '96.36' });
    const wallet = await rest.getWalletBalance({ accountType: 'UNIFIED', coin: 'USDT' });
    expect(wallet.result.list[0]?.coin[0]).toMatchObject({ coin: 'USDT', walletBalance: '200092.7849945' });
    const fills = await rest.getExecutionList(market);
    expect(fills.result.list.map((fill) => fill.side)).toEqual(['Sell', 'Buy']);
  });

  it('answers batches order by order', async () => {
    const order = { symbol: 'BTCUSDT', side: 'Buy' as const, orderType: 'Limit' as const, qty: '0.01' };
    const batch = await rest.batchSubmitOrders('linear', [
      { ...order, price: '64000' },
      { ...order, price: '64000.05' },
    ]);
    expect(batch.retCode).toBe(0);
    expect(batch.retExtInfo.list.map((each) => each.code)).toEqual([0, 10001]);
    expect(venue.account(UID).openOrders()).toHaveLength(1);
  });

  it('moves funds between wallets, shows addresses and withdraws', async () => {
    const transferId = '5a9a1d2e-0000-4000-8000-000000000001';
    expect(await rest.createInternalTransfer(transferId, 'USDT', '100', 'FUND', 'UNIFIED')).toMatchObject({
      retCode: 0,
      result: { transferId },
    });
    expect(await rest.createInternalTransfer(transferId, 'USDT', '100', 'FUND', 'UNIFIED')).toMatchObject({
      retCode: 131214,
    });
    expect(venue.account(UID).holdings('FUND')).toEqual({ USDT: '4900', XRP: '500' });
    const address = await rest.getMasterDepositAddress('XRP', 'XRP');
    expect(address.result.chains[0]).toMatchObject({ chain: 'XRP', tagDeposit: '71001' });
    venue.allowAddress(UID, { coin: 'USDT', chain: 'TRX', address: 'test-address' });
    const request = {
      coin: 'USDT',
      chain: 'TRX',
      address: 'test-address',
      amount: '100',
      timestamp: Date.now(),
      accountType: 'FUND' as const,
      requestId: 'request1',
    };
    const withdrawal = await rest.submitWithdrawal(request);
    expect(withdrawal).toMatchObject({ retCode: 0 });
    expect(venue.account(UID).holdings('FUND')['USDT']).toBe('4798.8998999');
    expect(await rest.cancelWithdrawal(withdrawal.result.id)).toMatchObject({ result: { status: 1 } });
    expect(venue.account(UID).holdings('FUND')['USDT']).toBe('4900');
  });
});

describe('WebsocketClient', () => {
  it('gets a snapshot of the book and then what changes', async () => {
    const { client, until } = open('/v5/public/linear');
    void client.subscribeV5(['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'], 'linear');
    const snapshot = await until('orderbook.50.BTCUSDT');
    expect(snapshot).toMatchObject({ type: 'snapshot', data: { s: 'BTCUSDT', u: 500 } });
    venue.market('linear', 'BTCUSDT').take('Buy', '0.2');
    expect(await until('orderbook.50.BTCUSDT')).toMatchObject({
      type: 'delta',
      data: { a: [['65000.1', '0.3']], u: 501 },
    });
    expect(rowOf(await until('publicTrade.BTCUSDT'))).toMatchObject({ S: 'Buy', v: '0.2', p: '65000.1' });
  });

  it('tells orders, executions, positions and the wallet on the private stream', async () => {
    const { client, until } = open('/v5/private');
    void client.subscribeV5(['order', 'execution', 'position', 'wallet'], 'linear', true);
    await eventually(() => venue.privateFollowers(UID, 'wallet') > 0);
    await rest.submitOrder({
      category: 'linear',
      symbol: 'BTCUSDT',
      side: 'Buy',
      orderType: 'Market',
      qty: '0.1',
      orderLinkId: 'sdk-2',
    });
    expect(rowOf(await until('order'))).toMatchObject({
      orderLinkId: 'sdk-2',
      orderStatus: 'Filled',
      category: 'linear',
    });
    expect(rowOf(await until('execution'))).toMatchObject({
      execPrice: '65000.1',
      execQty: '0.1',
      isMaker: false,
    });
    expect(rowOf(await until('position'))).toMatchObject({ size: '0.1', entryPrice: '65000.1' });
    expect(rowOf(await until('wallet'))).toMatchObject({ accountType: 'UNIFIED', coin: [{ coin: 'USDT' }] });
  });

  it('enters orders over the order-entry stream', async () => {
    const { client } = open('/v5/trade');
    const order = { category: 'linear' as const, symbol: 'BTCUSDT' };
    const placed = await client.sendWSAPIRequest('v5PrivateTrade', 'order.create', {
      ...order,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.01',
      price: '64000',
      orderLinkId: 'sdk-3',
    });
    expect(placed).toMatchObject({
      retCode: 0,
      data: { orderLinkId: 'sdk-3' },
      header: { 'X-Bapi-Limit-Status': '9' },
    });
    expect(venue.counters.orders('sdk-3')).toBe(1);
    const again = client.sendWSAPIRequest('v5PrivateTrade', 'order.create', {
      ...order,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.01',
      price: '64000',
      orderLinkId: 'sdk-3',
    });
    await expect(again).rejects.toMatchObject({ retCode: 110072 });
    expect(
      await client.sendWSAPIRequest('v5PrivateTrade', 'order.amend', {
        ...order,
        orderLinkId: 'sdk-3',
        price: '64200',
      }),
    ).toMatchObject({ retCode: 0 });
    expect(
      await client.sendWSAPIRequest('v5PrivateTrade', 'order.cancel', { ...order, orderLinkId: 'sdk-3' }),
    ).toMatchObject({ retCode: 0 });
    expect(venue.account(UID).openOrders()).toEqual([]);
  });
});
