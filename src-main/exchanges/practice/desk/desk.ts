/**
 * The desk takes orders of accounts to the markets and books what comes back. It is the listener of every
 * market's matcher. One operation (a call, or a step of the market) runs to its end before its consequences
 * are drawn and told: holds are renewed, losses are covered, then events go out in the order they happened.
 */
import type { AccountEvent, Fill, Order, OrderAmendment, OrderRef, OrderRequest } from '../../exchange.ts';
import { Clearing } from '../accounts/clearing.ts';
import type { Ledger } from '../accounts/ledger.ts';
import { available, type Marks } from '../accounts/margin.ts';
import { amountText } from '../amount.ts';
import type { PracticeMarket } from '../market-source.ts';
import {
  newOrder,
  type EndReason,
  type EngineListener,
  type EngineOrder,
  type EngineTrade,
  type OrderTicket,
} from '../matching/order.ts';
import { DeskAccount } from './desk-account.ts';
import { reducible, refreshHolds, requirement } from './order-holds.ts';
import { fillView, orderView, type OrderRecord } from './order-record.ts';
import { amendProblems, marketReach, ticketOf } from './order-ticket.ts';
import * as refusals from './refusals.ts';

/** What the desk draws from an operation once it is through. */
export interface AfterOperation {
  settle(account: DeskAccount, symbol: string): void;
}

export interface DeskOptions {
  readonly ledger: Ledger;
  readonly clock: () => number;
  /** Makes ids that no earlier session of the exchange has made. */
  readonly nextId: (kind: 'order' | 'fill' | 'funding') => string;
  /** An operation with orders or fills is concluded; called before anybody is told of them. */
  readonly onConcluded?: () => void;
}

export class Desk {
  readonly ledger: Ledger;
  readonly clearing: Clearing;
  readonly clock: () => number;
  readonly nextId: DeskOptions['nextId'];
  readonly #onConcluded: () => void;
  readonly marks: Marks = (symbol) => {
    const prices = this.markets.get(symbol)?.prices();
    return prices?.mark ?? prices?.last ?? null;
  };
  markets: ReadonlyMap<string, PracticeMarket> = new Map();
  readonly #accounts = new Map<string, DeskAccount>();
  readonly #records = new Map<string, OrderRecord>();
  /** Account and symbol pairs that the running operation touched. */
  readonly #touched = new Map<string, { readonly account: DeskAccount; readonly symbol: string }>();
  readonly #changedOrders = new Set<OrderRecord>();
  readonly #events: { readonly account: DeskAccount; readonly event: AccountEvent }[] = [];
  #after: AfterOperation | null = null;
  #depth = 0;
  #arrivals = 0;

  constructor({ ledger, clock, nextId, onConcluded = () => undefined }: DeskOptions) {
    this.ledger = ledger;
    this.clearing = new Clearing(ledger, this.marks);
    this.clock = clock;
    this.nextId = nextId;
    this.#onConcluded = onConcluded;
  }

  /** Whoever keeps accounts solvent is told of every account that an operation touched. */
  set after(keeper: AfterOperation) {
    this.#after = keeper;
  }

  account(id: string): DeskAccount | null {
    return this.#accounts.get(id) ?? null;
  }

