import type { Fill, Order, ReconciliationDifference } from '../../src-preload/contract/types/trading.ts';
import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import { compareHoldings } from './holdings-check.ts';
import { isOurAmendment } from './order-amendment.ts';
import type { Note, OrderKeeper } from './order-keeper.ts';
import { nameOf, named, venueRef } from './order-identity.ts';
import {
  cancelNeverArrived,
  endedMeanwhile,
  missedFill,
  neverArrived,
  noLongerListed,
  orderDifference,
  tradedElsewhere,
} from './order-difference.ts';
import { isFinal } from './order-states.ts';
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

export interface ReconciliationParts {
  readonly ledger: LedgerRepositories;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly history?: History;
  /** Needed to compare balances and positions; without it they are left out. */
  readonly instrument?: (market: MarketRef) => Promise<Instrument>;
}
type Parts = ReconciliationParts;
type Differences = readonly ReconciliationDifference[];

/**
 * Brings what we know of an account to what the venue says: orders placed elsewhere are adopted, orders that ended
 * while we were away are looked up, missed fills are fetched, positions and balances are compared with what the
 * fills add up to. Answers what was different; all of it is adopted by then. Rejects when the venue cannot be asked
 * or the ledger cannot be written.
 */
export async function reconcile(session: AccountSession, parts: Parts): Promise<Differences> {
  const { accountId } = session.trading;
  const theirs = (await session.trading.openOrders()).map(named);
  const listed = new Set(theirs.map(nameOf));
  const found: (ReconciliationDifference | null)[] = [];
  for (const order of theirs) found.push(await adopt(order, parts));
  for (const order of parts.keeper.open(accountId)) {
    if (!listed.has(order.clientOrderId)) found.push(await lookUp(session, order, parts));
  }
  const holdings = parts.instrument && (await compareHoldings(session, parts, parts.instrument));
  found.push(...(await fetchFills(session, parts)));
  if (holdings) found.push(...(await holdings()));
  parts.history?.resume(session);
  return found.filter((difference) => difference !== null);
}

async function adopt(order: Order, parts: Parts): Promise<ReconciliationDifference | null> {
  const { keeper, ledger } = parts;
  const isOnItsWay = keeper.isInFlight(order);
  const known = await keeper.recall(order);
  const difference = isOnItsWay ? null : orderDifference(known, order);
  // Ours, though nobody heard the answer: the timeline says so, and no report calls it a stranger's.
  const isOurs = difference?.cause === 'changedElsewhere' && (await isOurAmendment(order, order, ledger));
  const note: Note = isOurs
    ? { kind: 'amended', detail: 'reconciled' }
    : { kind: 'reconciled', detail: difference?.cause };
  const present = await keeper.meet(order, note);
  return (await notCancelled(present, order, parts)) ?? (isOurs ? null : difference);
}

/** Null unless we wait for the end of an order that the venue says is open, and no cancel can be on its way. */
async function notCancelled(
  known: Order,
  theirs: Order,
  { keeper, clock }: Parts,
): Promise<ReconciliationDifference | null> {
  const isOver = known.state !== 'cancelling' || theirs.state === 'cancelling' || isFinal(theirs.state);
  if (isOver || keeper.isCancelUnderWay(known)) return null;
  const back: Order = { ...known, state: theirs.state, updatedAt: clock() };
  await keeper.hold(back, { kind: 'reconciled', detail: 'notCancelled' });
  return cancelNeverArrived(theirs);
}

