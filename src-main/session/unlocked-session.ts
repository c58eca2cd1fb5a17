/**
 * Everything that lives while the vault is open: ledger, venues, accounts, desk, portfolio, alerts. A ledger
 * that cannot be opened is a notice; the rest still starts, and orders are refused because they could not be
 * journaled.
 */
import { Alerts } from '../alerts/alerts.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import { createPracticeExchange } from '../exchanges/practice/practice-exchange.ts';
import type { PracticeExchange, SourceChoice } from '../exchanges/practice/practice-exchange.ts';
import { MarketHub } from '../market/market-hub.ts';
import { openRecording } from '../market/recording/open-recording.ts';
import type { Notices } from '../notices.ts';
import { Portfolio } from '../portfolio/portfolio.ts';
import { Signal } from '../signal.ts';
import type { Ledger } from '../storage/ledger/ledger.ts';
import type { SettingsStore } from '../storage/settings.ts';
import { AccountDirectory } from '../trading/account-directory.ts';
import { AccountSessions } from '../trading/account-sessions.ts';
import { clientOrderIds } from '../trading/client-order-id.ts';
import { OrderDesk } from '../trading/order-desk.ts';
import { OrderKeeper } from '../trading/order-keeper.ts';
import { PreviewDesk } from '../trading/preview-desk.ts';
import { Reconciler } from '../trading/reconciler.ts';
import type { AlertFiring, Alert } from '../../src-preload/contract/types/alert.ts';
import type { VenueCapabilities } from '../../src-preload/contract/types/account.ts';
import type { Fill, Order } from '../../src-preload/contract/types/trading.ts';
import type { Vault } from '../vault/vault.ts';
import { HealthMonitor } from './health-monitor.ts';
import { keepPracticeState, PRACTICE_STATE_KEY } from './practice-saver.ts';
import type { Timers } from './timers.ts';

export interface SessionParts {
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly ledgerFile: string;
  readonly settings: SettingsStore;
  readonly notices: Notices;
  readonly venues: () => readonly VenueCapabilities[];
  readonly timers: Timers;
}

export type UnlockedSession = Awaited<ReturnType<typeof openSession>>;