  accounts(): DeskAccount[] {
    return [...this.#accounts.values()];
  }

  open(id: string): DeskAccount {
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const account = new DeskAccount(id, this.ledger.account(id));
    this.#accounts.set(id, account);
    return account;
  }

  market(symbol: string): PracticeMarket {
    const market = this.markets.get(symbol);
    if (market === undefined) throw refusals.unknownMarket(symbol);
    return market;
  }

  /** Places an order; throws what a venue would refuse it with, and nothing has changed then. */
  place(account: DeskAccount, request: OrderRequest): Order {
    const market = this.market(request.symbol);
    if (!market.open) throw refusals.marketClosed(request.symbol);
    if (request.clientOrderId !== '' && account.hasUsed(request.clientOrderId)) {
      throw refusals.duplicateOrder(request.clientOrderId);
    }
    const ticket = ticketOf(request, market, this.nextId('order'));
    if (ticket instanceof Error) throw ticket;
    return this.operation(() => orderView(this.submit(account, request, { ...ticket, owner: account.id })));
  }

  /** Sends a ticket that has passed the filters; throws what the market or the balance refuses it with. */
  submit(
    account: DeskAccount,
    request: OrderRequest,
    ticket: OrderTicket,
    earlier: { readonly createdAt: number; readonly turnover: bigint } | null = null,
  ): OrderRecord {
    const market = this.market(request.symbol);
    const now = this.clock();
    const record: OrderRecord = {
      id: ticket.id,
      accountId: account.id,
      request,
      market,
      engine: newOrder(ticket),
      turnover: earlier?.turnover ?? 0n,
      createdAt: earlier?.createdAt ?? now,
      updatedAt: now,
      arrival: ++this.#arrivals,
    };
    if (ticket.trigger === null) this.#reserve(account, record);
    this.#records.set(record.id, record);
    const result = market.matcher.submit(ticket, market.time);
    if (!result.ok) {
      this.#records.delete(record.id);
      account.book.setHold(record.id, '', 0n);
      throw refusals.refused(result.reason, request.clientOrderId);
    }
    record.engine = result.order;
    account.useId(request.clientOrderId);
    this.#touch(account, request.symbol);
    if (this.#records.has(record.id)) {
      account.opened(record);
      this.#changedOrders.add(record);
    }
    return record;
  }

  amend(account: DeskAccount, amendment: OrderAmendment): Order {
    const record = account.find(amendment.clientOrderId, amendment.venueOrderId);
    if (record === null || record.request.symbol !== amendment.symbol) throw refusals.unknownOrder();
    const { market, engine } = record;
    if (!market.open) throw refusals.marketClosed(amendment.symbol);
    const { quantity, price, triggerPrice } = amendment;
    const changes = {
      ...(quantity === undefined ? {} : { quantity }),
      ...(price === undefined ? {} : { price }),
      ...(triggerPrice === undefined ? {} : { triggerPrice }),
    };
    const problems = amendProblems({ ...currentRequest(record), ...changes }, market, price !== undefined);
    if (problems.length > 0) throw refusals.invalidOrder(problems);
    const { scale } = market.terms;
    const lots = quantity === undefined ? undefined : (scale.lots(quantity) ?? 0);
    const ticks = price === undefined ? undefined : (scale.ticks(price) ?? 0);
    const trigger = triggerPrice === undefined ? undefined : (scale.ticks(triggerPrice) ?? 0);
    if (engine.status === 'working') {
      const changed = { ...engine, lots: lots ?? engine.lots, price: ticks ?? engine.price };
      this.#cover(account, record, changed);
    }
    return this.operation(() => {
      this.#touch(account, amendment.symbol);
      const change = {
        ...(lots === undefined ? {} : { lots }),
        ...(ticks === undefined ? {} : { price: ticks }),
        ...(trigger === undefined ? {} : { triggerPrice: trigger }),
      };
      const result = market.matcher.amend(record.id, change, market.time);
      if (!result.ok) throw amendRefusal(result.reason);
      record.updatedAt = this.clock();
      this.#changedOrders.add(record);
      return orderView(record);
    });
  }

  cancel(account: DeskAccount, ref: OrderRef): Order {
    const record = account.find(ref.clientOrderId, ref.venueOrderId);
    if (record === null) throw refusals.unknownOrder();
    return this.operation(() => {
      this.cancelRecord(record, 'requested');
      return orderView(record);
    });
  }

  cancelRecord(record: OrderRecord, reason: EndReason): void {
    record.market.matcher.cancel(record.id, reason);
  }

  /** Runs something that can move orders and money, then draws and tells the consequences. */
  operation<T>(run: () => T): T {
    this.#depth += 1;
    try {
      return run();
    } finally {
      if (this.#depth === 1) this.#conclude();
      this.#depth -= 1;
      // Told last, so that a listener may place orders of its own.
      if (this.#depth === 0) this.#tell();
    }
  }

  /** The listener of one market's matcher. Orders of the crowd are nobody's. */
  listener(symbol: string): EngineListener {
    return {
      trade: (trade) => this.#trade(symbol, trade),
      ended: (order) => this.#ended(order),
      firing: (order) => this.#firing(order),
      reducible: (owner, side) => (owner === '' ? 0 : reducible(this.ledger.account(owner), symbol, side)),
    };
  }

  /** Books a fill and queues its event. */
  addFill(account: DeskAccount, fill: Fill): void {
    account.history.fills.add(fill, fill.time);
    this.queue(account, { kind: 'fill', fill });
    this.#touch(account, fill.symbol);
  }

  queue(account: DeskAccount, event: AccountEvent): void {
    this.#events.push({ account, event });
  }

  /** An order was changed by the house: its owner is told when the operation is through. */
  changed(record: OrderRecord): void {
    this.#changedOrders.add(record);
  }

  touch(account: DeskAccount, symbol: string): void {
    this.#touch(account, symbol);
  }

  #touch(account: DeskAccount, symbol: string): void {
    this.#touched.set(`${account.id} ${symbol}`, { account, symbol });
  }

  /** Reserves what an order needs, or throws `insufficientFunds`. */
  #reserve(account: DeskAccount, record: OrderRecord): void {
    const { book } = account;
    const others = account.ordersOf(record.request.symbol);
    const need = requirement(record.engine, record.market, book, others);
    const free = available(book, need.asset, this.marks);
    if (need.amount > free) {
      throw refusals.insufficientFunds(need.asset, amountText(need.amount), amountText(free));
    }
    book.setHold(record.id, need.asset, need.amount);
  }

  /** Throws `insufficientFunds` when the changed order needs more than it holds and the account has free. */
  #cover(account: DeskAccount, record: OrderRecord, changed: EngineOrder): void {
    const { book } = account;
    const others = account.ordersOf(record.request.symbol).filter((other) => other !== record);
    const need = requirement(changed, record.market, book, others);
    const more = need.amount - book.holdOf(record.id);
    const free = available(book, need.asset, this.marks);
    if (more > free) throw refusals.insufficientFunds(need.asset, amountText(more), amountText(free));
  }

