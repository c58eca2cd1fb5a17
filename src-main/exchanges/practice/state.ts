/**
 * Saving and restoring practice accounts. Orders go back to the book of the same market; what the price passed
 * meanwhile trades at once at the market's price. Where the market is another one, orders are cancelled and
 * positions settled at the mark price that was saved.
 */
import { HoldfastError } from '../../errors.ts';
import type { Order, OrderRequest } from '../exchange.ts';
import { AccountBook, type AccountBook as Book, type PositionBook } from './accounts/ledger.ts';
import { absolute, amountText, larger, multiply, parseAmount } from './amount.ts';
import type { Desk } from './desk/desk.ts';
import type { DeskAccount } from './desk/desk-account.ts';
import { orderView } from './desk/order-record.ts';
import { marketReach } from './desk/order-ticket.ts';
import type { PracticeMarket } from './market-source.ts';
import type { OrderTicket, Trigger } from './matching/order.ts';
import {
  checkState,
  type PracticeState,
  type SavedAccount,
  type SavedOrder,
  type SavedPosition,
} from './state-schema.ts';

export type { PracticeState } from './state-schema.ts';

/** Enough to answer what is asked of recent days; the whole history is the ledger's. */
const KEPT = { orders: 300, fills: 500, funding: 200 };

export function exportState(desk: Desk, sourceKey: string, now: number): PracticeState {
  return {
    version: 1,
    savedAt: now,
    sourceKey,
    venue: money(desk.ledger.venue),
    crowd: { balances: money(desk.ledger.crowd), positions: positionsOf(desk, desk.ledger.crowd) },
    accounts: desk.accounts().map((account) => saveAccount(desk, account)),
  };
}

function money(book: Book): Record<string, string> {
  return Object.fromEntries([...book.totals].map(([asset, amount]) => [asset, amountText(amount)]));
}

function saveAccount(desk: Desk, account: DeskAccount): SavedAccount {
  const { history } = account;
  return {
    id: account.id,
    balances: money(account.book),
    modes: Object.fromEntries([...account.book.modes].map(([symbol, modes]) => [symbol, { ...modes }])),
    positions: positionsOf(desk, account.book),
    orders: account
      .ordersOf()
      .map((record) => ({ order: saveOrder(orderView(record)), turnover: amountText(record.turnover) })),
    usedIds: account.usedIds(),
    history: {
      orders: history.orders.values().slice(-KEPT.orders).map(saveOrder),
      fills: history.fills.values().slice(-KEPT.fills) as SavedAccount['history']['fills'],
      funding: history.funding.values().slice(-KEPT.funding),
    },
  };
}

/** Every order of this exchange is of venue `practice` and side `net`; the general type does not know that. */
const saveOrder = (order: Order): SavedOrder => order as SavedOrder;

function positionsOf(desk: Desk, book: Book): SavedPosition[] {
  return [...book.positions.values()].map((position) => {
    const { symbol, quote, scale } = position.terms;
    const price = (ticks: number | null): string | null => (ticks === null ? null : scale.priceText(ticks));
    return {
      symbol,
      asset: quote,
      quantity: scale.quantityText(position.lots),
      cost: amountText(position.cost),
      margin: amountText(position.margin),
      realized: amountText(position.realized),
      marginMode: position.marginMode,
      leverage: position.leverage,
      takeProfit: price(position.takeProfit),
      stopLoss: price(position.stopLoss),
      mark: price(desk.marks(symbol)),
      updatedAt: position.updatedAt,
    };
  });
}

export interface ImportTarget {
  readonly desk: Desk;
  readonly sourceKey: string;
  account(id: string): DeskAccount;
  /** Gives an account that the state does not know its first balances. */
  fund(account: DeskAccount): void;
}

