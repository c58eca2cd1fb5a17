/** What one UID owns: coins of the two wallets, positions, settings and the records of what happened. */
import { Decimal, dec, text } from '../../../src-main/market/decimal.ts';
import type { Payload } from './protocol.ts';
import type { VenueOrder } from './order.ts';
import { Position } from './position.ts';
import type { Market } from './market.ts';

export type WalletName = 'UNIFIED' | 'FUND';
export type MarginMode = 'REGULAR_MARGIN' | 'ISOLATED_MARGIN' | 'PORTFOLIO_MARGIN';

export interface Transfer {
  readonly transferId: string;
  readonly payload: Payload;
}

const ZERO = new Decimal(0);

export class Account {
  readonly uid: string;
  readonly wallets: Record<WalletName, Map<string, Decimal>> = { UNIFIED: new Map(), FUND: new Map() };
  /** By position key. */
  readonly positions = new Map<string, Position>();
  /** Every order that was accepted, oldest first. */
  readonly orders: VenueOrder[] = [];
  readonly #byId = new Map<string, VenueOrder>();
  readonly #byLink = new Map<string, VenueOrder>();
  readonly executions: Payload[] = [];
  readonly ledger: Payload[] = [];
  readonly closedPnl: Payload[] = [];
  readonly deposits: Payload[] = [];
  readonly withdrawals: Payload[] = [];
  readonly transfers: Transfer[] = [];
  readonly universalTransfers: Transfer[] = [];
  readonly addressBook: Payload[] = [];
  readonly converts: Payload[] = [];
  /** Symbols of USDT perpetuals in hedge mode. */
  readonly hedge = new Set<string>();
  /** Leverage by position key of index 0 (or of each side in isolated hedge mode). */
  readonly leverage = new Map<string, string>();
  readonly realised = new Map<string, Decimal>();
  marginMode: MarginMode = 'REGULAR_MARGIN';
  unifiedMarginStatus = 5;
  spotMargin = false;
  spotLeverage = '3';
  /** True = a limit price beyond the band is refused, for each family as section 7.4 tells. */
  refuseBeyondBand = { spot: true, perp: false };
  readonly collateralOff = new Set<string>();
  feeRates = { taker: '0.001', maker: '0.001' };
  contractFees = { taker: '0.00055', maker: '0.0002' };

  constructor(uid: string) {
    this.uid = uid;
  }

  balance(coin: string, wallet: WalletName = 'UNIFIED'): Decimal {
    return this.wallets[wallet].get(coin) ?? ZERO;
  }

  /** Adds to a wallet; negative takes away. */
  credit(coin: string, amount: Decimal | string, wallet: WalletName = 'UNIFIED'): void {
    this.wallets[wallet].set(coin, this.balance(coin, wallet).plus(dec(amount)));
  }

  /** Puts coins in from nowhere, for a test to start with. */
  deposit(coin: string, amount: string, wallet: WalletName = 'UNIFIED'): this {
    this.credit(coin, amount, wallet);
    return this;
  }

  /** Balances as text, without zeros. */
  holdings(wallet: WalletName = 'UNIFIED'): Record<string, string> {
    const entries = [...this.wallets[wallet]].filter(([, amount]) => !amount.isZero());
    return Object.fromEntries(entries.map(([coin, amount]) => [coin, text(amount)]));
  }

  addOrder(order: VenueOrder): void {
    this.orders.push(order);
    this.#byId.set(order.orderId, order);
    if (order.linkId !== '') this.#byLink.set(`${order.family} ${order.linkId}`, order);
  }

  order(id: string): VenueOrder | null {
    return this.#byId.get(id) ?? null;
  }

  /** By client id. Spot has a space of ids of its own. */
  linked(family: 'spot' | 'contract', linkId: string): VenueOrder | null {
    return this.#byLink.get(`${family} ${linkId}`) ?? null;
  }

  openOrders(): VenueOrder[] {
    return this.orders.filter((order) => order.open);
  }

  leverageOf(market: Market, index: number): string {
    const key = Position.key(market, index);
    return this.leverage.get(key) ?? this.leverage.get(Position.key(market, 0)) ?? '10';
  }

  position(market: Market, index: number): Position {
    const key = Position.key(market, index);
    let position = this.positions.get(key);
    if (position === undefined) {
      position = new Position(market, index);
      this.positions.set(key, position);
    }
    return position;
  }

  openPositions(): Position[] {
    return [...this.positions.values()].filter((position) => !position.size.isZero());
  }

  realise(coin: string, amount: Decimal): void {
    this.realised.set(coin, (this.realised.get(coin) ?? ZERO).plus(amount));
  }
}
