import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { MarketHub } from '../market/market-hub.ts';
import { toHoldfastError } from '../errors.ts';
import type { Notice } from '../../src-preload/contract/types/app.ts';
import { AccountDirectory, PRACTICE_ACCOUNT } from '../trading/account-directory.ts';
import { AccountSessions } from '../trading/account-sessions.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { beyondOurIds, clientOrderIds } from '../trading/client-order-id.ts';
import { HistoryBackfill } from '../trading/history-backfill.ts';
import { KeyWatch } from '../trading/key-watch.ts';
import { onceDone } from '../trading/once-done.ts';
import { OrderDesk } from '../trading/order-desk.ts';
import { OrderKeeper } from '../trading/order-keeper.ts';
import { PressGuard } from '../trading/press-guard.ts';
import { PreviewDesk } from '../trading/preview-desk.ts';
import { ProtectionDesk } from '../trading/protection-desk.ts';
import { Reconciler } from '../trading/reconciler.ts';
import { loadOpenOrders } from '../trading/removed-account.ts';
import { openLimits, openRisk } from './open-risk.ts';
import { lostLedger } from './lost-ledger.ts';
import { referencePrice } from './reference-price.ts';
import type { RequestActivity } from './request-activity.ts';
import type { SessionParts, SessionSignals } from './session-parts.ts';
import type { Teardown } from './teardown.ts';
import type { VenueConnections } from './venue-connections.ts';

/** Between two looks at an account that nothing else gives a reason for. */
const RECONCILE_MS = 5 * 60_000;

interface TradingParts extends SessionParts {
  readonly connections: VenueConnections;
  readonly requests: RequestActivity;
  readonly hub: MarketHub;
  readonly signals: SessionSignals;
  readonly teardown: Teardown;
  readonly onWriteFailed: (error: unknown) => void;
}

/** Accounts and orders: what the venues say goes to keeper and reconciler, what a person wants through the desk. */
export async function openTrading(parts: TradingParts) {
  const { vault, timers, hub, signals, teardown, onWriteFailed, connections } = parts;
  const ledger = parts.ledger.repositories;
  const clock = timers.now;
  const keeper = teardown.own(
    new OrderKeeper({
      ledger,
      clock,
      onOrder: (order) => signals.orders.emit(order),
      onFill: (fill) => signals.fills.emit(fill),
      onWriteFailed,
    }),
  );
  const accountIds = new Set([PRACTICE_ACCOUNT, ...vault.listKeys().map(({ id }) => id)]);
  const exists = (id: string): boolean => accountIds.has(id);
  const loaded = onceDone(() => loadOpenOrders({ ledger, keeper, exists, clock, onWriteFailed }));
  // The reconciliations read them again, and say so when they cannot: new orders wait for those.
  await loaded().catch(() => undefined);
  const sessions = teardown.own(
    new AccountSessions({
      exchangeOf: (account) => connections.open(account.venue),
      signerOf: (account) => {
        if (account.venue === 'practice') return null;
        const signer = vault.signer(account.id);
        parts.requests.hide(signer.apiKey);
        return signer;
      },
      clock,
      onOpened: () => directory.stateChanged(),
    }),
  );
  const directory = new AccountDirectory({ ...parts, ledger, sessions, keeper, clock });
  // A venue that no account is left of goes, connections and all.
  directory.changed.on((accounts) => {
    connections.keepOnly(new Set(accounts.map((account) => account.venue)));
  });
  const market = {
    instrument: (ref: MarketRef) => hub.instrument(ref),
    reference: (ref: MarketRef) => referencePrice(hub, ref),
  };
  const reconciler = openReconciler({ ...parts, keeper, sessions, loaded, instrument: market.instrument });
  const book = (ref: MarketRef, depth: number) => hub.bookNow(ref, depth);
  const previews = new PreviewDesk({ sessions, ...market, book, clock });
  const isLedgerLost = lostLedger(parts);
  const known = { ...parts, ...market, sessions, keeper, previews, book, isLedgerLost };
  const limits = await openLimits(known);
  signals.orders.on((order) => limits.unseen.heard(order));
  const highest = await ledger.orders.highestId({ below: beyondOurIds(clock()) }).catch(() => 0);
  const ready = (session: AccountSession): Promise<void> => reconciler.ready(session);
  const desk = teardown.own(
    new OrderDesk({
      ledger,
      sessions,
      keeper,
      ...market,
      clock,
      newId: clientOrderIds(clock, highest),
      wait: timers.wait,
      ready,
      gate: limits.gate,
      onTrouble: (session) => void reconciler.troubled(session),
    }),
  );
  const risk = openRisk({ ...known, limits, desk, ready, directory });
  const protection = new ProtectionDesk({
    sessions,
    ...market,
    // A stop of a position is an order, too, though it does not go through the desk.
    requireSending: () => limits.killSwitch.pass(false),
    ...{ ledger, clock, wait: timers.wait, onWriteFailed },
  });
  sessions.onEvent((session, event) => {
    if (event.kind === 'order') keeper.hear(event.order);
    if (event.kind === 'fill') keeper.hearFills([event.fill]);
    if (event.kind === 'state') directory.stateChanged();
    reconciler.heard(session, event);
  });
  teardown.own(new KeyWatch({ sessions, directory, clock, every: timers.every, notices: parts.notices }));
  const presses = new PressGuard({ repeatsAllowed: () => parts.settings.get().repeatOrders });
  return { sessions, keeper, directory, desk, previews, protection, reconciler, presses, clock, ...risk };
}

