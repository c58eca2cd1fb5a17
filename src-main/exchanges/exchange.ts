/**
 * The port that every venue implements (design.md section 5), and the domain types that cross it. A venue
 * folder imports this file, `net/` and `market/` value types, and nothing else of the house.
 *
 * Failures: every rejected promise is a HoldfastError whose kind is one of EXCHANGE_ERROR_KINDS. A call that
 * the venue does not have rejects with `notSupported`; the capability table says so beforehand.
 */
import type {
  AccountUse,
  Environment,
  KeyInspection,
  VenueCapabilities,
} from '../../src-preload/contract/types/account.ts';
import type { VenueHealth } from '../../src-preload/contract/types/app.ts';
import type {
  BookedAddress,
  ConvertCoin,
  ConvertQuote,
  ConvertResult,
  DepositAddress,
  FundsAsset,
  FundsMovement,
  Transferable,
} from '../../src-preload/contract/types/funds.ts';
import type { SendDeadline } from '../net/send-deadline.ts';
import type { Signer } from '../vault/signer.ts';
import type {
  BookView,
  Candle,
  CandleInterval,
  DecimalText,
  Instrument,
  Ticker,
  Trade,
  VenueId,
} from '../../src-preload/contract/types/market.ts';
import type {
  AccountModes,
  Balance,
  Fill,
  MarginMode,
  Order,
  OrderDraft,
  Position,
  PositionSide,
} from '../../src-preload/contract/types/trading.ts';

export type * from '../../src-preload/contract/types/account.ts';
export type * from '../../src-preload/contract/types/funds.ts';
export type * from '../../src-preload/contract/types/market.ts';
export type * from '../../src-preload/contract/types/trading.ts';
export type { Signer } from '../vault/signer.ts';
export type { VenueHealth } from '../../src-preload/contract/types/app.ts';

/** Closes what it stands for; calling it twice is harmless. */
export type Unsubscribe = () => void;

/** A stream that broke says so: data shown from it is stale until `live` comes again. */
export type StreamState = 'connecting' | 'live' | 'stale' | 'failed';

export interface StreamListener<T> {
  next(value: T): void;
  state?(state: StreamState, reason?: string): void;
}

export interface TimeRange {
  /** Inclusive, ms UTC. */
  readonly from?: number;
  /** Exclusive, ms UTC. */
  readonly to?: number;
  readonly limit: number;
}

/** Public market data of one venue. Symbols are unified. */
export interface MarketData {
  instruments(): Promise<readonly Instrument[]>;
  tickers(): Promise<readonly Ticker[]>;
  book(symbol: string, depth: number): Promise<BookView>;
  trades(symbol: string, limit: number): Promise<readonly Trade[]>;
  /** Oldest first; the last one may be running (`closed: false`). */
  candles(symbol: string, interval: CandleInterval, range: TimeRange): Promise<readonly Candle[]>;
  /** Venue time, ms UTC. */
  serverTime(): Promise<number>;
  status(): Promise<VenueStatus>;
  /** Each starts with the present value as soon as there is one. */
  streamTickers(listener: StreamListener<readonly Ticker[]>): Unsubscribe;
  /** One market's ticker as fast as the venue sends it; `streamTickers` may be slower than that. */
  streamTicker(symbol: string, listener: StreamListener<Ticker>): Unsubscribe;
  /** The options on one coin, with their greeks. Venues without options send an empty list once. */
  streamOptionChain(base: string, listener: StreamListener<readonly Ticker[]>): Unsubscribe;
  streamBook(symbol: string, depth: number, listener: StreamListener<BookView>): Unsubscribe;
  streamTrades(symbol: string, listener: StreamListener<readonly Trade[]>): Unsubscribe;
  streamCandles(symbol: string, interval: CandleInterval, listener: StreamListener<Candle>): Unsubscribe;
}

export interface VenueStatus {
  readonly state: 'operational' | 'maintenance' | 'unknown';
  readonly message: string | null;
  readonly until: number | null;
}

/** An order on its way out: already snapped, checked and journaled, with its id made once. */
export interface OrderRequest extends Omit<OrderDraft, 'accountId'> {
  readonly clientOrderId: string;
}

export interface OrderAmendment {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly venueOrderId: string | null;
  /** New total quantity, not the rest. */
  readonly quantity?: DecimalText;
  readonly price?: DecimalText;
  readonly triggerPrice?: DecimalText;
}

export interface OrderRef {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly venueOrderId: string | null;
  /** When it was made, ms UTC, by our clock or the venue's: a history need not be searched before that. */
  readonly createdAt?: number;
}

/** What the venue said of one order of a batch. */
export type BatchItem =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly clientOrderId: string; readonly error: Error };

export interface Page<T> {
  readonly rows: readonly T[];
  /** Pass back to go on; null at the end. Opaque. */
  readonly cursor: string | null;
}

/** What happened on an account, in the order in which the venue said it. */
export type AccountEvent =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'positions'; readonly positions: readonly Position[] }
  | { readonly kind: 'balances'; readonly balances: readonly Balance[] }
  | { readonly kind: 'state'; readonly state: StreamState; readonly reason?: string };

export interface FeeRate {
  readonly symbol: string;
  /** Fractions: "0.0002". Negative = rebate. */
  readonly maker: DecimalText;
  readonly taker: DecimalText;
}

export interface FundingPayment {
  readonly id: string;
  readonly symbol: string;
  /** Positive = received. */
  readonly amount: DecimalText;
  readonly asset: string;
  readonly rate: DecimalText | null;
  readonly time: number;
}

