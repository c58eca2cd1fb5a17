import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { strikeOf } from '../../../../../src-main/exchanges/bybit/public/unified-symbol.ts';
import { contractRow, instrumentsOf, LISTS, optionRow, settle, setUp, spotRow } from './harness.ts';

const PATH = '/v5/market/instruments-info';
const FEBRUARY = Date.UTC(2025, 1, 13, 8);

describe('unified symbols', () => {
  it('are made of the coins and times of the list', async () => {
    const { bybit } = setUp();
    const symbols = (await bybit.market.instruments()).map(({ symbol, nativeId }) => `${symbol} ${nativeId}`);
    expect(symbols).toEqual([
      'BTC/USDT BTCUSDT',
      'ETH/USDT ETHUSDT',
      'BTC/USDT:USDT BTCUSDT',
      'ETH/USDT:USDT ETHUSDT',
      'BTC/USD:BTC BTCUSD',
      'BTC/USDT:USDT-261225-90000-C BTC-25DEC26-90000-C-USDT',
      'BTC/USDT:USDT-261225-100000-C BTC-25DEC26-100000-C-USDT',
    ]);
    expect(bybit.index.byNative('spot', 'BTCUSDT')?.instrument.symbol).toBe('BTC/USDT');
    expect(bybit.index.byNative('linear', 'BTCUSDT')?.instrument.symbol).toBe('BTC/USDT:USDT');
    expect(bybit.index.bySymbol('BTC/USD:BTC')).toMatchObject({ category: 'inverse', nativeId: 'BTCUSD' });
  });

  it('take the strike from a name only when everything else in it agrees with the list', () => {
    const coins = { base: 'BTC', quote: 'USDT', settle: 'USDT' };
    const usdc = { ...coins, settle: 'USDC' };
    expect(strikeOf('BTC-13FEB25-89000-P-USDT', coins, FEBRUARY, 'put')).toBe('89000');
    expect(strikeOf('BTC-13FEB25-0.150-P', usdc, FEBRUARY, 'put')).toBe('0.15');
    expect(strikeOf('BTC-3FEB25-1-C', usdc, Date.UTC(2025, 1, 3, 8), 'call')).toBe('1');
    for (const name of [
      'ETH-13FEB25-89000-P-USDT',
      'BTC-14FEB25-89000-P-USDT',
      'BTC-13FEB25-89000-C-USDT',
      'BTC-13FEB25-89000-P',
      'BTC-13FEB25-89000-P-USDT-X',
      'BTC-13FEB25--P-USDT',
      'BTC-13FEB25-1e5x-P-USDT',
      'BTCUSDT',
    ]) {
      expect(strikeOf(name, coins, FEBRUARY, 'put')).toBeNull();
    }
  });
});

