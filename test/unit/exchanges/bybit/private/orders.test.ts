import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { failure, harness, LISTS, NOW, orderRow, REQUEST, settled, type Params } from './harness.ts';

const ACK = { orderId: 'o-1', orderLinkId: '1001' };
const CREATE = '/v5/order/create';
const placed = async (request: Partial<typeof REQUEST>): Promise<Params | undefined> => {
  const { account, to } = harness({ [CREATE]: () => ACK });
  await account.place({ ...REQUEST, ...request });
  return to(CREATE)[0];
};

describe('a new order', () => {
  it('is not sent when looking its market up took 5 s: its price may be old by now', async () => {
    let answer: () => void = () => undefined;
    const pending = new Promise<void>((resolve) => (answer = resolve));
    const made = harness({
      [CREATE]: () => ACK,
      '/v5/market/instruments-info': async ({ category }) => {
        await pending;
        return { list: category === 'linear' ? LISTS['linear'] : [], nextPageCursor: '' };
      },
    });
    const placing = failure(made.account.place(REQUEST));
    const batch = made.account.placeBatch([REQUEST]);
    await settled();
    made.time.now += 5_000;
    answer();
    expect(await placing).toMatchObject({ kind: 'unavailable', code: 'net.notSent' });
    expect(await batch).toMatchObject([{ ok: false, error: { code: 'net.notSent' } }]);
    expect(made.net.http.sent.filter(({ job }) => job.operation.startsWith('order.'))).toEqual([]);
  });

  it('takes one deadline through every try of it', async () => {
    const { account, net, time } = harness({ [CREATE]: () => ACK });
    await account.place(REQUEST);
    const sent = net.http.sent.find(({ job }) => job.operation === 'order.create');
    expect(sent?.job.deadline?.leftMs()).toBeGreaterThan(0);
    time.now += 5_000;
    expect(sent?.job.deadline?.leftMs()).toBeLessThanOrEqual(0);
  });

  it('is sent with what Bybit needs and answered as working, without fills', async () => {
    const { account, to } = harness({ [CREATE]: () => ACK });
    const order = await account.place(REQUEST);
    expect(to(CREATE)).toEqual([
      {
        category: 'linear',
        symbol: 'BTCUSDT',
        side: 'Buy',
        orderType: 'Limit',
        qty: '0.01',
        price: '25000',
        timeInForce: 'GTC',
        orderLinkId: '1001',
        positionIdx: 0,
      },
    ]);
    expect(order).toMatchObject({
      venueOrderId: 'o-1',
      state: 'working',
      filledQuantity: '0',
      averagePrice: null,
      createdAt: NOW,
    });
  });

  it.each([
    ['buy', 'stopMarket', 1],
    ['sell', 'stopMarket', 2],
    ['buy', 'takeProfitLimit', 2],
    ['sell', 'takeProfitLimit', 1],
  ] as const)('%s %s is triggered in direction %i', async (side, type, direction) => {
    const body = await placed({ side, type, triggerPrice: '26000', triggerBy: 'mark' });
    expect(body).toMatchObject({
      triggerPrice: '26000',
      triggerDirection: direction,
      triggerBy: 'MarkPrice',
    });
    expect(body?.['orderFilter']).toBeUndefined();
  });

  it('always says the unit of a spot market order', async () => {
    const spot = { symbol: 'BTC/USDT', type: 'market' as const };
    expect(await placed(spot)).toMatchObject({ qty: '0.01', marketUnit: 'baseCoin', timeInForce: 'IOC' });
    const byQuote = await placed({ ...spot, quantity: undefined, quoteAmount: '100' });
    expect(byQuote).toMatchObject({ qty: '100', marketUnit: 'quoteCoin' });
    expect(byQuote?.['positionIdx']).toBeUndefined();
  });

  it('goes to spot’s conditional list with its trigger', async () => {
    const body = await placed({ symbol: 'BTC/USDT', type: 'stopLimit', triggerPrice: '26000' });
    expect(body).toMatchObject({ orderFilter: 'StopOrder', triggerPrice: '26000' });
    expect(body?.['triggerDirection']).toBeUndefined();
  });

  it.each([
    [{ postOnly: true }, { timeInForce: 'PostOnly' }],
    [{ timeInForce: 'FOK' as const }, { timeInForce: 'FOK' }],
    [
      { reduceOnly: true, positionSide: 'short' as const },
      { reduceOnly: true, positionIdx: 2 },
    ],
    [
      { takeProfit: '30000', stopLoss: '20000' },
      { takeProfit: '30000', stopLoss: '20000', tpslMode: 'Full' },
    ],
    [
      { symbol: 'BTC/USDT', takeProfit: '30000' },
      { takeProfit: '30000', tpOrderType: 'Market' },
    ],
    [{ symbol: 'BTC/USDT:USDT-270326-60000-C' }, { category: 'option', orderLinkId: '1001' }],
    [{ symbol: 'BTC/USD:BTC' }, { category: 'inverse', symbol: 'BTCUSD' }],
    [{ symbol: 'BTC/USDC:USDC' }, { category: 'linear', symbol: 'BTCPERP' }],
  ])('%o becomes %o', async (request, body) => {
    expect(await placed(request)).toMatchObject(body);
  });

  it.each([
    [{ quantity: undefined, quoteAmount: '100' }, 'quoteAmount'],
    [{ symbol: 'BTC/USDT', reduceOnly: true }, 'reduceOnly'],
    [{ symbol: 'BTC/USDT', type: 'market' as const, stopLoss: '1' }, 'stopLoss'],
    [
      { symbol: 'BTC/USDT', type: 'stopMarket' as const, triggerPrice: '1', triggerBy: 'mark' as const },
      'triggerBy',
    ],
    [{ reduceOnly: true, takeProfit: '1' }, 'takeProfit'],
    [{ postOnly: true, timeInForce: 'IOC' as const }, 'timeInForce'],
    [{ symbol: 'BTC/USDT:USDT-270326-60000-C', type: 'stopLimit' as const, triggerPrice: '1' }, 'type'],
    [{ clientOrderId: 'x'.repeat(37) }, 'clientOrderId'],
    [{ price: undefined }, 'price'],
  ])('%o is refused before anything is sent', async (request, field) => {
    const { account, to } = harness({ [CREATE]: () => ACK });
    const error = await failure(account.place({ ...REQUEST, ...request }));
    expect(error.details.problems?.[0]?.field).toBe(field);
    expect(to(CREATE)).toHaveLength(0);
  });

  it('whose answer lacks the id is unknown, not placed', async () => {
    const { account } = harness({ [CREATE]: () => ({}) });
    expect((await failure(account.place(REQUEST))).kind).toBe('unknownOutcome');
  });

  it('of an account that only reads is not sent', async () => {
    const { account, asked } = harness({ [CREATE]: () => ACK }, { uses: ['read'] });
    expect((await failure(account.place(REQUEST))).code).toBe('bybit.readOnly');
    expect(asked).toHaveLength(0);
  });
});

