import type { Fill, Order, ReconciliationDifference } from '../../src-preload/contract/types/trading.ts';
import { toHoldfastError } from '../errors.ts';
import type { OrderRef } from '../exchanges/exchange.ts';
import { isZeroText } from '../market/decimal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import { concludedWrongly, missedFill, notLookedUp, tradedElsewhere } from './order-difference.ts';
import { named, venueRef } from './order-identity.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { isFinal } from './order-states.ts';
import { isUnlisted } from './unlisted-market.ts';

const KEY = (accountId: string) => `fills.since.${accountId}`;
/** Fills can be reported late; asking again from a little earlier costs nothing, since equal ids are dropped. */
const OVERLAP = 60_000;
/** A venue's history is asked for in windows of a week: one of them may keep orders waiting, not a hundred. */
const BLOCKING_MS = 7 * 86_400_000;

type Differences = readonly ReconciliationDifference[];

/** Who fetches what is too old to wait for. */
export interface History {
  /** Takes on the fills from this time (ms UTC) on; resolves when the task is written down. */
  take(session: AccountSession, since: number): Promise<void>;
  /** Goes on with what is left to do. */
  resume(session: AccountSession): void;
  /** Whether fills of the past are still missing. */
  isFetching(session: AccountSession): Promise<boolean>;
}

interface Parts {
  readonly ledger: Pick<LedgerRepositories, 'keyValues'>;
  readonly keeper: Pick<OrderKeeper, 'keepFills' | 'recall' | 'meet'>;
  readonly history?: History;
  /** Asks the venue for one order, in its turn. */
  readonly find: (ref: OrderRef) => Promise<Order | null>;
  readonly isOver: () => boolean;
}

export interface MissedFills {
  /** Fills that we should have had and had not; the first time there are none of those. */
  readonly differences: Differences;
  /** False when older ones are left to the backfill. */
  readonly isWhole: boolean;
  /**
   * Looks at the orders behind the fills that nobody knew, or that we thought ended without any, and then moves the
   * mark: what could not be asked is made up for the next time. Rejects when the ledger cannot be written.
   */
  readonly settle: () => Promise<Differences>;
}

/**
 * Fetches the fills since the last time, a week at most: orders wait for this. Rejects when the venue cannot be asked
 * or the ledger cannot be written.
 * @param venueNow the mark is kept in the venue's time, as the fills are: by a clock of ours that is ahead, the next
 * reconciliation would ask for fills of the future only
 */
export async function fetchMissedFills(
  session: AccountSession,
  venueNow: number,
  parts: Parts,
): Promise<MissedFills> {
  const { keeper, ledger } = parts;
  const { accountId } = session.trading;
  const stored = await ledger.keyValues.get({ key: KEY(accountId) });
  const wanted = stored === null ? 0 : sinceMark(Number(stored), venueNow);
  const since = Math.max(wanted, venueNow - BLOCKING_MS);
  const missed: Fill[] = [];
  const doubtful = new Map<string, Fill>();
  let cursor: string | null = null;
  do {
    const page: { readonly rows: readonly Fill[]; readonly cursor: string | null } =
      await session.trading.fills(cursor, since);
    // Page by page, so that an interruption loses nothing: the mark only moves when all are in.
    const added = await keeper.keepFills(page.rows, venueNow);
    if (stored !== null) {
      missed.push(...added);
      for (const fill of page.rows.map(named))
        if (!doubtful.has(fill.clientOrderId) && (await isDoubtful(fill, keeper)))
          doubtful.set(fill.clientOrderId, fill);
    }
    cursor = page.cursor;
  } while (cursor !== null);
  const isWhole = wanted >= since;
  const settle = async (): Promise<Differences> => {
    const looks = await Promise.all([...doubtful.values()].map((fill) => orderBehind(fill, parts)));
    if (parts.isOver() || looks.some(({ isOpen }) => isOpen)) return looks.flatMap(({ found }) => found);
    // Before the mark moves, or a stop in between would lose the gap.
    if (!isWhole) await parts.history?.take(session, wanted);
    await ledger.keyValues.set({ key: KEY(accountId), value: String(venueNow), time: venueNow });
    return looks.flatMap(({ found }) => found);
  };
  return { differences: missed.map(missedFill), isWhole, settle };
}

/** A mark of the future comes from a clock that was off: nobody knows from when on fills are missing. */
const sinceMark = (mark: number, venueNow: number): number =>
  mark > venueNow + OVERLAP ? venueNow - BLOCKING_MS : Math.max(0, mark - OVERLAP);

/** An order that nobody knows, or that ended without a fill as far as we know. */
async function isDoubtful(fill: Fill, keeper: Pick<OrderKeeper, 'recall'>): Promise<boolean> {
  const known = await keeper.recall(fill);
  return known === null || (isFinal(known.state) && isZeroText(known.filledQuantity));
}

interface Behind {
  readonly found: Differences;
  /** To be asked again. */
  readonly isOpen: boolean;
}

async function orderBehind(fill: Fill, { find, keeper }: Pick<Parts, 'find' | 'keeper'>): Promise<Behind> {
  try {
    const order = await find(venueRef(fill));
    if (order === null) return { found: [], isOpen: false };
    const known = await keeper.recall(fill);
    const detail = known === null ? 'placedElsewhere' : 'fill';
    const next = await keeper.meet(order, { kind: 'reconciled', detail });
    return { found: [known ? concludedWrongly(known, next) : tradedElsewhere(next)], isOpen: false };
  } catch (error) {
    // A delivery is the last that is heard of a market: nobody can be asked about it any more.
    if (isUnlisted(error)) return { found: [], isOpen: false };
    const { kind, message } = toHoldfastError(error);
    return { found: [notLookedUp(fill, message)], isOpen: kind !== 'protocol' };
  }
}

/**
 * A fill of the stream that contradicts what we know: we called its order over without any. Asks the venue and takes
 * in what it says. Never rejects: every reconciliation asks again (`recheckConclusions`).
 */
export async function heedFill(
  session: AccountSession,
  statement: Fill,
  keeper: Pick<OrderKeeper, 'recall' | 'meet'>,
): Promise<void> {
  const fill = named(statement);
  const known = await keeper.recall(fill);
  if (known === null || !isFinal(known.state) || !isZeroText(known.filledQuantity)) return;
  const found = await session.trading.findOrder(venueRef(fill)).catch(() => null);
  if (found) await keeper.meet(found, { kind: 'lookedUp', detail: 'fill' });
}
