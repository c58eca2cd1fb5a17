/** One Bybit account over the port: what each call does is in the file named after it. */
import { HoldfastError } from '../../../errors.ts';
import type {
  AccountAccess,
  AccountEvent,
  AccountModes,
  Balance,
  BatchItem,
  FeeRate,
  Fill,
  FundingPayment,
  FundsAccount,
  KeyInspection,
  MarginMode,
  Order,
  OrderAmendment,
  OrderRef,
  OrderRequest,
  Page,
  Position,
  PositionSide,
  TradingAccount,
  Unsubscribe,
} from '../../exchange.ts';
import type { SendDeadline } from '../../../net/send-deadline.ts';
import type { AccountContext } from './account-context.ts';
import type { AccountInfo } from './account-info.ts';
import { loadBalances } from './balances.ts';
import { cancelAll } from './cancel-all.ts';
import * as histories from './histories.ts';
import * as modes from './modes.ts';
import type { OrderEntry } from './order-entry.ts';
import { findListed, openOrders } from './order-lists.ts';
import type { OrderMemory } from './order-memory.ts';
import type { Orders } from './orders.ts';
import { loadPositions, openPositions } from './positions.ts';
import type { PrivateStream } from './private-stream.ts';
import { type Protection, setProtection } from './protection.ts';

export interface AccountParts {
  readonly access: AccountAccess;
  readonly context: AccountContext;
  readonly info: AccountInfo;
  readonly memory: OrderMemory;
  readonly orders: Orders;
  readonly stream: PrivateStream;
  /** Null where the site has no order entry, and for accounts that only read. */
  readonly entry: OrderEntry | null;
  readonly funds: FundsAccount | null;
  readonly inspect: () => Promise<KeyInspection>;
  readonly onDispose: () => void;
}

export class BybitAccount implements TradingAccount {
  readonly accountId: string;
  readonly funds: FundsAccount | null;
  readonly #parts: AccountParts;
  readonly #subscriptions = new Set<Unsubscribe>();
  #isDisposed = false;

  constructor(parts: AccountParts) {
    this.#parts = parts;
    this.accountId = parts.access.accountId;
    this.funds = parts.funds;
  }

  async balances(): Promise<readonly Balance[]> {
    await this.#unified();
    return loadBalances(this.#parts.context);
  }

  async positions(): Promise<readonly Position[]> {
    return openPositions(await loadPositions(this.#parts.context, await this.#unified()));
  }

  async openOrders(symbol?: string): Promise<readonly Order[]> {
    const listed = await openOrders(
      this.#open(),
      symbol === undefined ? undefined : await this.#market(symbol),
    );
    return listed.map(({ order, filter }) => {
      this.#parts.memory.hear(order, filter);
      return order;
    });
  }

  async findOrder(ref: OrderRef): Promise<Order | null> {
    const found = await findListed(this.#open(), await this.#market(ref.symbol), ref);
    if (found !== null) this.#parts.memory.hear(found.order, found.filter);
    return found?.order ?? null;
  }

  async orderHistory(cursor: string | null, since: number): Promise<Page<Order>> {
    return histories.orderHistory(this.#open(), cursor, since);
  }

  async fills(cursor: string | null, since: number): Promise<Page<Fill>> {
    return histories.fills(this.#open(), cursor, since);
  }

  async funding(cursor: string | null, since: number): Promise<Page<FundingPayment>> {
    return histories.funding(this.#open(), cursor, since);
  }

  async fees(symbol: string): Promise<FeeRate> {
    return modes.feesOf(this.#open(), await this.#market(symbol));
  }

  async place(request: OrderRequest, deadline?: SendDeadline): Promise<Order> {
    this.#trading();
    return this.#parts.orders.place(request, deadline);
  }

  async placeBatch(requests: readonly OrderRequest[]): Promise<readonly BatchItem[]> {
    this.#trading();
    return this.#parts.orders.placeBatch(requests);
  }

  async amend(amendment: OrderAmendment, deadline?: SendDeadline): Promise<Order> {
    this.#trading();
    return this.#parts.orders.amend(amendment, deadline);
  }

  async cancel(ref: OrderRef): Promise<Order> {
    this.#trading();
    return this.#parts.orders.cancel(ref);
  }

  async cancelAll(symbol?: string): Promise<readonly string[]> {
    const context = this.#trading();
    return cancelAll(context, symbol === undefined ? undefined : await this.#market(symbol));
  }

  async modes(symbol: string): Promise<AccountModes & { readonly leverage: string }> {
    return modes.modesOf(this.#open(), this.#parts.info, await this.#market(symbol));
  }

  async setLeverage(symbol: string, leverage: string): Promise<void> {
    await modes.setLeverage(this.#trading(), await this.#market(symbol), leverage);
  }

  /** For the whole account: Bybit has no margin mode of a single market any more. */
  async setMarginMode(symbol: string, mode: MarginMode): Promise<void> {
    const context = this.#trading();
    await this.#market(symbol);
    await modes.setMarginMode(context, this.#parts.info, mode);
  }

  async setPositionMode(mode: AccountModes['positionMode']): Promise<void> {
    await modes.setPositionMode(this.#trading(), this.#parts.info, mode);
  }

  async setProtection(
    symbol: string,
    side: PositionSide,
    stop: Protection,
    deadline?: SendDeadline,
  ): Promise<void> {
    const context = this.#trading();
    await setProtection(context, await this.#market(symbol), await this.#unified(), side, stop, deadline);
  }

  async inspect(): Promise<KeyInspection> {
    this.#open();
    return this.#parts.inspect();
  }

  stream(listener: (event: AccountEvent) => void): Unsubscribe {
    this.#open();
    const stop = this.#parts.stream.subscribe(listener);
    const unsubscribe = (): void => {
      stop();
      this.#subscriptions.delete(unsubscribe);
    };
    this.#subscriptions.add(unsubscribe);
    return unsubscribe;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const stop of [...this.#subscriptions]) stop();
    this.#parts.stream.close();
    this.#parts.entry?.close();
    this.#parts.onDispose();
  }

  /** Answers the margin mode; rejects for a classic account, whose figures would be wrong. */
  #unified(): Promise<MarginMode> {
    this.#open();
    return this.#parts.info.marginMode();
  }

  async #market(symbol: string) {
    const { markets } = this.#parts.context;
    return markets.bySymbol(symbol) ?? (await markets.find(symbol));
  }

  #open(): AccountContext {
    if (!this.#isDisposed) return this.#parts.context;
    throw new HoldfastError('unavailable', 'bybit.accountClosed', 'This account connection was closed.');
  }

  #trading(): AccountContext {
    if (this.#parts.access.uses.includes('trade')) return this.#open();
    throw new HoldfastError(
      'permission',
      'bybit.readOnly',
      'This account is set to reading only inside Holdfast.',
    );
  }
}
