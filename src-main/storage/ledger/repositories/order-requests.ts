import type { Db } from '../open.ts';

/** Each end of an order's life has this many: more than one order can reasonably have. */
const EACH_END = 100;

/** Which rows of the request log belong to an order. */
export function orderRequestOperations(db: Db) {
  // The time narrows it down by an index; only what is left of the long texts is read.
  const naming = (texts: string) =>
    db.prepare<object, { id: number }>(`
    SELECT id FROM requests
    WHERE time >= @since AND time <= @until AND account_id = @accountId AND EXISTS (
      SELECT 1 FROM json_each(@names) AS name WHERE ${texts})
    ORDER BY id`);
  // What was asked for the order, or done to it. A list that has it among others (GET) comes every few minutes for
  // as long as it is open, and says nothing that the journal does not.
  const ownRows = naming(`instr(path, name.value) OR instr(request, name.value)
    OR (method <> 'GET' AND instr(response, name.value))`);
  const allRows = naming(
    'instr(path, name.value) OR instr(request, name.value) OR instr(response, name.value)',
  );
  return {
    /**
     * Ids of the requests of an account between two times (ms UTC) that are about an order of one of the names,
     * oldest first. Lists that merely have it are answered when there is nothing else: an order that was placed
     * elsewhere. Of very many the first and the last.
     */
    naming: (input: {
      accountId: string;
      names: readonly string[];
      since: number;
      until: number;
    }): readonly number[] => {
      const values = { ...input, names: JSON.stringify(input.names.filter((name) => name !== '')) };
      const own = ownRows.all(values);
      return bothEnds((own.length > 0 ? own : allRows.all(values)).map(({ id }) => id));
    },
  };
}

const bothEnds = (ids: readonly number[]): readonly number[] =>
  ids.length <= 2 * EACH_END ? ids : [...ids.slice(0, EACH_END), ...ids.slice(-EACH_END)];
