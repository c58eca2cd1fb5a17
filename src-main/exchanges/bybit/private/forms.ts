/** Private payloads as documented (sheet 4.2 to 4.4, 5.5). REST and stream send the same objects with few differences. */
import * as z from 'zod/mini';
import { form } from '../payload.ts';

const text = z.string();
/** Bybit leaves a figure out, empties it or sends null, by service and account mode. */
const figure = z.optional(z.nullable(z.string()));
const time = z.optional(z.nullable(z.union([z.string(), z.number()])));
const flag = z.optional(z.nullable(z.boolean()));
const small = z.optional(z.nullable(z.number()));

export const ORDER = form(
  'order',
  {
    symbol: text,
    orderId: text,
    side: z.enum(['Buy', 'Sell']),
    orderType: text,
    orderStatus: text,
    qty: text,
    category: figure,
    orderLinkId: figure,
    price: figure,
    timeInForce: figure,
    cumExecQty: figure,
    cumExecValue: figure,
    avgPrice: figure,
    cancelType: figure,
    rejectReason: figure,
    stopOrderType: figure,
    triggerPrice: figure,
    triggerBy: figure,
    triggerDirection: small,
    takeProfit: figure,
    stopLoss: figure,
    reduceOnly: flag,
    positionIdx: small,
    marketUnit: figure,
    lastPriceOnCreated: figure,
    basePrice: figure,
    createdTime: time,
    updatedTime: time,
  },
  (
    'parentOrderLinkId createType leavesQty leavesValue cumExecFee cumFeeDetail tpslMode tpLimitPrice slLimitPrice ' +
    'tpTriggerBy slTriggerBy ocoTriggerBy ocoTriggerType closeOnTrigger isLeverage slippageToleranceType ' +
    'slippageTolerance smpType smpGroup smpOrderId orderIv placeType blockTradeId rpiTakerAccess rpiMatchedQty ' +
    'closedPnl feeCurrency extraFees bboSideType bboLevel'
  ).split(' '),
);

export const EXECUTION = form(
  'execution',
  {
    symbol: text,
    orderId: text,
    execId: text,
    side: z.enum(['Buy', 'Sell']),
    execPrice: text,
    execQty: text,
    execType: text,
    execTime: time,
    execFee: figure,
    category: figure,
    orderLinkId: figure,
    feeCurrency: figure,
    feeRate: figure,
    isMaker: flag,
    execPnl: figure,
    leavesQty: figure,
  },
  (
    'orderPrice orderQty createType orderType stopOrderType execValue markPrice indexPrice underlyingPrice tradeIv ' +
    'markIv closedSize blockTradeId seq extraFees execFeeV2 isLeverage marketUnit ' +
    'parentExecId'
  ).split(' '),
);

export const POSITION = form(
  'position',
  {
    symbol: text,
    size: text,
    positionIdx: z.number(),
    side: figure,
    category: figure,
    avgPrice: figure,
    entryPrice: figure,
    leverage: figure,
    markPrice: figure,
    liqPrice: figure,
    positionIM: figure,
    positionIMByMp: figure,
    positionBalance: figure,
    unrealisedPnl: figure,
    curRealisedPnl: figure,
    takeProfit: figure,
    stopLoss: figure,
    trailingStop: figure,
    activePrice: figure,
    updatedTime: time,
    seq: small,
  },
  (
    'positionValue breakEvenPrice positionMM positionMMByMp cumRealisedPnl sessionAvgPrice positionStatus ' +
    'adlRankIndicator autoAddMargin isReduceOnly riskId riskLimitValue createdTime openTime mmrSysUpdateTime ' +
    'mmrSysUpdatedTime leverageSysUpdatedTime bustPrice tradeMode tpslMode delta gamma vega theta'
  ).split(' '),
);

export const WALLET = form(
  'wallet',
  { accountType: text, coin: z.array(z.unknown()), totalAvailableBalance: figure },
  (
    'totalEquity totalWalletBalance totalMarginBalance totalPerpUPL totalInitialMargin ' +
    'totalMaintenanceMargin accountIMRate accountMMRate accountLTV accountIMRateByMp accountMMRateByMp ' +
    'totalInitialMarginByMp totalMaintenanceMarginByMp'
  ).split(' '),
);

export const WALLET_COIN = form(
  'wallet.coin',
  {
    coin: text,
    walletBalance: figure,
    locked: figure,
    spotBorrow: figure,
    borrowAmount: figure,
    totalOrderIM: figure,
    totalPositionIM: figure,
    bonus: figure,
  },
  (
    'equity usdValue accruedInterest totalPositionMM unrealisedPnl cumRealisedPnl marginCollateral collateralSwitch ' +
    'colRes spotHedgingQty availableToWithdraw availableToBorrow free'
  ).split(' '),
);

export const FUND_COIN = form(
  'funding.coin',
  { coin: text, walletBalance: figure, transferBalance: figure },
  ['bonus'],
);

export const ACCOUNT_INFO = form(
  'account.info',
  { unifiedMarginStatus: z.number(), marginMode: text },
  'isMasterTrader spotHedgingStatus updatedTime dcpStatus timeWindow smpGroup'.split(' '),
);

export const FEE_RATE = form('account.feeRate', { takerFeeRate: text, makerFeeRate: text, symbol: figure }, [
  'baseCoin',
  'category',
]);

export const SYMBOL_INFO = form('position.symbolInfo', { leverage: figure, positionIdx: small }, ['symbol']);

export const OVERVIEW_WALLET = form('asset.overview', { accountType: text, totalEquity: figure }, [
  'valuationCurrency',
  'snapshotTime',
  'coinDetail',
  'categories',
]);
