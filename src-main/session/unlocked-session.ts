import { FundsDesk } from '../funds/funds-desk.ts';
import { MarketHub } from '../market/market-hub.ts';
import { lockedError } from '../vault/vault-errors.ts';
import { loadVenue } from './load-venue.ts';
import { openLedger } from './open-ledger.ts';
import { openPractice } from './open-practice.ts';
import { openTrading } from './open-trading.ts';
import { openWatch } from './open-watch.ts';
import { keepPracticeState } from './practice-saver.ts';
import { RequestActivity } from './request-activity.ts';
import { SessionSignals } from './session-parts.ts';
import type { SessionParts } from './session-parts.ts';
import { Teardown } from './teardown.ts';
import { VenueConnections } from './venue-connections.ts';

/** Everything that lives while the vault is open: ledger, venues, accounts, desk, portfolio, alerts. */
export type UnlockedSession = Awaited<ReturnType<typeof assemble>> & {
  /** Ends everything in reverse order. What cannot be written or closed is a notice; it never rejects. */
  readonly close: () => Promise<void>;
};

/**
 * Opens the session. Rejects when a part cannot start or the vault is locked meanwhile; then everything that
 * was opened so far is closed again.
 */
export async function openSession(parts: SessionParts): Promise<UnlockedSession> {
  const teardown = new Teardown((error) => parts.notices.failure('session.close', error, 'warning'));
  try {
    return { ...(await assemble(parts, teardown)), close: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function assemble(parts: SessionParts, teardown: Teardown) {
  const { vault, ledger, notices, timers } = parts;
  const stillUnlocked = (): void => {
    if (!vault.isUnlocked) throw lockedError();
  };
  const onWriteFailed = (error: unknown): void => notices.failure('ledger.write', error);
  teardown.add(() => ledger.close());
  await openLedger(parts);
  stillUnlocked();
  const signals = teardown.own(new SessionSignals());
  const practice = teardown.own(await openPractice(parts));
  stillUnlocked();
  const saver = keepPracticeState({
    control: practice.control,
    ledger: ledger.repositories,
    clock: timers.now,
    after: timers.after,
    onWriteFailed,
  });
  teardown.add(() => saver.stop());
  teardown.add(() => saver.flush().catch(onWriteFailed));
  // Before the venues, so that what they send last is kept.
  const requests = teardown.own(new RequestActivity({ ledger: ledger.repositories, clock: timers.now }));
  const connections = teardown.own(
    new VenueConnections({
      practice,
      load: (venue) => loadVenue(venue, { ...parts, requests, onSlept: () => awake() }),
      // Valuation needs the prices of every connected venue, whether a window looks or not.
      onOpened: ({ venue }) => {
        const stop = hub.keepTickers(venue);
        return () => {
          stop();
          hub.forget(venue);
        };
      },
    }),
  );
  const hub = teardown.own(
    new MarketHub({ marketOf: (venue) => connections.now(venue)?.market ?? null, clock: timers.now }),
  );
  const exchanges = () => connections.all();
  const shared = { ...parts, exchanges, connections, requests, hub, signals, teardown, onWriteFailed };
  const trading = await openTrading(shared);
  const watch = openWatch({ ...shared, sessions: trading.sessions });
  const funds = new FundsDesk({
    sessions: trading.sessions,
    account: (id) => trading.directory.get(id),
    verify: (passphrase) => vault.verify(passphrase),
    copy: parts.copySensitive,
    ledger: ledger.repositories,
    gate: trading.conversions,
    clock: timers.now,
    onWriteFailed,
  });
  teardown.add(hub.keepTickers(practice.venue));
  const awake = (): void => {
    connections.wake();
    trading.reconciler.again();
  };
  teardown.add(parts.power.on('resume', awake));
  stillUnlocked();
  await trading.directory.open();
  // Engaged before the last lock or crash: it goes on, whatever the venues say meanwhile.
  await trading.killSwitch.start();
  await watch.alerts.load().catch(onWriteFailed);
  stillUnlocked();
  teardown.add(() => watch.portfolio.snapshot().catch(onWriteFailed));
  const { orders, fills, fired, alertsChanged } = signals;
  const events = { orders, fills, fired, alertsChanged };
  return { ledger: ledger.repositories, practice, hub, requests, funds, ...trading, ...watch, ...events };
}
