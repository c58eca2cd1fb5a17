/** The loopback venue's own rules of triggers and positions, where no SDK reaches. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { get, post, type Envelope } from './raw-client.ts';
import { fundedVenue, UID } from './sdk-support.ts';

const NOW = 1_800_000_000_000;
const CREATE = '/v5/order/create';
const LINEAR = { category: 'linear', symbol: 'BTCUSDT' };
const SPOT = { category: 'spot', symbol: 'BTCUSDT' };
const BUY = { side: 'Buy', orderType: 'Limit', qty: '0.01', price: '64000' };

let venue: BybitVenue;
let now: number;

beforeEach(async () => {
  now = NOW;
  venue = await fundedVenue({ clock: () => now });
});
afterEach(() => venue.dispose());

/** Every call a second later, so that no rate limit comes between. */
const send = (path: string, body: object): Promise<Envelope> => {
  now += 1000;
  return post(venue, path, body);
};
const ask = (path: string, query: string): Promise<Envelope> => get(venue, path, query);
const state = async (id: unknown, category = 'linear'): Promise<Record<string, unknown> | undefined> =>
  (await ask('/v5/order/realtime', `category=${category}&orderId=${String(id)}`)).result.list[0];
const size = (index = 0): string =>
  venue.account(UID).position(venue.market('linear', 'BTCUSDT'), index).size.toFixed();

describe('triggers', () => {
  it.each([
    ['LastPrice', 'last'],
    ['MarkPrice', 'mark'],
    ['IndexPrice', 'index'],
  ])('a conditional order by %s waits for that price alone', async (triggerBy, source) => {
    const stop = {
      ...LINEAR,
      side: 'Buy',
      orderType: 'Market',
      qty: '0.01',
      triggerPrice: '65500',
      triggerDirection: 1,
      triggerBy,
    };
    const { result } = await send(CREATE, stop);
    const market = venue.market('linear', 'BTCUSDT');
    for (const other of ['last', 'mark', 'index'])
      if (other !== source) market.setPrices({ [other]: '65500' });
    expect(await state(result['orderId'])).toMatchObject({
      orderStatus: 'Untriggered',
      stopOrderType: 'Stop',
    });
    market.setPrices({ [source]: '65500' });
    expect(await state(result['orderId'])).toMatchObject({ orderStatus: 'Filled' });
  });

  it('closes a position by its stop-loss and takes the take-profit away', async () => {
    await send(CREATE, { ...LINEAR, side: 'Buy', orderType: 'Market', qty: '0.1' });
    await send('/v5/position/trading-stop', {
      ...LINEAR,
      tpslMode: 'Full',
      positionIdx: 0,
      takeProfit: '70000',
      stopLoss: '64000',
    });
    expect(
      await send('/v5/position/trading-stop', {
        ...LINEAR,
        tpslMode: 'Full',
        positionIdx: 0,
        takeProfit: '70000',
        stopLoss: '64000',
      }),
    ).toMatchObject({ retCode: 34040 });
    venue.market('linear', 'BTCUSDT').move('63990');
    expect(size()).toBe('0');
    expect(venue.account(UID).openOrders()).toEqual([]);
    const { result } = await ask('/v5/position/closed-pnl', 'category=linear');
    expect(result.list).toMatchObject([{ closedSize: '0.1', side: 'Sell', avgExitPrice: '63990' }]);
  });

  it('adds partial protection beside the rest and pairs its legs', async () => {
    await send(CREATE, { ...LINEAR, side: 'Buy', orderType: 'Market', qty: '0.1' });
    const partial = {
      ...LINEAR,
      tpslMode: 'Partial',
      positionIdx: 0,
      takeProfit: '66000',
      stopLoss: '64000',
      tpSize: '0.04',
      slSize: '0.04',
    };
    expect(await send('/v5/position/trading-stop', partial)).toMatchObject({ retCode: 0 });
    expect(venue.account(UID).openOrders()).toHaveLength(2);
    venue.market('linear', 'BTCUSDT').move('66000');
    expect(size()).toBe('0.06');
    expect(venue.account(UID).openOrders()).toEqual([]);
  });

  it('follows the price with a trailing stop', async () => {
    const market = venue.market('linear', 'BTCUSDT');
    await send(CREATE, { ...LINEAR, side: 'Buy', orderType: 'Market', qty: '0.1' });
    await send('/v5/position/trading-stop', {
      ...LINEAR,
      tpslMode: 'Full',
      positionIdx: 0,
      trailingStop: '500',
    });
    market.move('66000');
    market.move('65600');
    expect(size()).toBe('0.1');
    market.move('65500');
    expect(size()).toBe('0');
  });

  it('places the protection of a spot order when it is filled, and one leg ends the other', async () => {
    const { result } = await send(CREATE, { ...SPOT, ...BUY, takeProfit: '66000', stopLoss: '62000' });
    expect(venue.account(UID).openOrders()).toHaveLength(1);
    venue.fill(UID, String(result['orderId']));
    const legs = venue.account(UID).openOrders();
    expect(legs.map((order) => [order.triggerPrice, order.qty, order.spec.orderFilter])).toEqual([
      ['66000', '0.00999', 'tpslOrder'],
      ['62000', '0.00999', 'tpslOrder'],
    ]);
    venue.market('spot', 'BTCUSDT').move('66000');
    expect(legs.map((order) => order.status)).toEqual(['Filled', 'Deactivated']);
  });
});

