import type { Db } from '../open.ts';

/** Small named documents: the practice exchange's state, the last reconciliation. */
export function keyValueOperations(db: Db) {
  const set = db.prepare(
    'INSERT INTO key_values (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at',
  );
  const get = db.prepare<[string], { value: string }>('SELECT value FROM key_values WHERE key = ?');
  const remove = db.prepare('DELETE FROM key_values WHERE key = ?');
  return {
    set: (input: { key: string; value: string; time: number }) => {
      set.run(input.key, input.value, input.time);
      return null;
    },
    get: (input: { key: string }): string | null => get.get(input.key)?.value ?? null,
    remove: (input: { key: string }) => remove.run(input.key).changes === 1,
  };
}
