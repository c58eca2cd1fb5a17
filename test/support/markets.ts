import type { Instrument, Ticker } from '../../src-preload/contract/types/market.ts';
import type { Balance, OrderDraft } from '../../src-preload/contract/types/trading.ts';

export const BTC_SPOT: Instrument = {
  venue: 'practice',
  symbol: 'BTC/USDT',
  nativeId: 'BTCUSDT',
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  status: 'trading',
  tickSize: '0.1',
  lotSize: '0.0001',
  quantityUnit: 'base',
  minQuantity: '0.0001',
  maxQuantity: '100',
  minNotional: '5',
  priceBand: '0.05',
  makerFee: '0.001',
  takerFee: '0.001',
};
export const BTC_PERPETUAL: Instrument = {
  ...BTC_SPOT,
  symbol: 'BTC/USDT:USDT',
  kind: 'linear',
  settle: 'USDT',
  maxLeverage: '100',
  maintenanceMarginRate: '0.005',
};

export const ticker = (symbol: string, last: string | null, over: Partial<Ticker> = {}): Ticker => ({
  venue: 'practice',
  symbol,
  last,
  bid: last,
  ask: last,
  open24h: null,
  high24h: null,
  low24h: null,
  volume24h: null,
  turnover24h: null,
  time: 0,
  receivedAt: 0,
  ...over,
});

export const balance = (asset: string, total: string, over: Partial<Balance> = {}): Balance => ({
  accountId: 'practice',
  wallet: 'spot',
  asset,
  total,
  available: total,
  held: '0',
  counted: true,
  updatedAt: 0,
  ...over,
});

export const draft = (over: Partial<OrderDraft> = {}): OrderDraft => ({
  accountId: 'practice',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  quantity: '0.1',
  price: '60000',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  ...over,
});