describe('hedge mode', () => {
  const switchMode = (mode: number): Promise<Envelope> =>
    send('/v5/position/switch-mode', { ...LINEAR, mode });

  it('holds both sides and closes each by its index', async () => {
    expect(await switchMode(3)).toMatchObject({ retCode: 0 });
    expect(await switchMode(3)).toMatchObject({ retCode: 110025 });
    const market = { ...LINEAR, orderType: 'Market', qty: '0.1' };
    await send(CREATE, { ...market, side: 'Buy', positionIdx: 1 });
    await send(CREATE, { ...market, side: 'Sell', positionIdx: 2 });
    expect([size(1), size(2)]).toEqual(['0.1', '-0.1']);
    const rows = await ask('/v5/position/list', 'category=linear&symbol=BTCUSDT');
    expect(rows.result.list.map((row) => [row['positionIdx'], row['side'], row['size']])).toEqual([
      [1, 'Buy', '0.1'],
      [2, 'Sell', '0.1'],
    ]);
    expect(await switchMode(0)).toMatchObject({ retCode: 110024 });
    await send(CREATE, { ...market, side: 'Sell', positionIdx: 1, reduceOnly: true });
    await send(CREATE, { ...market, side: 'Buy', positionIdx: 2, reduceOnly: true });
    expect([size(1), size(2)]).toEqual(['0', '0']);
    expect(await switchMode(0)).toMatchObject({ retCode: 0 });
  });

  it('is refused for markets that do not have it, and while orders are open', async () => {
    expect(
      await send('/v5/position/switch-mode', { category: 'linear', symbol: 'BTCPERP', mode: 3 }),
    ).toMatchObject({ retCode: 110029 });
    await send(CREATE, { ...LINEAR, ...BUY });
    expect(await switchMode(3)).toMatchObject({ retCode: 110028 });
  });
});

describe('other contracts', () => {
  it('settles inverse contracts in the coin', async () => {
    const market = { category: 'inverse', symbol: 'BTCUSD', orderType: 'Market', qty: '5000' };
    await send(CREATE, { ...market, side: 'Sell' });
    venue.market('inverse', 'BTCUSD').move('60000');
    const { result } = await ask('/v5/position/list', 'category=inverse&symbol=BTCUSD');
    expect(result.list[0]).toMatchObject({
      side: 'Sell',
      size: '5000',
      avgPrice: '65000',
      unrealisedPnl: '0.00641026',
    });
    await send(CREATE, { ...market, side: 'Buy', reduceOnly: true });
    const closed = await ask('/v5/position/closed-pnl', 'category=inverse');
    // 5000/60000.1 - 5000/65000 in BTC, less the fee of the closing trade.
    expect(closed.result.list[0]).toMatchObject({ closedSize: '5000', closedPnl: '0.00636429' });
  });

  it('pays for an option at once', async () => {
    const option = {
      category: 'option',
      symbol: 'BTC-26MAR27-65000-C-USDT',
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.1',
      price: '5405',
      orderLinkId: 'test-option',
    };
    const { result } = await send(CREATE, option);
    expect(await state(result['orderId'], 'option')).toMatchObject({
      orderStatus: 'Filled',
      avgPrice: '5405',
    });
    const [fill] = (await ask('/v5/execution/list', 'category=option')).result.list;
    expect(fill).toMatchObject({ execValue: '540.5', feeCurrency: 'USDT' });
    expect(venue.account(UID).holdings()['USDT']).toBe(String(200_000 - 540.5 - Number(fill?.['execFee'])));
  });
});
