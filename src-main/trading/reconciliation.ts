import type { Fill, Order } from '../../src-preload/contract/types/trading.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { nameOf, venueRef } from './order-identity.ts';
import { isFinal } from './order-merge.ts';
import { conclusion, settleUnknown } from './unknown-outcome.ts';

const FILLS_KEY = (accountId: string) => `fills.since.${accountId}`;
/** Fills can be reported late; asking again from a little earlier costs nothing, since equal ids are dropped. */
const OVERLAP = 60_000;
/** A venue's history is asked for in windows of a week: one of them may keep orders waiting, not a hundred. */
const BLOCKING_MS = 7 * 86_400_000;

/** Who fetches what is too old to wait for. */
export interface History {
  /** Takes on the fills from this time (ms UTC) on; resolves when the task is written down. */
  take(session: AccountSession, since: number): Promise<void>;
  /** Goes on with what is left to do. */
  resume(session: AccountSession): void;
}

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly history?: History;
}

/**
 * Brings what we know of an account's orders and fills to what the venue says: orders placed elsewhere are
 * adopted, orders that ended while we were away are looked up, missed fills are fetched.
 */
export async function reconcile(session: AccountSession, parts: Parts): Promise<void> {
  const { accountId } = session.trading;
  const theirs = await session.trading.openOrders();
  const listed = new Set(theirs.map(nameOf));
  for (const order of theirs) parts.keeper.hear(order, 'reconciled');
  for (const order of parts.keeper.open(accountId)) {
    if (!listed.has(order.clientOrderId)) await lookUp(session, order, parts);
  }
  await fetchFills(session, parts);
  parts.history?.resume(session);
}

async function lookUp(session: AccountSession, order: Order, parts: Parts): Promise<void> {
  // On its way right now, or being looked up by the desk: not being listed proves nothing yet.
  if (parts.keeper.isInFlight(order)) return;
  const found = await session.trading.findOrder(venueRef(order));
  if (found) {
    parts.keeper.hear(found, 'reconciled');
    return;
  }
  if (order.venueOrderId === null) return settleUnacknowledged(session, order, parts);
  // The stream spoke while we asked: "not found" is older than what it said.
  if (parts.keeper.get(order.accountId, order.clientOrderId) !== order) return;
  // Acknowledged once and now unknown to the venue: a person has to look.
  const reason = 'The venue no longer lists this order, open or done.';
  await parts.keeper.commit(
    { ...order, state: 'needsYou', reason, updatedAt: parts.clock() },
    undefined,
    'reconciled',
  );
}

/** Never acknowledged, perhaps because we stopped while it was sent: one "not found" may be the venue's lag. */
async function settleUnacknowledged(session: AccountSession, order: Order, parts: Parts): Promise<void> {
  const { trading } = session;
  const verdict = await settleUnknown({ order, trading, wait: parts.wait });
  const present = parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
  if (isFinal(present.state) || present.venueOrderId !== null) return;
  if (verdict.kind === 'found') parts.keeper.hear(verdict.order, 'reconciled');
  else
    await parts.keeper.commit(
      { ...present, ...conclusion(verdict), updatedAt: parts.clock() },
      undefined,
      'reconciled',
    );
}

/**
 * Fetches the fills since the last time, a week at most: orders wait for this. What is older is left to the
 * backfill.
 */
async function fetchFills(session: AccountSession, parts: Parts): Promise<void> {
  const { accountId } = session.trading;
  const stored = await parts.ledger.keyValues.get({ key: FILLS_KEY(accountId) });
  const wanted = stored === null ? 0 : Math.max(0, Number(stored) - OVERLAP);
  const started = parts.clock();
  const since = Math.max(wanted, started - BLOCKING_MS);
  let cursor: string | null = null;
  do {
    const page: { readonly rows: readonly Fill[]; readonly cursor: string | null } =
      await session.trading.fills(cursor, since);
    // Page by page, so that an interruption loses nothing: the mark below only moves when all are in.
    await parts.keeper.keepFills(page.rows);
    cursor = page.cursor;
  } while (cursor !== null);
  // Before the mark moves, or a stop in between would lose the gap.
  if (wanted < since) await parts.history?.take(session, wanted);
  await parts.ledger.keyValues.set({ key: FILLS_KEY(accountId), value: String(started), time: started });
}
