import { describe, expect, it, vi } from 'vitest';
import { MarketHub, type MarketHubParts } from '../../../src-main/market/market-hub.ts';
import { book, BTC, candle, ETH, FakeVenue, ticker, trade } from './fake-venue.ts';

function setUp(parts: Partial<MarketHubParts> = {}) {
  const venue = new FakeVenue();
  const timers = new Set<() => void>();
  let now = 0;
  const hub = new MarketHub({
    marketOf: (id) => (id === 'practice' ? venue : null),
    clock: () => now,
    after: (_ms, run) => {
      timers.add(run);
      return () => timers.delete(run);
    },
    ...parts,
  });
  const later = (): void => {
    for (const run of [...timers]) run();
    timers.clear();
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { venue, hub, later, pass };
}

describe('sharing streams', () => {
  it('opens one venue stream for many subscribers and hands the last value to each new one', () => {
    const { venue, hub } = setUp();
    const heard: string[] = [];
    hub.onBook(BTC, 50, { next: (view) => heard.push(`a ${view.sequence}`) });
    venue.book$?.next(book());
    hub.onBook(BTC, 50, { next: (view) => heard.push(`b ${view.sequence}`) });
    venue.book$?.next(book({ sequence: '2' }));
    expect(venue.open).toEqual(['book BTC/USDT 50']);
    expect(heard).toEqual(['a 1', 'b 1', 'a 2', 'b 2']);
  });

  it('closes a little after the last subscriber left, unless another one comes', () => {
    const { venue, hub, later } = setUp();
    const first = hub.onTrades(BTC, { next: () => undefined });
    const second = hub.onTrades(BTC, { next: () => undefined });
    first();
    first();
    later();
    expect(venue.open).toEqual(['trades BTC/USDT']);
    second();
    expect(venue.open).toEqual(['trades BTC/USDT']);
    const third = hub.onTrades(BTC, { next: () => undefined });
    later();
    expect(venue.open).toEqual(['trades BTC/USDT']);
    third();
    later();
    expect(venue.open).toEqual([]);
    expect(hub.openStreams).toBe(0);
  });

  it('hands nothing old over after it was closed and opened again', () => {
    const { venue, hub, later } = setUp();
    hub.onBook(BTC, 50, { next: () => undefined })();
    venue.book$?.next(book());
    later();
    const next = vi.fn();
    hub.onBook(BTC, 50, { next });
    expect(next).not.toHaveBeenCalled();
  });

  it('keeps different depths and intervals apart', () => {
    const { venue, hub } = setUp();
    hub.onBook(BTC, 1, { next: () => undefined });
    hub.onBook(BTC, 50, { next: () => undefined });
    hub.onCandle(BTC, '1m', { next: () => undefined });
    hub.onCandle(BTC, '1M', { next: () => undefined });
    expect(venue.open).toHaveLength(4);
  });

  it('lets the same listener subscribe twice and leave once', () => {
    const { venue, hub } = setUp();
    const listener = { next: vi.fn() };
    hub.onBook(BTC, 50, listener)();
    hub.onBook(BTC, 50, listener);
    venue.book$?.next(book());
    expect(listener.next).toHaveBeenCalledTimes(1);
  });

  it("reports a subscriber's mistake and serves the others", () => {
    const errors: unknown[] = [];
    const { venue, hub } = setUp({ onListenerError: (error) => errors.push(error) });
    const mistake = new Error('mistake');
    hub.onBook(BTC, 50, {
      next: () => {
        throw mistake;
      },
    });
    const next = vi.fn();
    hub.onBook(BTC, 50, { next });
    venue.book$?.next(book());
    expect(next).toHaveBeenCalledTimes(1);
    expect(errors).toEqual([mistake]);
  });

  it('throws for a venue that is not there, and for everything after dispose', async () => {
    const { venue, hub } = setUp();
    expect(() => hub.onBook({ ...BTC, venue: 'bybit' }, 5, { next: () => undefined })).toThrow(
      expect.objectContaining({ kind: 'unavailable', code: 'market.noVenue' }),
    );
    expect(hub.openStreams).toBe(0);
    const next = vi.fn();
    hub.onBook(BTC, 5, { next });
    hub.dispose();
    hub.dispose();
    expect(venue.open).toEqual([]);
    venue.book$?.next(book());
    expect(next).not.toHaveBeenCalled();
    expect(() => hub.onBook(BTC, 5, { next })).toThrow(expect.objectContaining({ kind: 'unavailable' }));
    await expect(hub.instruments('practice')).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('honest data', () => {
  it('shows a book of a broken stream as stale, and as live again when the stream is', () => {
    const { venue, hub } = setUp();
    const states: string[] = [];
    const streams: string[] = [];
    hub.onBook(BTC, 50, {
      next: (view) => states.push(view.state),
      state: (state, reason) => streams.push(reason === undefined ? state : `${state}: ${reason}`),
    });
    venue.book$?.state?.('live');
    venue.book$?.next(book());
    venue.book$?.state?.('stale', 'socket closed');
    venue.book$?.state?.('connecting');
    venue.book$?.next(book());
    venue.book$?.state?.('live');
    expect(states).toEqual(['live', 'stale', 'stale', 'live']);
    expect(streams).toEqual(['connecting', 'live', 'stale: socket closed', 'connecting', 'live']);
    const late: string[] = [];
    venue.book$?.state?.('failed');
    hub.onBook(BTC, 50, { next: (view) => late.push(view.state), state: (state) => late.push(state) });
    expect(late).toEqual(['failed', 'stale']);
  });

  it('has a last price only while the tickers are live', () => {
    const { venue, hub } = setUp();
    expect(hub.lastPrice(BTC)).toBeNull();
    hub.keepTickers('practice');
    venue.tickers$?.state?.('live');
    expect(hub.lastPrice(BTC)).toBeNull();
    venue.tickers$?.next([ticker('BTC/USDT', '10')]);
    expect(hub.lastPrice(BTC)).toBe('10');
    expect(hub.lastPrice(ETH)).toBeNull();
    venue.tickers$?.state?.('stale');
    expect(hub.lastPrice(BTC)).toBeNull();
    expect(hub.lastTickers()).toHaveLength(1);
  });

  it('measures limits against the live mark or last price, else asks, else says that there is none', async () => {
    const { venue, hub } = setUp();
    venue.tickerList = [ticker('BTC/USDT', '20')];
    expect(await hub.reference(BTC)).toBe('20');
    hub.keepTickers('practice');
    venue.tickers$?.state?.('live');
    venue.tickers$?.next([ticker('BTC/USDT', '10', { mark: '10.5' })]);
    expect(await hub.reference(BTC)).toBe('10.5');
    venue.tickers$?.state?.('stale');
    expect(await hub.reference(BTC)).toBe('20');
    venue.down = true;
    expect(await hub.reference(BTC)).toBeNull();
  });

  it('takes a book from an open stream only when it is live and deep enough', async () => {
    const { venue, hub } = setUp();
    hub.onBook(BTC, 2, { next: () => undefined });
    venue.book$?.state?.('live');
    venue.book$?.next(book());
    expect(await hub.bookNow(BTC, 1)).toMatchObject({
      bids: [['10', '1']],
      asks: [['11', '1']],
      sequence: '1',
    });
    expect(await hub.bookNow(BTC, 5)).toMatchObject({ sequence: 'asked 5' });
    venue.book$?.state?.('stale');
    expect(await hub.bookNow(BTC, 1)).toMatchObject({ sequence: 'asked 1' });
    venue.down = true;
    expect(await hub.bookNow(BTC, 1)).toBeNull();
  });
});

describe('tickers', () => {
  it('are complete for subscribers also when the venue sends only changes', () => {
    const { venue, hub } = setUp();
    const heard: string[][] = [];
    hub.sources.tickers({ venue: 'practice' }, (all) => heard.push(all.map(({ last }) => last ?? '')));
    venue.tickers$?.next([ticker('BTC/USDT', '10'), ticker('ETH/USDT', '5')]);
    venue.tickers$?.next([ticker('ETH/USDT', '6')]);
    expect(heard).toEqual([
      ['10', '5'],
      ['10', '6'],
    ]);
  });

  it('of one market come from a stream of its own, which listeners share', () => {
    const { venue, hub, later } = setUp();
    const heard: string[] = [];
    const first = hub.onTicker(BTC, ({ last }) => heard.push(`a ${last}`));
    venue.ticker$?.next(ticker('BTC/USDT', '10'));
    const second = hub.sources.ticker({ market: BTC }, ({ last }) => heard.push(`b ${last}`));
    venue.ticker$?.next(ticker('BTC/USDT', '11'));
    expect(heard).toEqual(['a 10', 'b 10', 'a 11', 'b 11']);
    expect(venue.open).toEqual(['ticker BTC/USDT']);
    first();
    later();
    expect(venue.open).toEqual(['ticker BTC/USDT']);
    second();
    expect(venue.open).toEqual(['ticker BTC/USDT']);
    later();
    expect(venue.open).toEqual([]);
  });

  it('of one market go before those of the board, as long as its stream is live', async () => {
    const { venue, hub } = setUp();
    hub.keepTickers('practice');
    venue.tickers$?.state?.('live');
    venue.tickers$?.next([ticker('BTC/USDT', '10')]);
    hub.onTicker(BTC, () => undefined);
    expect(hub.lastPrice(BTC)).toBe('10');
    venue.ticker$?.state?.('live');
    venue.ticker$?.next(ticker('BTC/USDT', '11', { mark: '11.5' }));
    expect(hub.lastPrice(BTC)).toBe('11');
    expect(await hub.reference(BTC)).toBe('11.5');
    venue.ticker$?.state?.('stale');
    expect(hub.lastPrice(BTC)).toBe('10');
    expect(await hub.reference(BTC)).toBe('10');
  });

  it('of a market that has no place on the board are heard for a moment', async () => {
    const { venue, hub, later } = setUp();
    const option = { venue: 'practice', symbol: 'BTC/USDT:USDT-261225-90000-C' } as const;
    const price = hub.reference(option);
    await vi.waitFor(() => expect(venue.open).toEqual([`ticker ${option.symbol}`]));
    venue.ticker$?.state?.('live');
    venue.ticker$?.next(ticker(option.symbol, '5', { mark: '5.5' }));
    expect(await price).toBe('5.5');
    later();
    expect(venue.open).toEqual([]);
  });

  it('of such a market are given up when the stream fails or nothing comes', async () => {
    const { venue, hub, later } = setUp();
    const option = { venue: 'practice', symbol: 'X' } as const;
    const failing = hub.reference(option);
    await vi.waitFor(() => expect(venue.open).toHaveLength(1));
    venue.ticker$?.state?.('failed');
    expect(await failing).toBeNull();
    later();
    const silent = hub.reference(option);
    await vi.waitFor(() => expect(venue.open).toHaveLength(1));
    later();
    expect(await silent).toBeNull();
  });

  it('of the options on a coin are one topic', () => {
    const { venue, hub } = setUp();
    const heard: number[] = [];
    hub.sources.optionChain({ venue: 'practice', base: 'BTC' }, (all) => heard.push(all.length));
    venue.chain$?.next([ticker('A', '1'), ticker('B', '2')]);
    hub.sources.optionChain({ venue: 'practice', base: 'BTC' }, (all) => heard.push(all.length));
    hub.sources.optionChain({ venue: 'practice', base: 'ETH' }, () => undefined);
    expect(heard).toEqual([2, 2]);
    expect(venue.open).toEqual(['options BTC', 'options ETH']);
  });

  it('of markets that are gone are forgotten', async () => {
    const { venue, hub } = setUp();
    hub.keepTickers('practice');
    venue.tickers$?.next([ticker('BTC/USDT', '10')]);
    venue.symbols = ['ETH/USDT'];
    hub.forget('practice');
    venue.tickers$?.next([ticker('ETH/USDT', '6')]);
    expect(hub.lastTickers().map(({ symbol }) => symbol)).toEqual(['ETH/USDT']);
    await vi.waitFor(() => expect(hub.knownInstruments().map(({ symbol }) => symbol)).toEqual(['ETH/USDT']));
  });
});

describe('a hub that nobody asks', () => {
  it('opens nothing and loads nothing', () => {
    const { venue, hub } = setUp();
    hub.lastPrice(BTC);
    hub.lastTickers();
    hub.knownInstruments();
    expect(venue.open).toEqual([]);
    expect(venue.instrumentCalls).toBe(0);
  });
});

describe('instruments', () => {
  it('are loaded once for all who ask at the same time, and kept for orders', async () => {
    const { venue, hub, pass } = setUp({ instrumentsFreshMs: 1_000 });
    await Promise.all([hub.instrument(BTC), hub.instrument(BTC), hub.instruments('practice')]);
    await hub.instrument(BTC);
    expect(venue.instrumentCalls).toBe(1);
    pass(1_000);
    await hub.instrument(BTC);
    expect(venue.instrumentCalls).toBe(2);
    expect(hub.knownInstruments()).toHaveLength(1);
  });

  it('are asked for again when a market is new, and refused when the venue does not have it', async () => {
    const { venue, hub } = setUp();
    await hub.instrument(BTC);
    venue.symbols.push('ETH/USDT');
    expect((await hub.instrument(ETH)).symbol).toBe('ETH/USDT');
    await expect(hub.instrument({ ...BTC, symbol: 'X/Y' })).rejects.toMatchObject({ kind: 'notFound' });
  });

  it('that could not be loaded are an error each time, not an empty list', async () => {
    const { venue, hub } = setUp();
    venue.down = true;
    hub.keepTickers('practice');
    await expect(hub.instruments('practice')).rejects.toThrow('down');
    venue.down = false;
    expect(await hub.instruments('practice')).toHaveLength(1);
  });

  it('that were forgotten while they loaded do not come back', async () => {
    const { venue, hub } = setUp();
    const old = hub.instruments('practice');
    venue.symbols = ['ETH/USDT'];
    hub.forget('practice');
    await old;
    await vi.waitFor(() => expect(hub.knownInstruments().map(({ symbol }) => symbol)).toEqual(['ETH/USDT']));
  });
});

describe('the topics and calls of the window', () => {
  it('give trades one by one, beginning with the latest of an open stream', () => {
    const { venue, hub } = setUp();
    const heard: string[] = [];
    hub.sources.trades({ market: BTC }, ({ id }) => heard.push(`a${id}`));
    venue.trades$?.next([trade('1'), trade('2')]);
    hub.sources.trades({ market: BTC }, ({ id }) => heard.push(`b${id}`));
    venue.trades$?.next([trade('3')]);
    expect(heard).toEqual(['a1', 'a2', 'b1', 'b2', 'a3', 'b3']);
  });

  it('keep no more than 50 trades for later subscribers', () => {
    const { venue, hub } = setUp();
    hub.onTrades(BTC, { next: () => undefined });
    for (let id = 0; id < 60; id += 1) venue.trades$?.next([trade(String(id))]);
    const heard: string[] = [];
    hub.sources.trades({ market: BTC }, ({ id }) => heard.push(id));
    expect([heard.length, heard[0]]).toEqual([50, '10']);
  });

  it('give books, tickers and candles, and stop when told', () => {
    const { venue, hub } = setUp();
    const heard: unknown[] = [];
    const stops = [
      hub.sources.book({ market: BTC, depth: 50 }, ({ state }) => heard.push(state)),
      hub.sources.ticker({ market: BTC }, ({ last }) => heard.push(last)),
      hub.sources.candle({ market: BTC, interval: '1m' }, ({ close }) => heard.push(close)),
    ];
    const send = (): void => {
      venue.book$?.next(book());
      venue.ticker$?.next(ticker('BTC/USDT', '10'));
      venue.candle$?.next(candle(0, '7', false));
    };
    venue.book$?.state?.('live');
    send();
    for (const stop of stops) stop();
    send();
    expect(heard).toEqual(['live', '10', '7']);
  });

  it('answer candles with the running one of the open stream', async () => {
    const { venue, hub } = setUp();
    venue.page = [candle(0, '1', true), candle(60_000, '2', false)];
    hub.onCandle(BTC, '1m', { next: () => undefined });
    venue.candle$?.next(candle(60_000, '3', false));
    expect((await hub.candles(BTC, '1m', { limit: 10 })).map(({ close }) => close)).toEqual(['1', '3']);
    expect((await hub.candles(BTC, '1m', { limit: 1 })).map(({ close }) => close)).toEqual(['3']);
    venue.candle$?.next(candle(120_000, '4', false));
    expect((await hub.candles(BTC, '1m', { limit: 10, to: 60_000 })).map(({ close }) => close)).toEqual([
      '1',
    ]);
    expect(await hub.trades(BTC, 1)).toEqual([trade('history')]);
  });
});
