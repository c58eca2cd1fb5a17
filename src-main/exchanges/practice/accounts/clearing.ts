/**
 * Settles trades, funding and deposits on the ledger. Fees are taken from the asset received (spot) or from
 * the settlement asset (contracts) and go to the venue's account. Where a loss is larger than the money that
 * answers for it, the venue's account pays the difference: a user's total never goes below zero.
 */
import { ONE, absolute, divide, larger, multiply, smaller, type Amount } from '../amount.ts';
import type { AccountBook, Ledger, MarketTerms, PositionBook } from './ledger.ts';
import { initialMargin, isolatedMargins, rawAvailable, type Marks } from './margin.ts';

export interface TradeTerms {
  readonly terms: MarketTerms;
  readonly ticks: number;
  readonly lots: number;
  readonly time: number;
}

/** What a trade did to one side. */
export interface Settlement {
  readonly fee: Amount;
  readonly feeAsset: string;
  /** Contracts only: profit of the part that was closed, before the fee. */
  readonly realized: Amount | null;
}

export class Clearing {
  readonly #ledger: Ledger;
  readonly #marks: Marks;

  constructor(ledger: Ledger, marks: Marks) {
    this.#ledger = ledger;
    this.#marks = marks;
  }

  /** One side of a trade; the caller settles both. `rate` is the fee as a fraction, 0 for the crowd. */
  settle(account: AccountBook, side: 'buy' | 'sell', trade: TradeTerms, rate: Amount): Settlement {
    return trade.terms.kind === 'spot'
      ? this.#spot(account, side, trade, rate)
      : this.#contract(account, side, trade, rate);
  }