describe('a batch', () => {
  const BATCH = '/v5/order/create-batch';
  it('goes out by tens and categories, and every order gets its own verdict', async () => {
    const { account, to } = harness({
      [BATCH]: ({ request }) => ({
        result: {
          list: (request as Params[]).map(({ orderLinkId }) => ({ orderId: `v${String(orderLinkId)}` })),
        },
        retExtInfo: {
          list: (request as Params[]).map(({ orderLinkId }) =>
            orderLinkId === '3' ? { code: 110007, msg: 'ab not enough' } : { code: 0, msg: 'OK' },
          ),
        },
      }),
    });
    const requests = Array.from({ length: 13 }, (_, index) => ({
      ...REQUEST,
      clientOrderId: String(index),
      symbol: index === 12 ? 'BTC/USDT' : 'BTC/USDT:USDT',
    }));
    const items = await account.placeBatch(requests);
    expect(to(BATCH).map(({ category, request }) => [category, (request as unknown[]).length])).toEqual([
      ['linear', 10],
      ['linear', 2],
      ['spot', 1],
    ]);
    expect((to(BATCH)[0]?.['request'] as Params[])[0]?.['category']).toBeUndefined();
    expect(items.map(({ ok }) => ok)).toEqual(requests.map(({ clientOrderId }) => clientOrderId !== '3'));
    const refused = items[3];
    expect(refused?.ok === false && (refused.error as HoldfastError).kind).toBe('insufficientFunds');
    expect(items[12]).toMatchObject({ ok: true, order: { clientOrderId: '12', venueOrderId: 'v12' } });
  });

  it('whose answer is lost leaves each of its orders unknown, and no other', async () => {
    const lost = new HoldfastError('unknownOutcome', 'net.noAnswer', 'No answer.');
    const { account } = harness({ [BATCH]: () => lost });
    const wrong = { ...REQUEST, clientOrderId: '2', price: undefined };
    const items = await account.placeBatch([REQUEST, wrong]);
    const kinds = items.map((item) => (item.ok ? 'ok' : (item.error as HoldfastError).kind));
    expect(kinds).toEqual(['unknownOutcome', 'badInput']);
  });

  it('an order without a verdict is unknown', async () => {
    const answer = { result: { list: [ACK] }, retExtInfo: { list: [] } };
    const { account } = harness({ [BATCH]: () => answer });
    const [item] = await account.placeBatch([REQUEST]);
    expect(item?.ok === false && (item.error as HoldfastError).kind).toBe('unknownOutcome');
  });
});

