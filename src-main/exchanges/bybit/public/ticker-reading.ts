/**
 * Tickers of REST and of the streams. The streams are hot (hundreds of frames a second), so nothing here goes
 * through a schema: each field is looked up in a table and its text checked once.
 */
import type { TickerChanges, TickerFigures } from '../../../market/ticker.ts';
import type { OptionFigures } from '../../exchange.ts';
import { payloadError, type UnknownFields } from '../payload.ts';
import type { BybitCategory } from './category.ts';
import { decimalText } from './decimal-text.ts';

type Figure = Exclude<keyof TickerFigures, 'option' | 'time'>;
/** Where a field goes. `null`: documented, and not needed. */
type Target = Figure | `option.${keyof OptionFigures}` | null;

/** How a category spells its ticker. */
export interface TickerFields {
  readonly kind: string;
  readonly targets: ReadonlyMap<string, Target>;
}

const fields = (kind: string, targets: Record<string, Target>, unused: readonly string[]): TickerFields => ({
  kind,
  targets: new Map([...Object.entries(targets), ...unused.map((name): [string, null] => [name, null])]),
});

const COMMON = {
  lastPrice: 'last',
  prevPrice24h: 'open24h',
  highPrice24h: 'high24h',
  lowPrice24h: 'low24h',
  volume24h: 'volume24h',
  turnover24h: 'turnover24h',
} as const;
const TOUCH = { bid1Price: 'bid', ask1Price: 'ask' } as const;
const TOUCH_SIZES = ['bid1Size', 'ask1Size'];
const UNUSED = ['symbol', 'price24hPcnt', 'usdIndexPrice'];

const CONTRACT = {
  ...COMMON,
  ...TOUCH,
  markPrice: 'mark',
  indexPrice: 'index',
  fundingRate: 'fundingRate',
  nextFundingTime: 'nextFunding',
  openInterest: 'openInterest',
} as const;
const CONTRACT_UNUSED = [
  ...UNUSED,
  ...TOUCH_SIZES,
  'tickDirection',
  'prevPrice1h',
  'openInterestValue',
  'singleOpenInterest',
  'singleOpenInterestValue',
  'fundingIntervalHour',
  'fundingCap',
  'deliveryTime',
  'deliveryFeeRate',
  'predictedDeliveryPrice',
  'basis',
  'basisRate',
  'basisRateYear',
  // Before a market opens.
  'preOpenPrice',
  'preQty',
  'curPreListingPhase',
];
const GREEKS = {
  markPrice: 'mark',
  indexPrice: 'index',
  openInterest: 'openInterest',
  underlyingPrice: 'option.underlying',
  delta: 'option.delta',
  gamma: 'option.gamma',
  vega: 'option.vega',
  theta: 'option.theta',
} as const;
const OPTION_UNUSED = [...UNUSED, 'totalVolume', 'totalTurnover', 'change24h', 'predictedDeliveryPrice'];

const SPOT = fields('ticker.spot', { ...COMMON, ...TOUCH }, [...UNUSED, ...TOUCH_SIZES]);
const LINEAR = fields('ticker.linear', CONTRACT, CONTRACT_UNUSED);
// Bybit counts inverse volume in contracts of 1 USD, which is the quote currency, and turnover in coins.
const INVERSE = fields(
  'ticker.inverse',
  { ...CONTRACT, volume24h: 'turnover24h', turnover24h: 'volume24h' },
  CONTRACT_UNUSED,
);
const OPTION_REST = fields(
  'ticker.option',
  {
    ...COMMON,
    ...TOUCH,
    ...GREEKS,
    bid1Iv: 'option.bidIv',
    ask1Iv: 'option.askIv',
    markIv: 'option.markIv',
  },
  [...OPTION_UNUSED, ...TOUCH_SIZES],
);
const OPTION_STREAM = fields(
  'ticker.option.stream',
  {
    ...COMMON,
    ...GREEKS,
    bidPrice: 'bid',
    askPrice: 'ask',
    bidIv: 'option.bidIv',
    askIv: 'option.askIv',
    markPriceIv: 'option.markIv',
  },
  [...OPTION_UNUSED, 'bidSize', 'askSize'],
);

export const REST_TICKERS: Readonly<Record<BybitCategory, TickerFields>> = {
  spot: SPOT,
  linear: LINEAR,
  inverse: INVERSE,
  option: OPTION_REST,
};
export const STREAM_TICKERS: Readonly<Record<BybitCategory, TickerFields>> = {
  ...REST_TICKERS,
  option: OPTION_STREAM,
};

const NO_GREEKS: OptionFigures = {
  bidIv: null,
  askIv: null,
  markIv: null,
  underlying: null,
  delta: null,
  gamma: null,
  vega: null,
  theta: null,
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The figures in `row`. What is absent has not changed (contracts send only changes); empty text is "no figure
 * now". Throws `protocol` for a value that is no decimal text.
 */
export function readTicker(
  { kind, targets }: TickerFields,
  row: unknown,
  time: number,
  unknown: UnknownFields,
): TickerChanges {
  if (typeof row !== 'object' || row === null) throw payloadError(kind, '');
  const changes: Writable<TickerChanges> = { time };
  let option: Writable<OptionFigures> | undefined;
  for (const name in row) {
    const target = targets.get(name);
    if (target === null) continue;
    if (target === undefined) {
      unknown.note(kind, name);
      continue;
    }
    const value = (row as Record<string, unknown>)[name];
    if (target === 'nextFunding') changes.nextFunding = timeOf(kind, name, value);
    else if (target.startsWith('option.')) {
      option ??= { ...NO_GREEKS };
      option[target.slice(7) as keyof OptionFigures] = decimalOf(kind, name, value);
    } else changes[target as Exclude<Figure, 'nextFunding'>] = decimalOf(kind, name, value);
  }
  if (option !== undefined) changes.option = option;
  return changes;
}

function decimalOf(kind: string, name: string, value: unknown): string | null {
  if (value === '') return null;
  const text = decimalText(value);
  if (text === null) throw payloadError(kind, name);
  return text;
}

/** ms UTC. Dated contracts write "0" or nothing: they have no funding. */
function timeOf(kind: string, name: string, value: unknown): number | null {
  if (value === '' || value === '0') return null;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  throw payloadError(kind, name);
}
