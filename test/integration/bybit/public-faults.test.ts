/** The public side over real sockets against the loopback venue, well behaved and not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnknownFields } from '../../../src-main/exchanges/bybit/payload.ts';
import { type BybitMarket, createBybitMarket } from '../../../src-main/exchanges/bybit/public/market.ts';
import { BybitRestClient } from '../../../src-main/exchanges/bybit/rest-client.ts';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import { createVenueNet, type OwnedVenueNet } from '../../../src-main/net/venue-net.ts';
import type { BookView, Ticker, Trade } from '../../../src-preload/contract/types/market.ts';
import { spotListing } from '../../exchanges/bybit/catalogue.ts';
import { type BybitVenue, startBybitVenue, type VenueOptions } from '../../exchanges/bybit/venue.ts';
import { Heard } from '../../unit/exchanges/bybit/public/harness.ts';

const LINEAR = 'BTC/USDT:USDT';
const PATIENCE = { timeout: 8_000, interval: 5 };

let venue: BybitVenue;
let net: OwnedVenueNet;
let bybit: BybitMarket;
let unknown: UnknownFields;

async function start(options: VenueOptions = {}): Promise<void> {
  venue = await startBybitVenue(options);
  // No wait before a reconnect: what it contains is measured in the bench.
  net = createVenueNet({ venue: 'bybit', random: () => 0 });
  unknown = new UnknownFields();
  const site = loopbackSite(venue.origin);
  const clock = net.clock(() => bybit.market.serverTime());
  bybit = createBybitMarket({
    venue: 'bybit',
    rest: new BybitRestClient({
      http: net.http,
      clock,
      site: () => site,
      accountId: null,
      signer: null,
      keyType: 'none',
    }),
    net,
    site: () => site,
    clock: Date.now,
    unknown,
  });
}

beforeEach(() => start());
afterEach(async () => {
  bybit.dispose();
  net.dispose();
  await venue.dispose();
});

/** A live book of the linear market, which equals what REST says. */
async function verifiedBook(heard: Heard<BookView>): Promise<void> {
  venue.flush();
  await vi.waitFor(async () => {
    expect(heard.last?.state).toBe('live');
    expect(heard.states.at(-1)).toBe('live');
    const { bids, asks } = await bybit.market.book(LINEAR, 50);
    expect([heard.last?.bids, heard.last?.asks]).toEqual([bids, asks]);
  }, PATIENCE);
}

async function openBook(): Promise<Heard<BookView>> {
  const heard = new Heard<BookView>();
  bybit.market.streamBook(LINEAR, 50, heard);
  await verifiedBook(heard);
  return heard;
}

/** Somebody trades, which changes the book. */
const change = (): void => venue.market('linear', 'BTCUSDT').take('Buy', '0.001');

describe('the loopback venue through the public side', () => {
  it('lists all four categories, with tickers, books, trades, candles, time and status', async () => {
    const instruments = await bybit.market.instruments();
    expect(new Set(instruments.map(({ kind }) => kind))).toEqual(
      new Set(['spot', 'linear', 'inverse', 'option']),
    );
    expect(bybit.index.problems).toEqual([]);
    const symbols = (await bybit.market.tickers()).map(({ symbol }) => symbol);
    expect(symbols).toEqual(expect.arrayContaining(['BTC/USDT', LINEAR, 'BTC/USD:BTC']));
    expect((await bybit.market.book('BTC/USDT', 5)).bids).toHaveLength(5);
    const candles = await bybit.market.candles(LINEAR, '1m', { limit: 20 });
    expect(candles.map(({ time }) => time)).toEqual(
      [...candles.map(({ time }) => time)].sort((a, b) => a - b),
    );
    expect(Math.abs((await bybit.market.serverTime()) - Date.now())).toBeLessThan(60_000);
    expect(await bybit.market.status()).toMatchObject({ state: 'operational' });
    expect(unknown.list()).toEqual([]);
  });

  it('streams tickers, trades and the chain of options', async () => {
    const ticker = new Heard<Ticker>();
    const spot = new Heard<Ticker>();
    const trades = new Heard<readonly Trade[]>();
    const chain = new Heard<readonly Ticker[]>();
    bybit.market.streamTicker(LINEAR, ticker);
    bybit.market.streamTicker('BTC/USDT', spot);
    bybit.market.streamTrades(LINEAR, trades);
    bybit.market.streamOptionChain('BTC', chain);
    await vi.waitFor(() => {
      expect(ticker.last?.mark).toBeTruthy();
      expect(spot.last?.bid).toBeTruthy();
      expect(chain.last?.[0]?.option?.delta).toBeTruthy();
    }, PATIENCE);
    venue.market('linear', 'BTCUSDT').take('Buy', '0.01');
    await vi.waitFor(() => expect(trades.last?.[0]?.side).toBe('buy'), PATIENCE);
    expect(bybit.protocolErrors()).toBe(0);
    expect(unknown.list()).toEqual([]);
  });
});

describe('a book survives', () => {
  it.each([
    ['a snapshot before the acknowledgement', () => (venue.faults.snapshotBeforeAck = true)],
    ['a change before the snapshot', () => (venue.faults.deltaBeforeSnapshot = true)],
    ['a slow acknowledgement', () => (venue.faults.slowAckMs = 50)],
  ])('%s', async (_, fault) => {
    fault();
    const heard = await openBook();
    change();
    await verifiedBook(heard);
    expect(bybit.protocolErrors()).toBe(0);
  });

  it.each([
    ['a gap', () => venue.gap('linear', 'BTCUSDT')],
    ['a crossed market', () => venue.crossBook('linear', 'BTCUSDT')],
    ['a lost connection', () => venue.disconnect('public')],
    ['a connection that was closed', () => venue.closeStreams('public')],
  ])('%s: stale meanwhile, then the same as REST says', async (_, fault) => {
    const heard = await openBook();
    const before = heard.values.length;
    fault();
    change();
    venue.flush();
    await vi.waitFor(
      () => expect(heard.values.slice(before).map(({ state }) => state)).toContain('stale'),
      PATIENCE,
    );
    await verifiedBook(heard);
    change();
    await verifiedBook(heard);
  });

  it('a restart of the service, whose numbers begin at 1 again', async () => {
    const heard = await openBook();
    venue.restart();
    change();
    await verifiedBook(heard);
    expect(Number(heard.last?.sequence)).toBeLessThan(20);
  });
});

describe('500 topics on spot', () => {
  it('are subscribed ten at a time, and again after the connection was lost', async () => {
    bybit.dispose();
    net.dispose();
    await venue.dispose();
    const sizes = { tick: '0.01', step: '0.001', max: '1000', maxMarket: '500', minNotional: '5' };
    const listings = Array.from({ length: 500 }, (_, at) => spotListing(`C${at}`, 'USDT', '100', sizes));
    await start({ listings });
    await bybit.index.ready();
    for (const { base } of listings) bybit.market.streamTrades(`${base}/USDT`, new Heard());
    const followed = (): number =>
      listings.filter(({ symbol }) => venue.followers('spot', `publicTrade.${symbol}`) === 1).length;
    await vi.waitFor(() => expect(followed()).toBe(500), PATIENCE);
    venue.disconnect('public');
    await vi.waitFor(() => expect(followed()).toBe(0), PATIENCE);
    await vi.waitFor(() => expect(followed()).toBe(500), PATIENCE);
    expect(bybit.streams().map(({ name, state }) => `${name} ${state}`)).toEqual(['public.spot live']);
  });
});