async function lookUp(
  session: AccountSession,
  order: Order,
  parts: Parts,
): Promise<ReconciliationDifference | null> {
  // On its way right now, or being looked up by the desk: not being listed proves nothing yet.
  if (parts.keeper.isInFlight(order)) return null;
  const found = await session.trading.findOrder(venueRef(order));
  const before = parts.keeper.get(order.accountId, order.clientOrderId);
  if (found) {
    const known = parts.keeper.hear(found, { kind: 'reconciled' });
    // What the stream told while we asked is no news.
    if (before === order && isFinal(known.state)) return endedMeanwhile(order, known);
    return notCancelled(known, found, parts);
  }
  if (order.venueOrderId === null) return settleUnacknowledged(session, order, parts);
  // The stream spoke while we asked: "not found" is older than what it said.
  if (before !== order) return null;
  // Acknowledged once and now unknown to the venue: a person has to look.
  const reason = 'The venue no longer lists this order, open or done.';
  await parts.keeper.commit(
    { ...order, state: 'needsYou', reason, updatedAt: parts.clock() },
    { kind: 'reconciled' },
  );
  return noLongerListed(order);
}

/** Never acknowledged, perhaps because we stopped while it was sent: one "not found" may be the venue's lag. */
async function settleUnacknowledged(
  session: AccountSession,
  order: Order,
  parts: Parts,
): Promise<ReconciliationDifference | null> {
  const { trading } = session;
  const verdict = await parts.keeper.whileInFlight(order, () =>
    settleUnknown({ order, trading, wait: parts.wait }),
  );
  const present = parts.keeper.get(order.accountId, order.clientOrderId) ?? order;
  if (isFinal(present.state) || present.venueOrderId !== null) return null;
  if (verdict.kind === 'found') {
    const known = parts.keeper.hear(verdict.order, { kind: 'reconciled' });
    return isFinal(known.state) ? endedMeanwhile(order, known) : null;
  }
  await parts.keeper.commit(
    { ...present, ...conclusion(verdict), updatedAt: parts.clock() },
    { kind: 'reconciled' },
  );
  return verdict.kind === 'notPlaced' ? neverArrived(order) : null;
}

/**
 * Fetches the fills since the last time, a week at most: orders wait for this. What is older is left to the
 * backfill. Answers those that we should have had and had not, and the orders behind them that nobody knew; the
 * first time there are none of those.
 */
async function fetchFills(session: AccountSession, parts: Parts): Promise<Differences> {
  const { accountId } = session.trading;
  const stored = await parts.ledger.keyValues.get({ key: FILLS_KEY(accountId) });
  const wanted = stored === null ? 0 : Math.max(0, Number(stored) - OVERLAP);
  const started = parts.clock();
  const since = Math.max(wanted, started - BLOCKING_MS);
  const missed: ReconciliationDifference[] = [];
  let cursor: string | null = null;
  do {
    const page: { readonly rows: readonly Fill[]; readonly cursor: string | null } =
      await session.trading.fills(cursor, since);
    // Page by page, so that an interruption loses nothing: the mark below only moves when all are in.
    const added = await parts.keeper.keepFills(page.rows);
    if (stored !== null) {
      missed.push(...added.map(missedFill));
      missed.push(...(await adoptTraded(session, page.rows, parts)));
    }
    cursor = page.cursor;
  } while (cursor !== null);
  // Before the mark moves, or a stop in between would lose the gap.
  if (wanted < since) await parts.history?.take(session, wanted);
  await parts.ledger.keyValues.set({ key: FILLS_KEY(accountId), value: String(started), time: started });
  return missed;
}

/**
 * An order that was placed elsewhere and ended while nobody listened shows only by its fills. Asked for before the
 * mark of the fills moves, so that a failure is made up for the next time.
 */
async function adoptTraded(
  session: AccountSession,
  fills: readonly Fill[],
  { keeper }: Parts,
): Promise<Differences> {
  const found: ReconciliationDifference[] = [];
  for (const fill of fills.map(named)) {
    if ((await keeper.recall(fill)) !== null) continue;
    const order = await session.trading.findOrder(venueRef(fill));
    if (order === null) continue;
    found.push(tradedElsewhere(await keeper.meet(order, { kind: 'reconciled', detail: 'placedElsewhere' })));
  }
  return found;
}
