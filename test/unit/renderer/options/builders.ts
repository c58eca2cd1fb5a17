import type { Instrument, OptionFigures, Ticker } from '../../../../src-preload/contract/types/market.ts';

/** 2026-12-25 08:00 UTC. */
export const EXPIRY = 1_798_185_600_000;

export const option = (change: Partial<Instrument> = {}): Instrument => ({
  venue: 'bybit',
  symbol: `BTC/USDT:USDT-261225-${change.strike ?? '60000'}-${change.optionType === 'put' ? 'P' : 'C'}`,
  nativeId: 'TEST-OPTION',
  kind: 'option',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  status: 'trading',
  tickSize: '5',
  lotSize: '0.01',
  quantityUnit: 'base',
  minQuantity: '0.01',
  expiry: EXPIRY,
  strike: '60000',
  optionType: 'call',
  ...change,
});

export const optionTicker = (
  symbol: string,
  figures: Partial<OptionFigures> = {},
  change: Partial<Ticker> = {},
): Ticker => ({
  venue: 'bybit',
  symbol,
  last: '1200',
  bid: '1195',
  ask: '1210',
  mark: '1200',
  open24h: null,
  high24h: null,
  low24h: null,
  volume24h: null,
  turnover24h: null,
  time: 1000,
  receivedAt: Date.now(),
  ...change,
  option: {
    bidIv: null,
    askIv: null,
    markIv: '0.482',
    underlying: '60010',
    delta: '0.5124',
    gamma: null,
    vega: null,
    theta: null,
    ...figures,
  },
});