describe('a change', () => {
  it('sends the new total and answers the order with it', async () => {
    const { account, to } = harness({
      '/v5/order/amend': () => ACK,
      '/v5/order/realtime': () => ({
        list: [orderRow({ cumExecQty: '0.004', orderStatus: 'PartiallyFilled' })],
      }),
    });
    const ref = { symbol: 'BTC/USDT:USDT', clientOrderId: '1001', venueOrderId: 'o-1' };
    const order = await account.amend({ ...ref, quantity: '0.02', price: '24000' });
    expect(to('/v5/order/amend')).toEqual([
      { category: 'linear', symbol: 'BTCUSDT', orderId: 'o-1', qty: '0.02', price: '24000' },
    ]);
    expect(order).toMatchObject({ quantity: '0.02', price: '24000', filledQuantity: '0.004' });
  });

  it.each([
    { orderStatus: 'Filled', cumExecQty: '0.01' },
    { orderStatus: 'New', updatedTime: String(NOW + 60_000) },
  ])('answers what the venue says of an order that ended or was changed again: %o', async (row) => {
    const { account } = harness({
      '/v5/order/amend': () => ACK,
      '/v5/order/realtime': () => ({ list: [orderRow({ price: '23000', ...row })] }),
    });
    const ref = { symbol: 'BTC/USDT:USDT', clientOrderId: '1001', venueOrderId: 'o-1' };
    expect(await account.amend({ ...ref, price: '24000' })).toMatchObject({ price: '23000' });
  });

  it('accepted for an order that is not shown anywhere is unknown', async () => {
    const { account } = harness({ '/v5/order/amend': () => ACK });
    const ref = { symbol: 'BTC/USDT:USDT', clientOrderId: '1001', venueOrderId: null };
    expect((await failure(account.amend({ ...ref, price: '1' }))).kind).toBe('unknownOutcome');
  });
});

