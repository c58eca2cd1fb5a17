/**
 * The instruments of the loopback venue: what `instruments-info` answers, with the field sets of the live site
 * (sheet section 3.3), and where each market starts. Recorded linear instruments can be added from a file.
 */
import { readFileSync } from 'node:fs';
import { dec, floorToStep, multiplyText } from '../../../src-main/market/decimal.ts';
import type { Category, Payload } from './protocol.ts';

export interface Listing {
  readonly category: Category;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
  readonly tick: string;
  readonly step: string;
  readonly minQty: string;
  readonly maxQty: string;
  readonly maxMarketQty: string;
  /** Smallest price times quantity, in the quote coin; '0' = none. */
  readonly minNotional: string;
  readonly maxLeverage: string;
  /** Share of the reference price that a limit price may be away. */
  readonly band: string;
  /** Unix ms; 0 = never. */
  readonly deliveryTime: number;
  /** Price at which the crowd opens the market. */
  readonly start: string;
  readonly payload: Payload;
}

/** Deliveries lie well after the day of the project, so that lists never run dry. */
const QUARTER = Date.UTC(2027, 2, 26, 8);
const LAUNCH = '1585526400000';

interface Sizes {
  readonly tick: string;
  readonly step: string;
  readonly max: string;
  readonly maxMarket: string;
  readonly minNotional: string;
}

interface ContractSpec extends Sizes {
  readonly category: 'linear' | 'inverse';
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
  readonly start: string;
  readonly maxLeverage?: string;
  readonly deliveryTime?: number;
  readonly status?: string;
}

const scaleOf = (tick: string): string => String((tick.split('.')[1] ?? '').length);

export function spotListing(base: string, quote: string, start: string, sizes: Sizes): Listing {
  const symbol = base + quote;
  return {
    category: 'spot',
    symbol,
    base,
    quote,
    settle: quote,
    tick: sizes.tick,
    step: sizes.step,
    minQty: sizes.step,
    maxQty: sizes.max,
    maxMarketQty: sizes.maxMarket,
    minNotional: sizes.minNotional,
    maxLeverage: '10',
    band: '0.03',
    deliveryTime: 0,
    start,
    payload: {
      symbol,
      baseCoin: base,
      quoteCoin: quote,
      innovation: '0',
      status: 'Trading',
      marginTrading: 'utaOnly',
      stTag: '0',
      lotSizeFilter: {
        basePrecision: sizes.step,
        quotePrecision: '0.0000001',
        minOrderQty: sizes.step,
        maxOrderQty: sizes.max,
        minOrderAmt: sizes.minNotional,
        maxOrderAmt: '8000000',
        maxLimitOrderQty: sizes.max,
        maxMarketOrderQty: sizes.maxMarket,
        postOnlyMaxLimitOrderSize: sizes.max,
      },
      priceFilter: { tickSize: sizes.tick },
      riskParameters: { priceLimitRatioX: '0.03', priceLimitRatioY: '0.03' },
      symbolType: '',
      xstockMultiplier: '',
      symbolId: 1,
    },
  };
}

