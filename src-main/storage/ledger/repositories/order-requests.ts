import type { Db } from '../open.ts';

/** More than one order can reasonably have; a list of open orders names it every few minutes. */
const LIMIT = 200;

/** Which rows of the request log belong to an order. */
export function orderRequestOperations(db: Db) {
  // The time narrows it down by an index; only what is left of the long texts is read.
  const naming = db.prepare<object, { id: number }>(`
    SELECT id FROM requests
    WHERE time >= @since AND time <= @until AND account_id = @accountId AND EXISTS (
      SELECT 1 FROM json_each(@names) AS name
      WHERE instr(path, name.value) OR instr(request, name.value) OR instr(response, name.value))
    ORDER BY id LIMIT ${String(LIMIT)}`);
  return {
    /** Ids of the requests of an account between two times (ms UTC) whose texts hold one of the names. */
    naming: (input: {
      accountId: string;
      names: readonly string[];
      since: number;
      until: number;
    }): readonly number[] =>
      naming
        .all({ ...input, names: JSON.stringify(input.names.filter((name) => name !== '')) })
        .map(({ id }) => id),
  };
}
