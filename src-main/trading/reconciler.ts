import type { ReconciliationNews, ReconciliationReport } from '../../src-preload/contract/types/trading.ts';
import { toHoldfastError } from '../errors.ts';
import type { AccountEvent, StreamState } from '../exchanges/exchange.ts';
import { Signal } from '../signal.ts';
import type { AccountSession } from './account-sessions.ts';
import { ReconciliationLog, newsOf } from './reconciliation-log.ts';
import { heedFill } from './missed-fills.ts';
import { reconcile } from './reconciliation.ts';
import type { ReconciliationParts } from './reconciliation.ts';

const RETRIES_MS = [5000, 15_000, 60_000, 300_000];
/** Failed orders come in swarms; one look a while after the first is enough. */
const CALM_MS = 10_000;

type Trigger = ReconciliationReport['trigger'];

interface Parts extends ReconciliationParts {
  /** Whether the account is still connected. */
  readonly isOpen?: (session: AccountSession) => boolean;
  /** An account could not be reconciled; it is tried again. */
  readonly onFailed: (error: unknown, session: AccountSession) => void;
  readonly onDone?: (session: AccountSession) => void;
  /** A report that could not be written down. */
  readonly onWriteFailed?: (error: unknown) => void;
}

interface Entry {
  readonly session: AccountSession;
  readonly state: StreamState;
  /** What new orders wait for. */
  readonly known: Promise<void>;
  /** The last one failed: whoever needs it asks for another. */
  failed: boolean;
}

interface Run {
  readonly report: ReconciliationReport;
  /** What was thrown; null when it succeeded. */
  readonly failure: { readonly thrown: unknown } | null;
}

/**
 * Reconciles an account when its stream becomes live, for the first time and after each interruption, after sleep,
 * every few minutes, after a failed order and when a person asks. New orders wait for the first one and for those
 * after an interruption; the others go on beside them.
 */
