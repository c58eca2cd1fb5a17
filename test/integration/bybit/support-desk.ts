/** The order desk with its ledger, as the application has them, over the adapter of a rig. */
import { expect, vi } from 'vitest';
import type { Fill, Order, OrderDraft } from '../../../src-main/exchanges/exchange.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import { clientOrderIds } from '../../../src-main/trading/client-order-id.ts';
import { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import { testLedger } from '../../support/ledger.ts';
import { closings, entryLive, type Rig, WAIT } from './support.ts';

export interface Desk {
  readonly desk: OrderDesk;
  readonly keeper: OrderKeeper;
  readonly reconciler: Reconciler;
  readonly sessions: AccountSessions;
  readonly fills: Fill[];
  /** What could not be done in the background. */
  readonly failures: unknown[];
  place(intentId: string, over?: Partial<OrderDraft>): Promise<Order>;
  /** The order as it is known now. */
  known(order: Pick<Order, 'clientOrderId'>): Order | null;
  becomes(order: Pick<Order, 'clientOrderId'>, state: Order['state']): Promise<void>;
  /** Every state that the journal has of it. */
  history(order: Pick<Order, 'clientOrderId'>): Promise<string[]>;
}

/** The order desk with its ledger on the rig's venue; the account is connected and reconciled. */
export async function desk(made: Rig): Promise<Desk> {
  const { exchange, access, time } = made;
  const ledger = testLedger();
  closings.push(() => ledger.dispose());
  const [failures, fills]: [unknown[], Fill[]] = [[], []];
  // Look-ups wait long for a real venue's history; here they only have to let others go first.
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));
  const shared = { ledger: ledger.repositories, clock: time.now, wait };
  const sessions = new AccountSessions({
    exchangeOf: () => exchange,
    signerOf: () => access.signer,
    clock: time.now,
  });
  closings.push(() => sessions.dispose());
  const keeper = new OrderKeeper({
    ...shared,
    onOrder: () => undefined,
    onFill: (fill) => fills.push(fill),
    onWriteFailed: (error) => failures.push(error),
  });
  const reconciler = new Reconciler({ ...shared, keeper, onFailed: (error) => failures.push(error) });
  closings.push(() => reconciler.dispose());
  const orders = new OrderDesk({
    ...shared,
    sessions,
    keeper,
    instrument: async ({ symbol }) => {
      const found = (await exchange.market.instruments()).find((one) => one.symbol === symbol);
      if (found === undefined) throw new Error(`no ${symbol}`);
      return found;
    },
    reference: () => Promise.resolve(made.request().price ?? null),
    newId: clientOrderIds(time.now),
    ready: (session) => reconciler.ready(session),
  });
  closings.push(() => orders.dispose());
  sessions.onEvent((session, event) => {
    if (event.kind === 'order') keeper.hear(event.order);
    if (event.kind === 'fill') keeper.hearFills([event.fill]);
    reconciler.heard(session, event);
  });
  made.account.dispose();
  const session = sessions.open({
    id: access.accountId,
    venue: 'bybit',
    label: 'Main',
    environment: access.environment,
    region: 'global',
    uses: access.uses,
    keyType: 'hmac',
    keyLast4: '',
    permissions: null,
    modes: null,
    inspection: null,
    addedAt: 0,
    state: 'connecting',
  });
  if (session === null) throw new Error('no session');
  await vi.waitFor(() => expect(session.state).toBe('live'), WAIT);
  if (access.environment !== 'demo') await entryLive(made);
  await reconciler.ready(session);
  const known: Desk['known'] = ({ clientOrderId }) => keeper.get(access.accountId, clientOrderId);
  return {
    desk: orders,
    keeper,
    reconciler,
    sessions,
    fills,
    failures,
    place: (intentId, over = {}) => {
      const { clientOrderId: _id, ...draft } = made.request();
      return orders.place({ ...draft, accountId: access.accountId, ...over }, intentId);
    },
    known,
    becomes: (order, state) =>
      vi.waitFor(() => expect(known(order)?.state, known(order)?.reason).toBe(state), WAIT),
    history: async ({ clientOrderId }) => {
      const key = { accountId: access.accountId, clientOrderId };
      const states = (await ledger.repositories.orders.events(key)).flatMap(({ state }) => state ?? []);
      return states.filter((state, index) => state !== states[index - 1]);
    },
  };
}
