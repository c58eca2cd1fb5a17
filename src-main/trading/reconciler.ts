import type { AccountEvent, StreamState } from '../exchanges/exchange.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { reconcile } from './reconciliation.ts';
import type { History } from './reconciliation.ts';

const RETRIES_MS = [5000, 15_000, 60_000, 300_000];

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Whether the account is still connected. */
  readonly isOpen?: (session: AccountSession) => boolean;
  /** An account could not be reconciled; it is tried again. */
  readonly onFailed: (error: unknown, session: AccountSession) => void;
  readonly onDone?: (session: AccountSession) => void;
  readonly history?: History;
}

interface Entry {
  readonly session: AccountSession;
  readonly state: StreamState;
  readonly done: Promise<void>;
  /** The last one failed: whoever needs it asks for another. */
  failed: boolean;
}

/**
 * Reconciles an account when its stream becomes live, for the first time and after each interruption. New
 * orders wait for the first one.
 */
export class Reconciler {
  readonly #parts: Parts;
  readonly #last = new Map<string, Entry>();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  heard(session: AccountSession, event: AccountEvent): void {
    if (event.kind !== 'state') return;
    const { id } = session.account;
    const before = this.#last.get(id);
    const isNews = before?.state !== 'live' || before.session !== session;
    if (event.state === 'live' && isNews) this.#start(session);
    else if (before) this.#last.set(id, { ...before, state: event.state });
  }

  /**
   * Resolves once this connection of the account was reconciled; starts that when nothing did yet, or when the
   * last one failed. Rejects as it does. An order must not go out before: nobody would know what is open.
   */
  async ready(session: AccountSession): Promise<void> {
    const last = this.#last.get(session.account.id);
    const isUsable = last?.session === session && !last.failed;
    // Without its stream it is not live; the stream brings a reconciliation of its own.
    const state = last?.session === session ? last.state : 'connecting';
    await (isUsable ? last : this.#start(session, state)).done;
  }

  /**
   * Looks at every account whose stream is live once more: the machine slept, and what was pushed meanwhile may
   * be lost though the connection looks whole.
   */
  again(): void {
    for (const { session, state } of [...this.#last.values()]) if (state === 'live') this.#start(session);
  }

  dispose(): void {
    this.#disposed = true;
    this.#last.clear();
  }

  #start(session: AccountSession, state: StreamState = 'live', failures = 0): Entry {
    const entry: Entry = { session, state, done: reconcile(session, this.#parts), failed: false };
    const { id } = session.account;
    this.#last.set(id, entry);
    entry.done.then(
      () => {
        if (!this.#disposed) this.#parts.onDone?.(session);
      },
      (error: unknown) => {
        // Ended by a lock, or because the account was closed: that is no failure to show.
        if (this.#disposed || this.#parts.isOpen?.(session) === false) return;
        this.#parts.onFailed(error, session);
        const present = this.#last.get(id);
        if (present?.done !== entry.done) return;
        present.failed = true;
        void this.#retry(present, failures);
      },
    );
    return entry;
  }

  /** Later by itself, unless an order or the stream asked for it before. */
  async #retry(entry: Entry, failures: number): Promise<void> {
    await this.#parts.wait(RETRIES_MS[Math.min(failures, RETRIES_MS.length - 1)] ?? 0);
    const present = this.#last.get(entry.session.account.id);
    // A stream that broke brings its own reconciliation when it is live again.
    if (this.#disposed || present?.done !== entry.done || present.state !== 'live') return;
    this.#start(entry.session, 'live', failures + 1);
  }
}