export class Reconciler {
  /** One began, or ended and its report is in the list. */
  readonly news = new Signal<ReconciliationNews>();
  readonly #parts: Parts;
  readonly #log: ReconciliationLog;
  readonly #last = new Map<string, Entry>();
  readonly #beside = new Map<string, Promise<ReconciliationReport>>();
  readonly #troubled = new Set<AccountSession>();
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#log = new ReconciliationLog(parts);
  }

  heard(session: AccountSession, event: AccountEvent): void {
    if (event.kind === 'fill') void heedFill(session, event.fill, this.#parts.keeper);
    if (event.kind !== 'state') return;
    const { id } = session.account;
    const before = this.#last.get(id);
    const isNews = before?.state !== 'live' || before.session !== session;
    if (event.state === 'live' && isNews)
      this.#start(session, before?.session === session ? 'reconnect' : 'start');
    else if (before) this.#last.set(id, { ...before, state: event.state });
  }

  /**
   * Resolves once this connection of the account was reconciled, but for single orders that are still looked up;
   * starts that when nothing did yet, or when the last one failed. Rejects as it does. An order must not go out
   * before: nobody would know what is open.
   */
  async ready(session: AccountSession): Promise<void> {
    const last = this.#last.get(session.account.id);
    const isUsable = last?.session === session && !last.failed;
    // Without its stream it is not live; the stream brings a reconciliation of its own.
    const state = last?.session === session ? last.state : 'connecting';
    await (isUsable ? last : this.#start(session, 'start', state)).known;
  }

  /**
   * Looks at every account whose stream is live once more: the machine slept, and what was pushed meanwhile may
   * be lost though the connection looks whole. New orders wait for it.
   */
  again(): void {
    for (const { session, state } of [...this.#last.values()])
      if (state === 'live') this.#start(session, 'wake');
  }

  /** Looks at every account that was reconciled and whose stream is live, without keeping orders waiting. */
  periodic(): void {
    for (const { session, state, failed } of [...this.#last.values()])
      if (state === 'live' && !failed) void this.#lookBeside(session, 'periodic');
  }

  /** An order failed: perhaps because what we know of the account is not true. Never rejects. */
  async troubled(session: AccountSession): Promise<void> {
    if (this.#troubled.has(session)) return;
    this.#troubled.add(session);
    await this.#parts.wait(CALM_MS);
    this.#troubled.delete(session);
    if (this.#isOver(session)) return;
    await this.#lookBeside(session, 'failedOrder');
  }

  /** Reconciles now, or waits for what is under way. A failure is an answer: it is in the report. */
  now(session: AccountSession): Promise<ReconciliationReport> {
    return this.#lookBeside(session, 'person');
  }

  /** Newest first. */
  reports(accountIds: readonly string[]): Promise<readonly ReconciliationReport[]> {
    return this.#log.list(accountIds);
  }

  running(): readonly ReconciliationNews[] {
    return this.#log.running().map(newsOf);
  }

  dispose(): void {
    this.#disposed = true;
    this.news.clear();
    this.#last.clear();
    this.#beside.clear();
  }

  /** Ended by a lock, or because the account was closed: what fails then is no failure to show. */
  #isOver(session: AccountSession): boolean {
    return this.#disposed || this.#parts.isOpen?.(session) === false;
  }

  /** One at a time for an account. Never rejects. */
  #lookBeside(session: AccountSession, trigger: Trigger): Promise<ReconciliationReport> {
    const { id } = session.account;
    const running = this.#beside.get(id);
    if (running) return running;
    const looking = this.#run(session, trigger).then(({ report }) => {
      if (this.#beside.get(id) === looking) this.#beside.delete(id);
      return report;
    });
    this.#beside.set(id, looking);
    return looking;
  }

  /** Never rejects: how it ended is in the report. */
  async #run(session: AccountSession, trigger: Trigger, onKnown?: () => void): Promise<Run> {
    const started = this.#log.started(session.account.id, trigger);
    this.news.emit(newsOf(started));
    const following = { ...(onKnown && { onKnown }), isOver: () => this.#isOver(session) };
    const run = await reconcile(session, this.#parts, following).then(
      (differences): Run => {
        const outcome = differences.length === 0 ? 'equal' : 'adopted';
        return { report: { ...started, endedAt: this.#parts.clock(), outcome, differences }, failure: null };
      },
      (thrown: unknown): Run => {
        const { message: error } = toHoldfastError(thrown);
        const endedAt = this.#parts.clock();
        return { report: { ...started, endedAt, outcome: 'failed', error }, failure: { thrown } };
      },
    );
    const kept = this.#log.ended(started, run.report);
    if (this.#isOver(session)) kept.catch(() => undefined);
    else await kept.catch((error: unknown) => this.#parts.onWriteFailed?.(error));
    this.news.emit(newsOf(run.report));
    return run;
  }

  #start(session: AccountSession, trigger: Trigger, state: StreamState = 'live', failures = 0): Entry {
    const { promise: known, resolve, reject } = Promise.withResolvers<void>();
    // Nobody may wait for it.
    known.catch(() => undefined);
    const entry: Entry = { session, state, known, failed: false };
    this.#last.set(session.account.id, entry);
    void this.#run(session, trigger, resolve).then(({ failure }) => {
      if (failure === null) {
        resolve();
        if (!this.#disposed) this.#parts.onDone?.(session);
        return;
      }
      reject(failure.thrown);
      this.#failed(entry, failure.thrown, trigger, failures);
    });
    return entry;
  }

  #failed(entry: Entry, error: unknown, trigger: Trigger, failures: number): void {
    const { session, known } = entry;
    if (this.#isOver(session)) return;
    this.#parts.onFailed(error, session);
    const present = this.#last.get(session.account.id);
    if (present?.known !== known) return;
    present.failed = true;
    void this.#retry(present, trigger, failures);
  }

  /** Later by itself, unless an order or the stream asked for it before. */
  async #retry(entry: Entry, trigger: Trigger, failures: number): Promise<void> {
    await this.#parts.wait(RETRIES_MS[Math.min(failures, RETRIES_MS.length - 1)] ?? 0);
    const present = this.#last.get(entry.session.account.id);
    // A stream that broke brings its own reconciliation when it is live again.
    if (this.#disposed || present?.known !== entry.known || present.state !== 'live') return;
    this.#start(entry.session, trigger, 'live', failures + 1);
  }
}