  #trade(symbol: string, trade: EngineTrade): void {
    const { maker, taker } = trade;
    if (maker.owner === '' && taker.owner === '') return;
    this.#settleSide(symbol, trade, maker, 'maker');
    this.#settleSide(symbol, trade, taker, 'taker');
  }

  #settleSide(symbol: string, trade: EngineTrade, order: EngineOrder, liquidity: 'maker' | 'taker'): void {
    const { terms } = this.market(symbol);
    const book = this.ledger.account(order.owner);
    const record = this.#records.get(order.id);
    const rate = liquidity === 'maker' ? terms.makerFee : terms.takerFee;
    // The part that trades stops being held at the moment in which it is paid for.
    if (record !== undefined) this.#releaseTraded(record, order, trade.lots);
    const details = { terms, ticks: trade.price, lots: trade.lots, time: this.clock() };
    const settlement = this.clearing.settle(book, order.side, details, book.kind === 'house' ? 0n : rate);
    const account = this.#accounts.get(order.owner);
    if (record === undefined || account === undefined) return;
    record.engine = order;
    record.updatedAt = this.clock();
    record.turnover += terms.scale.notional(trade.price, trade.lots);
    this.#changedOrders.add(record);
    this.addFill(account, fillView(record, { ...trade, liquidity, id: this.nextId('fill') }, settlement));
  }

  #releaseTraded(record: OrderRecord, order: EngineOrder, lots: number): void {
    const book = this.ledger.account(order.owner);
    const hold = book.holds().get(record.id);
    if (hold === undefined) return;
    const { terms } = record.market;
    const left = order.budget === null ? order.lots - order.filled : null;
    if (left === null) {
      const rest = BigInt(order.budget ?? 0) * terms.scale.tickLot;
      book.setHold(
        record.id,
        hold.asset,
        order.side === 'buy' ? rest : hold.amount - terms.scale.quantity(lots),
      );
      return;
    }
    // Exact for holds at one price; a hold over several prices is renewed when the operation ends.
    const before = left + lots;
    book.setHold(record.id, hold.asset, (hold.amount * BigInt(left)) / BigInt(before));
  }

  #ended(order: EngineOrder): void {
    const record = this.#records.get(order.id);
    const account = this.#accounts.get(order.owner);
    if (record === undefined || account === undefined) return;
    record.engine = order;
    record.updatedAt = this.clock();
    this.#records.delete(record.id);
    account.book.setHold(record.id, '', 0n);
    account.closed(record);
    this.#changedOrders.delete(record);
    this.queue(account, { kind: 'order', order: orderView(record) });
    this.#touch(account, record.request.symbol);
  }

  #firing(order: EngineOrder): boolean {
    const record = this.#records.get(order.id);
    const account = this.#accounts.get(order.owner);
    if (record === undefined || account === undefined) return false;
    if (order.market) order.price = marketReach(record.market, order.side);
    record.engine = order;
    this.#touch(account, record.request.symbol);
    const need = requirement(order, record.market, account.book, account.ordersOf(record.request.symbol));
    if (need.amount > available(account.book, need.asset, this.marks)) return false;
    account.book.setHold(record.id, need.asset, need.amount);
    this.#changedOrders.add(record);
    return true;
  }

  /** Draws consequences until there are none, then tells everybody. */
  #conclude(): void {
    const seen = new Set<DeskAccount>();
    for (let next = takeFirst(this.#touched); next !== null; next = takeFirst(this.#touched)) {
      const { account, symbol } = next;
      seen.add(account);
      const market = this.markets.get(symbol);
      if (market !== undefined) refreshHolds(account.book, market, account.ordersOf(symbol));
      this.#after?.settle(account, symbol);
    }
    for (const record of this.#changedOrders) {
      const account = this.#accounts.get(record.accountId);
      if (account !== undefined) this.queue(account, { kind: 'order', order: orderView(record) });
    }
    this.#changedOrders.clear();
    const now = this.clock();
    for (const account of seen) {
      this.queue(account, { kind: 'positions', positions: account.positions(this.marks) });
      this.queue(account, { kind: 'balances', balances: account.balances(this.marks, now) });
    }
  }

  #tell(): void {
    if (this.#events.some(({ event: { kind } }) => kind === 'order' || kind === 'fill')) this.#onConcluded();
    for (const { account, event } of this.#events.splice(0)) account.emit(event);
  }
}

function takeFirst<K, V>(map: Map<K, V>): V | null {
  const first = map.entries().next();
  if (first.done === true) return null;
  map.delete(first.value[0]);
  return first.value[1];
}

/** The request as amendments have left it. */
function currentRequest(record: OrderRecord): OrderRequest {
  const { quantity, price, triggerPrice } = orderView(record);
  return {
    ...record.request,
    quantity: quantity ?? undefined,
    price: price ?? undefined,
    triggerPrice: triggerPrice ?? undefined,
  };
}

function amendRefusal(reason: 'unknown' | 'belowFilled' | 'wouldTake' | 'wouldTrigger' | 'badOrder'): Error {
  if (reason === 'unknown') return refusals.unknownOrder();
  if (reason === 'belowFilled') {
    return refusals.invalidOrder([{ field: 'quantity', rule: 'must be more than what is already filled' }]);
  }
  return refusals.refused(reason, '');
}
