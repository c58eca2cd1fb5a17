import type { Db } from '../open.ts';

/** The whole portfolio at one time. Rates are kept with it so that the curve is right in any currency. */
export interface PortfolioSnapshot {
  readonly time: number;
  /** Total in USDT, decimal text. */
  readonly total: string;
  /** USDT per unit of each display currency at that time. */
  readonly rates: Readonly<Record<string, string>>;
  readonly accounts: Readonly<Record<string, string>>;
}

interface Row {
  readonly data: string;
}
const parse = (row: Row): PortfolioSnapshot => JSON.parse(row.data) as PortfolioSnapshot;

export function snapshotOperations(db: Db) {
  const insert = db.prepare(
    'INSERT INTO snapshots (time, data) VALUES (?, ?) ON CONFLICT DO UPDATE SET data = excluded.data',
  );
  const range = db.prepare<[number], { n: number; first: number | null; last: number | null }>(
    'SELECT count(*) AS n, min(time) AS first, max(time) AS last FROM snapshots WHERE time >= ?',
  );
  // Numbers are bound as REAL, so the division has to be cut back to whole stretches.
  // The last snapshot of each of equal stretches of time: thinning that keeps the true end.
  const thinned = db.prepare<[number, number, number], Row>(
    'SELECT data FROM snapshots WHERE time IN (SELECT max(time) FROM snapshots WHERE time >= ? GROUP BY CAST((time - ?) / ? AS INTEGER)) ORDER BY time',
  );
  const atOrBefore = db.prepare<[number], Row>(
    'SELECT data FROM snapshots WHERE time <= ? ORDER BY time DESC LIMIT 1',
  );
  return {
    insert: (snapshot: PortfolioSnapshot) => {
      insert.run(snapshot.time, JSON.stringify(snapshot));
      return null;
    },
    /** Oldest first, at most `points`. */
    since: (input: { from: number; points: number }): readonly PortfolioSnapshot[] => {
      const found = range.get(input.from);
      if (!found || found.first === null || found.last === null) return [];
      const step = Math.max(1, Math.ceil((found.last - found.first + 1) / input.points));
      return thinned.all(input.from, found.first, step).map(parse);
    },
    atOrBefore: (input: { time: number }): PortfolioSnapshot | null => {
      const row = atOrBefore.get(input.time);
      return row ? parse(row) : null;
    },
  };
}