interface ReconcilerParts extends TradingParts {
  readonly keeper: OrderKeeper;
  readonly sessions: AccountSessions;
  readonly loaded: () => Promise<void>;
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
}

/** What is open and the last week at once; everything older in the background. */
function openReconciler(parts: ReconcilerParts): Reconciler {
  const { ledger, timers, teardown, keeper, sessions, notices, loaded, instrument, onWriteFailed } = parts;
  const { now: clock, wait } = timers;
  const repositories = ledger.repositories;
  const isOpen = (session: AccountSession): boolean => sessions.all().includes(session);
  const backfill = teardown.own(
    new HistoryBackfill({
      ledger: repositories,
      keeper,
      clock,
      wait,
      isOpen,
    }),
  );
  // The practice account has no history but the one that it made here.
  const isForeign = (session: AccountSession): boolean => session.account.venue !== 'practice';
  const history = {
    take: async (session: AccountSession, since: number) => {
      if (isForeign(session)) await backfill.take(session, since);
    },
    resume: (session: AccountSession) => {
      if (isForeign(session)) backfill.resume(session);
    },
    isFetching: (session: AccountSession) => backfill.isFetching(session),
  };
  const idOf = (session: AccountSession): string => `reconcile.${session.account.id}`;
  const told = new Set<string>();
  // A locked Holdfast says nothing about accounts.
  teardown.add(() => {
    for (const id of told) notices.dismiss(id);
  });
  const reconciler = teardown.own(
    new Reconciler({
      ledger: repositories,
      keeper,
      clock,
      wait,
      history,
      loaded,
      instrument,
      isOpen,
      onWriteFailed,
      onFailed: (error, session) => {
        told.add(idOf(session));
        notices.add(notReconciled(idOf(session), session, error));
      },
      onDone: (session) => notices.dismiss(idOf(session)),
    }),
  );
  teardown.add(timers.every(RECONCILE_MS, () => reconciler.periodic()));
  return reconciler;
}

function notReconciled(id: string, { account }: AccountSession, error: unknown): Notice {
  const { code, message: reason } = toHoldfastError(error);
  const message = `The orders of "${account.label}" could not be compared with the venue yet: ${reason} Holdfast tries again; until then it sends no new orders there.`;
  return { id, severity: 'warning', code, message };
}