export function contractListing(spec: ContractSpec): Listing {
  const inverse = spec.category === 'inverse';
  const delivery = spec.deliveryTime ?? 0;
  const maxLeverage = spec.maxLeverage ?? '100.00';
  const type = `${inverse ? 'Inverse' : 'Linear'}${delivery === 0 ? 'Perpetual' : 'Futures'}`;
  return {
    ...spec,
    minQty: spec.step,
    maxQty: spec.max,
    maxMarketQty: spec.maxMarket,
    maxLeverage,
    band: '0.05',
    deliveryTime: delivery,
    payload: {
      symbol: spec.symbol,
      contractType: type,
      status: spec.status ?? 'Trading',
      baseCoin: spec.base,
      quoteCoin: spec.quote,
      launchTime: LAUNCH,
      deliveryTime: String(delivery),
      deliveryFeeRate: delivery === 0 ? '' : '0.0005',
      priceScale: scaleOf(spec.tick),
      leverageFilter: { minLeverage: '1', maxLeverage, leverageStep: '0.01' },
      priceFilter: { minPrice: spec.tick, maxPrice: '1999999.80', tickSize: spec.tick },
      lotSizeFilter: {
        maxOrderQty: spec.max,
        minOrderQty: spec.step,
        qtyStep: spec.step,
        postOnlyMaxOrderQty: spec.max,
        maxMktOrderQty: spec.maxMarket,
        minNotionalValue: spec.minNotional,
      },
      unifiedMarginTrade: true,
      fundingInterval: delivery === 0 ? 480 : 0,
      settleCoin: spec.settle,
      copyTrading: spec.settle === 'USDT' && delivery === 0 ? 'both' : 'none',
      upperFundingRate: delivery === 0 ? '0.005' : '0',
      lowerFundingRate: delivery === 0 ? '-0.005' : '0',
      isPreListing: false,
      preListingInfo: null,
      riskParameters: { priceLimitRatioX: '0.05', priceLimitRatioY: '0.1' },
      displayName: '',
      symbolType: '',
      forbidUplWithdrawal: false,
      symbolId: 2,
    },
  };
}

function optionListing(strike: number, right: 'C' | 'P', start: string): Listing {
  const symbol = `BTC-26MAR27-${strike}-${right}-USDT`;
  return {
    category: 'option',
    symbol,
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    tick: '5',
    step: '0.01',
    minQty: '0.01',
    maxQty: '500',
    maxMarketQty: '500',
    minNotional: '0',
    maxLeverage: '1',
    band: '1',
    deliveryTime: QUARTER,
    start,
    payload: {
      symbol,
      status: 'Trading',
      baseCoin: 'BTC',
      quoteCoin: 'USDT',
      settleCoin: 'USDT',
      optionsType: right === 'C' ? 'Call' : 'Put',
      launchTime: LAUNCH,
      deliveryTime: String(QUARTER),
      deliveryFeeRate: '0.00015',
      priceFilter: { minPrice: '5', maxPrice: '1110000', tickSize: '5' },
      lotSizeFilter: { maxOrderQty: '500', minOrderQty: '0.01', qtyStep: '0.01' },
      displayName: `BTC-26MAR27-${strike}-${right}`,
      symbolId: 3,
    },
  };
}

const BTC_SPOT: Sizes = { tick: '0.1', step: '0.000001', max: '83', maxMarket: '41.5', minNotional: '5' };
const ETH_SPOT: Sizes = { tick: '0.01', step: '0.00001', max: '1980', maxMarket: '990', minNotional: '5' };
const BTC_PERP: Sizes = { tick: '0.10', step: '0.001', max: '1190', maxMarket: '500', minNotional: '5' };
const ETH_PERP: Sizes = { tick: '0.01', step: '0.01', max: '7240', maxMarket: '1500', minNotional: '5' };
const BTC_COIN: Sizes = { tick: '0.10', step: '1', max: '25000000', maxMarket: '5000000', minNotional: '0' };

