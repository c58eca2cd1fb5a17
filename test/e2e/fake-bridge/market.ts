/** Markets of the fake bridge: around fixed prices, from one seed, the same at every start. */
import type {
  BookLevel,
  BookView,
  Candle,
  CandleInterval,
  Instrument,
  Ticker,
  Trade,
  VenueId,
} from '../../../src-preload/contract/types/market.ts';
import { OPTIONS, optionTicker } from './options.ts';
import { pending, refuse, UNAVAILABLE, type FakePart, type FakeState } from './fake-state.ts';

export interface FakeMarket {
  readonly instrument: Instrument;
  /** In ticks, so that prices stay whole numbers here. */
  readonly mid: number;
  readonly perTick: number;
  readonly lots: number;
}

const common = {
  venue: 'practice',
  status: 'trading',
  quantityUnit: 'base',
  minNotional: '5',
  priceBand: '0.05',
  makerFee: '0.0002',
  takerFee: '0.00055',
} as const;

const perpetual = (base: string, tickSize: string, lotSize: string, maxQuantity: string): Instrument => ({
  ...common,
  symbol: `${base}/USDT:USDT`,
  nativeId: `FAKE-${base}-PERP`,
  kind: 'linear',
  base,
  quote: 'USDT',
  settle: 'USDT',
  tickSize,
  lotSize,
  minQuantity: lotSize,
  maxQuantity,
  maxMarketQuantity: maxQuantity,
  maxLeverage: '50',
  fundingIntervalMs: 28_800_000,
});

const spot = (base: string, tickSize: string, lotSize: string): Instrument => ({
  ...common,
  symbol: `${base}/USDT`,
  nativeId: `FAKE-${base}-SPOT`,
  kind: 'spot',
  base,
  quote: 'USDT',
  tickSize,
  lotSize,
  minQuantity: lotSize,
  maxQuantity: '500',
});

const MARKETS: readonly FakeMarket[] = [
  { instrument: perpetual('BTC', '0.1', '0.001', '100'), mid: 601_214, perTick: 0.1, lots: 400 },
  { instrument: spot('BTC', '0.01', '0.00001'), mid: 6_011_840, perTick: 0.01, lots: 40_000 },
  { instrument: perpetual('ETH', '0.01', '0.01', '2000'), mid: 326_215, perTick: 0.01, lots: 900 },
  { instrument: spot('ETH', '0.01', '0.0001'), mid: 326_180, perTick: 0.01, lots: 90_000 },
  { instrument: perpetual('SOL', '0.01', '0.1', '50000'), mid: 14_482, perTick: 0.01, lots: 2500 },
  { instrument: perpetual('DOGE', '0.00001', '1', '9000000'), mid: 21_345, perTick: 0.00001, lots: 60_000 },
];

const BYBIT = { venue: 'bybit', nativeId: '' } as const;

/** A contract that pays in coin: quantities count contracts of one dollar. */
const INVERSE: FakeMarket = {
  instrument: {
    ...perpetual('BTC', '0.1', '1', '4000000'),
    ...BYBIT,
    symbol: 'BTC/USD:BTC',
    nativeId: 'FAKE-BTC-INVERSE',
    kind: 'inverse',
    quote: 'USD',
    settle: 'BTC',
    quantityUnit: 'contracts',
    contractValue: '1',
    minNotional: '1',
  },
  mid: 601_302,
  perTick: 0.1,
  lots: 90_000,
};

const { fundingIntervalMs: _perpetualOnly, ...DATED } = perpetual('BTC', '0.1', '0.001', '100');
const FUTURE: FakeMarket = {
  instrument: {
    ...DATED,
    ...BYBIT,
    symbol: 'BTC/USDT:USDT-261225',
    nativeId: 'FAKE-BTC-25DEC26',
    expiry: Date.UTC(2026, 11, 25, 8),
  },
  mid: 604_870,
  perTick: 0.1,
  lots: 60,
};

/** Names enough that the search has thousands of markets to find its way through. */
const COINS =
  'ADA AAVE APT ARB AVAX BCH BNB DOT EGLD ENA ETC FIL HBAR ICP INJ LINK LTC NEAR OP PEPE SEI SUI TIA TON TRX UNI WIF XLM XRP'
    .split(' ')
    .flatMap((name) => [name, ...Array.from({ length: 19 }, (_, index) => `${name}${index + 2}`)]);
