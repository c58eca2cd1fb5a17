import type { Order } from '../../src-preload/contract/types/trading.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { MarketHub } from '../market/market-hub.ts';
import { AccountDirectory } from '../trading/account-directory.ts';
import { AccountSessions } from '../trading/account-sessions.ts';
import { clientOrderIds } from '../trading/client-order-id.ts';
import { OrderDesk } from '../trading/order-desk.ts';
import { OrderKeeper } from '../trading/order-keeper.ts';
import { PreviewDesk } from '../trading/preview-desk.ts';
import { Reconciler } from '../trading/reconciler.ts';
import { referencePrice } from './reference-price.ts';
import type { SessionParts, SessionSignals } from './session-parts.ts';
import type { Teardown } from './teardown.ts';

interface TradingParts extends SessionParts {
  readonly exchangeOf: (venue: string) => Exchange | null;
  readonly hub: MarketHub;
  readonly signals: SessionSignals;
  readonly teardown: Teardown;
  readonly onWriteFailed: (error: unknown) => void;
}

/** Accounts and orders: what the venues say goes to keeper and reconciler, what a person wants through the desk. */
export async function openTrading(parts: TradingParts) {
  const { vault, timers, hub, signals, teardown, onWriteFailed, exchangeOf } = parts;
  const ledger = parts.ledger.repositories;
  const clock = timers.now;
  const keeper = new OrderKeeper({
    ledger,
    onOrder: (order) => signals.orders.emit(order),
    onFill: (fill) => signals.fills.emit(fill),
    onWriteFailed,
  });
  const known = await ledger.orders.open().catch(() => []);
  for (const order of known) keeper.load(order);
  const sessions = teardown.own(
    new AccountSessions({
      exchangeOf: (account) => exchangeOf(account.venue),
      signerOf: (account) => (account.venue === 'practice' ? null : vault.signer(account.id)),
      clock,
    }),
  );
  const reconciler = teardown.own(
    new Reconciler({ ledger, keeper, clock, wait: timers.wait, onFailed: onWriteFailed }),
  );
  const directory = new AccountDirectory({
    vault,
    ledger,
    sessions,
    venues: parts.venues,
    clock,
    onWriteFailed,
  });
  const market: Pick<ConstructorParameters<typeof OrderDesk>[0], 'instrument' | 'reference'> = {
    instrument: (ref) => hub.instrument(ref),
    reference: (ref) => referencePrice(hub, ref),
  };
  const desk = teardown.own(
    new OrderDesk({
      ledger,
      sessions,
      keeper,
      ...market,
      clock,
      newId: clientOrderIds(clock, highestId(known)),
      wait: timers.wait,
      ready: (id) => reconciler.ready(id),
    }),
  );
  const previews = new PreviewDesk({
    sessions,
    ...market,
    book: (ref, depth) => hub.bookNow(ref, depth),
    clock,
  });
  sessions.onEvent((session, event) => {
    if (event.kind === 'order') keeper.hear(event.order);
    if (event.kind === 'fill') keeper.hearFills([event.fill]);
    if (event.kind === 'state') directory.stateChanged();
    reconciler.heard(session, event);
  });
  return { sessions, keeper, directory, desk, previews };
}

const highestId = (orders: readonly Order[]): number =>
  orders.reduce(
    (highest, order) =>
      Math.max(highest, /^\d+$/.test(order.clientOrderId) ? Number(order.clientOrderId) : 0),
    0,
  );
