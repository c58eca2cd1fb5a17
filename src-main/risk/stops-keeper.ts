import type { Order, OrderEvent, Position } from '../../src-preload/contract/types/trading.ts';
import type { AccountSession, AccountSessions } from '../trading/account-sessions.ts';
import type { Amendment } from '../trading/order-changes.ts';
import { named } from '../trading/order-identity.ts';
import { closable, groupsOf, trimsOf } from './protective-orders.ts';
import type { Trim } from './protective-orders.ts';
import type { After } from './within.ts';

/** Orders and positions are told one after the other: what disagrees for a moment is no finding. */
const SETTLE_MS = 250;
/** Waits after a try that failed, ms; then the next change of the account brings another. */
const RETRIES_MS = [5000, 30_000, 120_000];

interface Parts {
  readonly sessions: Pick<AccountSessions, 'all' | 'onEvent'>;
  readonly openOrders: (accountId: string) => readonly Order[];
  /** The journal of an order: those without an intent were placed elsewhere. */
  readonly events: (key: {
    accountId: string;
    clientOrderId: string;
  }) => Promise<readonly Pick<OrderEvent, 'kind'>[]>;
  readonly desk: {
    amend(amendment: Amendment): Promise<unknown>;
    cancel(accountId: string, clientOrderId: string): Promise<unknown>;
  };
  /** Resolves when the account's first reconciliation is done. */
  readonly ready: (session: AccountSession) => Promise<void>;
  readonly after: After;
}

/**
 * Lets stops and take-profits that were placed here follow their position down: when it becomes smaller, ends or
 * turns round, they are made smaller or cancelled, through the desk like any change. Left over, they would close a
 * position that is opened later. Those placed elsewhere are somebody else's and stay; `StopsWatch` tells of them.
 */
export class StopsKeeper {
  readonly #parts: Parts;
  readonly #stop: () => void;
  readonly #due = new Map<string, () => void>();
  /** Accounts that are being looked at, and whether something happened meanwhile. */
  readonly #looking = new Map<string, { isStale: boolean }>();
  readonly #failures = new Map<string, number>();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stop = parts.sessions.onEvent((session, event) => {
      if (event.kind !== 'positions' && event.kind !== 'order') return;
      this.#failures.delete(session.account.id);
      this.#soon(session, SETTLE_MS);
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
    for (const cancel of this.#due.values()) cancel();
    this.#due.clear();
  }

  #soon(session: AccountSession, ms: number): void {
    const { id } = session.account;
    const running = this.#looking.get(id);
    if (running) running.isStale = true;
    if (running || this.#due.has(id) || this.#disposed) return;
    const look = (): void => {
      this.#due.delete(id);
      void this.#look(session);
    };
    this.#due.set(id, this.#parts.after(ms, look));
  }

  /** Never rejects. */
  async #look(session: AccountSession): Promise<void> {
    const { id, uses } = session.account;
    const known = trimsOf(session.positions, this.#parts.openOrders(id));
    if (known.length === 0 || !uses.includes('trade')) return;
    const state = { isStale: false };
    this.#looking.set(id, state);
    const isDone = await this.#trim(session, new Set(known.map(({ order }) => order.symbol))).catch(
      () => false,
    );
    this.#looking.delete(id);
    if (!isDone) this.#again(session);
    else if (state.isStale) this.#soon(session, SETTLE_MS);
  }

  #again(session: AccountSession): void {
    const { id } = session.account;
    const failures = this.#failures.get(id) ?? 0;
    const wait = RETRIES_MS[failures];
    this.#failures.set(id, failures + 1);
    if (wait !== undefined) this.#soon(session, wait);
  }

  /** Whether everything is as it has to be. Rejects when the venue or the ledger cannot be asked. */
  async #trim(session: AccountSession, symbols: ReadonlySet<string>): Promise<boolean> {
    const { trading, account } = session;
    await this.#parts.ready(session);
    // What we remember may be old: nothing is cut unless the venue, asked now, says the same. Positions first: a
    // stop that trades in between is gone from the orders then, and not cut from the others.
    const told = await trading.positions();
    const listed = (await Promise.all([...symbols].map((symbol) => trading.openOrders(symbol)))).flat();
    const own = await this.#own(listed.map(named));
    const trims = trimsOf(larger(told, session.positions, own), own);
    const results = await Promise.allSettled(trims.map((trim) => this.#carryOut(account.id, trim)));
    return results.every(({ status }) => status === 'fulfilled');
  }

  async #own(orders: readonly Order[]): Promise<readonly Order[]> {
    const events = await Promise.all(orders.map((order) => this.#parts.events(order)));
    return orders.filter((_order, index) => events[index]?.some(({ kind }) => kind === 'intent'));
  }

  #carryOut(accountId: string, { order: { clientOrderId }, quantity }: Trim): Promise<unknown> {
    const { desk } = this.#parts;
    return quantity === null
      ? desk.cancel(accountId, clientOrderId)
      : desk.amend({ accountId, clientOrderId, quantity });
  }
}

/** Of two views of the account the one with more to close, market by market: too little cut does no harm. */
function larger(
  one: readonly Position[],
  other: readonly Position[],
  orders: readonly Order[],
): readonly Position[] {
  const isLarger = ({ symbol, side }: Pick<Order, 'symbol' | 'side'>): boolean =>
    closable(other, symbol, side).greaterThan(closable(one, symbol, side));
  const better = new Set(groupsOf([], orders).filter(isLarger).map(keyOf));
  const isBetter = ({ symbol, side }: Position): boolean =>
    better.has(keyOf({ symbol, side: side === 'long' ? 'sell' : 'buy' }));
  return [
    ...one.filter((position) => !isBetter(position)),
    ...other.filter((position) => isBetter(position)),
  ];
}

const keyOf = ({ symbol, side }: Pick<Order, 'symbol' | 'side'>): string => `${symbol} ${side}`;