/** Orders and account state under one key. */
export interface TradingAccount {
  readonly accountId: string;
  balances(): Promise<readonly Balance[]>;
  positions(): Promise<readonly Position[]>;
  openOrders(symbol?: string): Promise<readonly Order[]>;
  /** Looks one order up by our id, in open orders and then history. Null only on the venue's own "not found". */
  findOrder(ref: OrderRef): Promise<Order | null>;
  orderHistory(cursor: string | null, since: number): Promise<Page<Order>>;
  fills(cursor: string | null, since: number): Promise<Page<Fill>>;
  fees(symbol: string): Promise<FeeRate>;
  /** Nothing is written past the deadline, or once that says that it is stopped; default: 5 s from this call. */
  place(request: OrderRequest, deadline?: SendDeadline): Promise<Order>;
  placeBatch(requests: readonly OrderRequest[]): Promise<readonly BatchItem[]>;
  amend(amendment: OrderAmendment, deadline?: SendDeadline): Promise<Order>;
  cancel(ref: OrderRef): Promise<Order>;
  /** Answers the client order ids (venue ids where there is none) that the venue says are cancelled. */
  cancelAll(symbol?: string): Promise<readonly string[]>;
  modes(symbol: string): Promise<AccountModes & { readonly leverage: DecimalText }>;
  setLeverage(symbol: string, leverage: DecimalText): Promise<void>;
  setMarginMode(symbol: string, mode: MarginMode): Promise<void>;
  setPositionMode(mode: AccountModes['positionMode']): Promise<void>;
  setProtection(
    symbol: string,
    side: PositionSide,
    stop: { takeProfit?: DecimalText | null; stopLoss?: DecimalText | null },
    deadline?: SendDeadline,
  ): Promise<void>;
  funding(cursor: string | null, since: number): Promise<Page<FundingPayment>>;
  /** What the key may do and how the account is set up. A refused key is an answer, not a failure. */
  inspect(): Promise<KeyInspection>;
  /** Transfers, deposits, withdrawals, convert; null where there is nothing to move (practice, demo). */
  readonly funds: FundsAccount | null;
  /** Private stream; starts with the present state of everything. */
  stream(listener: (event: AccountEvent) => void): Unsubscribe;
  dispose(): void;
}

export interface TransferRequest {
  readonly asset: string;
  readonly amount: DecimalText;
  readonly from: string;
  readonly to: string;
  /** Made once per intent: the venue carries it out once. */
  readonly intentId: string;
}

export interface WithdrawalRequest {
  readonly asset: string;
  readonly network: string;
  readonly address: BookedAddress;
  readonly amount: DecimalText;
  readonly feeFromAmount: boolean;
  readonly intentId: string;
}

/**
 * Money of one account on the move. A lost answer to a write is `unknownOutcome`; the same `intentId` again
 * asks the venue what became of it and never sends twice.
 */
export interface FundsAccount {
  assets(asset?: string): Promise<readonly FundsAsset[]>;
  transferable(asset: string, wallet: string): Promise<Transferable>;
  transfer(request: TransferRequest): Promise<FundsMovement>;
  depositAddress(asset: string, network: string): Promise<DepositAddress>;
  deposits(cursor: string | null, since: number): Promise<Page<FundsMovement>>;
  withdrawals(cursor: string | null, since: number): Promise<Page<FundsMovement>>;
  transfers(cursor: string | null, since: number): Promise<Page<FundsMovement>>;
  conversions(cursor: string | null, since: number): Promise<Page<FundsMovement>>;
  addressBook(asset?: string): Promise<readonly BookedAddress[]>;
  /** What can be withdrawn of a coin now, after the venue's own locks and limits. */
  withdrawable(asset: string): Promise<DecimalText>;
  withdraw(request: WithdrawalRequest): Promise<FundsMovement>;
  /**
   * What became of a transfer or withdrawal sent about `ageMs` ago whose answer was lost, also in an earlier run.
   * An age and no time, because our clock may be off. Sends nothing. Null: the venue's records do not have it (yet).
   */
  findTransfer(request: TransferRequest, ageMs: number): Promise<FundsMovement | null>;
  findWithdrawal(request: WithdrawalRequest, ageMs: number): Promise<FundsMovement | null>;
  cancelWithdrawal(withdrawalId: string): Promise<void>;
  convertCoins(wallet: string, from?: string): Promise<readonly ConvertCoin[]>;
  convertQuote(wallet: string, from: string, to: string, amount: DecimalText): Promise<ConvertQuote>;
  convert(wallet: string, quoteId: string): Promise<ConvertResult>;
  /** What became of a conversion; null when the venue does not know it. */
  convertResult(wallet: string, quoteId: string): Promise<ConvertResult | null>;
}

export interface AccountAccess {
  readonly accountId: string;
  readonly environment: Environment;
  readonly region: string;
  readonly uses: readonly AccountUse[];
  readonly keyType: 'hmac' | 'rsa' | 'none';
  /** Null for the practice account, which has no key. */
  readonly signer: Signer | null;
}

/** One venue. */
export interface Exchange {
  readonly venue: VenueId;
  readonly capabilities: VenueCapabilities;
  readonly market: MarketData;
  openAccount(access: AccountAccess): TradingAccount;
  health(): VenueHealth;
  /** The machine woke up or the network came back: every connection and the clock are looked at at once. */
  wake(): void;
  dispose(): void;
}