/** Replaces every account by the saved ones. Throws `storage` before anything has changed. */
export function importState(value: unknown, target: ImportTarget): void {
  const state = checkState(value);
  const { desk } = target;
  const sameMarket = state.sourceKey === target.sourceKey;
  desk.operation(() => {
    for (const account of desk.accounts()) {
      for (const record of account.ordersOf()) desk.cancelRecord(record, 'sourceChanged');
      account.restart(new AccountBook(account.id, 'user'));
      desk.ledger.replace(account.book);
      if (!state.accounts.some((saved) => saved.id === account.id)) target.fund(account);
    }
    restoreHouse(state, desk, sameMarket);
    for (const saved of state.accounts) restoreAccount(saved, target, sameMarket);
  });
}

function restoreHouse(state: PracticeState, desk: Desk, sameMarket: boolean): void {
  const { venue, crowd } = desk.ledger;
  for (const book of [venue, crowd]) {
    book.totals.clear();
    book.positions.clear();
  }
  for (const [asset, amount] of Object.entries(state.venue)) venue.add(asset, parseAmount(amount));
  for (const [asset, amount] of Object.entries(state.crowd.balances)) crowd.add(asset, parseAmount(amount));
  for (const saved of state.crowd.positions) {
    if (!restorePosition(saved, crowd, desk, sameMarket)) crowd.add(saved.asset, profitOf(saved));
  }
}

function restoreAccount(saved: SavedAccount, target: ImportTarget, sameMarket: boolean): void {
  const { desk } = target;
  const account = target.account(saved.id);
  const { book } = account;
  book.totals.clear();
  for (const [asset, amount] of Object.entries(saved.balances)) book.add(asset, parseAmount(amount));
  for (const [symbol, modes] of Object.entries(saved.modes)) book.modes.set(symbol, { ...modes });
  for (const id of saved.usedIds) account.useId(id);
  for (const order of saved.history.orders) account.history.orders.add(portOrder(order), order.updatedAt);
  for (const { realizedPnl, ...fill } of saved.history.fills) {
    account.history.fills.add({ ...fill, ...(realizedPnl === undefined ? {} : { realizedPnl }) }, fill.time);
  }
  for (const payment of saved.history.funding) account.history.funding.add(payment, payment.time);
  for (const position of saved.positions) {
    if (!restorePosition(position, book, desk, sameMarket)) settleAway(position, account, desk);
  }
  for (const { order, turnover } of saved.orders) {
    if (!sameMarket || !restoreOrder(order, turnover, account, desk)) {
      const now = desk.clock();
      const reason = 'The market was replaced by another one.';
      account.history.orders.add({ ...portOrder(order), state: 'cancelled', reason, updatedAt: now }, now);
    }
  }
  for (const symbol of desk.markets.keys()) desk.touch(account, symbol);
}

