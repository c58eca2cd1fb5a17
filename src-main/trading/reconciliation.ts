import type { Order, ReconciliationDifference } from '../../src-preload/contract/types/trading.ts';
import type { OrderRef } from '../exchanges/exchange.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import { AbsentOrders } from './absent-orders.ts';
import type { AccountSession } from './account-sessions.ts';
import { atMost } from './at-most.ts';
import { compareHoldings } from './holdings-check.ts';
import { lostCancel } from './lost-cancel.ts';
import { fetchMissedFills } from './missed-fills.ts';
import type { History, MissedFills } from './missed-fills.ts';
import { isOurAmendment } from './order-amendment.ts';
import type { Note, OrderKeeper } from './order-keeper.ts';
import { nameOf, named } from './order-identity.ts';
import { orderDifference } from './order-difference.ts';
import { recheckConclusions } from './recheck-conclusions.ts';
import type { FindInstrument } from './unlisted-market.ts';

/** Orders that are asked for one by one, at a time: a tenth of what Bybit allows in a second. */
const LOOKS_AT_ONCE = 8;
/** New orders wait this long for those looks, ms, and then no longer: what is not known yet counts as open. */
const PATIENCE_MS = 3000;

export interface ReconciliationParts {
  readonly ledger: LedgerRepositories;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly history?: History;
  /** Resolves when the orders that the ledger holds open are in memory; rejects while they cannot be read. */
  readonly loaded?: () => Promise<void>;
  /** Needed to compare balances and positions; without it they are left out. */
  readonly instrument?: FindInstrument;
}
type Differences = readonly ReconciliationDifference[];

/** How one run of `reconcile` is followed. */
export interface Following {
  /** What new orders wait for is known: open orders, positions, fills. Single orders may still be looked up. */
  readonly onKnown?: () => void;
  /** The account was closed or the vault locked: nothing more is written then. */
  readonly isOver?: () => boolean;
}

interface Run extends ReconciliationParts {
  readonly session: AccountSession;
  readonly isOver: () => boolean;
  /** When the venue was first asked: by our clock, and by its own. */
  readonly askedAt: number;
  readonly venueNow: number;
  readonly find: (ref: OrderRef) => Promise<Order | null>;
}

/**
 * Brings what we know of an account to what the venue says: orders placed elsewhere are adopted, orders that ended
 * while we were away are looked up, missed fills are fetched, positions and balances are compared with what the
 * fills add up to. Answers what was different; all of it is adopted by then. An order that cannot be looked up is
 * such a difference and no more. Rejects when the venue cannot be asked or the ledger cannot be written.
 */
export async function reconcile(
  session: AccountSession,
  parts: ReconciliationParts,
  { onKnown, isOver = () => false }: Following = {},
): Promise<Differences> {
  const { keeper, history, instrument } = parts;
  const { accountId } = session.trading;
  await parts.loaded?.();
  await keeper.catchUp();
  const askedAt = parts.clock();
  const venueNow = await session.exchange.market.serverTime();
  const inTurn = atMost(LOOKS_AT_ONCE);
  const find = (ref: OrderRef): Promise<Order | null> => inTurn(() => session.trading.findOrder(ref));
  const run: Run = { ...parts, session, isOver, askedAt, venueNow, find };
  const theirs = (await session.trading.openOrders()).map(named);
  const listed = new Set(theirs.map(nameOf));
  const found: (ReconciliationDifference | null)[] = [];
  for (const order of theirs) found.push(await adopt(order, run));
  const absent = keeper.open(accountId).filter(({ clientOrderId }) => !listed.has(clientOrderId));
  const rest = lookUp(absent, run);
  if (absent.length > 0) await Promise.race([rest.looked, parts.wait(PATIENCE_MS)]);
  const holdings = instrument && (await compareHoldings(session, parts, instrument, venueNow));
  const fills = await fetchMissedFills(session, venueNow, run);
  found.push(...fills.differences);
  if (holdings) found.push(...(await holdings()));
  history?.resume(session);
  onKnown?.();
  const settled = [rest.settle(fills), fills.settle(), recheckConclusions(accountId, run)];
  found.push(...(await Promise.all(settled)).flat());
  return found.filter((difference) => difference !== null);
}

/** Asks for the orders that the venue does not list: once at first, and then until each is settled. */
function lookUp(absent: readonly Order[], run: Run) {
  let hasAllFills = (): Promise<boolean> => Promise.resolve(false);
  const orders = new AbsentOrders({ ...run, hasAllFills: () => hasAllFills() });
  const looks = Promise.all(absent.map((order) => orders.look(order)));
  const settle = async (fills: MissedFills): Promise<readonly (ReconciliationDifference | null)[]> => {
    hasAllFills = async () => fills.isWhole && (await run.history?.isFetching(run.session)) !== true;
    return Promise.all((await looks).map((look) => orders.settle(look)));
  };
  return { looked: looks, settle };
}

async function adopt(
  order: Order,
  { keeper, ledger, askedAt }: Run,
): Promise<ReconciliationDifference | null> {
  const isOnItsWay = keeper.isInFlight(order);
  const known = await keeper.recall(order);
  const difference = isOnItsWay ? null : orderDifference(known, order);
  // Ours, though nobody heard the answer: the timeline says so, and no report calls it a stranger's.
  const isOurs = difference?.cause === 'changedElsewhere' && (await isOurAmendment(order, order, ledger));
  const note: Note = isOurs
    ? { kind: 'amended', detail: 'reconciled' }
    : { kind: 'reconciled', detail: difference?.cause };
  const present = await keeper.meet(order, note);
  return (await lostCancel(present, order, keeper, askedAt)) ?? (isOurs ? null : difference);
}