const CROWD: readonly FakeMarket[] = COINS.flatMap((base, index) => [
  {
    instrument: { ...perpetual(base, '0.0001', '1', '900000'), ...BYBIT },
    mid: 12_000 + index * 37,
    perTick: 0.0001,
    lots: 900,
  },
  {
    instrument: { ...spot(base, '0.0001', '0.1'), ...BYBIT },
    mid: 12_004 + index * 37,
    perTick: 0.0001,
    lots: 4000,
  },
]);

const BYBIT_MARKETS: readonly FakeMarket[] = [
  ...MARKETS.map((one) => ({ ...one, instrument: { ...one.instrument, ...BYBIT } })),
  INVERSE,
  FUTURE,
  ...CROWD,
  ...OPTIONS,
];

/** mulberry32: small, seeded, good enough to look like a market. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const decimalsOf = (step: string): number => step.split('.')[1]?.length ?? 0;
const price = (market: FakeMarket, ticks: number): string =>
  (ticks * market.perTick).toFixed(decimalsOf(market.instrument.tickSize));
const size = (market: FakeMarket, lots: number): string => {
  const decimals = decimalsOf(market.instrument.lotSize);
  return (Math.max(1, Math.round(lots)) / 10 ** decimals).toFixed(decimals);
};

const marketsOf = (venue: VenueId): readonly FakeMarket[] => {
  if (venue === 'practice') return MARKETS;
  return venue === 'bybit' ? BYBIT_MARKETS : [];
};

export const marketAt = (symbol: string, venue: VenueId = 'practice'): FakeMarket => {
  const found = marketsOf(venue).find((one) => one.instrument.symbol === symbol);
  return found ?? refuse({ code: 'market.unknown', kind: 'notFound', message: `${symbol} is not listed.` });
};

function side(market: FakeMarket, direction: 1 | -1, next: () => number, depth: number): BookLevel[] {
  let ticks = market.mid + direction;
  return Array.from({ length: depth }, (_, index) => {
    if (index > 0) ticks += direction * (1 + Math.floor(next() * next() * 6));
    return [price(market, ticks), size(market, market.lots * (0.1 + next() ** 3 * 4) * (1 + index / 30))];
  });
}

function book(state: FakeState, market: FakeMarket, depth: number, turn: number): BookView {
  const next = random(17 + turn);
  const stale = state.name === 'stale';
  const age = stale ? 42_000 : 300;
  return {
    venue: market.instrument.venue,
    symbol: market.instrument.symbol,
    asks: side(market, 1, next, depth),
    bids: side(market, -1, next, depth),
    state: stale ? 'stale' : 'live',
    time: state.now - age,
    receivedAt: state.now - age,
    sequence: String(9_007_199_254_740_993n + BigInt(turn)),
  };
}

function ticker(state: FakeState, market: FakeMarket, turn = 0): Ticker {
  const at = market.mid + (turn % 7) - 3;
  const contract = market.instrument.kind !== 'spot';
  const base = {
    venue: market.instrument.venue,
    symbol: market.instrument.symbol,
    last: price(market, at),
    bid: price(market, market.mid - 1),
    ask: price(market, market.mid + 1),
    open24h: price(market, Math.round(market.mid * 0.988)),
    high24h: price(market, Math.round(market.mid * 1.009)),
    low24h: price(market, Math.round(market.mid * 0.981)),
    volume24h: '18342.117',
    turnover24h: '1102762184.22',
    time: state.now - 200,
    receivedAt: state.now - (state.name === 'stale' ? 42_000 : 200),
  } as const;
  if (!contract) return { ...base, turnover24h: (market.mid * 813.5).toFixed(2) };
  if (market.instrument.kind === 'option') return optionTicker(base, market, turn);
  return {
    ...base,
    mark: price(market, market.mid),
    index: price(market, market.mid - 31),
    openInterest: market.instrument.kind === 'inverse' ? '412803117' : '53211.482',
    ...(market.instrument.expiry === undefined
      ? { fundingRate: '0.0001', nextFunding: state.now + 3 * 3_600_000 + 12 * 60_000 }
      : {}),
  };
}

const MINUTES: Readonly<Record<CandleInterval, number>> = {
  '1m': 1,
  '3m': 3,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '6h': 360,
  '12h': 720,
  '1d': 1440,
  '1w': 10_080,
  '1M': 43_200,
};

/** Walks backwards from the present price, so that the newest candle always ends there. */
function candles(
  state: FakeState,
  market: FakeMarket,
  interval: CandleInterval,
  limit: number,
  before?: number,
): Candle[] {
  const span = MINUTES[interval] * 60_000;
  const newest = Math.floor((before === undefined ? state.now : before - 1) / span) * span;
  const next = random(before === undefined ? 5 : Math.floor(before / span) % 99_991);
  const reach = market.mid * 0.0011;
  let close = market.mid - (before === undefined ? 3 : Math.round(next() * reach * 4));
  const made = Array.from({ length: limit }, (_, index): Candle => {
    const wave = Math.sin(index / 19) * reach * 0.35;
    const open = close - Math.round((next() - 0.49) * reach * 2 + wave);
    const high = Math.max(open, close) + Math.round(next() * reach * 0.7);
    const low = Math.min(open, close) - Math.round(next() * reach * 0.7);
    const candle = {
      time: newest - index * span,
      open: price(market, open),
      high: price(market, high),
      low: price(market, low),
      close: price(market, close),
      volume: size(market, market.lots * (20 + next() ** 2 * 160)),
      closed: index > 0 || before !== undefined,
    };
    close = open;
    return candle;
  });
  return made.reverse();
}

