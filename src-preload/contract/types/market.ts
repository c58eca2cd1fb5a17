/** Market data as the window sees it. Prices and quantities are decimal text; times are ms UTC. */

/**
 * Worlds with markets and accounts of their own. A venue's testnet is one of them: its instruments, prices and
 * keys have nothing to do with the real ones, so they never share a symbol. Demo accounts trade at live prices
 * and belong to the live venue.
 */
export const VENUES = ['practice', 'bybit', 'bybit-testnet', 'bitget', 'bitfinex'] as const;
export type VenueId = (typeof VENUES)[number];

export const CANDLE_INTERVALS = [
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '12h',
  '1d',
  '1w',
  '1M',
] as const;
export type CandleInterval = (typeof CANDLE_INTERVALS)[number];

/** Unsigned decimal text; negative figures carry a leading "-". Never E-notation. */
export type DecimalText = string;

export interface MarketRef {
  readonly venue: VenueId;
  /** Unified symbol: `BTC/USDT`, `BTC/USDT:USDT`, `BTC/USD:BTC`, `BTC/USDT:USDT-261225-90000-C`. */
  readonly symbol: string;
}

export type MarketKind = 'spot' | 'linear' | 'inverse' | 'option';
export type MarketStatus = 'trading' | 'preLaunch' | 'halted' | 'delivering' | 'closed';

/** One tradable market with its filters. */
export interface Instrument extends MarketRef {
  /** The venue's own id, metadata only: never parsed. */
  readonly nativeId: string;
  readonly kind: MarketKind;
  readonly base: string;
  readonly quote: string;
  /** Settlement coin of a contract; undefined for spot. */
  readonly settle?: string;
  readonly status: MarketStatus;
  /** Smallest price step. */
  readonly tickSize: DecimalText;
  /** Smallest quantity step, in `quantityUnit`. */
  readonly lotSize: DecimalText;
  readonly quantityUnit: 'base' | 'contracts';
  /** Inverse contracts: what one contract is worth, in quote currency ("1" = 1 USD). */
  readonly contractValue?: DecimalText;
  readonly minQuantity: DecimalText;
  readonly maxQuantity?: DecimalText;
  readonly maxMarketQuantity?: DecimalText;
  /** In quote currency. */
  readonly minNotional?: DecimalText;
  /** Largest deviation of a limit price from the reference, as a fraction ("0.05"). */
  readonly priceBand?: DecimalText;
  readonly maxLeverage?: DecimalText;
  /** Fraction of the notional below which a position is liquidated; contracts only. */
  readonly maintenanceMarginRate?: DecimalText;
  readonly makerFee?: DecimalText;
  readonly takerFee?: DecimalText;
  readonly fundingIntervalMs?: number;
  readonly expiry?: number;
  readonly strike?: DecimalText;
  readonly optionType?: 'call' | 'put';
}

export interface OptionFigures {
  readonly bidIv: DecimalText | null;
  readonly askIv: DecimalText | null;
  readonly markIv: DecimalText | null;
  readonly underlying: DecimalText | null;
  readonly delta: DecimalText | null;
  readonly gamma: DecimalText | null;
  readonly vega: DecimalText | null;
  readonly theta: DecimalText | null;
}

export interface Ticker extends MarketRef {
  readonly last: DecimalText | null;
  readonly bid: DecimalText | null;
  readonly ask: DecimalText | null;
  readonly mark?: DecimalText | null;
  readonly index?: DecimalText | null;
  readonly open24h: DecimalText | null;
  readonly high24h: DecimalText | null;
  readonly low24h: DecimalText | null;
  /** In base currency. */
  readonly volume24h: DecimalText | null;
  /** In quote currency. */
  readonly turnover24h: DecimalText | null;
  readonly fundingRate?: DecimalText | null;
  readonly nextFunding?: number | null;
  /** In base currency (contracts for inverse). */
  readonly openInterest?: DecimalText | null;
  /** Options only. Volatilities are fractions ("0.62"). */
  readonly option?: OptionFigures;
  /** Venue time of the figure; its age is now minus this, corrected by the clock offset. */
  readonly time: number;
  readonly receivedAt: number;
}

/** [price, size], raw text as received. */
export type BookLevel = readonly [price: DecimalText, size: DecimalText];

export interface BookView extends MarketRef {
  /** Best first. */
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** `live` only when a snapshot was applied and no gap or checksum mismatch is open. */
  readonly state: 'loading' | 'live' | 'stale';
  readonly time: number;
  readonly receivedAt: number;
  /** The venue's sequence as text (can exceed 2^53). */
  readonly sequence: string | null;
}

export type Side = 'buy' | 'sell';

export interface Trade extends MarketRef {
  readonly id: string;
  readonly price: DecimalText;
  readonly quantity: DecimalText;
  /** Side of the taker. */
  readonly side: Side;
  readonly time: number;
}

export interface Candle {
  /** Start of the interval, ms UTC, aligned (weeks start on Monday). */
  readonly time: number;
  readonly open: DecimalText;
  readonly high: DecimalText;
  readonly low: DecimalText;
  readonly close: DecimalText;
  /** In base currency (contracts for inverse). */
  readonly volume: DecimalText;
  readonly turnover?: DecimalText;
  /** False while the interval is running. */
  readonly closed: boolean;
}