describe('a cancellation', () => {
  const REF = { symbol: 'BTC/USDT', clientOrderId: '1001', venueOrderId: null };
  it('answers cancelling until the end is told', async () => {
    const { account } = harness({
      '/v5/order/cancel': () => ACK,
      '/v5/order/realtime': () => ({ list: [orderRow()] }),
    });
    const order = await account.cancel({ ...REF, symbol: 'BTC/USDT:USDT' });
    expect(order.state).toBe('cancelling');
  });

  it('of a spot order that we never saw finds the list it is in', async () => {
    const stop = orderRow({ orderStatus: 'Untriggered', stopOrderType: 'Stop', triggerPrice: '26000' });
    const { account, to } = harness({
      '/v5/order/cancel': ({ orderFilter }) => (orderFilter === 'StopOrder' ? ACK : [170213, {}]),
      '/v5/order/realtime': () => ({ list: [stop] }),
    });
    await account.cancel(REF);
    expect(to('/v5/order/cancel').map(({ orderFilter }) => orderFilter)).toEqual(['Order', 'StopOrder']);
  });

  it('of a spot order that is gone stays the venue’s own refusal', async () => {
    const { account, to } = harness({ '/v5/order/cancel': () => [170213, {}] });
    expect((await failure(account.cancel(REF))).kind).toBe('unknownOrder');
    expect(to('/v5/order/cancel')).toHaveLength(1);
  });
});

describe('cancelling everything', () => {
  const ALL = '/v5/order/cancel-all';
  it('asks every category, settle coin and list of spot', async () => {
    const { account, to } = harness({ [ALL]: () => ({ list: [], success: '1' }) });
    await account.cancelAll();
    expect(to(ALL)).toEqual(
      expect.arrayContaining([
        { category: 'linear', settleCoin: 'USDT' },
        { category: 'linear', settleCoin: 'USDC' },
        { category: 'inverse', settleCoin: 'BTC' },
        { category: 'option' },
        ...['Order', 'StopOrder', 'tpslOrder', 'OcoOrder', 'BidirectionalTpslOrder'].map((orderFilter) => ({
          category: 'spot',
          orderFilter,
        })),
      ]),
    );
    expect(to(ALL)).toHaveLength(9);
  });

  it('repeats a list until Bybit has no more of it', async () => {
    const rounds = [['1', '2'], ['3'], []];
    const { account } = harness({
      [ALL]: () => ({ list: (rounds.shift() ?? []).map((orderLinkId) => ({ orderId: 'o', orderLinkId })) }),
    });
    expect(await account.cancelAll('BTC/USDT:USDT')).toEqual(['1', '2', '3']);
  });

  it('ends when Bybit names the same orders for ever', async () => {
    const { account, to } = harness({ [ALL]: () => ({ list: [{ orderId: 'o-7', orderLinkId: '' }] }) });
    expect(await account.cancelAll('BTC/USDT:USDT')).toEqual(['o-7']);
    expect(to(ALL)).toHaveLength(2);
  });

  it('waits for Bybit’s limit and goes on', async () => {
    let tries = 0;
    const { account } = harness({ [ALL]: () => ((tries += 1) === 1 ? [10006, {}] : { list: [] }) });
    expect(await account.cancelAll('BTC/USDT:USDT')).toEqual([]);
    expect(tries).toBe(2);
  });

  it('passes over what the key may not touch, and tells any other failure after trying all', async () => {
    const withoutOptions = harness({
      [ALL]: ({ category }) => (category === 'option' ? [10005, {}] : { list: [] }),
    });
    expect(await withoutOptions.account.cancelAll()).toEqual([]);
    const failing = harness({
      [ALL]: ({ category }) => (category === 'option' ? [10016, {}] : { list: [] }),
    });
    expect((await failure(failing.account.cancelAll())).kind).toBe('unknownOutcome');
    expect(failing.to(ALL)).toHaveLength(9);
    const none = harness({ [ALL]: () => [10005, {}] });
    expect((await failure(none.account.cancelAll())).kind).toBe('permission');
  });
});
