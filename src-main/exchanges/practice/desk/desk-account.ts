/** One practice account: its book, its open orders, its history and whoever listens to it. */
import type { AccountEvent, Balance, Position, Unsubscribe } from '../../exchange.ts';
import { amountText, absolute, type Amount } from '../amount.ts';
import {
  available,
  leverageText,
  liquidationTicks,
  positionMargin,
  unrealized,
  type Marks,
} from '../accounts/margin.ts';
import type { AccountBook, PositionBook } from '../accounts/ledger.ts';
import { notify } from '../notify.ts';
import { AccountHistory } from './account-history.ts';
import { orderView, type OrderRecord } from './order-record.ts';

/** Ids are remembered for this many orders; older ones could be used again. */
const REMEMBERED_IDS = 5_000;

export class DeskAccount {
  readonly id: string;
  book: AccountBook;
  /** Open orders by venue order id. */
  readonly open = new Map<string, OrderRecord>();
  history = new AccountHistory();
  readonly #openByClientId = new Map<string, OrderRecord>();
  readonly #usedIds = new Set<string>();
  readonly #listeners = new Set<(event: AccountEvent) => void>();

  constructor(id: string, book: AccountBook) {
    this.id = id;
    this.book = book;
  }

  /** A new book and no orders; listeners stay, and ids that were used stay used. */
  restart(book: AccountBook): void {
    this.book = book;
    this.open.clear();
    this.#openByClientId.clear();
    this.history = new AccountHistory();
  }

  hasUsed(clientOrderId: string): boolean {
    return this.#usedIds.has(clientOrderId);
  }

  useId(clientOrderId: string): void {
    if (clientOrderId === '') return;
    this.#usedIds.add(clientOrderId);
    if (this.#usedIds.size <= REMEMBERED_IDS) return;
    const oldest = this.#usedIds.values().next();
    if (oldest.done !== true) this.#usedIds.delete(oldest.value);
  }

  usedIds(): string[] {
    return [...this.#usedIds];
  }

  opened(record: OrderRecord): void {
    this.open.set(record.id, record);
    if (record.request.clientOrderId !== '') this.#openByClientId.set(record.request.clientOrderId, record);
  }

  closed(record: OrderRecord): void {
    this.open.delete(record.id);
    this.#openByClientId.delete(record.request.clientOrderId);
    this.history.orders.add(orderView(record), record.updatedAt);
  }

  /** An open order by our id, or by the venue's where ours is empty. */
  find(clientOrderId: string, venueOrderId: string | null): OrderRecord | null {
    if (clientOrderId !== '') return this.#openByClientId.get(clientOrderId) ?? null;
    return venueOrderId === null ? null : (this.open.get(venueOrderId) ?? null);
  }

  ordersOf(symbol?: string): OrderRecord[] {
    const orders = [...this.open.values()];
    return symbol === undefined ? orders : orders.filter((order) => order.request.symbol === symbol);
  }

  listen(listener: (event: AccountEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: AccountEvent): void {
    for (const listener of this.#listeners) notify(() => listener(event));
  }

  /** One row an asset that the account has or had; `total` is without unrealised profit. */
  balances(marks: Marks, now: number): Balance[] {
    return [...this.book.totals].map(([asset, total]) => {
      const free = available(this.book, asset, marks);
      return {
        accountId: this.id,
        wallet: 'unified',
        asset,
        total: amountText(total),
        available: amountText(free),
        held: amountText(total - free),
        counted: true,
        updatedAt: now,
      };
    });
  }

  positions(marks: Marks): Position[] {
    return [...this.book.positions.values()].map((position) => positionView(this, position, marks));
  }
}

function positionView(account: DeskAccount, position: PositionBook, marks: Marks): Position {
  const { terms } = position;
  const { scale } = terms;
  const mark = marks(terms.symbol);
  const liquidation = liquidationTicks(account.book, position, marks);
  const price = (ticks: number | null): string | null => (ticks === null ? null : scale.priceText(ticks));
  const money = (amount: Amount): string => amountText(amount);
  return {
    venue: 'practice',
    symbol: terms.symbol,
    accountId: account.id,
    side: position.lots > 0 ? 'long' : 'short',
    positionSide: 'net',
    quantity: scale.quantityText(Math.abs(position.lots)),
    entryPrice: scale.averageText(absolute(position.cost), Math.abs(position.lots)),
    markPrice: price(mark),
    liquidationPrice: liquidation !== null && liquidation > 0 ? price(liquidation) : null,
    leverage: leverageText(position.leverage),
    marginMode: position.marginMode,
    margin: money(positionMargin(position)),
    unrealizedPnl: mark === null ? null : money(unrealized(position, mark)),
    realizedPnl: money(position.realized),
    takeProfit: price(position.takeProfit),
    stopLoss: price(position.stopLoss),
    settle: terms.quote,
    updatedAt: position.updatedAt,
  };
}
