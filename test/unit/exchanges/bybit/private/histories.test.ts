import { describe, expect, it } from 'vitest';
import { failure, harness, NOW, orderRow } from './harness.ts';

const DAY = 24 * 60 * 60_000;

describe('histories', () => {
  const execution = (fields: object = {}) => ({
    symbol: 'BTCUSDT',
    orderId: 'o-1',
    orderLinkId: '1001',
    side: 'Buy',
    execId: 'e-1',
    execPrice: '25000',
    execQty: '0.01',
    execType: 'Trade',
    execFee: '0.1',
    feeCurrency: '',
    feeRate: '0.0002',
    isMaker: false,
    execTime: String(NOW - 1000),
    ...fields,
  });
  const LIST = '/v5/execution/list';

  it('are walked back in windows of seven days at most, to the last millisecond of two years', async () => {
    const { account, to } = harness();
    let cursor: string | null = null;
    do cursor = (await account.fills(cursor, 0)).cursor;
    while (cursor !== null);
    const windows = to(LIST)
      .filter(({ category }) => category === 'spot')
      .map(({ startTime, endTime }) => [Number(startTime), Number(endTime)] as const);
    expect(windows[0]?.[1]).toBe(NOW);
    expect(windows.at(-1)?.[0]).toBe(NOW - 730 * DAY);
    expect(windows.every(([from, end]) => end - from < 7 * DAY)).toBe(true);
    expect(windows.slice(1).every(([, end], index) => end === (windows[index]?.[0] ?? 0) - 1)).toBe(true);
    expect(new Set(to(LIST).map(({ category }) => category)).size).toBe(4);
  });

  it('ask once for each category in one call, so that a walk of two years can be paced', async () => {
    const { account, to } = harness();
    const page = await account.fills(null, 0);
    expect(page).toMatchObject({ rows: [] });
    expect(page.cursor).not.toBeNull();
    expect(to(LIST)).toHaveLength(4);
  });

  it('go on where the cursor says, page by page, also in another process', async () => {
    const routes = {
      [LIST]: ({ category, cursor, endTime }: Readonly<Record<string, unknown>>) => {
        if (category !== 'linear' || Number(endTime) !== NOW) return { list: [] };
        return cursor === undefined
          ? { list: [execution()], nextPageCursor: 'a%3D1%2C' }
          : { list: [execution({ execId: 'e-2' }), execution({ execId: 'e-2' })], nextPageCursor: '' };
      },
    };
    const first = await harness(routes).account.fills(null, NOW - DAY);
    expect(first.rows.map(({ id }) => id)).toEqual(['e-1']);
    const other = harness(routes);
    other.time.now += 5_000;
    const second = await other.account.fills(first.cursor, NOW - DAY);
    expect(second).toMatchObject({ rows: [{ id: 'e-2' }], cursor: null });
    expect(other.to(LIST)).toHaveLength(1);
    expect(other.to(LIST)[0]).toMatchObject({ cursor: 'a%3D1%2C' });
  });

  it('take their own cursor when the venue’s clock was corrected backwards meanwhile', async () => {
    const routes = { [LIST]: () => ({ list: [], nextPageCursor: 'a%3D1%2C' }) };
    const first = await harness(routes).account.fills(null, NOW - DAY);
    const other = harness(routes);
    other.time.now -= 50;
    await other.account.fills(first.cursor, NOW - DAY);
    expect(other.to(LIST)[0]).toMatchObject({ cursor: 'a%3D1%2C', endTime: String(NOW) });
  });

  it('ask for no more than two years when a walk goes on after days, and end when it is older than that', async () => {
    const first = await harness().account.fills(null, 0);
    const other = harness();
    other.time.now += 30 * DAY;
    let { cursor } = first;
    while (cursor !== null) cursor = (await other.account.fills(cursor, 0)).cursor;
    const oldest = Math.min(...other.to(LIST).map(({ startTime }) => Number(startTime)));
    expect(oldest).toBe(NOW + 30 * DAY - 730 * DAY);
    const much = harness();
    much.time.now += 731 * DAY;
    expect(await much.account.fills(first.cursor, 0)).toEqual({ rows: [], cursor: null });
    expect(much.to(LIST)).toEqual([]);
  });

  it.each([
    'x',
    Buffer.from('{"end":1}').toString('base64url'),
    Buffer.from(JSON.stringify({ end: NOW + 300_001, since: NOW, pages: { spot: '' } })).toString(
      'base64url',
    ),
    Buffer.from(JSON.stringify({ end: NOW, since: NOW - 5, pages: { '../x': '' } })).toString('base64url'),
    Buffer.from(JSON.stringify({ end: NOW - 9, since: NOW, pages: { spot: '' } })).toString('base64url'),
    Buffer.from(JSON.stringify({ end: NOW, since: NOW - 5, pages: { spot: 7 } })).toString('base64url'),
    'x'.repeat(5000),
  ])('refuse a cursor that is not theirs', async (cursor) => {
    const { account, asked } = harness();
    expect((await failure(account.fills(cursor, 0))).kind).toBe('badInput');
    expect(asked.filter(({ path }) => path === LIST)).toHaveLength(0);
  });

  it('tell fills from funding, and why there was a fill', async () => {
    const rows = ['Trade', 'Funding', 'BustTrade', 'AdlTrade', 'Delivery', 'Settle'].map((execType, index) =>
      execution({ execType, execId: `e-${index}`, execTime: String(NOW - index), feeCurrency: 'USDT' }),
    );
    const { account } = harness({ [LIST]: ({ category }) => ({ list: category === 'linear' ? rows : [] }) });
    const { rows: fills } = await account.fills(null, NOW - DAY);
    expect(fills.map(({ cause }) => cause)).toEqual([
      'trade',
      'liquidation',
      'adl',
      'delivery',
      'settlement',
    ]);
    expect(fills[0]).toMatchObject({
      liquidity: 'taker',
      fee: '0.1',
      feeCurrency: 'USDT',
      symbol: 'BTC/USDT:USDT',
    });
    const funding = await account.funding(null, NOW - DAY);
    expect(funding.rows).toEqual([
      { id: 'e-1', symbol: 'BTC/USDT:USDT', amount: '-0.1', asset: 'USDT', rate: '0.0002', time: NOW - 1 },
    ]);
  });

  it.each([
    [{}, 'BTC'],
    [{ side: 'Sell' }, 'USDT'],
    [{ isMaker: true, feeRate: '-0.0001', execFee: '-0.1' }, 'USDT'],
    [{ isMaker: true, feeRate: '-0.0001', execFee: '-0.1', side: 'Sell' }, 'BTC'],
    [{ feeCurrency: 'MNT' }, 'MNT'],
  ])('a spot fee of %o is in %s', async (fields, coin) => {
    const { account } = harness({
      [LIST]: ({ category }) => ({ list: category === 'spot' ? [execution(fields)] : [] }),
    });
    expect((await account.fills(null, NOW - DAY)).rows[0]?.feeCurrency).toBe(coin);
  });

  it('keep what happened in a market that is not listed any more', async () => {
    const { account, exchange } = harness({
      [LIST]: ({ category }) => ({
        list: category === 'option' ? [execution({ symbol: 'BTC-1JAN25-1-C' })] : [],
      }),
    });
    expect((await account.fills(null, NOW - DAY)).rows[0]?.symbol).toBe('BTC-1JAN25-1-C:option');
    expect(exchange.unknownFields()).toContain('market.option BTC-1JAN25-1-C');
  });

  it('of orders are newest first', async () => {
    const rows = [orderRow({ orderId: 'a', createdTime: String(NOW - 9) }), orderRow({ orderId: 'b' })];
    const { account } = harness({
      '/v5/order/history': ({ category }) => ({ list: category === 'linear' ? rows : [] }),
    });
    const { rows: orders } = await account.orderHistory(null, NOW - DAY);
    expect(orders.map(({ venueOrderId }) => venueOrderId)).toEqual(['b', 'a']);
  });
});
