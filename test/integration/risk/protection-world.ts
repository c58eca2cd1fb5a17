/** Desk, gate and protection over the practice engine, put together as the session does it; tests own every clock. */
import type { Exchange } from '../../../src-main/exchanges/exchange.ts';
import { MarketHub } from '../../../src-main/market/market-hub.ts';
import { StopsKeeper } from '../../../src-main/risk/stops-keeper.ts';
import { openLimits } from '../../../src-main/session/open-risk.ts';
import { referencePrice } from '../../../src-main/session/reference-price.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import { clientOrderIds } from '../../../src-main/trading/client-order-id.ts';
import { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { PreviewDesk } from '../../../src-main/trading/preview-desk.ts';
import { ProtectionDesk } from '../../../src-main/trading/protection-desk.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import type { MarketRef } from '../../../src-preload/contract/types/market.ts';
import { testLedger } from '../../support/ledger.ts';
import { openPractice } from '../../unit/exchanges/practice/exchange-harness.ts';
import { ACCOUNT } from '../../unit/trading/desk-fixture.ts';

export const PERPETUAL = 'BTC/USDT:USDT';
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

export async function openProtectionWorld() {
  const house = await openPractice();
  const ledger = testLedger();
  const { repositories } = ledger;
  const clock = house.now;
  const keeper = new OrderKeeper({
    ledger: repositories,
    clock,
    onOrder: () => undefined,
    onFill: () => undefined,
    onWriteFailed: (error) => {
      throw error;
    },
  });
  // One stream of the account more, beside that of the harness.
  const exchange = { ...house.exchange, capabilities: house.exchange.capabilities } as Exchange;
  const sessions = new AccountSessions({
    exchangeOf: () => ({ ...exchange, openAccount: () => house.account }),
    signerOf: () => null,
    clock,
  });
  const never = () => () => undefined;
  const hub = new MarketHub({ marketOf: () => exchange.market, clock, after: never });
  const stopTickers = hub.keepTickers(exchange.venue);
  const market = {
    instrument: (ref: MarketRef) => hub.instrument(ref),
    reference: (ref: MarketRef) => referencePrice(hub, ref),
  };
  const book = (ref: MarketRef, depth: number) => hub.bookNow(ref, depth);
  const reconciler = new Reconciler({
    ledger: repositories,
    keeper,
    clock,
    wait: turn,
    instrument: market.instrument,
    onFailed: (error) => {
      throw error;
    },
  });
  const previews = new PreviewDesk({ sessions, ...market, book, clock });
  // Nothing here takes long enough to be given up.
  const timers = { now: clock, monotonic: clock, every: never, after: never, wait: turn };
  const { gate, store } = await openLimits({
    ledger: { repositories } as Parameters<typeof openLimits>[0]['ledger'],
    timers,
    hub,
    sessions,
    keeper,
    previews,
    ...market,
    book,
  });
  const ready = (session: Parameters<typeof reconciler.ready>[0]) => reconciler.ready(session);
  const desk = new OrderDesk({
    ledger: repositories,
    sessions,
    keeper,
    ...market,
    clock,
    newId: clientOrderIds(clock),
    wait: turn,
    ready,
    gate,
  });
  const due = new Set<() => void>();
  const stops = new StopsKeeper({
    sessions,
    openOrders: (accountId) => keeper.open(accountId),
    events: (key) => repositories.orders.events(key),
    desk,
    ready,
    after: (_ms, run) => {
      due.add(run);
      return () => due.delete(run);
    },
  });
  sessions.onEvent((session, event) => {
    if (event.kind === 'order') keeper.hear(event.order);
    if (event.kind === 'fill') keeper.hearFills([event.fill]);
    reconciler.heard(session, event);
  });
  const account = { ...ACCOUNT, id: house.account.accountId };
  if (!sessions.open(account)) throw new Error('no session');
  /** Lets everything that was begun, and what it begins, come to its end. */
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      for (let count = 0; count < 12; count += 1) await turn();
      if (due.size > 0) quiet = -1;
      for (const run of [...due]) {
        due.delete(run);
        run();
      }
    }
  };
  const dispose = (): void => {
    stops.dispose();
    reconciler.dispose();
    stopTickers();
    sessions.dispose();
    hub.dispose();
    ledger.dispose();
  };
  const protection = new ProtectionDesk({
    sessions,
    ...market,
    requireSending: () => undefined,
    ledger: repositories,
    clock,
    wait: turn,
    onWriteFailed: () => undefined,
  });
  return { house, desk, keeper, protection, store, accountId: account.id, settle, dispose };
}
export type ProtectionWorld = Awaited<ReturnType<typeof openProtectionWorld>>;
