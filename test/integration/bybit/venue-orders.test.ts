/** The loopback venue's own rules of orders, where no SDK reaches. */
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

describe('refusals', () => {
  it.each([
    ['a price off the tick', { ...LINEAR, ...BUY, price: '64000.05' }, 10001],
    ['a spot price off the tick', { ...SPOT, ...BUY, price: '64000.05' }, 170134],
    ['a spot quantity off the step', { ...SPOT, ...BUY, qty: '0.0100001' }, 170137],
    ['a quantity below the step', { ...LINEAR, ...BUY, qty: '0.0001' }, 110017],
    ['a quantity above the maximum', { ...LINEAR, ...BUY, qty: '2000' }, 10001],
    ['a spot quantity above the maximum', { ...SPOT, ...BUY, qty: '84' }, 170124],
    ['a notional below the minimum', { ...LINEAR, ...BUY, qty: '0.001', price: '4000' }, 110094],
    ['a spot notional below the minimum', { ...SPOT, ...BUY, qty: '0.00001', price: '64000' }, 170140],
    ['a spot price beyond the band', { ...SPOT, ...BUY, price: '70000' }, 170193],
    ['more than the margin allows', { ...LINEAR, ...BUY, qty: '900' }, 110007],
    ['more than the spot balance', { ...SPOT, ...BUY, qty: '10' }, 170131],
    ['an unknown symbol', { category: 'linear', symbol: 'NOPEUSDT', ...BUY }, 10001],
    ['an unknown spot symbol', { category: 'spot', symbol: 'NOPEUSDT', ...BUY }, 170121],
    [
      'a trigger below a price that should rise',
      { ...LINEAR, ...BUY, triggerPrice: '64000', triggerDirection: 1 },
      110092,
    ],
    [
      'a trigger above a price that should fall',
      { ...LINEAR, ...BUY, triggerPrice: '66000', triggerDirection: 2 },
      110093,
    ],
    ['reduce-only without a position', { ...LINEAR, ...BUY, reduceOnly: true }, 110017],
    ['protection on a reduce-only order', { ...LINEAR, ...BUY, reduceOnly: true, stopLoss: '60000' }, 110057],
    ['a hedge index in one-way mode', { ...LINEAR, ...BUY, positionIdx: 1 }, 10001],
    ['a bad client id', { ...LINEAR, ...BUY, orderLinkId: 'has spaces' }, 10001],
    [
      'an option order without a client id',
      { category: 'option', symbol: 'BTC-26MAR27-65000-C-USDT', ...BUY, price: '5000' },
      10001,
    ],
    ['a quantity that is a JSON number', { ...LINEAR, ...BUY, qty: 0.01 }, 10001],
  ])('%s', async (_name, body, retCode) => {
    const answer = await send(CREATE, body);
    expect(answer.retCode).toBe(retCode);
    expect(venue.account(UID).orders).toEqual([]);
  });

  it('a client id that was used, in the words of each family', async () => {
    for (const [market, retCode] of [
      [LINEAR, 110072],
      [SPOT, 170141],
    ] as const) {
      const order = { ...market, ...BUY, orderLinkId: 'test-1' };
      const { result } = await send(CREATE, order);
      await send('/v5/order/cancel', { ...market, orderId: result['orderId'] });
      expect(await send(CREATE, order)).toMatchObject({ retCode });
    }
  });

  it('linear queries without a symbol or a coin', async () => {
    expect(await ask('/v5/order/realtime', 'category=linear')).toMatchObject({ retCode: 10001 });
    expect(await ask('/v5/position/list', 'category=linear')).toMatchObject({ retCode: 10001 });
    expect(
      await ask('/v5/order/history', `category=linear&startTime=${now - 8 * 86_400_000}&endTime=${now}`),
    ).toMatchObject({ retCode: 10001 });
  });
});

describe('the band', () => {
  it('moves a contract price silently, and refuses it once the account asks for that', async () => {
    const order = { ...LINEAR, ...BUY, price: '80000' };
    const { result } = await send(CREATE, {
      ...order,
      timeInForce: 'PostOnly',
      side: 'Sell',
      price: '50000',
    });
    expect(await state(result['orderId'])).toMatchObject({ price: '61750', orderStatus: 'Cancelled' });
    expect(await ask('/v5/account/user-setting-config', '')).toMatchObject({
      result: { lpaSpot: false, lpaPerp: false },
    });
    await send('/v5/account/set-limit-px-action', { category: 'linear', modifyEnable: false });
    expect(await ask('/v5/account/user-setting-config', '')).toMatchObject({ result: { lpaPerp: true } });
    expect(await send(CREATE, order)).toMatchObject({ retCode: 110003 });
  });
});