function trade(state: FakeState, market: FakeMarket, index: number, time: number): Trade {
  const next = random(1000 + index);
  const buy = next() > 0.46;
  return {
    venue: market.instrument.venue,
    symbol: market.instrument.symbol,
    id: `fake-trade-${state.name}-${index}`,
    price: price(market, market.mid + (buy ? 1 : -1) + Math.round((next() - 0.5) * 6)),
    quantity: size(market, market.lots * (0.02 + next() ** 4 * 2)),
    side: buy ? 'buy' : 'sell',
    time,
  };
}

/** Thirty updates a second with the flag `ticking`, for measuring; pictures stand still. */
const TICK_MS = 33;

function ticking(state: FakeState, emit: (turn: number) => void): () => void {
  emit(0);
  if (!state.flags.includes('ticking')) return () => undefined;
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    emit(turn);
  }, TICK_MS);
  return () => clearInterval(timer);
}

export const market: FakePart = (state) => {
  const silent = state.name === 'loading';
  const answered = <T>(value: () => T): T | Promise<T> => {
    if (silent) return pending<T>();
    return state.name === 'error' ? refuse(UNAVAILABLE) : value();
  };
  return {
    calls: {
      market: {
        instruments: ({ venue }) => {
          if (silent && !state.flags.includes('marketsKnown')) return pending<readonly Instrument[]>();
          if (state.flags.includes('noMarkets')) return refuse(UNAVAILABLE);
          return marketsOf(venue).map((one) => one.instrument);
        },
        candles: ({ market: ref, interval, limit, before }) =>
          answered(() =>
            state.name === 'empty'
              ? []
              : candles(state, marketAt(ref.symbol, ref.venue), interval, limit, before),
          ),
        trades: ({ market: ref, limit }) =>
          answered(() =>
            state.name === 'empty'
              ? []
              : Array.from({ length: limit }, (_, index) =>
                  trade(state, marketAt(ref.symbol, ref.venue), index, state.now - index * 730),
                ),
          ),
      },
    },
    topics: {
      market: {
        tickers: ({ venue }, emit) => {
          if (!silent) {
            emit(
              marketsOf(venue)
                .filter((one) => one.instrument.kind !== 'option')
                .map((one) => ticker(state, one)),
            );
          }
          return () => undefined;
        },
        optionChain: ({ venue, base }, emit) => {
          const chain = marketsOf(venue).filter(
            ({ instrument }) => instrument.kind === 'option' && instrument.base === base,
          );
          if (silent || state.name === 'error') return () => undefined;
          return ticking(state, (turn) => emit(chain.map((one) => ticker(state, one, turn))));
        },
        ticker: ({ market: ref }, emit) =>
          silent
            ? () => undefined
            : ticking(state, (turn) => emit(ticker(state, marketAt(ref.symbol, ref.venue), turn))),
        book: ({ market: ref, depth }, emit) =>
          silent
            ? () => undefined
            : ticking(state, (turn) => emit(book(state, marketAt(ref.symbol, ref.venue), depth, turn))),
        trades: ({ market: ref }, emit) => {
          if (!state.flags.includes('ticking')) return () => undefined;
          return ticking(state, (turn) =>
            emit(trade(state, marketAt(ref.symbol, ref.venue), 10_000 + turn, state.now + turn)),
          );
        },
        candle: (_params, _emit) => () => undefined,
      },
    },
  };
};
