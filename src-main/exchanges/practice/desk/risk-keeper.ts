/**
 * Keeps accounts solvent: reduce-only orders never exceed the position, orders whose margin is gone are
 * cancelled (newest first), positions below their maintenance margin are liquidated, attached protection
 * fires, funding is paid.
 */
import { HoldfastError } from '../../../errors.ts';
import type { OrderRequest } from '../../exchange.ts';
import { parseAmount, amountText, type Amount } from '../amount.ts';
import { maintenanceMargin, mustLiquidate, rawAvailable } from '../accounts/margin.ts';
import type { PositionBook } from '../accounts/ledger.ts';
import { remaining } from '../matching/order.ts';
import type { AfterOperation, Desk } from './desk.ts';
import type { DeskAccount } from './desk-account.ts';
import { byPriority, reducible } from './order-holds.ts';
import { marketReach } from './order-ticket.ts';

/** Charged on the notional of a liquidated position, as far as its money reaches. */
export const LIQUIDATION_FEE: Amount = parseAmount('0.005');

export class RiskKeeper implements AfterOperation {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
    desk.after = this;
  }

  settle(account: DeskAccount, symbol: string): void {
    this.#resizeReduceOnly(account, symbol);
    this.#liquidate(account);
    const market = this.#desk.markets.get(symbol);
    if (market === undefined) return;
    this.#cover(account, market.terms.quote);
    if (market.terms.kind === 'spot') this.#cover(account, market.terms.base);
  }

  /** A market moved: looks at the positions that it carries. */
  moved(symbol: string): void {
    for (const account of this.#desk.accounts()) {
      const position = account.book.positions.get(symbol);
      if (position === undefined) continue;
      const failing = mustLiquidate(account.book, position, this.#desk.marks);
      const uncovered =
        rawAvailable(account.book, position.terms.quote, this.#desk.marks) < 0n && account.open.size > 0;
      if (failing || uncovered) this.#desk.operation(() => this.#desk.touch(account, symbol));
      const kept = account.book.positions.get(symbol);
      if (kept !== undefined) this.#protect(account, kept);
    }
  }

  funding(symbol: string, rate: Amount, mark: number): void {
    const { terms } = this.#desk.market(symbol);
    this.#desk.operation(() => {
      for (const [accountId, amount] of this.#desk.clearing.fund(terms, mark, rate)) {
        const account = this.#desk.account(accountId);
        if (account === null) continue;
        const time = this.#desk.clock();
        const payment = {
          id: this.#desk.nextId('funding'),
          symbol,
          amount: amountText(amount),
          asset: terms.quote,
          rate: amountText(rate),
          time,
        };
        account.history.funding.add(payment, time);
        this.#desk.touch(account, symbol);
      }
    });
  }

  /** Closes every position at its mark price, or at its entry price where the market has no price. */
  settleAll(account: DeskAccount): void {
    for (const position of [...account.book.positions.values()]) {
      const { symbol, scale } = position.terms;
      const entry = Number(position.cost / (BigInt(position.lots) * scale.tickLot));
      this.closeOut(account, position, this.#desk.marks(symbol) ?? Math.max(1, entry), 'settlement');
    }
  }

  /** Closes a position at a price between the account and the crowd, without the book. Books it as a fill. */
  closeOut(
    account: DeskAccount,
    position: PositionBook,
    ticks: number,
    cause: 'liquidation' | 'settlement',
  ): void {
    const { terms } = position;
    const side = position.lots > 0 ? 'sell' : 'buy';
    const lots = Math.abs(position.lots);
    const time = this.#desk.clock();
    const rate = cause === 'liquidation' ? LIQUIDATION_FEE : 0n;
    const settled = this.#desk.clearing.liquidate(account.book, position, ticks, rate, time);
    this.#desk.addFill(account, {
      venue: 'practice',
      symbol: terms.symbol,
      accountId: account.id,
      id: this.#desk.nextId('fill'),
      venueOrderId: this.#desk.nextId('order'),
      clientOrderId: '',
      side,
      price: terms.scale.priceText(ticks),
      quantity: terms.scale.quantityText(lots),
      fee: amountText(settled.fee),
      feeCurrency: settled.feeAsset,
      liquidity: 'unknown',
      cause,
      realizedPnl: amountText(settled.realized ?? 0n),
      time,
    });
  }

  #liquidate(account: DeskAccount): void {
    for (;;) {
      const position = this.#mostExposed(account);
      const mark = position === null ? null : this.#desk.marks(position.terms.symbol);
      if (position === null || mark === null) return;
      for (const record of account.ordersOf(position.terms.symbol))
        this.#desk.cancelRecord(record, 'liquidation');
      this.closeOut(account, position, mark, 'liquidation');
    }
  }

  /** Of the positions that have to go, the one that ties up the most. */
  #mostExposed(account: DeskAccount): PositionBook | null {
    const { marks } = this.#desk;
    const weight = (position: PositionBook): Amount =>
      maintenanceMargin(position, marks(position.terms.symbol));
    let found: PositionBook | null = null;
    for (const position of account.book.positions.values()) {
      if (!mustLiquidate(account.book, position, marks)) continue;
      if (found === null || weight(position) > weight(found)) found = position;
    }
    return found;
  }

  /** Cancels the newest order that holds an asset while losses have eaten into what is held. */
  #cover(account: DeskAccount, asset: string): void {
    while (rawAvailable(account.book, asset, this.#desk.marks) < 0n) {
      const holds = account.book.holds();
      const newest = account
        .ordersOf()
        .filter((order) => holds.get(order.id)?.asset === asset)
        .sort((a, b) => b.arrival - a.arrival)[0];
      if (newest === undefined) return;
      this.#desk.cancelRecord(newest, 'margin');
    }
  }

  #resizeReduceOnly(account: DeskAccount, symbol: string): void {
    for (const side of ['buy', 'sell'] as const) {
      const resting = account
        .ordersOf(symbol)
        .filter(({ engine }) => engine.reduceOnly && engine.status === 'working' && engine.side === side);
      let left = reducible(account.book, symbol, side);
      for (const record of byPriority(resting)) {
        const rest = remaining(record.engine);
        if (left === 0) this.#desk.cancelRecord(record, 'reduceOnly');
        else if (rest > left) {
          const lots = record.engine.filled + left;
          record.market.matcher.amend(record.id, { lots }, record.market.time);
          this.#desk.changed(record);
        }
        left = Math.max(0, left - rest);
      }
    }
  }

  /** Closes a position whose take-profit or stop-loss price was reached. Kept for the next step if nobody trades. */
  #protect(account: DeskAccount, position: PositionBook): void {
    const { takeProfit, stopLoss, terms } = position;
    const last = this.#desk.market(terms.symbol).prices().last;
    if (last === null || (takeProfit === null && stopLoss === null)) return;
    const long = position.lots > 0;
    const reached = (price: number | null, rising: boolean): boolean =>
      price !== null && (rising ? last >= price : last <= price);
    const type = reached(takeProfit, long)
      ? 'takeProfitMarket'
      : reached(stopLoss, !long)
        ? 'stopMarket'
        : null;
    if (type === null) return;
    position.takeProfit = null;
    position.stopLoss = null;
    if (this.#closeAtMarket(account, position, type)) return;
    position.takeProfit = takeProfit;
    position.stopLoss = stopLoss;
  }

  #closeAtMarket(
    account: DeskAccount,
    position: PositionBook,
    type: 'takeProfitMarket' | 'stopMarket',
  ): boolean {
    const { terms } = position;
    const side = position.lots > 0 ? 'sell' : 'buy';
    const lots = Math.abs(position.lots);
    const request: OrderRequest = {
      symbol: terms.symbol,
      side,
      type,
      quantity: terms.scale.quantityText(lots),
      timeInForce: 'IOC',
      postOnly: false,
      reduceOnly: true,
      positionSide: 'net',
      clientOrderId: '',
    };
    const id = this.#desk.nextId('order');
    const price = marketReach(this.#desk.market(terms.symbol), side);
    const { timeInForce, postOnly, reduceOnly } = request;
    const ticket = {
      id,
      owner: account.id,
      clientId: '',
      side,
      price,
      market: true,
      lots,
      timeInForce,
      postOnly,
      reduceOnly,
      trigger: null,
    } as const;
    try {
      this.#desk.operation(() => this.#desk.submit(account, request, ticket));
      return true;
    } catch (error) {
      if (error instanceof HoldfastError) return false;
      throw error;
    }
  }
}
