/** A practice account over the port. Everything happens at once; nothing ever has an unknown outcome. */
import { HoldfastError, toHoldfastError } from '../../errors.ts';
import type {
  AccountEvent,
  AccountModes,
  Balance,
  BatchItem,
  FeeRate,
  Fill,
  FundingPayment,
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
} from '../exchange.ts';
import type { AccountUse } from '../exchange.ts';
import type { Desk } from './desk/desk.ts';
import type { DeskAccount } from './desk/desk-account.ts';
import * as modes from './desk/modes.ts';
import { orderView } from './desk/order-record.ts';
import * as refusals from './desk/refusals.ts';

const LARGEST_BATCH = 20;

export class PracticeAccount implements TradingAccount {
  readonly accountId: string;
  /** One wallet holds everything, so there is nothing to move. */
  readonly funds = null;
  readonly #desk: Desk;
  readonly #uses: readonly AccountUse[];
  /** The account behind the id: another one after a reset or an import. */
  readonly #account: () => DeskAccount;
  readonly #streams = new Set<Unsubscribe>();
  #disposed = false;

  constructor(accountId: string, uses: readonly AccountUse[], desk: Desk, account: () => DeskAccount) {
    this.accountId = accountId;
    this.#uses = uses;
    this.#desk = desk;
    this.#account = account;
  }

  async balances(): Promise<readonly Balance[]> {
    return this.#open().balances(this.#desk.marks, this.#desk.clock());
  }

  async positions(): Promise<readonly Position[]> {
    return this.#open().positions(this.#desk.marks);
  }

  async openOrders(symbol?: string): Promise<readonly Order[]> {
    return this.#open().ordersOf(symbol).map(orderView);
  }

  async findOrder(ref: OrderRef): Promise<Order | null> {
    const account = this.#open();
    const open = account.find(ref.clientOrderId, ref.venueOrderId);
    if (open !== null) return orderView(open);
    return account.history.orders.findLast((order) =>
      ref.clientOrderId === ''
        ? order.venueOrderId === ref.venueOrderId
        : order.clientOrderId === ref.clientOrderId,
    );
  }

  async orderHistory(cursor: string | null, since: number): Promise<Page<Order>> {
    return this.#open().history.orders.page(cursor, since);
  }

  async fills(cursor: string | null, since: number): Promise<Page<Fill>> {
    return this.#open().history.fills.page(cursor, since);
  }

  async fees(symbol: string): Promise<FeeRate> {
    this.#open();
    const { instrument } = this.#desk.market(symbol);
    return { symbol, maker: instrument.makerFee ?? '0', taker: instrument.takerFee ?? '0' };
  }

  async place(request: OrderRequest): Promise<Order> {
    return this.#desk.place(this.#trading(), request);
  }

  async placeBatch(requests: readonly OrderRequest[]): Promise<readonly BatchItem[]> {
    const account = this.#trading();
    if (requests.length > LARGEST_BATCH) {
      throw refusals.invalidOrder([{ field: 'orders', rule: `a batch has at most ${LARGEST_BATCH} orders` }]);
    }
    return requests.map((request): BatchItem => {
      try {
        return { ok: true, order: this.#desk.place(account, request) };
      } catch (error) {
        return { ok: false, clientOrderId: request.clientOrderId, error: toHoldfastError(error) };
      }
    });
  }

  async amend(amendment: OrderAmendment): Promise<Order> {
    return this.#desk.amend(this.#trading(), amendment);
  }

  async cancel(ref: OrderRef): Promise<Order> {
    return this.#desk.cancel(this.#trading(), ref);
  }

  async cancelAll(symbol?: string): Promise<readonly string[]> {
    const account = this.#trading();
    return this.#desk.operation(() =>
      account.ordersOf(symbol).map((record) => {
        this.#desk.cancelRecord(record, 'requested');
        return record.request.clientOrderId === '' ? record.id : record.request.clientOrderId;
      }),
    );
  }

  async modes(symbol: string): Promise<AccountModes & { readonly leverage: string }> {
    return modes.modesOf(this.#desk, this.#open(), symbol);
  }

  async setLeverage(symbol: string, leverage: string): Promise<void> {
    modes.setLeverage(this.#desk, this.#trading(), symbol, leverage);
  }

  async setMarginMode(symbol: string, mode: MarginMode): Promise<void> {
    modes.setMarginMode(this.#desk, this.#trading(), symbol, mode);
  }

  async setPositionMode(mode: AccountModes['positionMode']): Promise<void> {
    this.#trading();
    if (mode === 'oneWay') return;
    throw new HoldfastError(
      'notSupported',
      'practice.oneWayOnly',
      'The practice exchange has one net position for each market.',
    );
  }

  async setProtection(
    symbol: string,
    side: PositionSide,
    stop: { takeProfit?: string | null; stopLoss?: string | null },
  ): Promise<void> {
    const account = this.#trading();
    if (side !== 'net') {
      throw refusals.invalidOrder([
        { field: 'side', rule: 'the practice exchange has one net position for each market' },
      ]);
    }
    modes.setProtection(this.#desk, account, symbol, stop);
  }

  async funding(cursor: string | null, since: number): Promise<Page<FundingPayment>> {
    return this.#open().history.funding.page(cursor, since);
  }

  /** There is no key: what the account may do is what Holdfast allows it. */
  async inspect(): Promise<KeyInspection> {
    const inspectedAt = this.#desk.clock();
    const none = { withdraw: false, transfer: false, ipAddresses: [], expiresAt: null };
    const trade = this.#uses.includes('trade');
    return {
      inspectedAt,
      permissions: { read: true, trade, ...none, inspectedAt },
      modes: null,
      accountType: null,
      clockOffsetMs: 0,
      otherSite: null,
      findings: [],
    };
  }

  /** Starts with the state, open orders, positions and balances as they are now. */
  stream(listener: (event: AccountEvent) => void): Unsubscribe {
    const account = this.#open();
    listener({ kind: 'state', state: 'live' });
    for (const record of account.ordersOf()) listener({ kind: 'order', order: orderView(record) });
    listener({ kind: 'positions', positions: account.positions(this.#desk.marks) });
    listener({ kind: 'balances', balances: account.balances(this.#desk.marks, this.#desk.clock()) });
    const stop = account.listen(listener);
    const unsubscribe = (): void => {
      stop();
      this.#streams.delete(unsubscribe);
    };
    this.#streams.add(unsubscribe);
    return unsubscribe;
  }

  dispose(): void {
    this.#disposed = true;
    for (const stop of [...this.#streams]) stop();
  }

  #open(): DeskAccount {
    if (!this.#disposed) return this.#account();
    throw new HoldfastError('unavailable', 'practice.accountClosed', 'This account connection was closed.');
  }

  #trading(): DeskAccount {
    if (this.#uses.includes('trade')) return this.#open();
    throw new HoldfastError(
      'permission',
      'practice.readOnly',
      'This account is set to reading only inside Holdfast.',
    );
  }
}
