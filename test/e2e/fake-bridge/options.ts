/** Options of the fake bridge: two coins, a few expiries, priced by a rough formula that looks like a market. */
import type { Instrument, Ticker } from '../../../src-preload/contract/types/market.ts';
import type { FakeMarket } from './market.ts';

interface Coin {
  readonly base: string;
  readonly spot: number;
  readonly strikeStep: number;
  readonly strikes: number;
}

const COINS: readonly Coin[] = [
  { base: 'BTC', spot: 60_121, strikeStep: 1000, strikes: 31 },
  { base: 'ETH', spot: 3262, strikeStep: 50, strikes: 25 },
];
/** Year, month (from 0), day; all at 08:00 UTC. The first one is on its last day. */
const EXPIRIES = [
  [2026, 10, 21],
  [2026, 10, 27],
  [2026, 11, 4],
  [2026, 11, 25],
  [2027, 2, 26],
] as const;

const TICK = 5;
const YEAR = 365 * 86_400_000;
const START = Date.UTC(2026, 10, 20, 14);

const two = (value: number): string => String(value).padStart(2, '0');

function instrument(
  coin: Coin,
  at: (typeof EXPIRIES)[number],
  strike: number,
  type: 'call' | 'put',
): Instrument {
  const [year, month, day] = at;
  const date = `${two(year % 100)}${two(month + 1)}${two(day)}`;
  return {
    venue: 'bybit',
    symbol: `${coin.base}/USDT:USDT-${date}-${strike}-${type === 'call' ? 'C' : 'P'}`,
    nativeId: `FAKE-${coin.base}-${date}-${strike}-${type}`,
    kind: 'option',
    base: coin.base,
    quote: 'USDT',
    settle: 'USDT',
    status: 'trading',
    tickSize: String(TICK),
    lotSize: '0.01',
    quantityUnit: 'base',
    minQuantity: '0.01',
    maxQuantity: '500',
    makerFee: '0.0002',
    takerFee: '0.0003',
    expiry: Date.UTC(year, month, day, 8),
    strike: String(strike),
    optionType: type,
  };
}

/** Share of a year until the expiry. */
const yearsLeft = (expiry: number): number => Math.max(0.001, (expiry - START) / YEAR);
const volatility = (coin: Coin, strike: number): number => 0.48 + ((strike / coin.spot - 1) * 1.4) ** 2;

/** Smile and decay by hand: inner value plus a bell around the price. */
function worth(coin: Coin, one: Instrument): number {
  const strike = Number(one.strike);
  const inner = Math.max(0, one.optionType === 'call' ? coin.spot - strike : strike - coin.spot);
  const reach = coin.spot * volatility(coin, strike) * Math.sqrt(yearsLeft(one.expiry ?? START));
  return inner + 0.4 * reach * Math.exp(-(((strike - coin.spot) / reach) ** 2) * 0.9);
}

const coinOf = (one: Instrument): Coin => {
  const coin = COINS.find(({ base }) => base === one.base);
  if (coin === undefined) throw new Error(`no options on ${one.base}`);
  return coin;
};

export const OPTIONS: readonly FakeMarket[] = COINS.flatMap((coin) =>
  EXPIRIES.flatMap((at) =>
    Array.from({ length: coin.strikes }, (_, index) => {
      const low = Math.round(coin.spot / coin.strikeStep) - Math.floor(coin.strikes / 2);
      const strike = (low + index) * coin.strikeStep;
      return (['call', 'put'] as const).map((type): FakeMarket => {
        const made = instrument(coin, at, strike, type);
        return {
          instrument: made,
          mid: Math.max(1, Math.round(worth(coin, made) / TICK)),
          perTick: TICK,
          lots: 12,
        };
      });
    }).flat(),
  ),
);

/** The figures of an option on top of those that every market has. */
export function optionTicker(base: Ticker, market: FakeMarket, turn: number): Ticker {
  const one = market.instrument;
  const coin = coinOf(one);
  const strike = Number(one.strike);
  const iv = volatility(coin, strike);
  const reach = coin.spot * iv * Math.sqrt(yearsLeft(one.expiry ?? START));
  const call = 1 / (1 + Math.exp((-1.7 * (coin.spot - strike)) / reach));
  // Far out nobody bids.
  const dead = market.mid <= 1;
  return {
    ...base,
    bid: dead ? null : String((market.mid - 1) * TICK),
    ask: String((market.mid + 1 + (turn % 3)) * TICK),
    mark: String(market.mid * TICK),
    index: coin.spot.toFixed(2),
    openInterest: '118.42',
    option: {
      bidIv: dead ? null : (iv - 0.01).toFixed(4),
      askIv: (iv + 0.012).toFixed(4),
      markIv: iv.toFixed(4),
      underlying: (coin.spot + 12.4 + (turn % 5)).toFixed(2),
      delta: (one.optionType === 'call' ? call : call - 1).toFixed(4),
      gamma: '0.00004',
      vega: '61.2',
      theta: '-38.114',
    },
  };
}