  #spot(
    account: AccountBook,
    side: 'buy' | 'sell',
    { terms, ticks, lots }: TradeTerms,
    rate: Amount,
  ): Settlement {
    const notional = terms.scale.notional(ticks, lots);
    const quantity = terms.scale.quantity(lots);
    const [given, paid] = side === 'buy' ? [terms.quote, notional] : [terms.base, quantity];
    const [feeAsset, received] = side === 'buy' ? [terms.base, quantity] : [terms.quote, notional];
    const fee = multiply(received, rate, 'up');
    account.add(given, -paid);
    account.add(feeAsset, received - fee);
    this.#ledger.venue.add(feeAsset, fee);
    return { fee, feeAsset, realized: null };
  }

  #contract(account: AccountBook, side: 'buy' | 'sell', trade: TradeTerms, rate: Amount): Settlement {
    const { terms, ticks } = trade;
    const asset = terms.quote;
    const signed = side === 'buy' ? trade.lots : -trade.lots;
    const position = account.positions.get(terms.symbol) ?? this.#open(account, terms);
    const closing =
      position.lots !== 0 && position.lots > 0 !== signed > 0
        ? Math.min(Math.abs(position.lots), Math.abs(signed))
        : 0;
    const realized = closing === 0 ? 0n : this.#close(account, position, ticks, closing);
    const opening = Math.abs(signed) - closing;
    if (opening > 0) this.#extend(account, position, ticks, signed > 0 ? opening : -opening);
    position.updatedAt = trade.time;
    const fee = this.#fee(account, position, multiply(terms.scale.notional(ticks, trade.lots), rate, 'up'));
    if (position.lots === 0) account.positions.delete(terms.symbol);
    else account.positions.set(terms.symbol, position);
    return { fee, feeAsset: asset, realized };
  }

  #open(account: AccountBook, terms: MarketTerms): PositionBook {
    const { marginMode, leverage } = account.mode(terms);
    const empty = { lots: 0, cost: 0n, margin: 0n, realized: 0n, updatedAt: 0 };
    return { terms, marginMode, leverage, takeProfit: null, stopLoss: null, ...empty };
  }

  #extend(account: AccountBook, position: PositionBook, ticks: number, signed: number): void {
    const { terms } = position;
    if (position.lots === 0) {
      // A trade that turned a position over opens a new one: no protection or profit of the old one.
      position.realized = 0n;
      position.takeProfit = null;
      position.stopLoss = null;
    }
    const notional = terms.scale.notional(ticks, signed);
    if (account.kind === 'user' && position.marginMode === 'isolated') {
      const wanted = initialMargin(notional, position.leverage);
      const free = larger(rawAvailable(account, terms.quote, this.#marks), 0n);
      position.margin += smaller(wanted, free);
    }
    position.lots += signed;
    position.cost += notional;
  }

  /** Closes lots of a position; answers the realised profit. */
  #close(account: AccountBook, position: PositionBook, ticks: number, lots: number): Amount {
    const whole = BigInt(Math.abs(position.lots));
    const signed = position.lots > 0 ? lots : -lots;
    const cost = (position.cost * BigInt(lots)) / whole;
    const released = (position.margin * BigInt(lots)) / whole;
    const realized = position.terms.scale.notional(ticks, signed) - cost;
    position.lots -= signed;
    position.cost -= cost;
    position.margin -= released;
    position.realized += realized;
    this.#book(account, position, realized, released);
    return realized;
  }

  /** Credits or debits a result. An isolated loss goes no further than the position's margin. */
  #book(account: AccountBook, position: PositionBook, result: Amount, released: Amount): void {
    const asset = position.terms.quote;
    account.add(asset, result);
    if (account.kind === 'house' || result >= 0n) return;
    if (position.marginMode === 'isolated') {
      const beyond = larger(-result - released, 0n);
      const fromMargin = smaller(beyond, position.margin);
      position.margin -= fromMargin;
      this.#rescue(account, asset, beyond - fromMargin);
      return;
    }
    this.#rescue(account, asset, isolatedMargins(account, asset) - account.total(asset));
  }

  /** The venue pays a shortfall. */
  #rescue(account: AccountBook, asset: string, shortfall: Amount): void {
    if (shortfall <= 0n) return;
    account.add(asset, shortfall);
    this.#ledger.venue.add(asset, -shortfall);
  }

  /**
   * Takes a fee from the free wallet, then from the position's margin; what neither has is waived. Answers
   * what was paid.
   */
  #fee(account: AccountBook, position: PositionBook, fee: Amount): Amount {
    const asset = position.terms.quote;
    if (account.kind === 'house') return 0n;
    // A position that is being opened is not in the book yet; its margin is spoken for all the same.
    const known = account.positions.get(position.terms.symbol) === position ? 0n : position.margin;
    const free = larger(account.total(asset) - isolatedMargins(account, asset) - known, 0n);
    const fromFree = smaller(fee, free);
    const fromMargin = smaller(fee - fromFree, position.margin);
    position.margin -= fromMargin;
    const paid = fromFree + fromMargin;
    account.add(asset, -paid);
    this.#ledger.venue.add(asset, paid);
    return paid;
  }

  /**
   * Funding of a market: longs pay shorts when the rate is positive. Answers what each user account received
   * (negative = paid). What rounding leaves over stays with the venue.
   */
  fund(terms: MarketTerms, mark: number, rate: Amount): Map<string, Amount> {
    const received = new Map<string, Amount>();
    let left = 0n;
    for (const account of this.#ledger.all()) {
      const position = account.positions.get(terms.symbol);
      if (position === undefined) continue;
      const notional = terms.scale.notional(mark, position.lots);
      const amount = -divide(notional * rate, ONE, 'down');
      const before = account.total(terms.quote);
      this.#book(account, position, amount, 0n);
      if (account.kind === 'user' && position.marginMode === 'isolated' && amount > 0n)
        position.margin += amount;
      left -= amount;
      if (account.kind === 'user') received.set(account.id, account.total(terms.quote) - before);
    }
    this.#ledger.venue.add(terms.quote, left);
    return received;
  }

  /**
   * The venue takes a position over at the mark price, charges the liquidation fee as far as the position's
   * money reaches, and hands it on to the crowd. Answers the settlement as a fill has it.
   */
  liquidate(
    account: AccountBook,
    position: PositionBook,
    mark: number,
    rate: Amount,
    time: number,
  ): Settlement {
    const { terms } = position;
    const side = position.lots > 0 ? 'sell' : 'buy';
    const lots = Math.abs(position.lots);
    const before = account.total(terms.quote);
    const isolatedLimit = position.marginMode === 'isolated' ? position.margin : null;
    const trade = { terms, ticks: mark, lots, time };
    const { realized } = this.settle(account, side, trade, 0n);
    this.settle(this.#ledger.account(''), side === 'sell' ? 'buy' : 'sell', trade, 0n);
    const result = account.total(terms.quote) - before;
    const left = isolatedLimit === null ? null : isolatedLimit + result;
    const wanted = multiply(absolute(terms.scale.notional(mark, lots)), rate, 'up');
    const reachable = left ?? account.total(terms.quote) - isolatedMargins(account, terms.quote);
    const fee = larger(smaller(wanted, reachable), 0n);
    account.add(terms.quote, -fee);
    this.#ledger.venue.add(terms.quote, fee);
    return { fee, feeAsset: terms.quote, realized };
  }
}
