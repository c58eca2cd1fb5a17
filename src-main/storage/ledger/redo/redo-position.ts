import type { Db } from '../open.ts';

/**
 * Up to which record of the redo log the database has everything; written in one transaction with the changes
 * themselves. The database must be of the version that has the table, or newer.
 */
export class RedoPosition {
  readonly #get;
  readonly #set;

  constructor(db: Db) {
    this.#get = db.prepare<[], { number: number }>('SELECT number FROM redo_position');
    this.#set = db.prepare<[number]>('UPDATE redo_position SET number = ?');
  }

  read(): number {
    return this.#get.get()?.number ?? 0;
  }

  write(number: number): void {
    this.#set.run(number);
  }
}
