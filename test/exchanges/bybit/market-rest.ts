/** Public REST: instruments, tickers, books, trades, candles and the rest of section 4.1. */
import { dec, text } from '../../../src-main/market/decimal.ts';
import { candleStart, type Candle } from './candles.ts';
import type { Market } from './market.ts';
import { priceLimits } from './order-rules.ts';
import { badParameter, page, type Category, type Params, type Payload } from './protocol.ts';
import type { PublicRoute } from './routes.ts';
import { tickerPayload } from './ticker-payload.ts';
import type { World } from './world.ts';

const get = (path: string, run: PublicRoute['run']): PublicRoute => ({
  access: 'public',
  method: 'GET',
  path,
  run,
});

const marketOf = (world: World, params: Params, fallback?: Category): Market =>
  world.market(
    params.has('category') || fallback === undefined ? params.category() : fallback,
    params.need('symbol'),
  );

function instruments(world: World, params: Params): Payload {
  const category = params.category();
  const rows = world.markets(category).filter((market) => selected(market, params));
  if (category === 'spot') return { category, list: rows.map((market) => market.listing.payload) };
  const { rows: part, cursor } = page(rows, params, 500, 1000);
  return { category, nextPageCursor: cursor, list: part.map((market) => market.listing.payload) };
}

function selected(market: Market, params: Params): boolean {
  const { listing, symbol } = market;
  if (params.has('symbol') && params.text('symbol') !== symbol) return false;
  const status = params.has('status') ? params.text('status') : 'Trading';
  if (listing.payload['status'] !== status && !(listing.category === 'option' && !params.has('status')))
    return false;
  if (listing.category === 'spot') return true;
  const wanted = params.has('baseCoin')
    ? params.text('baseCoin')
    : listing.category === 'option' && !params.has('symbol')
      ? 'BTC'
      : '';
  return wanted === '' || wanted === listing.base;
}

function tickers(world: World, params: Params): Payload {
  const category = params.category();
  if (category === 'option' && !params.has('symbol') && !params.has('baseCoin')) {
    throw badParameter('params error: symbol and baseCoin cannot both be empty');
  }
  const symbols = params.has('symbol')
    ? [world.market(category, params.text('symbol'))]
    : world
        .markets(category)
        .filter((market) => !params.has('baseCoin') || market.listing.base === params.text('baseCoin'));
  return {
    category,
    list: symbols.map((market) =>
      tickerPayload(world.findMarket(category, market.symbol) ?? market, world.time.now()),
    ),
  };
}

const DEPTHS: Record<Category, { fallback: number; most: number }> = {
  spot: { fallback: 1, most: 1000 },
  linear: { fallback: 25, most: 1000 },
  inverse: { fallback: 25, most: 1000 },
  option: { fallback: 1, most: 25 },
};

function orderbook(world: World, params: Params): Payload {
  const market = marketOf(world, params);
  const { fallback, most } = DEPTHS[market.listing.category];
  const book = market.book(params.whole('limit', fallback, 1, most));
  return {
    s: market.symbol,
    b: book.bids,
    a: book.asks,
    ts: world.time.now(),
    u: market.seq,
    seq: market.seq,
    cts: market.changedAt,
  };
}

function recentTrades(world: World, params: Params): Payload {
  const category = params.category();
  const markets = params.has('symbol') ? [marketOf(world, params)] : world.markets(category);
  const spot = category === 'spot';
  const limit = params.whole('limit', spot ? 60 : 500, 1, spot ? 60 : 1000);
  const prints = markets.flatMap((market) => market.prints.map((print) => ({ market, print })));
  const list = prints
    .reverse()
    .slice(0, limit)
    .map(({ market, print }) => ({
      execId: print.id,
      symbol: market.symbol,
      price: print.price,
      size: print.size,
      side: print.side,
      time: String(print.time),
      isBlockTrade: false,
      isRPITrade: false,
      seq: String(print.seq),
    }));
  return { category, list };
}

/** The candles of a request, newest first; shared by the four kinds. */
function candlesOf(world: World, params: Params): { market: Market; list: Candle[] } {
  const market = marketOf(world, params, 'linear');
  const interval = params.need('interval');
  const now = world.time.now();
  if (candleStart(interval, now) === null) throw badParameter('params error: interval invalid');
  const limit = params.whole('limit', 200, 1, 1000);
  const givenStart = params.has('start') ? params.whole('start', 0) : null;
  const givenEnd = params.has('end') ? params.whole('end', 0) : null;
  const end = Math.min(givenEnd ?? now, now);
  const all = market.candles.list(interval, givenStart ?? 0, end);
  // `start` alone walks forward from it; otherwise the newest ones before `end`.
  const list = givenStart !== null && givenEnd === null ? all.slice(0, limit) : all.slice(-limit);
  return { market, list: list.reverse() };
}

function kline(world: World, params: Params): Payload {
  const { market, list } = candlesOf(world, params);
  const rows = list.map((c) => [String(c.start), c.open, c.high, c.low, c.close, c.volume, c.turnover]);
  return { symbol: market.symbol, category: market.listing.category, list: rows };
}

function priceKline(world: World, params: Params): Payload {
  const { market, list } = candlesOf(world, params);
  const rows = list.map((c) => [String(c.start), c.open, c.high, c.low, c.close]);
  return { symbol: market.symbol, category: market.listing.category, list: rows };
}

function premiumKline(world: World, params: Params): Payload {
  const { market, list } = candlesOf(world, params);
  const rows = list.map((c) => [String(c.start), '0.0001', '0.0002', '-0.0001', '0.0001']);
  return { symbol: market.symbol, category: market.listing.category, list: rows };
}