/** The instruments that every venue starts with. */
export function defaultListings(): Listing[] {
  const linear = { category: 'linear' as const, quote: 'USDT', settle: 'USDT' };
  const usdc = { category: 'linear' as const, base: 'BTC', quote: 'USDC', settle: 'USDC', ...BTC_PERP };
  const coin = { category: 'inverse' as const, base: 'BTC', quote: 'USD', settle: 'BTC', ...BTC_COIN };
  return [
    spotListing('BTC', 'USDT', '65000', BTC_SPOT),
    spotListing('ETH', 'USDT', '3200', ETH_SPOT),
    spotListing('BTC', 'USDC', '65000', BTC_SPOT),
    spotListing('USDC', 'USDT', '1', { ...ETH_SPOT, tick: '0.0001', step: '0.01', max: '4000000' }),
    contractListing({ ...linear, symbol: 'BTCUSDT', base: 'BTC', start: '65000', ...BTC_PERP }),
    contractListing({ ...linear, symbol: 'ETHUSDT', base: 'ETH', start: '3200', ...ETH_PERP }),
    contractListing({ ...usdc, symbol: 'BTCPERP', start: '65000' }),
    contractListing({
      ...linear,
      symbol: 'BTCUSDT-26MAR27',
      base: 'BTC',
      start: '65800',
      deliveryTime: QUARTER,
      maxLeverage: '50.00',
      ...BTC_PERP,
    }),
    contractListing({
      ...usdc,
      symbol: 'BTC-26MAR27',
      start: '65800',
      deliveryTime: QUARTER,
      maxLeverage: '50.00',
    }),
    contractListing({ ...coin, symbol: 'BTCUSD', start: '65000' }),
    contractListing({ ...coin, symbol: 'BTCUSDH27', start: '65800', deliveryTime: QUARTER }),
    optionListing(60_000, 'C', '8400'),
    optionListing(65_000, 'C', '5400'),
    optionListing(65_000, 'P', '4800'),
    optionListing(70_000, 'P', '7700'),
  ];
}

/** `count` made-up USDT perpetuals, GEN0001USDT and on. */
export function generatedListings(count: number): Listing[] {
  return Array.from({ length: count }, (_, index) => {
    const base = `GEN${String(index + 1).padStart(4, '0')}`;
    return contractListing({
      category: 'linear',
      symbol: `${base}USDT`,
      base,
      quote: 'USDT',
      settle: 'USDT',
      start: String(10 + (index % 90)),
      tick: '0.01',
      step: '0.1',
      max: '100000',
      maxMarket: '20000',
      minNotional: '5',
    });
  });
}

interface RecordedContract {
  readonly symbol: string;
  readonly baseCoin: string;
  readonly quoteCoin: string;
  readonly settleCoin: string;
  readonly deliveryTime: string;
  readonly leverageFilter: { readonly maxLeverage: string };
  readonly priceFilter: { readonly tickSize: string; readonly maxPrice: string };
  readonly lotSizeFilter: {
    readonly maxOrderQty: string;
    readonly minOrderQty: string;
    readonly qtyStep: string;
    readonly maxMktOrderQty: string;
    readonly minNotionalValue: string;
  };
  readonly riskParameters: { readonly priceLimitRatioX: string };
}

/** Listings of a recorded `instruments-info` body; their payloads are the recorded rows, untouched. */
export function recordedListings(path: string): Listing[] {
  const body = JSON.parse(readFileSync(path, 'utf8')) as {
    result: { list: (RecordedContract & Payload)[] };
  };
  return body.result.list.map((row) => ({
    category: 'linear',
    symbol: row.symbol,
    base: row.baseCoin,
    quote: row.quoteCoin,
    settle: row.settleCoin,
    tick: row.priceFilter.tickSize,
    step: row.lotSizeFilter.qtyStep,
    minQty: row.lotSizeFilter.minOrderQty,
    maxQty: row.lotSizeFilter.maxOrderQty,
    maxMarketQty: row.lotSizeFilter.maxMktOrderQty,
    minNotional: row.lotSizeFilter.minNotionalValue,
    maxLeverage: row.leverageFilter.maxLeverage,
    band: row.riskParameters.priceLimitRatioX,
    deliveryTime: Number(row.deliveryTime),
    start: startOf(row.symbol, row.priceFilter.tickSize),
    payload: row,
  }));
}

/** A recording of instruments has no prices: one that is a thousand ticks lets any market open. */
function startOf(symbol: string, tick: string): string {
  const known: Record<string, string> = { BTCUSDT: '65000', ETHUSDT: '3200', BTCPERP: '65000' };
  const start = known[symbol] ?? multiplyText(tick, '1000');
  return dec(start).lt(tick) ? tick : floorToStep(start, tick);
}
