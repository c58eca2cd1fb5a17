import type { Db } from '../open.ts';

type Value = string | number | null;
/** A statement that changed the database, with its values: all that is needed to do it again. */
export type Change = readonly [sql: string, values: readonly Value[] | Readonly<Record<string, Value>>];

/** The changes since they were last taken, in order. */
export class ChangeList {
  #changes: Change[] = [];

  get length(): number {
    return this.#changes.length;
  }

  add(change: Change): void {
    this.#changes.push(change);
  }

  /** Forgets the last ones, which were undone. */
  cut(length: number): void {
    this.#changes.length = length;
  }

  take(): readonly Change[] {
    const taken = this.#changes;
    this.#changes = [];
    return taken;
  }
}

/**
 * The same database, whose statements write down what they change. Statements rather than what was asked for: their
 * text does again what it did, also when a newer version of Holdfast finds them.
 */
export function recordingDb(db: Db, changes: ChangeList): Db {
  const prepare = (sql: string) => {
    const statement = db.prepare<unknown[]>(sql);
    if (statement.readonly) return statement;
    const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => name ?? '');
    const run = statement.run.bind(statement);
    statement.run = (...values) => {
      const answer = run(...values);
      // What changed nothing would change nothing again.
      if (answer.changes > 0)
        changes.add([sql, names.length > 0 ? named(names, values[0]) : values.map(plain)]);
      return answer;
    };
    return statement;
  };
  return Object.create(db, { prepare: { value: prepare } }) as Db;
}

function named(names: readonly string[], values: unknown): Readonly<Record<string, Value>> {
  const given = values as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, plain(given[name])]));
}

/** Only what JSON gives back as it was. */
function plain(value: unknown): Value {
  if (value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)))
    return value;
  throw new TypeError('The ledger takes texts, finite numbers and null only.');
}

export const encodeChanges = (changes: readonly Change[]): Buffer => Buffer.from(JSON.stringify(changes));
export const decodeChanges = (content: Buffer): readonly Change[] =>
  JSON.parse(content.toString('utf8')) as readonly Change[];

/** Does changes again. Throws what SQLite throws. */
export function redo(db: Db, changes: readonly Change[]): void {
  for (const [sql, values] of changes) db.prepare<[unknown]>(sql).run(values);
}
