/** The markets of the synthetic source, with steps, filters and fees of the size that large venues have. */
import type { Instrument } from '../../exchange.ts';
import type { MarketTerms } from '../accounts/ledger.ts';
import { parseAmount } from '../amount.ts';
import { MarketScale } from '../market-scale.ts';

/** How a market's crowd behaves. */
export interface CrowdHabits {
  /** Usual volume of a minute, in base currency. */
  readonly minuteVolume: number;
  /** Taker orders a second in usual times. */
  readonly tradesPerSecond: number;
  /** Usual distance of best bid and best ask, as a fraction of the price. */
  readonly spread: number;
  /** How far the book reaches from the middle, as a fraction of the price. */
  readonly reach: number;
}

export interface Listing {
  readonly instrument: Instrument;
  readonly terms: MarketTerms;
  /** Markets of one underlying share one path; the contract adds its premium. */
  readonly underlying: string;
  readonly basePrice: number;
  readonly dailyVolatility: number;
  readonly habits: CrowdHabits;
}

const SPOT_FEES = { makerFee: '0.001', takerFee: '0.001' };
const CONTRACT_FEES = { makerFee: '0.0002', takerFee: '0.00055' };
const FUNDING_MS = 8 * 3_600_000;

type Steps = Pick<
  Instrument,
  'tickSize' | 'lotSize' | 'minQuantity' | 'maxQuantity' | 'maxMarketQuantity' | 'minNotional' | 'priceBand'
>;

interface Coin {
  readonly base: string;
  readonly price: number;
  readonly volatility: number;
  readonly spot: Steps;
  readonly spotHabits: CrowdHabits;
  readonly contract?: Steps & { readonly maxLeverage: string; readonly maintenance: string };
  readonly contractHabits?: CrowdHabits;
}

const COINS: readonly Coin[] = [
  {
    base: 'BTC',
    price: 92_000,
    volatility: 0.022,
    spot: {
      tickSize: '0.01',
      lotSize: '0.000001',
      minQuantity: '0.000011',
      maxQuantity: '83',
      maxMarketQuantity: '42',
      minNotional: '5',
      priceBand: '0.2',
    },
    spotHabits: { minuteVolume: 9, tradesPerSecond: 2.5, spread: 0.000_004, reach: 0.0012 },
    contract: {
      tickSize: '0.1',
      lotSize: '0.001',
      minQuantity: '0.001',
      maxQuantity: '1190',
      maxMarketQuantity: '138',
      minNotional: '5',
      priceBand: '0.2',
      maxLeverage: '100',
      maintenance: '0.005',
    },
    contractHabits: { minuteVolume: 55, tradesPerSecond: 4, spread: 0.000_002, reach: 0.0009 },
  },
  {
    base: 'ETH',
    price: 3_150,
    volatility: 0.03,
    spot: {
      tickSize: '0.01',
      lotSize: '0.00001',
      minQuantity: '0.0001',
      maxQuantity: '2100',
      maxMarketQuantity: '950',
      minNotional: '5',
      priceBand: '0.2',
    },
    spotHabits: { minuteVolume: 120, tradesPerSecond: 2, spread: 0.000_006, reach: 0.0016 },
    contract: {
      tickSize: '0.01',
      lotSize: '0.01',
      minQuantity: '0.01',
      maxQuantity: '7240',
      maxMarketQuantity: '1400',
      minNotional: '5',
      priceBand: '0.2',
      maxLeverage: '100',
      maintenance: '0.005',
    },
    contractHabits: { minuteVolume: 900, tradesPerSecond: 3, spread: 0.000_004, reach: 0.0012 },
  },
  {
    base: 'SOL',
    price: 168,
    volatility: 0.042,
    spot: {
      tickSize: '0.01',
      lotSize: '0.001',
      minQuantity: '0.01',
      maxQuantity: '24500',
      maxMarketQuantity: '12000',
      minNotional: '5',
      priceBand: '0.2',
    },
    spotHabits: { minuteVolume: 1_100, tradesPerSecond: 1.5, spread: 0.000_06, reach: 0.006 },
    contract: {
      tickSize: '0.01',
      lotSize: '0.1',
      minQuantity: '0.1',
      maxQuantity: '79770',
      maxMarketQuantity: '11160',
      minNotional: '5',
      priceBand: '0.2',
      maxLeverage: '50',
      maintenance: '0.01',
    },
    contractHabits: { minuteVolume: 8_000, tradesPerSecond: 2, spread: 0.000_06, reach: 0.006 },
  },
  {
    base: 'EUR',
    price: 1.1585,
    volatility: 0.0045,
    spot: {
      tickSize: '0.0001',
      lotSize: '0.01',
      minQuantity: '1',
      maxQuantity: '500000',
      maxMarketQuantity: '200000',
      minNotional: '5',
      priceBand: '0.1',
    },
    spotHabits: { minuteVolume: 6_000, tradesPerSecond: 0.4, spread: 0.000_09, reach: 0.0065 },
  },
];

const QUOTE = 'USDT';

function termsOf(instrument: Instrument, maintenance: string, maxLeverage: number): MarketTerms {
  return {
    symbol: instrument.symbol,
    kind: instrument.kind === 'spot' ? 'spot' : 'linear',
    base: instrument.base,
    quote: instrument.quote,
    scale: new MarketScale(instrument.tickSize, instrument.lotSize),
    makerFee: parseAmount(instrument.makerFee ?? '0'),
    takerFee: parseAmount(instrument.takerFee ?? '0'),
    maintenanceRate: parseAmount(maintenance),
    maxLeverage,
  };
}

function spotListing(coin: Coin): Listing {
  const instrument: Instrument = {
    venue: 'practice',
    symbol: `${coin.base}/${QUOTE}`,
    nativeId: `${coin.base}${QUOTE}`,
    kind: 'spot',
    base: coin.base,
    quote: QUOTE,
    status: 'trading',
    quantityUnit: 'base',
    ...coin.spot,
    ...SPOT_FEES,
  };
  const { base, price, volatility, spotHabits } = coin;
  const terms = termsOf(instrument, '0', 100);
  return {
    instrument,
    terms,
    underlying: base,
    basePrice: price,
    dailyVolatility: volatility,
    habits: spotHabits,
  };
}

function contractListing(coin: Coin): Listing[] {
  if (coin.contract === undefined || coin.contractHabits === undefined) return [];
  const { maintenance, ...filters } = coin.contract;
  const instrument: Instrument = {
    venue: 'practice',
    symbol: `${coin.base}/${QUOTE}:${QUOTE}`,
    nativeId: `${coin.base}${QUOTE}-PERP`,
    kind: 'linear',
    base: coin.base,
    quote: QUOTE,
    settle: QUOTE,
    status: 'trading',
    quantityUnit: 'base',
    fundingIntervalMs: FUNDING_MS,
    ...filters,
    ...CONTRACT_FEES,
  };
  const { base, price, volatility, contractHabits } = coin;
  const terms = termsOf(instrument, maintenance, 100 * Number(filters.maxLeverage));
  return [
    {
      instrument,
      terms,
      underlying: base,
      basePrice: price,
      dailyVolatility: volatility,
      habits: contractHabits,
    },
  ];
}

/** Spot BTC, ETH, SOL and EUR, and perpetuals of the first three, all against USDT. */
export function listings(): readonly Listing[] {
  return [...COINS.map(spotListing), ...COINS.flatMap(contractListing)];
}