describe('filters', () => {
  it('of an inverse contract count contracts of one dollar', async () => {
    const { bybit } = setUp();
    await bybit.index.ready();
    expect(bybit.index.bySymbol('BTC/USD:BTC')?.instrument).toMatchObject({
      kind: 'inverse',
      quantityUnit: 'contracts',
      contractValue: '1',
      fundingIntervalMs: 28_800_000,
      priceBand: '0.05',
    });
  });

  it('of spot come from the fields that are not deprecated, and "no limit" is no figure', async () => {
    const lot = {
      basePrecision: '0.01',
      minOrderQty: '0.5',
      minOrderAmt: '5',
      maxOrderQty: '1',
      maxLimitOrderQty: '900',
      maxMarketOrderQty: '0',
    };
    const { bybit } = setUp({
      [PATH]: instrumentsOf({ ...LISTS, spot: [spotRow('SOLUSDT', { lotSizeFilter: lot })] }),
    });
    const [spot] = await bybit.market.instruments();
    expect(spot).toMatchObject({
      lotSize: '0.01',
      minQuantity: '0.01',
      minNotional: '5',
      maxQuantity: '900',
    });
    expect(spot).not.toHaveProperty('maxMarketQuantity');
    expect(spot).not.toHaveProperty('priceBand');
    expect(spot).not.toHaveProperty('makerFee');
  });

  it.each([
    ['Trading', 'trading'],
    ['PreLaunch', 'preLaunch'],
    ['Delivering', 'delivering'],
    ['Closed', 'closed'],
    ['Brandnew', 'halted'],
    ['constructor', 'halted'],
  ])('map the status %s to %s', async (status, expected) => {
    const { bybit } = setUp({ [PATH]: instrumentsOf({ ...LISTS, spot: [spotRow('SOLUSDT', { status })] }) });
    expect((await bybit.market.instruments())[0]?.status).toBe(expected);
  });

  it('of a row that breaks the form cost that row alone, and it is said which', async () => {
    const bad = [
      contractRow('SOLUSDT', { priceFilter: { tickSize: '0' } }),
      contractRow('XRPUSDT', { lotSizeFilter: { qtyStep: 1 } }),
      contractRow('ADAUSDT', { contractType: 'LinearFutures', deliveryTime: 'soon' }),
      null,
    ];
    const linear = [...(LISTS['linear'] ?? []), ...bad] as object[];
    const { bybit } = setUp({ [PATH]: instrumentsOf({ ...LISTS, linear }) });
    expect(await bybit.market.instruments()).toHaveLength(7);
    expect(bybit.index.problems.map((problem) => problem.split(':')[0])).toEqual([
      'linear SOLUSDT',
      'linear XRPUSDT',
      'linear ADAUSDT',
      'linear ?',
    ]);
  });

  it('report fields that are not documented, also nested ones, and keep them out', async () => {
    const row = spotRow('SOLUSDT', { novelty: 1, priceFilter: { tickSize: '0.1', tickMode: 'x' } });
    const { bybit, unknown } = setUp({ [PATH]: instrumentsOf({ ...LISTS, spot: [row] }) });
    const [spot] = await bybit.market.instruments();
    expect(unknown.list()).toEqual(['instrument.priceFilter.tickMode', 'instrument.spot.novelty']);
    expect(spot).not.toHaveProperty('novelty');
  });
});

describe('two markets with one unified symbol', () => {
  it.each([
    ['trading before closed', { status: 'Closed' }, {}, 'SECOND'],
    ['the first of equals', {}, {}, 'FIRST'],
  ])('keep %s and say so', async (_, first, second, kept) => {
    const linear = [
      contractRow('BTCUSDT', { ...first, symbol: 'FIRST' }),
      contractRow('BTCUSDT', { ...second, symbol: 'SECOND' }),
    ];
    const { bybit } = setUp({ [PATH]: instrumentsOf({ ...LISTS, linear }) });
    await bybit.index.ready();
    expect(bybit.index.bySymbol('BTC/USDT:USDT')?.nativeId).toBe(kept);
    expect(bybit.index.problems).toEqual([
      `BTC/USDT:USDT is both ${kept} and ${kept === 'FIRST' ? 'SECOND' : 'FIRST'}: kept ${kept}`,
    ]);
  });
});