/** Opens the session. Rejects only when not even the synthetic market can start. */
export async function openSession(parts: SessionParts) {
  const { vault, ledger, notices, timers, settings } = parts;
  const repositories = ledger.repositories;
  const onWriteFailed = (error: unknown) => {
    notices.failure('ledger.write', error);
  };
  const orders = new Signal<Order>();
  const fills = new Signal<Fill>();
  const fired = new Signal<{ firing: AlertFiring; alert: Alert }>();
  const alertsChanged = new Signal<readonly Alert[]>();

  await openLedger(parts);
  const practice = await openPractice(parts);
  const saver = keepPracticeState({
    control: practice.control,
    ledger: repositories,
    clock: timers.now,
    after: timers.after,
    onWriteFailed,
  });
  const exchanges: readonly Exchange[] = [practice];
  const exchangeOf = (venue: string) => exchanges.find((exchange) => exchange.venue === venue) ?? null;
  const hub = new MarketHub({ marketOf: (venue) => exchangeOf(venue)?.market ?? null, clock: timers.now });

  const sessions = new AccountSessions({
    exchangeOf: (account) => exchangeOf(account.venue),
    signerOf: (account) => (account.venue === 'practice' ? null : vault.signer(account.id)),
    clock: timers.now,
  });
  const keeper = new OrderKeeper({
    ledger: repositories,
    onOrder: (order) => {
      orders.emit(order);
    },
    onFill: (fill) => {
      fills.emit(fill);
    },
    onWriteFailed,
  });
  const known = await repositories.orders.open().catch(() => []);
  for (const order of known) keeper.load(order);
  const reconciler = new Reconciler({
    ledger: repositories,
    keeper,
    clock: timers.now,
    onFailed: onWriteFailed,
  });
  const directory = new AccountDirectory({
    vault,
    ledger: repositories,
    sessions,
    venues: parts.venues,
    clock: timers.now,
    onWriteFailed,
  });
  const market = {
    instrument: (ref: Parameters<MarketHub['instrument']>[0]) => hub.instrument(ref),
    reference: (ref: Parameters<MarketHub['instrument']>[0]) => hub.reference(ref),
  };
  const newId = clientOrderIds(timers.now, highestId(known));
  const desk = new OrderDesk({
    ledger: repositories,
    sessions,
    keeper,
    ...market,
    clock: timers.now,
    newId,
    wait: timers.wait,
    ready: (id) => reconciler.ready(id),
  });
  const previews = new PreviewDesk({
    sessions,
    ...market,
    book: (ref, depth) => hub.bookNow(ref, depth),
    clock: timers.now,
  });
  const portfolio = new Portfolio({
    ledger: repositories,
    sessions,
    instruments: () => hub.knownInstruments(),
    tickers: () => hub.lastTickers(),
    currency: () => settings.get().currency,
    clock: timers.now,
    every: timers.every,
    onWriteFailed,
  });
  const health = new HealthMonitor({ exchanges: () => exchanges, clock: timers.now, every: timers.every });
  const alerts = new Alerts({
    ledger: repositories,
    watch: (ref, listener) => hub.onTicker(ref, listener),
    clock: timers.now,
    onFired: (firing, alert) => {
      fired.emit({ firing, alert });
    },
    onChanged: (list) => {
      alertsChanged.emit(list);
    },
    onWriteFailed,
  });

  sessions.onEvent((session, event) => {
    if (event.kind === 'order') keeper.hear(event.order);
    if (event.kind === 'fill') keeper.hearFills([event.fill]);
    if (event.kind === 'state') directory.stateChanged();
    reconciler.heard(session, event);
  });
  orders.on((order) => {
    alerts.orderChanged(order);
  });
  fills.on((fill) => {
    alerts.filled(fill);
  });
  health.changed.on((venues) => {
    alerts.connections(venues);
  });
  // Valuation needs the prices of every connected venue, whether a window looks or not.
  const stopPrices = exchanges.map((exchange) => hub.keepTickers(exchange.venue));
  await directory.open();
  await alerts.load().catch(onWriteFailed);

  return {
    ledger: repositories,
    practice,
    hub,
    sessions,
    keeper,
    directory,
    desk,
    previews,
    portfolio,
    health,
    alerts,
    orders,
    fills,
    fired,
    alertsChanged,
    /** Ends everything in reverse order. What cannot be written any more is a notice. */
    close: async (): Promise<void> => {
      await portfolio.snapshot().catch(onWriteFailed);
      await alerts.dispose();
      health.dispose();
      portfolio.dispose();
      await saver.flush().catch(onWriteFailed);
      saver.stop();
      reconciler.dispose();
      sessions.dispose();
      for (const stop of stopPrices) stop();
      hub.dispose();
      for (const exchange of exchanges) exchange.dispose();
      for (const signal of [orders, fills, fired, alertsChanged]) signal.clear();
      await ledger.close();
    },
  };
}

const highestId = (orders: readonly Order[]): number =>
  orders.reduce(
    (highest, order) =>
      Math.max(highest, /^\d+$/.test(order.clientOrderId) ? Number(order.clientOrderId) : 0),
    0,
  );

async function openLedger({ vault, ledger, ledgerFile, notices }: SessionParts): Promise<void> {
  try {
    await ledger.open(ledgerFile, await vault.ledgerKey());
    notices.dismiss('ledger.open');
  } catch (error) {
    notices.failure('ledger.open', error);
  }
}

async function openPractice({ ledger, settings, notices, timers }: SessionParts): Promise<PracticeExchange> {
  const stored = await ledger.repositories.keyValues.get({ key: PRACTICE_STATE_KEY }).catch(() => null);
  const common = { clock: timers.now, openRecording };
  const { practice } = settings.get();
  const synthetic: SourceChoice = { kind: 'synthetic', seed: practice.seed };
  const wanted: SourceChoice =
    practice.source === 'replay' && practice.replayFile !== null
      ? { kind: 'replay', file: practice.replayFile, speed: practice.speed }
      : synthetic;
  const start = async (source: SourceChoice): Promise<PracticeExchange> => {
    const exchange = await createPracticeExchange({ ...common, source });
    try {
      if (stored !== null) exchange.control.importState(JSON.parse(stored));
    } catch (error) {
      // The account starts again; what was stored stays in the ledger until the next save.
      notices.failure('practice.state', error, 'warning');
    }
    return exchange;
  };
  try {
    return await start(wanted);
  } catch (error) {
    notices.failure('practice.replay', error, 'warning');
    return start(synthetic);
  }
}
