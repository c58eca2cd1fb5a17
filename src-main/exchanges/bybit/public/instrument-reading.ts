/** One row of an instrument list as our `Instrument`. */
import { HoldfastError } from '../../../errors.ts';
import { compareText, isDecimalText, isZeroText } from '../../../market/decimal.ts';
import type { Instrument, MarketStatus, VenueId } from '../../exchange.ts';
import { orNull, payloadError, read, type UnknownFields } from '../payload.ts';
import type { BybitCategory } from './category.ts';
import * as forms from './instrument-forms.ts';
import { contractSymbol, optionSymbol, spotSymbol, strikeOf } from './unified-symbol.ts';

const STATUSES: Readonly<Record<string, MarketStatus>> = {
  PreLaunch: 'preLaunch',
  Trading: 'trading',
  Delivering: 'delivering',
  Closed: 'closed',
};
const PERPETUALS = ['LinearPerpetual', 'InversePerpetual'];
const MINUTE = 60_000;

export interface InstrumentContext {
  readonly venue: VenueId;
  readonly unknown: UnknownFields;
}

/** Throws `protocol` for a row that breaks the documented form. */
export function readInstrument(
  category: BybitCategory,
  row: unknown,
  context: InstrumentContext,
): Instrument {
  if (category === 'spot') return readSpot(row, context);
  return category === 'option' ? readOption(row, context) : readContract(category, row, context);
}

function readSpot(value: unknown, { venue, unknown }: InstrumentContext): Instrument {
  const row = read(forms.SPOT, value, unknown);
  const lot = read(forms.SPOT_LOT_SIZE, row.lotSizeFilter, unknown);
  const step = positive('instrument.spot.basePrecision', lot.basePrecision);
  return {
    venue,
    symbol: spotSymbol(row.baseCoin, row.quoteCoin),
    nativeId: row.symbol,
    kind: 'spot',
    base: row.baseCoin,
    quote: row.quoteCoin,
    status: statusOf(row.status),
    tickSize: tickOf(row.priceFilter, unknown),
    lotSize: step,
    quantityUnit: 'base',
    // Bybit checks the amount in quote currency only.
    minQuantity: step,
    ...optional('minNotional', lot.minOrderAmt),
    ...optional('maxQuantity', lot.maxLimitOrderQty),
    ...optional('maxMarketQuantity', lot.maxMarketOrderQty),
    ...optional('priceBand', bandOf(row.riskParameters, unknown)),
  };
}

function readContract(
  kind: 'linear' | 'inverse',
  value: unknown,
  { venue, unknown }: InstrumentContext,
): Instrument {
  const row = read(forms.CONTRACT, value, unknown);
  const lot = read(forms.LOT_SIZE, row.lotSizeFilter, unknown);
  const coins = { base: row.baseCoin, quote: row.quoteCoin, settle: row.settleCoin };
  const expiry = PERPETUALS.includes(row.contractType) ? undefined : timeOf(row.deliveryTime);
  const minutes = row.fundingInterval ?? 0;
  return {
    venue,
    symbol: contractSymbol(coins, expiry),
    nativeId: row.symbol,
    kind,
    ...coins,
    status: statusOf(row.status),
    tickSize: tickOf(row.priceFilter, unknown),
    lotSize: positive('instrument.qtyStep', lot.qtyStep),
    ...(kind === 'inverse'
      ? { quantityUnit: 'contracts' as const, contractValue: '1' }
      : { quantityUnit: 'base' as const }),
    minQuantity: lot.minOrderQty,
    ...optional('maxQuantity', lot.maxOrderQty),
    ...optional('maxMarketQuantity', lot.maxMktOrderQty),
    ...optional('minNotional', lot.minNotionalValue),
    ...optional('priceBand', bandOf(row.riskParameters, unknown)),
    ...optional('maxLeverage', read(forms.LEVERAGE, row.leverageFilter, unknown).maxLeverage),
    ...(expiry === undefined && minutes > 0 ? { fundingIntervalMs: minutes * MINUTE } : {}),
    ...(expiry === undefined ? {} : { expiry }),
  };
}

function readOption(value: unknown, { venue, unknown }: InstrumentContext): Instrument {
  const row = read(forms.OPTION, value, unknown);
  const lot = read(forms.LOT_SIZE, row.lotSizeFilter, unknown);
  const coins = { base: row.baseCoin, quote: row.quoteCoin, settle: row.settleCoin };
  const expiry = timeOf(row.deliveryTime);
  const optionType = optionTypeOf(row.optionsType);
  const strike = strikeOf(row.symbol, coins, expiry, optionType);
  if (strike === null) throw payloadError('instrument.option', 'symbol');
  return {
    venue,
    symbol: optionSymbol(coins, expiry, strike, optionType),
    nativeId: row.symbol,
    kind: 'option',
    ...coins,
    status: statusOf(row.status),
    tickSize: tickOf(row.priceFilter, unknown),
    lotSize: positive('instrument.qtyStep', lot.qtyStep),
    quantityUnit: 'base',
    minQuantity: lot.minOrderQty,
    ...optional('maxQuantity', lot.maxOrderQty),
    ...optional('minNotional', lot.minNotionalValue),
    expiry,
    strike,
    optionType,
  };
}

/** A status that the documentation does not have halts the market for us: better than trading in the dark. */
const statusOf = (status: string): MarketStatus =>
  Object.hasOwn(STATUSES, status) ? (STATUSES[status] as MarketStatus) : 'halted';

function optionTypeOf(type: string): 'call' | 'put' {
  if (type === 'Call') return 'call';
  if (type === 'Put') return 'put';
  throw payloadError('instrument.option', 'optionsType');
}

function timeOf(text: string): number {
  const time = Number(text);
  if (/^\d{13}$/.test(text)) return time;
  throw payloadError('instrument', 'deliveryTime');
}

const tickOf = (filter: unknown, unknown: UnknownFields): string =>
  positive('instrument.tickSize', read(forms.PRICE_FILTER, filter, unknown).tickSize);

/** A step or tick of nothing would make every later rounding a division by zero. */
function positive(field: string, text: string): string {
  if (isDecimalText(text) && compareText(text, '0') > 0) return text;
  throw new HoldfastError('protocol', 'bybit.payload', `Bybit sent something undocumented in ${field}.`);
}

/**
 * The nearer of both ratios: a buy may not be above the smaller of index x (1+X) and mark x (1+Y), a sell not
 * below the greater of their counterparts.
 */
function bandOf(value: unknown, unknown: UnknownFields): string | undefined {
  if (value === undefined || value === null) return undefined;
  const risk = read(forms.RISK, value, unknown);
  const ratios = [risk.priceLimitRatioX, risk.priceLimitRatioY].filter(isGiven);
  return ratios.sort(compareText)[0];
}

const isGiven = (text: string | undefined): text is string => {
  const given = orNull(text);
  return given !== null && isDecimalText(given) && !isZeroText(given);
};

/** Bybit writes "no limit" as empty text or zero. */
function optional<K extends string>(key: K, text: string | undefined): { [P in K]?: string } {
  return isGiven(text) ? ({ [key]: text } as { [P in K]: string }) : {};
}
