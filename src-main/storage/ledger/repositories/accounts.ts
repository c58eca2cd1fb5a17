import type { Db } from '../open.ts';

/** An account's name in history: stays after the key is removed, so that old orders keep a label. */
export interface AccountRecord {
  readonly id: string;
  readonly venue: string;
  readonly label: string;
  readonly environment: string;
  readonly addedAt: number;
  readonly removedAt: number | null;
}

export function accountOperations(db: Db) {
  const save = db.prepare(`
    INSERT INTO accounts (id, venue, label, environment, added_at, removed_at)
    VALUES (@id, @venue, @label, @environment, @addedAt, @removedAt)
    ON CONFLICT (id) DO UPDATE SET venue = excluded.venue, label = excluded.label,
      environment = excluded.environment, removed_at = excluded.removed_at`);
  const list = db.prepare<[], AccountRecord>(
    'SELECT id, venue, label, environment, added_at AS addedAt, removed_at AS removedAt FROM accounts ORDER BY added_at',
  );
  return {
    save: (account: AccountRecord) => {
      save.run(account);
      return null;
    },
    list: (): readonly AccountRecord[] => list.all(),
  };
}
