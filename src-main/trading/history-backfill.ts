import { toHoldfastError } from '../errors.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import { named } from './order-identity.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { isFinal } from './order-states.ts';
import type { History } from './missed-fills.ts';

/** As far back as venues keep fills. */
const LONGEST_MS = 730 * 86_400_000;
/** Between pages, so that the past never takes the request budget of the present. */
const PAUSE_MS = 400;
const RETRIES_MS = [5000, 30_000, 120_000, 600_000];
const KEY = (accountId: string) => `backfill.${accountId}`;

/** How far one account's history was fetched. Written after each page: a lock or a kill resumes here. */
interface Progress {
  /** ms UTC. */
  readonly since: number;
  readonly stage: 'fills' | 'orders' | 'done';
  readonly cursor: string | null;
}

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly keeper: Pick<OrderKeeper, 'keepFills'>;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Whether the account is still connected by this session. */
  readonly isOpen: (session: AccountSession) => boolean;
}

/** Fetches fills and finished orders of the past in the background, one account after another. */
export class HistoryBackfill implements History {
  readonly #parts: Parts;
  readonly #running = new Map<string, AccountSession>();
  #queue: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Takes on the history from `since` (ms UTC, two years back at most). Resolves when the task is written down;
   * an unfinished one is widened and begins again, since what is known already is dropped.
   */
  async take(session: AccountSession, since: number): Promise<void> {
    const from = Math.max(since, this.#parts.clock() - LONGEST_MS);
    const present = await this.#progress(session.account.id);
    const isCovered = present !== null && present.stage !== 'done' && present.since <= from;
    if (!isCovered) {
      const unfinished = present !== null && present.stage !== 'done' ? present.since : from;
      await this.#save(session.account.id, {
        since: Math.min(from, unfinished),
        stage: 'fills',
        cursor: null,
      });
    }
    this.resume(session);
  }

  /** Goes on with what an earlier session of the application left, if anything. */
  resume(session: AccountSession): void {
    const { id } = session.account;
    if (this.#disposed || this.#running.get(id) === session) return;
    this.#running.set(id, session);
    this.#queue = this.#queue.then(() => this.#run(session));
  }

  /** Whether fills of the past are still to be fetched, now or by a later session. */
  async isFetching({ account }: AccountSession): Promise<boolean> {
    return (await this.#progress(account.id))?.stage === 'fills';
  }

  /** Resolves when nothing is left to fetch for now. */
  idle(): Promise<void> {
    return this.#queue;
  }

  dispose(): void {
    this.#disposed = true;
    this.#running.clear();
  }

  /** Never rejects: history that could not be fetched is asked for at the next connection. */
  async #run(session: AccountSession): Promise<void> {
    const { id } = session.account;
    try {
      for (let failures = 0; this.#goesOn(session);) {
        try {
          if (await this.#step(session)) break;
          failures = 0;
        } catch (error) {
          if (!(await this.#recovers(session, error, failures))) break;
          failures += 1;
        }
      }
    } finally {
      if (this.#running.get(id) === session) this.#running.delete(id);
    }
  }

  /** One page. True when all is done. */
  async #step(session: AccountSession): Promise<boolean> {
    const { id } = session.account;
    const progress = await this.#progress(id);
    if (progress === null || progress.stage === 'done') return true;
    const cursor = await this.#page(session, progress);
    if (!this.#goesOn(session)) return true;
    const next = progress.stage === 'fills' ? 'orders' : 'done';
    await this.#save(id, { ...progress, stage: cursor === null ? next : progress.stage, cursor });
    await this.#parts.wait(PAUSE_MS);
    return false;
  }

  /** Fetches one page and keeps it; answers the cursor of the next. */
  async #page(session: AccountSession, { stage, cursor, since }: Progress): Promise<string | null> {
    if (stage === 'fills') {
      const page = await session.trading.fills(cursor, since);
      await this.#parts.keeper.keepFills(page.rows);
      return page.cursor;
    }
    const page = await session.trading.orderHistory(cursor, since);
    // Open ones are the reconciliation's: a page of history may be older than what the stream said.
    const finished = page.rows.filter((order) => isFinal(order.state)).map(named);
    if (finished.length > 0) await this.#parts.ledger.orders.insertMissing(finished);
    return page.cursor;
  }

  async #recovers(session: AccountSession, error: unknown, failures: number): Promise<boolean> {
    const { kind } = toHoldfastError(error);
    const waitMs = RETRIES_MS[failures];
    if (kind === 'auth' || kind === 'permission' || kind === 'storage' || waitMs === undefined) return false;
    if (kind === 'badInput' || kind === 'protocol') await this.#rewind(session.account.id);
    await this.#parts.wait(waitMs);
    return true;
  }

  /** The venue does not know the cursor any more: from the start of the stage, what is known is dropped. */
  async #rewind(accountId: string): Promise<void> {
    const progress = await this.#progress(accountId).catch(() => null);
    if (progress?.cursor) await this.#save(accountId, { ...progress, cursor: null }).catch(() => undefined);
  }

  #goesOn(session: AccountSession): boolean {
    return !this.#disposed && this.#parts.isOpen(session);
  }

  async #progress(accountId: string): Promise<Progress | null> {
    const stored = await this.#parts.ledger.keyValues.get({ key: KEY(accountId) });
    // Our own words, from an authenticated file.
    return stored === null ? null : (JSON.parse(stored) as Progress);
  }

  async #save(accountId: string, progress: Progress): Promise<void> {
    const value = JSON.stringify(progress);
    await this.#parts.ledger.keyValues.set({ key: KEY(accountId), value, time: this.#parts.clock() });
  }
}
