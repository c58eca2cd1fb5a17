/** Forms of `GET /v5/market/instruments-info` (protocol sheet 3.3). */
import * as z from 'zod/mini';
import { form } from '../payload.ts';

const text = z.string();
const optionalText = z.optional(z.string());

/** Documented fields of several categories that Holdfast has no use for. */
const ALSO = [
  'launchTime',
  'deliveryFeeRate',
  'priceScale',
  'unifiedMarginTrade',
  'copyTrading',
  'upperFundingRate',
  'lowerFundingRate',
  'isPreListing',
  'preListingInfo',
  'displayName',
  'symbolType',
  'forbidUplWithdrawal',
  'symbolId',
  'isPublicRpi',
];

const common = {
  symbol: text,
  status: text,
  baseCoin: text,
  quoteCoin: text,
  priceFilter: z.unknown(),
  lotSizeFilter: z.unknown(),
};

export const SPOT = form('instrument.spot', { ...common, riskParameters: z.optional(z.unknown()) }, [
  ...ALSO,
  'innovation',
  'marginTrading',
  'stTag',
  'xstockMultiplier',
  // Of the signed list alone.
  'myRpiPermission',
]);

export const CONTRACT = form(
  'instrument.contract',
  {
    ...common,
    contractType: text,
    settleCoin: text,
    deliveryTime: text,
    leverageFilter: z.unknown(),
    fundingInterval: z.optional(z.number()),
    riskParameters: z.optional(z.unknown()),
  },
  ALSO,
);

export const OPTION = form(
  'instrument.option',
  { ...common, settleCoin: text, deliveryTime: text, optionsType: text },
  ALSO,
);

export const PRICE_FILTER = form('instrument.priceFilter', { tickSize: text }, ['minPrice', 'maxPrice']);

export const LOT_SIZE = form(
  'instrument.lotSizeFilter',
  {
    qtyStep: text,
    minOrderQty: text,
    maxOrderQty: optionalText,
    maxMktOrderQty: optionalText,
    minNotionalValue: optionalText,
  },
  ['postOnlyMaxOrderQty'],
);

/** `minOrderQty`, `maxOrderQty` and `maxOrderAmt` are deprecated for spot: the amount is what is checked. */
export const SPOT_LOT_SIZE = form(
  'instrument.spot.lotSizeFilter',
  {
    basePrecision: text,
    minOrderAmt: optionalText,
    maxLimitOrderQty: optionalText,
    maxMarketOrderQty: optionalText,
  },
  ['quotePrecision', 'minOrderQty', 'maxOrderQty', 'maxOrderAmt', 'postOnlyMaxLimitOrderSize'],
);

export const LEVERAGE = form('instrument.leverageFilter', { maxLeverage: text }, [
  'minLeverage',
  'leverageStep',
]);

export const RISK = form('instrument.riskParameters', {
  priceLimitRatioX: optionalText,
  priceLimitRatioY: optionalText,
});

export const PAGE = form(
  'instruments',
  { list: z.array(z.unknown()), nextPageCursor: z.nullish(z.string()) },
  // `category` repeats the question.
  ['category'],
);
