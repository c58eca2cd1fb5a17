/**
 * Who owns what. Every asset's sum over all accounts, house books included, changes only by deposits and
 * withdrawals of play money: trades, fees, funding and liquidations move it from one account to another.
 */
import type { MarginMode } from '../../exchange.ts';
import type { Amount } from '../amount.ts';
import type { MarketScale } from '../market-scale.ts';

/** What clearing has to know of a market. */
export interface MarketTerms {
  readonly symbol: string;
  readonly kind: 'spot' | 'linear';
  readonly base: string;
  readonly quote: string;
  readonly scale: MarketScale;
  /** Fractions of the notional. */
  readonly makerFee: Amount;
  readonly takerFee: Amount;
  /** Fraction of the notional at mark below which a position is liquidated; 0 for spot. */
  readonly maintenanceRate: Amount;
  /** Hundredths: 10000 = 100x. */
  readonly maxLeverage: number;
}

export interface PositionBook {
  readonly terms: MarketTerms;
  /** Signed: positive = long. Never 0 while it is in the book. */
  lots: number;
  /** Signed sum of price times quantity that opened it. */
  cost: Amount;
  /** Isolated margin; 0 in cross mode. */
  margin: Amount;
  realized: Amount;
  marginMode: MarginMode;
  /** Hundredths. */
  leverage: number;
  /** Trigger prices in ticks of the protection of the whole position. */
  takeProfit: number | null;
  stopLoss: number | null;
  updatedAt: number;
}

export interface MarketModes {
  marginMode: MarginMode;
  leverage: number;
}

/** The house's own books are signed; a user's totals are never negative. */
export type AccountKind = 'user' | 'house';

export class AccountBook {
  readonly id: string;
  readonly kind: AccountKind;
  readonly totals = new Map<string, Amount>();
  readonly positions = new Map<string, PositionBook>();
  readonly modes = new Map<string, MarketModes>();
  readonly #holds = new Map<string, { readonly asset: string; readonly amount: Amount }>();
  readonly #held = new Map<string, Amount>();

  constructor(id: string, kind: AccountKind) {
    this.id = id;
    this.kind = kind;
  }

  total(asset: string): Amount {
    return this.totals.get(asset) ?? 0n;
  }

  add(asset: string, amount: Amount): void {
    this.totals.set(asset, this.total(asset) + amount);
  }

  /** Held by open orders. */
  held(asset: string): Amount {
    return this.#held.get(asset) ?? 0n;
  }

  holdOf(orderId: string): Amount {
    return this.#holds.get(orderId)?.amount ?? 0n;
  }

  /** Replaces what an order holds; 0 releases it. */
  setHold(orderId: string, asset: string, amount: Amount): void {
    const known = this.#holds.get(orderId);
    if (known !== undefined) this.#held.set(known.asset, this.held(known.asset) - known.amount);
    if (amount === 0n) this.#holds.delete(orderId);
    else {
      this.#holds.set(orderId, { asset, amount });
      this.#held.set(asset, this.held(asset) + amount);
    }
  }

  holds(): ReadonlyMap<string, { readonly asset: string; readonly amount: Amount }> {
    return this.#holds;
  }

  mode(terms: MarketTerms): MarketModes {
    const known = this.modes.get(terms.symbol);
    if (known !== undefined) return known;
    const modes: MarketModes = { marginMode: 'cross', leverage: Math.min(1000, terms.maxLeverage) };
    this.modes.set(terms.symbol, modes);
    return modes;
  }
}

/** Takes fees, pays what a bankrupt position cannot. */
export const VENUE = 'venue';
/** The other side of every trade with the market's anonymous participants or with a record. */
export const CROWD = 'crowd';

export class Ledger {
  readonly #accounts = new Map<string, AccountBook>();
  readonly venue = new AccountBook(VENUE, 'house');
  readonly crowd = new AccountBook(CROWD, 'house');

  account(id: string): AccountBook {
    if (id === '') return this.crowd;
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const account = new AccountBook(id, 'user');
    this.#accounts.set(id, account);
    return account;
  }

  replace(account: AccountBook): void {
    this.#accounts.set(account.id, account);
  }

  users(): IterableIterator<AccountBook> {
    return this.#accounts.values();
  }

  all(): AccountBook[] {
    return [...this.#accounts.values(), this.venue, this.crowd];
  }

  /** Sum over every account. Constant between deposits once `openCost` is subtracted. */
  sum(asset: string): Amount {
    return this.all().reduce((sum, account) => sum + account.total(asset), 0n);
  }

  /** Signed cost of all open positions settled in an asset: what has not been realised yet. */
  openCost(asset: string): Amount {
    let cost = 0n;
    for (const account of this.all()) {
      for (const position of account.positions.values()) {
        if (position.terms.quote === asset) cost += position.cost;
      }
    }
    return cost;
  }
}
