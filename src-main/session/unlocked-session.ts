import type { Exchange } from '../exchanges/exchange.ts';
import { MarketHub } from '../market/market-hub.ts';
import { lockedError } from '../vault/vault-errors.ts';
import { openLedger } from './open-ledger.ts';
import { openPractice } from './open-practice.ts';
import { openTrading } from './open-trading.ts';
import { openWatch } from './open-watch.ts';
import { keepPracticeState } from './practice-saver.ts';
import { SessionSignals } from './session-parts.ts';
import type { SessionParts } from './session-parts.ts';
import { Teardown } from './teardown.ts';

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
  const exchanges: readonly Exchange[] = [practice];
  const exchangeOf = (venue: string): Exchange | null =>
    exchanges.find((exchange) => exchange.venue === venue) ?? null;
  const hub = teardown.own(
    new MarketHub({ marketOf: (venue) => exchangeOf(venue)?.market ?? null, clock: timers.now }),
  );
  const shared = { ...parts, exchanges, exchangeOf, hub, signals, teardown, onWriteFailed };
  const trading = await openTrading(shared);
  const watch = openWatch({ ...shared, sessions: trading.sessions });
  // Valuation needs the prices of every connected venue, whether a window looks or not.
  for (const { venue } of exchanges) teardown.add(hub.keepTickers(venue));
  stillUnlocked();
  await trading.directory.open();
  await watch.alerts.load().catch(onWriteFailed);
  stillUnlocked();
  teardown.add(() => watch.portfolio.snapshot().catch(onWriteFailed));
  const { orders, fills, fired, alertsChanged } = signals;
  const events = { orders, fills, fired, alertsChanged };
  return { ledger: ledger.repositories, practice, hub, ...trading, ...watch, ...events };
}
