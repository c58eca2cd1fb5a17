import { HoldfastError } from '../../../src-main/errors.ts';
import type {
  AccountEvent,
  Exchange,
  Order,
  OrderDraft,
  TradingAccount,
} from '../../../src-main/exchanges/exchange.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import { beyondOurIds, clientOrderIds } from '../../../src-main/trading/client-order-id.ts';
import { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import type { LedgerRepositories } from '../../../src-main/storage/ledger/ledger.ts';
import { testLedger } from '../../support/ledger.ts';
import { openPractice } from '../../unit/exchanges/practice/exchange-harness.ts';
import { ACCOUNT } from '../../unit/trading/desk-fixture.ts';

/** What happens to the next request that changes something. */
export type Fault = 'none' | 'neverArrives' | 'answerLost' | 'neverAnswered';
export const ACCOUNT_ID = 'practice-1';
export const SYMBOL = 'BTC/USDT';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const lost = () => new HoldfastError('unknownOutcome', 'net.timeout', 'The venue did not answer in time.');

/** A venue that goes on, and a program at it that can be killed at any moment and started again on its ledger. */
export async function openWorld() {
  const house = await openPractice();
  const ledger = testLedger();
  const instruments = await house.exchange.market.instruments();
  /** How often each client order id went out, over all lives of the program. */
  const sent = new Map<string, number>();
  const state = { fault: 'none' as Fault, deaf: false };

  async function start() {
    const life = { dead: false };
    const repositories = mortal(ledger.repositories, life);
    const keeper = new OrderKeeper({
      ledger: repositories,
      clock: house.now,
      onOrder: () => undefined,
      onFill: () => undefined,
      onWriteFailed: () => undefined,
    });
    for (const order of await ledger.repositories.orders.open()) keeper.load(order);
    const highest = await ledger.repositories.orders.highestId({ below: beyondOurIds(house.now()) });
    const exchange = {
      venue: 'practice',
      capabilities: house.exchange.capabilities,
      openAccount: () => faulty(house.account, life, state, sent),
    } as unknown as Exchange;
    const sessions = new AccountSessions({
      exchangeOf: () => exchange,
      signerOf: () => null,
      clock: house.now,
    });
    const instrument = ({ symbol }: { symbol: string }) => {
      const found = instruments.find((one) => one.symbol === symbol);
      return found ? Promise.resolve(found) : Promise.reject(new Error(`no ${symbol}`));
    };
    const shared = { ledger: repositories, keeper, clock: house.now, wait: turn, instrument };
    const reconciler = new Reconciler({ ...shared, onFailed: () => undefined });
    const desk = new OrderDesk({
      ...shared,
      sessions,
      reference: async () => (await house.best()).bid,
      newId: clientOrderIds(house.now, highest),
      ready: (session) => reconciler.ready(session),
    });
    sessions.onEvent((session, event) => {
      if (life.dead) return;
      if (event.kind === 'order') keeper.hear(event.order);
      if (event.kind === 'fill') keeper.hearFills([event.fill]);
      reconciler.heard(session, event);
    });
    const session = sessions.open({ ...ACCOUNT, id: ACCOUNT_ID });
    if (!session) throw new Error('no session');
    /** As SIGKILL: nothing is closed, nothing is written, nothing is sent any more. */
    const kill = (): void => {
      life.dead = true;
      reconciler.dispose();
      sessions.dispose();
    };
    return { desk, keeper, reconciler, session, kill };
  }

  return { house, ledger, sent, state, start, turn };
}
export type World = Awaited<ReturnType<typeof openWorld>>;
export type Program = Awaited<ReturnType<World['start']>>;

/** A ledger that a dead program cannot write any more. */
function mortal(repositories: LedgerRepositories, life: { readonly dead: boolean }): LedgerRepositories {
  type Operation = (input: unknown) => Promise<unknown>;
  const entries = Object.entries(repositories as unknown as Record<string, Record<string, Operation>>);
  return Object.fromEntries(
    entries.map(([name, operations]) => [
      name,
      Object.fromEntries(
        Object.entries(operations).map(([operation, run]) => [
          operation,
          (input: unknown) => (life.dead ? new Promise(() => undefined) : run(input)),
        ]),
      ),
    ]),
  ) as unknown as LedgerRepositories;
}

/** The venue over a bad line: requests and answers get lost, messages are missing or come twice and late. */
function faulty(
  account: TradingAccount,
  life: { readonly dead: boolean },
  state: { fault: Fault; deaf: boolean },
  sent: Map<string, number>,
): TradingAccount {
  const over = async <T>(act: () => Promise<T>): Promise<T> => {
    if (life.dead) return new Promise(() => undefined);
    const { fault } = state;
    state.fault = 'none';
    if (fault === 'neverArrives') throw lost();
    const answer = await act();
    if (fault === 'answerLost') throw lost();
    return fault === 'neverAnswered' ? new Promise(() => undefined) : answer;
  };
  return {
    ...bound(account),
    accountId: ACCOUNT_ID,
    funds: null,
    place: (request) =>
      over(() => {
        sent.set(request.clientOrderId, (sent.get(request.clientOrderId) ?? 0) + 1);
        return account.place(request);
      }),
    amend: (amendment) => over(() => account.amend(amendment)),
    cancel: (ref) => over(() => account.cancel(ref)),
    cancelAll: (symbol) => over(() => account.cancelAll(symbol)),
    stream: (listener) => {
      let before: AccountEvent | null = null;
      return account.stream((event) => {
        if (state.deaf && event.kind !== 'state') return;
        listener(event);
        if (event.kind !== 'order' && event.kind !== 'fill') return;
        // Once more, after it what came before it: late and out of order.
        listener(event);
        if (before) listener(before);
        before = event;
      });
    },
    // The account is the venue's own and outlives the program.
    dispose: () => undefined,
  };
}

const METHODS = [
  'balances',
  'positions',
  'openOrders',
  'findOrder',
  'orderHistory',
  'fills',
  'fees',
  'modes',
  'funding',
  'inspect',
  'placeBatch',
  'setLeverage',
  'setMarginMode',
  'setPositionMode',
  'setProtection',
] as const;

function bound(account: TradingAccount): Pick<TradingAccount, (typeof METHODS)[number]> {
  const methods = METHODS.map((name) => [name, (account[name] as () => unknown).bind(account)] as const);
  return Object.fromEntries(methods) as unknown as Pick<TradingAccount, (typeof METHODS)[number]>;
}

export const wish = (over: Partial<OrderDraft>): OrderDraft => ({
  accountId: ACCOUNT_ID,
  symbol: SYMBOL,
  side: 'buy',
  type: 'limit',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  ...over,
});

/** Every order that the venue has or had. */
export async function ordersAtVenue({ house }: World): Promise<readonly Order[]> {
  const orders = new Map((await house.account.openOrders()).map((order) => [order.clientOrderId, order]));
  let cursor: string | null = null;
  do {
    const page: { rows: readonly Order[]; cursor: string | null } = await house.account.orderHistory(
      cursor,
      0,
    );
    for (const order of page.rows) orders.set(order.clientOrderId, order);
    cursor = page.cursor;
  } while (cursor !== null);
  return [...orders.values()];
}
