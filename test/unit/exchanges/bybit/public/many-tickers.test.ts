import { describe, expect, it } from 'vitest';
import type { Ticker } from '../../../../../src-preload/contract/types/market.ts';
import { contractRow, Heard, instrumentsOf, LISTS, optionRow, settle, setUp } from './harness.ts';

const INSTRUMENTS = '/v5/market/instruments-info';
const TICKERS = '/v5/market/tickers';

const ticker = (symbol: string, type: string, ts: number, data: object) => ({
  topic: `tickers.${symbol}`,
  type,
  data: { symbol, ...data },
  cs: ts,
  ts,
});
async function ready(...args: Parameters<typeof setUp>) {
  const harness = setUp(...args);
  await harness.bybit.index.ready();
  return harness;
}

describe('the board of tickers', () => {
  const board = (params: Readonly<Record<string, unknown>>) => ({
    list:
      params['category'] === 'linear'
        ? [
            { symbol: 'BTCUSDT', lastPrice: '50' },
            { symbol: 'GONEUSDT', lastPrice: '1' },
          ]
        : [],
  });

  it('is asked for in three requests every few seconds, as long as somebody listens', async () => {
    const { bybit, rest, time } = await ready({ [TICKERS]: board });
    expect(bybit.lastDataAt()).toBeNull();
    const heard = new Heard<readonly Ticker[]>();
    const leave = bybit.market.streamTickers(heard);
    bybit.market.streamTickers(new Heard())();
    await settle();
    expect(rest.asked(TICKERS)).toHaveLength(3);
    expect(heard.last?.map(({ symbol, last }) => `${symbol} ${last}`)).toEqual(['BTC/USDT:USDT 50']);
    expect(heard.states.at(-1)).toBe('live');
    await time.pass(3_000);
    expect(rest.asked(TICKERS)).toHaveLength(6);
    // How old the data is counts from these answers too, where no frame came.
    expect(bybit.lastDataAt()).toBe(time.now);
    leave();
    await time.pass(60_000);
    expect(rest.asked(TICKERS)).toHaveLength(6);
  });

  it('never puts older figures over newer ones, and takes what streams', async () => {
    const { bybit, rest, socket, time } = await ready({ [TICKERS]: board });
    rest.time = 1_000;
    bybit.market.streamTicker('BTC/USDT:USDT', new Heard());
    socket('linear').become('live');
    socket('linear').frame(ticker('BTCUSDT', 'snapshot', 2_000, { lastPrice: '60' }), 1);
    const heard = new Heard<readonly Ticker[]>();
    bybit.market.streamTickers(heard);
    await settle();
    expect(heard.last?.[0]?.last).toBe('60');
    socket('linear').become('backingOff');
    await time.pass(3_000);
    expect(heard.last?.[0]?.last).toBe('60');
    rest.time = 3_000;
    await time.pass(3_000);
    expect(heard.last?.[0]?.last).toBe('50');
  });

  it('is stale while it cannot be asked for, asks more rarely, and at once after a wake-up', async () => {
    const { bybit, rest, time } = await ready();
    const heard = new Heard<readonly Ticker[]>();
    bybit.market.streamTickers(heard);
    await settle();
    expect(heard.states.at(-1)).toBe('stale');
    await time.pass(5_999);
    expect(rest.asked(TICKERS)).toHaveLength(3);
    rest.answers = { ...rest.answers, [TICKERS]: board };
    bybit.wake();
    await settle();
    expect(heard.states.at(-1)).toBe('live');
  });
});

describe('a chain of options', () => {
  const list = (params: Readonly<Record<string, unknown>>) => ({
    list:
      params['category'] === 'option'
        ? [
            {
              symbol: 'BTC-25DEC26-90000-C-USDT',
              bid1Price: '5',
              markPrice: '6',
              delta: '0.5',
              bid1Iv: '0.4',
            },
          ]
        : [],
  });

  it('starts with a picture over REST and follows each option by itself', async () => {
    const { bybit, rest, socket, time } = await ready({ [TICKERS]: list });
    rest.time = 100;
    const heard = new Heard<readonly Ticker[]>();
    const leave = bybit.market.streamOptionChain('BTC', heard);
    await settle();
    expect(rest.asked(TICKERS)).toEqual([{ category: 'option', baseCoin: 'BTC' }]);
    expect(heard.values).toHaveLength(1);
    expect(heard.last?.[0]).toMatchObject({
      bid: '5',
      mark: '6',
      option: { delta: '0.5', bidIv: '0.4', askIv: null },
    });
    expect(heard.states.at(-1)).toBe('live');
    const line = socket('option');
    expect(line.topics()).toHaveLength(2);
    line.become('live');
    const next = ticker('BTC-25DEC26-100000-C-USDT', 'snapshot', 200, {
      bidPrice: '3',
      markPriceIv: '0.7',
      gamma: '0.1',
    });
    line.frame(next, 1);
    line.frame({ ...next, ts: 201 }, 1);
    line.frame(ticker('BTC-25DEC26-90000-C-USDT', 'snapshot', 50, { bidPrice: '1' }), 1);
    expect(heard.values).toHaveLength(1);
    await time.pass(250);
    expect(heard.values).toHaveLength(2);
    expect(heard.last?.map(({ symbol, bid, option }) => [symbol, bid, option?.markIv])).toEqual([
      ['BTC/USDT:USDT-261225-90000-C', '5', null],
      ['BTC/USDT:USDT-261225-100000-C', '3', '0.7'],
    ]);
    line.become('backingOff');
    expect(heard.states.at(-1)).toBe('stale');
    leave();
    expect(line.topics()).toEqual([]);
  });

  it('of a coin without options is empty, once', async () => {
    const { bybit, net, rest } = await ready();
    const heard = new Heard<readonly Ticker[]>();
    bybit.market.streamOptionChain('DOGE', heard);
    await settle();
    expect([heard.values, heard.states.at(-1), net.sockets.length]).toEqual([[[]], 'live', 0]);
    expect(rest.asked(TICKERS)).toEqual([]);
  });

  it('grows and shrinks with the list, and is asked for again when it could not be had', async () => {
    const { bybit, rest, socket, time } = await ready();
    const heard = new Heard<readonly Ticker[]>();
    bybit.market.streamOptionChain('BTC', heard);
    await settle();
    expect([heard.states.at(-1), heard.values]).toEqual(['stale', []]);
    rest.answers = { ...rest.answers, [TICKERS]: list };
    await time.pass(5_000);
    expect(heard.last).toHaveLength(1);
    const option = [optionRow('BTC-25DEC26-70000-C-USDT')];
    rest.answers = { [INSTRUMENTS]: instrumentsOf({ ...LISTS, linear: [contractRow('BTCUSDT')], option }) };
    await bybit.index.reload();
    expect(socket('option').topics()).toEqual(['tickers.BTC-25DEC26-70000-C-USDT']);
  });
});