const FUNDING_MS = 8 * 3_600_000;

function fundingHistory(world: World, params: Params): Payload {
  const market = marketOf(world, params);
  if (params.has('startTime') && !params.has('endTime'))
    throw badParameter('params error: endTime is required with startTime');
  const end = params.whole('endTime', world.time.now());
  const start = params.whole('startTime', 0);
  const limit = params.whole('limit', 200, 1, 200);
  const newest = Math.floor(Math.min(end, world.time.now()) / FUNDING_MS) * FUNDING_MS;
  const list: Payload[] = [];
  for (
    let time = newest;
    list.length < limit && time >= start && time > newest - 400 * FUNDING_MS;
    time -= FUNDING_MS
  ) {
    list.push({ symbol: market.symbol, fundingRate: market.fundingRate, fundingRateTimestamp: String(time) });
  }
  return { category: market.listing.category, list };
}

function riskLimits(world: World, params: Params): Payload {
  const category = params.category();
  const markets = params.has('symbol') ? [marketOf(world, params)] : world.markets(category);
  const { rows, cursor } = page(markets, params, 15, 15);
  const list = rows.map((market) => ({
    id: 1,
    symbol: market.symbol,
    riskLimitValue: '2000000',
    maintenanceMargin: '0.005',
    initialMargin: text(dec('1').div(market.listing.maxLeverage).toDecimalPlaces(6)),
    isLowestRisk: 1,
    maxLeverage: market.listing.maxLeverage,
    mmDeduction: '',
  }));
  return { category, list, nextPageCursor: cursor };
}

function priceLimit(world: World, params: Params): Payload {
  const market = marketOf(world, params, 'linear');
  const limits = priceLimits(market);
  return {
    symbol: market.symbol,
    buyLmt: text(limits.buy),
    sellLmt: text(limits.sell),
    ts: String(world.time.now()),
  };
}

function openInterest(world: World, params: Params): Payload {
  const market = marketOf(world, params);
  const hour = 3_600_000;
  const newest = Math.floor(world.time.now() / hour) * hour;
  const limit = params.whole('limit', 50, 1, 200);
  const list = Array.from({ length: limit }, (_, index) => ({
    openInterest: market.openInterest,
    timestamp: String(newest - index * hour),
  }));
  return { symbol: market.symbol, category: market.listing.category, list, nextPageCursor: '' };
}

function serverTime(world: World): Payload {
  const now = world.time.now();
  return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
}

function status(world: World, params: Params): Payload {
  const list = world.maintenance.filter(
    (entry) => !params.has('state') || entry.state === params.text('state'),
  );
  return { list: list.map((entry) => maintenancePayload(entry)) };
}

export function maintenancePayload(entry: World['maintenance'][number]): Payload {
  return {
    ...entry,
    begin: String(entry.begin),
    end: String(entry.end),
    href: '',
    serviceTypes: [1, 2, 3, 4, 5],
    product: [1, 2, 3, 4],
    uidSuffix: [],
    maintainType: '3',
    env: '1',
  };
}

function announcements(world: World): Payload {
  const time = world.time.now() - 3_600_000;
  const entry = {
    title: 'New listing on the loopback venue',
    description: 'A market opens.',
    type: { title: 'New Listings', key: 'new_crypto' },
    tags: ['Spot'],
    url: 'https://announcements.bybit.com/article/test',
    dateTimestamp: time,
    startDateTimestamp: time,
    endDateTimestamp: time,
    publishTime: time,
  };
  return { total: 1, list: [entry] };
}

/** Long and short accounts are balanced here. */
function accountRatio(world: World, params: Params): Payload {
  const market = marketOf(world, params);
  const row = {
    symbol: market.symbol,
    buyRatio: '0.5',
    sellRatio: '0.5',
    timestamp: String(world.time.now()),
  };
  return { list: [row], nextPageCursor: '' };
}

function fullBook(world: World, params: Params): Payload {
  const market = marketOf(world, params);
  const book = market.book(10_000);
  return {
    s: market.symbol,
    b: book.bids,
    a: book.asks,
    ts: world.time.now(),
    u: market.seq,
    seq: market.seq,
    cts: market.changedAt,
  };
}

export const PUBLIC_ROUTES: readonly PublicRoute[] = [
  get('/v5/market/time', (world) => serverTime(world)),
  get('/v5/market/instruments-info', instruments),
  get('/v5/market/tickers', tickers),
  get('/v5/market/orderbook', orderbook),
  get('/v5/market/full_orderbook', fullBook),
  get('/v5/market/recent-trade', recentTrades),
  get('/v5/market/kline', kline),
  get('/v5/market/mark-price-kline', priceKline),
  get('/v5/market/index-price-kline', priceKline),
  get('/v5/market/premium-index-price-kline', premiumKline),
  get('/v5/market/funding/history', fundingHistory),
  get('/v5/market/risk-limit', riskLimits),
  get('/v5/market/price-limit', priceLimit),
  get('/v5/market/open-interest', openInterest),
  get('/v5/market/account-ratio', accountRatio),
  get('/v5/market/insurance', (world) => ({ updatedTime: String(world.time.now()), list: [] })),
  get('/v5/market/delivery-price', (_world, params) => ({
    category: params.category(),
    nextPageCursor: '',
    list: [],
  })),
  get('/v5/system/status', status),
  get('/v5/announcements/index', (world) => announcements(world)),
];
