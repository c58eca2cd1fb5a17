import { Alerts } from '../alerts/alerts.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { MarketHub } from '../market/market-hub.ts';
import { Portfolio } from '../portfolio/portfolio.ts';
import type { AccountSessions } from '../trading/account-sessions.ts';
import { HealthMonitor } from './health-monitor.ts';
import type { SessionParts, SessionSignals } from './session-parts.ts';
import type { Teardown } from './teardown.ts';

interface WatchParts extends SessionParts {
  readonly exchanges: () => readonly Exchange[];
  readonly hub: MarketHub;
  readonly sessions: AccountSessions;
  readonly signals: SessionSignals;
  readonly teardown: Teardown;
  readonly onWriteFailed: (error: unknown) => void;
}

/** What only looks on: value of the accounts, state of the connections, alerts. */
export function openWatch(parts: WatchParts) {
  const { settings, timers, hub, sessions, signals, teardown, onWriteFailed } = parts;
  const ledger = parts.ledger.repositories;
  const portfolio = teardown.own(
    new Portfolio({
      ledger,
      sessions,
      instruments: () => hub.knownInstruments(),
      tickers: () => hub.lastTickers(),
      currency: () => settings.get().currency,
      clock: timers.now,
      every: timers.every,
      onWriteFailed,
    }),
  );
  const health = teardown.own(
    new HealthMonitor({ exchanges: parts.exchanges, clock: timers.now, every: timers.every }),
  );
  const alerts = teardown.own(
    new Alerts({
      ledger,
      watch: (ref, listener) => hub.onTicker(ref, listener),
      clock: timers.now,
      onFired: (firing, alert) => signals.fired.emit({ firing, alert }),
      onChanged: (list) => signals.alertsChanged.emit(list),
      onWriteFailed,
    }),
  );
  signals.orders.on((order) => alerts.orderChanged(order));
  signals.fills.on((fill) => alerts.filled(fill));
  health.changed.on((venues) => alerts.connections(venues));
  return { portfolio, health, alerts };
}
