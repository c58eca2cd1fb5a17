import { randomUUID } from 'node:crypto';
import type {
  BookView,
  DecimalText,
  Instrument,
  MarketRef,
} from '../../src-preload/contract/types/market.ts';
import type { MarketHub } from '../market/market-hub.ts';
import { ConvertGate } from '../risk/convert-gate.ts';
import { DailyLoss } from '../risk/daily-loss.ts';
import { KillSwitch } from '../risk/kill-switch.ts';
import { OrderRate, resumeRate } from '../risk/order-rate.ts';
import { RiskDesk } from '../risk/risk-desk.ts';
import { RiskGate } from '../risk/risk-gate.ts';
import { RiskLimitsStore } from '../risk/risk-limits-store.ts';
import { SizeDesk } from '../risk/size-desk.ts';
import { StopsKeeper } from '../risk/stops-keeper.ts';
import { StopsWatch } from '../risk/stops-watch.ts';
import { SwitchState } from '../risk/switch-state.ts';
import { UnseenFills } from '../risk/unseen-fills.ts';
import { UsdValues } from '../risk/usd-values.ts';
import type { AccountDirectory } from '../trading/account-directory.ts';
import type { AccountSession, AccountSessions } from '../trading/account-sessions.ts';
import { CancelJournal } from '../trading/cancel-journal.ts';
import type { OrderDesk } from '../trading/order-desk.ts';
import type { OrderKeeper } from '../trading/order-keeper.ts';
import type { PreviewDesk } from '../trading/preview-desk.ts';
import type { SessionParts, SessionSignals } from './session-parts.ts';
import type { Teardown } from './teardown.ts';

interface LimitParts extends Pick<SessionParts, 'ledger' | 'timers'> {
  readonly hub: MarketHub;
  readonly sessions: AccountSessions;
  readonly keeper: OrderKeeper;
  readonly previews: PreviewDesk;
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
  readonly reference: (market: MarketRef) => Promise<DecimalText | null>;
  readonly book: (market: MarketRef, depth: number) => Promise<BookView | null>;
  /** See `lostLedger`. */
  readonly isLedgerLost?: (() => Promise<boolean>) | undefined;
}

/** What stands between the desk and the venues: made before the desk, so that no order can go around it. */
export async function openLimits(parts: LimitParts) {
  const { hub, sessions, keeper, previews, timers } = parts;
  const { now: clock, after } = timers;
  const ledger = parts.ledger.repositories;
  const documents = { ledger, clock, after };
  const store = new RiskLimitsStore(documents);
  const state = new SwitchState({ ...documents, isLedgerLost: parts.isLedgerLost });
  const usd = new UsdValues({
    instruments: () => hub.knownInstruments(),
    tickers: () => hub.lastTickers(),
    clock,
  });
  /** By the venue's clock where that is known: limits of a day and a minute must not trust one that was set. */
  const venueNow = (accountId: string): number => {
    const session = sessions.all().find(({ account }) => account.id === accountId);
    return clock() + (session?.exchange.health().clockOffsetMs ?? 0);
  };
  const rate = new OrderRate({ monotonic: timers.monotonic, now: venueNow });
  // A ledger that cannot be read cannot be written to either: without a journal no order leaves anyway.
  await resumeRate(rate, ledger.orders).catch(() => undefined);
  const unseen = new UnseenFills({
    holdings: (accountId) => sessions.all().find(({ account }) => account.id === accountId) ?? null,
    orders: keeper.open(),
  });
  const dailyLoss = new DailyLoss({ ledger, usd, clock: venueNow });
  const shared = {
    limits: store,
    killSwitch: state,
    session: (accountId: string) => sessions.require(accountId),
    openOrders: (accountId: string) => keeper.open(accountId),
    usd,
    dailyLoss,
    rate,
    unseen,
    instrument: parts.instrument,
    clock,
    after,
  };
  const gate = new RiskGate({
    ...shared,
    reference: parts.reference,
    book: parts.book,
    preview: (draft) => previews.preview(draft),
  });
  return { ...shared, gate, store, sizes: new SizeDesk(shared) };
}

type RiskParts = LimitParts &
  Pick<SessionParts, 'vault' | 'notices'> & {
    readonly limits: Awaited<ReturnType<typeof openLimits>>;
    readonly desk: OrderDesk;
    /** Resolves when the account's first reconciliation is done. */
    readonly ready: (session: AccountSession) => Promise<void>;
    readonly directory: AccountDirectory;
    readonly signals: SessionSignals;
    readonly teardown: Teardown;
  };

/** Limits as a person sets them, the kill switch, and the eye on protective stops. */
export function openRisk(parts: RiskParts) {
  const { vault, directory, sessions, keeper, limits, notices, signals, teardown, timers } = parts;
  const verify = (passphrase: Uint8Array): Promise<void> => vault.verify(passphrase);
  const risk = new RiskDesk({
    ...limits,
    sessions: () => sessions.all(),
    accountIds: () => directory.list().map(({ id }) => id),
    requireAccount: (accountId) => directory.get(accountId),
    verify,
  });
  const killSwitch = teardown.own(
    new KillSwitch({
      ledger: parts.ledger.repositories,
      clock: timers.now,
      after: timers.after,
      wait: timers.wait,
      state: limits.killSwitch,
      sessions,
      orders: keeper,
      journal: new CancelJournal({ keeper, clock: timers.now, wait: timers.wait }),
      onOrder: (listener) => signals.orders.on(listener),
      desk: parts.desk,
      instrument: parts.instrument,
      verify,
      newIntentId: () => `kill-${randomUUID()}`,
      notices,
    }),
  );
  directory.changed.on(() => killSwitch.accountsChanged());
  const { openOrders } = limits;
  teardown.own(new StopsWatch({ sessions, openOrders, notices, after: timers.after }));
  teardown.own(
    new StopsKeeper({
      sessions,
      openOrders,
      events: (key) => parts.ledger.repositories.orders.events(key),
      desk: parts.desk,
      ready: parts.ready,
      after: timers.after,
    }),
  );
  /** For what is no order and changes what is at stake. Rejects while the switch is engaged, or its state is not known. */
  const requireSending = async (): Promise<void> => {
    await limits.killSwitch.load();
    limits.killSwitch.pass(false);
  };
  const conversions = new ConvertGate(limits);
  return { risk, killSwitch, sizes: limits.sizes, conversions, requireSending };
}
