import type { Fill } from '../../../../src-preload/contract/types/trading.ts';
import type { Db } from '../open.ts';
import type { OrderFilter } from './orders.ts';

const HOUR = 3_600_000;

interface Row {
  readonly data: string;
}

export function fillOperations(db: Db) {
  // Identity is venue execution id within account and market: the same fill from two feeds is one row, while
  // two equal fills with different ids are two.
  const insert = db.prepare(
    'INSERT INTO fills (account_id, id, symbol, time, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  // One of a venue's feeds may tell what a fill earned, and the other not, and either may be first.
  const addProfit = db.prepare(`
    UPDATE fills SET data = json_set(data, '$.realizedPnl', ?)
    WHERE account_id = ? AND symbol = ? AND id = ? AND data ->> 'realizedPnl' IS NULL`);
  const filter = '(@accountId IS NULL OR account_id = @accountId) AND (@symbol IS NULL OR symbol = @symbol)';
  const hours = db.prepare<object, { hour: number; count: number }>(
    `SELECT hour, sum(count) AS count FROM fill_hours WHERE ${filter} GROUP BY hour ORDER BY hour DESC`,
  );
  const page = db.prepare<object, Row>(
    `SELECT data FROM fills WHERE ${filter} AND time < @before ORDER BY time DESC, n DESC LIMIT @limit OFFSET @skip`,
  );
  // By time first: an index of names would cost every insert for what a person looks at now and then.
  const byOrder = db.prepare<[number, string, string], Row>(
    "SELECT data FROM fills WHERE time >= ? AND account_id = ? AND data ->> 'clientOrderId' = ? ORDER BY time, n",
  );
  const after = db.prepare<[number, string], Row>(
    'SELECT data FROM fills WHERE n > ? AND account_id = ? ORDER BY n',
  );
  const last = db.prepare<[], { n: number | null }>('SELECT max(n) AS n FROM fills');
  const insertAll = db.transaction((fills: readonly Fill[]) =>
    fills.filter((fill) => {
      const { accountId, id, symbol, time, realizedPnl } = fill;
      if (insert.run(accountId, id, symbol, time, JSON.stringify(fill)).changes === 1) return true;
      if (realizedPnl !== undefined) addProfit.run(realizedPnl, accountId, symbol, id);
      return false;
    }),
  );
  // Paging asks for the same hours again and again; they change only with an insert.
  const cache = new Map<string, readonly { hour: number; count: number }[]>();
  const hoursOf = (values: { accountId: string | null; symbol: string | null }) => {
    const key = JSON.stringify(values);
    const known = cache.get(key) ?? hours.all(values);
    if (cache.size > 20) cache.clear();
    cache.set(key, known);
    return known;
  };
  return {
    /** Answers those that were new. One that is known already gets the profit that it lacked, and nothing else. */
    insert: (fills: readonly Fill[]): readonly Fill[] => {
      cache.clear();
      return insertAll(fills);
    },
    list: (input: OrderFilter) => {
      const values = { accountId: input.accountId ?? null, symbol: input.symbol ?? null };
      const buckets = hoursOf(values);
      const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
      let skip = input.offset;
      const first = buckets.find((bucket) => {
        if (skip < bucket.count) return true;
        skip -= bucket.count;
        return false;
      });
      if (!first) return { rows: [], total };
      const rows = page.all({ ...values, before: (first.hour + 1) * HOUR, limit: input.limit, skip });
      return { rows: rows.map((row) => JSON.parse(row.data) as Fill), total };
    },
    /** An account's fills that were written after the n-th of all, and the number of the last of all. */
    after: (input: { accountId: string; n: number }) => ({
      fills: after.all(input.n, input.accountId).map((row) => JSON.parse(row.data) as Fill),
      last: last.get()?.n ?? 0,
    }),
    /** @param input.since the order cannot have been filled before, ms UTC */
    byOrder: (input: { accountId: string; clientOrderId: string; since?: number }) =>
      byOrder
        .all(input.since ?? 0, input.accountId, input.clientOrderId)
        .map((row) => JSON.parse(row.data) as Fill),
  };
}