describe('the life of an order', () => {
  it('acknowledges a post-only order that would take, then shows it cancelled', async () => {
    const answer = await send(CREATE, { ...LINEAR, ...BUY, price: '65000.1', timeInForce: 'PostOnly' });
    expect(answer).toMatchObject({ retCode: 0 });
    expect(await state(answer.result['orderId'])).toMatchObject({
      orderStatus: 'Cancelled',
      rejectReason: 'EC_PostOnlyWillTakeLiquidity',
      cumExecQty: '0',
    });
  });

  it('cancels the rest of an immediate order and rejects a fill-or-kill as a whole', async () => {
    const big = { ...LINEAR, side: 'Buy', orderType: 'Limit', qty: '0.9', price: '65000.1' };
    const part = await send(CREATE, { ...big, timeInForce: 'IOC' });
    expect(await state(part.result['orderId'])).toMatchObject({
      orderStatus: 'Cancelled',
      cumExecQty: '0.5',
      leavesQty: '0',
    });
    const none = await send(CREATE, { ...big, price: '65000.2', timeInForce: 'FOK' });
    expect(await state(none.result['orderId'])).toMatchObject({
      orderStatus: 'Cancelled',
      cumExecQty: '0',
      rejectReason: 'EC_NoEnoughQtyToFill',
    });
  });

  it('buys spot at market for an amount of quote coins unless told otherwise', async () => {
    const byQuote = await send(CREATE, { ...SPOT, side: 'Buy', orderType: 'Market', qty: '650' });
    expect(await state(byQuote.result['orderId'], 'spot')).toMatchObject({
      marketUnit: 'quoteCoin',
      orderStatus: 'Filled',
      cumExecQty: '0.009999',
    });
    const byBase = await send(CREATE, {
      ...SPOT,
      side: 'Buy',
      orderType: 'Market',
      qty: '0.01',
      marketUnit: 'baseCoin',
    });
    expect(await state(byBase.result['orderId'], 'spot')).toMatchObject({
      cumExecQty: '0.01',
      cumFeeDetail: { BTC: '0.00001' },
    });
  });

  it('fills a resting order in parts when the crowd takes it', async () => {
    const { result } = await send(CREATE, { ...LINEAR, ...BUY, qty: '0.03' });
    venue.fill(UID, String(result['orderId']), '0.01');
    expect(await state(result['orderId'])).toMatchObject({
      orderStatus: 'PartiallyFilled',
      cumExecQty: '0.01',
      leavesQty: '0.02',
      avgPrice: '64000',
    });
    expect(
      await send('/v5/order/amend', { ...LINEAR, orderId: result['orderId'], qty: '0.01' }),
    ).toMatchObject({ retCode: 110064 });
    venue.fill(UID, String(result['orderId']));
    expect(await state(result['orderId'])).toMatchObject({ orderStatus: 'Filled', cumExecQty: '0.03' });
    const fills = await ask('/v5/execution/list', 'category=linear&symbol=BTCUSDT');
    expect(fills.result.list.map((fill) => [fill['execQty'], fill['isMaker'], fill['feeRate']])).toEqual([
      ['0.02', true, '0.0002'],
      ['0.01', true, '0.0002'],
    ]);
  });

  it('keeps locked what a spot order needs and frees it when the order ends', async () => {
    const { result } = await send(CREATE, { ...SPOT, ...BUY, qty: '1' });
    const locked = async (): Promise<unknown> => {
      const wallet = await ask('/v5/account/wallet-balance', 'accountType=UNIFIED&coin=USDT');
      return (wallet.result.list[0]?.['coin'] as Record<string, unknown>[] | undefined)?.[0]?.['locked'];
    };
    expect(await locked()).toBe('64000');
    await send('/v5/order/cancel', { ...SPOT, orderId: result['orderId'] });
    expect(await locked()).toBe('0');
  });

  it('hides conditional spot orders from cancel and cancel-all without their filter', async () => {
    const stop = {
      ...SPOT,
      side: 'Sell',
      orderType: 'Market',
      qty: '0.01',
      triggerPrice: '60000',
      orderFilter: 'StopOrder',
    };
    const { result } = await send(CREATE, stop);
    expect(await send('/v5/order/cancel', { ...SPOT, orderId: result['orderId'] })).toMatchObject({
      retCode: 170213,
    });
    expect(await send('/v5/order/cancel-all', { category: 'spot' })).toMatchObject({ result: { list: [] } });
    expect(await send('/v5/order/cancel-all', { category: 'spot', orderFilter: 'StopOrder' })).toMatchObject({
      result: { success: '1', list: [{ orderId: result['orderId'] }] },
    });
  });

  it('forgets unfilled cancelled orders after a day', async () => {
    const { result } = await send(CREATE, { ...LINEAR, ...BUY });
    await send('/v5/order/cancel', { ...LINEAR, orderId: result['orderId'] });
    const history = async (): Promise<number> =>
      (await ask('/v5/order/history', 'category=linear')).result.list.length;
    expect(await history()).toBe(1);
    now += 86_400_000;
    expect(await history()).toBe(0);
  });

  it('lets the tail of a batch fail alone when the budget is used up', async () => {
    const request = Array.from({ length: 8 }, () => ({ symbol: 'BTCUSDT', ...BUY }));
    expect(await post(venue, '/v5/order/create-batch', { category: 'linear', request })).toMatchObject({
      retCode: 0,
    });
    const second = await post(venue, '/v5/order/create-batch', { category: 'linear', request });
    expect(second.retCode).toBe(0);
    expect(second.retExtInfo.list?.map((each) => each.code)).toEqual([
      0, 0, 10006, 10006, 10006, 10006, 10006, 10006,
    ]);
  });
});