describe('loading', () => {
  it('follows the cursor, a thousand rows a page', async () => {
    const answer = instrumentsOf(LISTS);
    const { bybit, rest } = setUp({
      [PATH]: (params) => {
        if (params['category'] !== 'linear') return answer(params);
        const isFirst = params['cursor'] === undefined;
        return {
          list: [contractRow(isFirst ? 'BTCUSDT' : 'ETHUSDT')],
          nextPageCursor: isFirst ? 'a%3Db' : '',
        };
      },
    });
    await bybit.index.ready();
    expect(bybit.index.bySymbol('ETH/USDT:USDT')).toBeDefined();
    const linear = rest
      .asked(PATH)
      .filter((params) => (params as { category: string }).category === 'linear');
    expect(linear).toEqual([
      { category: 'linear', baseCoin: undefined, limit: 1_000, cursor: undefined },
      { category: 'linear', baseCoin: undefined, limit: 1_000, cursor: 'a%3Db' },
    ]);
  });

  it('asks for options of each coin that has dated futures too', async () => {
    const future = contractRow('HYPEUSDT-25DEC26', {
      baseCoin: 'HYPE',
      contractType: 'LinearFutures',
      deliveryTime: String(Date.UTC(2026, 11, 25, 8)),
    });
    const option = optionRow('HYPE-25DEC26-40-C-USDT', { baseCoin: 'HYPE' });
    const { bybit, rest } = setUp({
      [PATH]: instrumentsOf({ ...LISTS, linear: [future], option: [option] }),
    });
    await bybit.index.ready();
    expect(bybit.index.options('HYPE')).toHaveLength(1);
    const coins = rest
      .asked(PATH)
      .map((params) => params as { category: string; baseCoin?: string })
      .filter(({ category }) => category === 'option')
      .map(({ baseCoin }) => baseCoin);
    expect(coins).toEqual(['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'MNT', 'HYPE']);
  });

  it('does without a category that the site does not offer, and says so', async () => {
    const answer = instrumentsOf(LISTS);
    const { bybit } = setUp({
      [PATH]: (params) =>
        params['category'] === 'inverse'
          ? new HoldfastError('permission', 'bybit.region', 'Not in your region.')
          : answer(params),
    });
    expect(await bybit.market.instruments()).toHaveLength(6);
    expect(bybit.index.problems).toEqual(['inverse is not offered here: Not in your region.']);
  });

  it('fails as a whole when a category could not be asked', async () => {
    const answer = instrumentsOf(LISTS);
    const { bybit } = setUp({
      [PATH]: (params) =>
        params['category'] === 'inverse' ? new HoldfastError('unavailable', 'x', 'No line.') : answer(params),
    });
    await expect(bybit.market.instruments()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is done once for all who need it at the same time', async () => {
    const { bybit, rest } = setUp();
    await Promise.all([bybit.index.ready(), bybit.market.instruments(), bybit.index.find('BTC/USDT')]);
    expect(rest.asked(PATH)).toHaveLength(9);
  });

  it('keeps nobody waiting for a list of some minutes, and renews it behind', async () => {
    const { bybit, rest, time } = setUp();
    await bybit.index.ready();
    await time.pass(11 * 60_000);
    rest.answers = { [PATH]: instrumentsOf({ ...LISTS, spot: [] }) };
    expect(await bybit.market.instruments()).toHaveLength(7);
    await settle();
    expect(await bybit.market.instruments()).toHaveLength(5);
  });

  it('is done again twice a day without being asked, and waited for when the list is a day old', async () => {
    const { bybit, rest, time } = setUp();
    await bybit.index.ready();
    await time.pass(12 * 60 * 60_000);
    expect(rest.asked(PATH)).toHaveLength(18);
    rest.answers = {};
    await time.pass(25 * 60 * 60_000);
    await expect(bybit.market.instruments()).rejects.toMatchObject({ kind: 'unavailable' });
    bybit.dispose();
    expect(time.waiting).toBe(0);
  });

  it('is done again for a name that is not known, but not for every one', async () => {
    const { bybit, rest, time } = setUp();
    await bybit.index.ready();
    expect(await bybit.index.findNative('linear', 'NEWUSDT')).toBeNull();
    expect(rest.asked(PATH)).toHaveLength(9);
    await time.pass(31_000);
    const linear = [...(LISTS['linear'] ?? []), contractRow('NEWUSDT')];
    rest.answers = { [PATH]: instrumentsOf({ ...LISTS, linear }) };
    let changes = 0;
    bybit.index.onChange(() => (changes += 1));
    expect((await bybit.index.findNative('linear', 'NEWUSDT'))?.instrument.symbol).toBe('NEW/USDT:USDT');
    expect((await bybit.index.find('NEW/USDT:USDT')).nativeId).toBe('NEWUSDT');
    expect(changes).toBe(1);
    await expect(bybit.index.find('NO/SUCH')).rejects.toMatchObject({ kind: 'notFound' });
  });
});