/** Optional fields that are absent stay absent. */
function portOrder({ quoteAmount, triggerBy, reason, ...order }: SavedOrder): Order {
  return {
    ...order,
    ...(quoteAmount === undefined ? {} : { quoteAmount }),
    ...(triggerBy === undefined ? {} : { triggerBy }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** False when its market is not here, or not the same any more. */
function restorePosition(saved: SavedPosition, book: Book, desk: Desk, sameMarket: boolean): boolean {
  const terms = desk.markets.get(saved.symbol)?.terms;
  const lots = terms?.scale.lots(saved.quantity) ?? null;
  if (!sameMarket || terms === undefined || lots === null || lots === 0) return false;
  const ticks = (price: string | null): number | null => (price === null ? null : terms.scale.ticks(price));
  const position: PositionBook = {
    terms,
    lots,
    cost: parseAmount(saved.cost),
    margin: parseAmount(saved.margin),
    realized: parseAmount(saved.realized),
    marginMode: saved.marginMode,
    leverage: Math.min(saved.leverage, terms.maxLeverage),
    takeProfit: ticks(saved.takeProfit),
    stopLoss: ticks(saved.stopLoss),
    updatedAt: saved.updatedAt,
  };
  book.positions.set(saved.symbol, position);
  return true;
}

/** Unrealised profit at the saved mark price; 0 where none was saved: it is settled at entry. */
function profitOf(saved: SavedPosition): bigint {
  if (saved.mark === null) return 0n;
  return multiply(parseAmount(saved.mark), parseAmount(saved.quantity), 'down') - parseAmount(saved.cost);
}

function settleAway(saved: SavedPosition, account: DeskAccount, desk: Desk): void {
  const profit = profitOf(saved);
  const before = account.book.total(saved.asset);
  const after = larger(before + profit, 0n);
  account.book.add(saved.asset, after - before);
  desk.ledger.venue.add(saved.asset, before + profit - after);
  const quantity = parseAmount(saved.quantity);
  desk.addFill(account, {
    venue: 'practice',
    symbol: saved.symbol,
    accountId: account.id,
    id: desk.nextId('fill'),
    venueOrderId: desk.nextId('order'),
    clientOrderId: '',
    side: quantity > 0n ? 'sell' : 'buy',
    price: saved.mark ?? '0',
    quantity: amountText(absolute(quantity)),
    fee: '0',
    feeCurrency: saved.asset,
    liquidity: 'unknown',
    cause: 'settlement',
    realizedPnl: amountText(after - before),
    time: desk.clock(),
  });
}

/** False when the book or the balance refuses it now. */
function restoreOrder(order: SavedOrder, turnover: string, account: DeskAccount, desk: Desk): boolean {
  const market = desk.markets.get(order.symbol);
  const ticket = market === undefined ? null : ticketFor(order, market, account.id);
  if (ticket === null) return false;
  const { symbol, side, type, timeInForce, postOnly, reduceOnly, clientOrderId } = order;
  const request: OrderRequest = {
    ...{ symbol, side, type, timeInForce, postOnly, reduceOnly, clientOrderId, positionSide: 'net' },
    quantity: order.quantity ?? undefined,
    price: order.price ?? undefined,
    triggerPrice: order.triggerPrice ?? undefined,
    triggerBy: order.triggerBy,
  };
  try {
    desk.submit(account, request, ticket, { createdAt: order.createdAt, turnover: parseAmount(turnover) });
    return true;
  } catch (error) {
    if (error instanceof HoldfastError) return false;
    throw error;
  }
}

function ticketFor(order: SavedOrder, market: PracticeMarket, owner: string): OrderTicket | null {
  const { scale } = market.terms;
  const lots = order.quantity === null ? null : scale.lots(order.quantity);
  const filled = scale.lots(order.filledQuantity);
  const price = order.price === null ? null : scale.ticks(order.price);
  const isMarket = order.price === null;
  if (lots === null || filled === null || (price === null && !isMarket) || order.venueOrderId === null)
    return null;
  const waiting = order.state === 'untriggered' ? triggerOf(order, market) : null;
  const passed = waiting !== null && hasPassed(waiting, market);
  const trigger = passed ? null : waiting;
  return {
    id: order.venueOrderId,
    owner,
    // The account remembers the id; the engine may have seen it before the restart.
    clientId: '',
    side: order.side,
    price: isMarket && trigger === null ? marketReach(market, order.side) : price,
    market: isMarket,
    lots,
    filled,
    timeInForce: order.timeInForce,
    // Post-only was kept when it was placed; the market has moved since, and not by its doing.
    postOnly: false,
    reduceOnly: order.reduceOnly,
    trigger,
  };
}

function triggerOf(order: SavedOrder, market: PracticeMarket): Trigger | null {
  const price = order.triggerPrice === null ? null : market.terms.scale.ticks(order.triggerPrice);
  if (price === null) return null;
  const stop = order.type === 'stopLimit' || order.type === 'stopMarket';
  return {
    price,
    source: order.triggerBy ?? 'last',
    when: stop === (order.side === 'buy') ? 'rises' : 'falls',
  };
}

function hasPassed(trigger: Trigger, market: PracticeMarket): boolean {
  const now = market.prices()[trigger.source];
  if (now === null) return false;
  return trigger.when === 'rises' ? now >= trigger.price : now <= trigger.price;
}
