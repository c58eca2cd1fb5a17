import { HoldfastError } from '../../errors.ts';
import type { Durability } from './messages.ts';
import type { Db } from './open.ts';
import { ChangeList, encodeChanges, recordingDb, redo } from './redo/redo-changes.ts';
import type { Change } from './redo/redo-changes.ts';
import { LARGEST_CONTENT_BYTES } from './redo/redo-log.ts';
import type { RedoLog } from './redo/redo-log.ts';
import { RedoPosition } from './redo/redo-position.ts';

export interface Task {
  readonly run: () => unknown;
  /** Whether it need not survive a power cut. */
  readonly isLazy?: boolean;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** How long changes may wait for the database's own commit; they are durable in the redo log meanwhile. */
const COMMIT_AFTER_MS = 25;
const RETRY_AFTER_MS = 1000;

/**
 * Carries out what came in together, makes it durable with one wait for the disk, and answers. What is confirmed is
 * in the redo log; SQLite, which would write half a dozen pages for an order, commits a moment later. Every
 * reader is on the same connection and sees everything at once.
 */
export class LedgerWriter {
  /** The database for whoever prepares statements: what these change is logged. */
  readonly recording: Db;
  readonly #db: Db;
  readonly #redoLog: RedoLog;
  readonly #changes = new ChangeList();
  readonly #position: RedoPosition;
  #number: number;
  /** Confirmed, but not committed by the database yet. */
  #uncommitted: (readonly Change[])[] = [];
  #timer: NodeJS.Timeout | null = null;
  #durability: Durability = 'power';
  /** The last commit failed: nothing is confirmed until one succeeds again. */
  #hasFailed = false;
  /** What was confirmed is no longer in the database and could not be put back: only a new start helps. */
  #lost: { readonly error: unknown } | null = null;

  constructor(db: Db, redoLog: RedoLog) {
    this.#db = db;
    this.#redoLog = redoLog;
    this.recording = recordingDb(db, this.#changes);
    this.#position = new RedoPosition(db);
    this.#number = this.#position.read();
  }

  setDurability(durability: Durability): void {
    this.#durability = durability;
  }

  /** A task that fails on its own fails alone. When the disk fails, each that would have written is told so. */
  run(tasks: readonly Task[]): void {
    const answers = this.#group(tasks) ?? tasks.map((task) => this.#group([task])?.[0]);
    tasks.forEach((task, index) => {
      const answer = answers[index];
      if (answer?.ok) task.done(answer.value);
      else task.failed(answer?.error);
    });
    if (this.#uncommitted.length > 0) this.#commitLater(COMMIT_AFTER_MS);
  }

  /** Commits what is left. Throws when the disk fails; the redo log has it then, for the next start. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    try {
      this.#settle();
    } finally {
      this.#redoLog.close();
    }
  }

  /** Null when none of several could be kept: each has to meet the failure alone. */
  #group(tasks: readonly Task[]): readonly Answer[] | null {
    const blocked = this.#makeRoom();
    try {
      if (this.#lost) throw this.#lost.error;
      if (!this.#db.inTransaction) this.#db.exec('BEGIN');
      const { answers, isLarge } = this.#db.transaction(() => this.#carryOut(tasks, blocked))();
      if (isLarge) this.#settle();
      return answers;
    } catch (error) {
      this.#changes.take();
      // Some failures of the disk make SQLite undo the whole transaction.
      if (!this.#db.inTransaction && !this.#lost) this.#restore();
      return tasks.length > 1 ? null : [{ ok: false, error }];
    }
  }

  #carryOut(tasks: readonly Task[], blocked: { readonly error: unknown } | null) {
    let isDurable = false;
    const answers = tasks.map((task) => {
      const before = this.#changes.length;
      const answer = this.#attempt(task, tasks.length === 1);
      if (this.#changes.length > before && task.isLazy !== true) isDurable = true;
      return answer;
    });
    const changes = this.#changes.take();
    if (changes.length === 0) return { answers, isLarge: false };
    if (blocked) throw blocked.error;
    const content = encodeChanges(changes);
    // An import: syncing the database once is cheaper than logging all of it first.
    if (content.length > LARGEST_CONTENT_BYTES) return { answers, isLarge: true };
    this.#position.write(this.#number + 1);
    this.#redoLog.append(this.#number + 1, content, isDurable && this.#durability === 'power');
    this.#number += 1;
    this.#uncommitted.push(changes);
    return { answers, isLarge: false };
  }

  #attempt(task: Task, isAlone: boolean): Answer {
    const before = this.#changes.length;
    try {
      // A transaction inside one is a savepoint: what fails leaves the others as they are.
      return { ok: true, value: isAlone ? task.run() : this.#db.transaction(task.run)() };
    } catch (error) {
      this.#changes.cut(before);
      if (isAlone || !this.#db.inTransaction) throw error;
      return { ok: false, error };
    }
  }

  /** Begins the log or a new round of it when it is time. Answers why nothing can be written now. */
  #makeRoom(): { readonly error: unknown } | null {
    try {
      if (this.#redoLog.isStarted && this.#redoLog.hasRoom && !this.#hasFailed) return null;
      this.#settle();
      if (!this.#redoLog.isStarted) this.#redoLog.start();
      else if (!this.#redoLog.hasRoom) this.#redoLog.rewind();
      return null;
    } catch (error) {
      return { error };
    }
  }

  /** Brings everything into the database's own file, on disk. */
  #settle(): void {
    this.commit();
    const [row] = this.#db.pragma('wal_checkpoint') as { log: number; checkpointed: number }[];
    if (row && row.log !== row.checkpointed)
      throw new HoldfastError('storage', 'ledger.busy', 'Another program holds the ledger file.');
  }

  /** Hands what is confirmed to the database. Throws when it cannot take it; nothing is lost then. */
  commit(): void {
    if (!this.#db.inTransaction) return;
    try {
      this.#db.exec('COMMIT');
      this.#uncommitted = [];
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      this.#restore();
      throw error;
    }
  }

  /** Does again what was confirmed and then undone, so that readers keep seeing it. */
  #restore(): void {
    try {
      this.#db.exec('BEGIN');
      for (const changes of this.#uncommitted) redo(this.#db, changes);
      this.#position.write(this.#number);
    } catch (error) {
      this.#lost = { error };
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    }
  }

  #commitLater(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      try {
        this.commit();
      } catch {
        // Told to whoever writes next; what was confirmed is safe in the redo log.
        this.#commitLater(RETRY_AFTER_MS);
      }
    }, delayMs);
  }
}
