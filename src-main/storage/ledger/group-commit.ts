import type { Db } from './open.ts';

export interface Task {
  /** Runs inside a transaction, and again alone should the group fail. */
  readonly run: () => unknown;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/**
 * Carries out what came in together as one transaction, so that orders placed at once share one wait for the disk.
 * Nothing is answered before all of it is durable. A task that fails on its own fails alone; when the disk fails,
 * everything is undone and tried one by one, so that each gets its own answer.
 */
export function commitTogether(db: Db, tasks: readonly Task[]): void {
  const answers = tasks.length === 1 ? null : inOneTransaction(db, tasks);
  tasks.forEach((task, index) => {
    const answer = answers?.[index] ?? alone(task);
    if (answer.ok) task.done(answer.value);
    else task.failed(answer.error);
  });
}

/** Null when nothing of it was kept. */
function inOneTransaction(db: Db, tasks: readonly Task[]): readonly Answer[] | null {
  try {
    return db.transaction(() =>
      tasks.map((task): Answer => {
        try {
          // A transaction inside one is a savepoint: what fails leaves the others as they are.
          return { ok: true, value: db.transaction(task.run)() };
        } catch (error) {
          // A full disk undoes more than the task.
          if (!db.inTransaction) throw error;
          return { ok: false, error };
        }
      }),
    )();
  } catch {
    // Each task meets the failure again, alone, if it lasts.
    return null;
  }
}

function alone(task: Task): Answer {
  try {
    return { ok: true, value: task.run() };
  } catch (error) {
    return { ok: false, error };
  }
}
