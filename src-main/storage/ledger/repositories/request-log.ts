import type {
  LatencyRow,
  RequestRecord,
  RequestRow,
} from '../../../../src-preload/contract/types/activity.ts';
import type { Db } from '../open.ts';

export interface RequestFilter {
  readonly venue?: string | undefined;
  readonly accountId?: string | undefined;
  readonly outcome?: string | undefined;
  /** Part of operation or path. */
  readonly text?: string | undefined;
}

/** Oldest rows go when the log holds more than this many bytes of text. */
export const REQUEST_LOG_CAP_BYTES = 32 * 1024 * 1024;
/** What a row costs beside its texts. */
const ROW_BYTES = 120;
/** Trimmed to this share of the cap at once: the next appends then have nothing to trim. */
const TRIMMED_SHARE = 0.95;

const COLUMNS = `id, time, venue, account_id AS accountId, transport, operation, method, path, request, response,
  status, venue_code AS venueCode, outcome, waited_ms AS waitedMs, flight_ms AS flightMs`;
const WHERE = `(@venue IS NULL OR venue = @venue) AND (@accountId IS NULL OR account_id = @accountId)
  AND (@outcome IS NULL OR outcome = @outcome)
  AND (@text IS NULL OR operation LIKE @text ESCAPE '\\' OR path LIKE @text ESCAPE '\\')`;

/** What went to the venues, redacted by whoever hands it in. */
export function requestLogOperations(db: Db, capBytes = REQUEST_LOG_CAP_BYTES) {
  const list = db.prepare<object, RequestRow>(
    `SELECT ${COLUMNS} FROM requests WHERE ${WHERE} ORDER BY id DESC LIMIT @limit OFFSET @offset`,
  );
  const count = db.prepare<object, { total: number }>(
    `SELECT count(*) AS total FROM requests INDEXED BY requests_figures WHERE ${WHERE}`,
  );
  const page = db.prepare<object, RequestRow>(
    `SELECT ${COLUMNS} FROM requests WHERE id > @afterId AND ${WHERE} ORDER BY id LIMIT @limit`,
  );
  const { append, clear } = requestWriter(db, capBytes);
  return {
    /** Answers the ids, in the order given. */
    append: (rows: readonly RequestRecord[]): readonly number[] => append(rows),
    /** Newest first. */
    list: (input: RequestFilter & { limit: number; offset: number }) => {
      const values = { ...bound(input), limit: input.limit, offset: input.offset };
      return { rows: list.all(values), total: count.get(bound(input))?.total ?? 0 };
    },
    /** Oldest first, for walking through all of them: the last id of a page begins the next. */
    page: (input: RequestFilter & { afterId: number; limit: number }): readonly RequestRow[] =>
      page.all({ ...bound(input), afterId: input.afterId, limit: input.limit }),
    latency: latencyOf(db),
    clear: () => {
      clear();
      return null;
    },
  };
}

function requestWriter(db: Db, capBytes: number) {
  const insert = db.prepare(`
    INSERT INTO requests (time, venue, account_id, transport, operation, outcome, waited_ms, flight_ms, status,
      venue_code, bytes, method, path, request, response)
    VALUES (@time, @venue, @accountId, @transport, @operation, @outcome, @waitedMs, @flightMs, @status,
      @venueCode, @bytes, @method, @path, @request, @response)`);
  const oldest = db.prepare<[], { id: number; bytes: number }>(
    'SELECT id, bytes FROM requests ORDER BY id LIMIT 1000',
  );
  const dropTo = db.prepare('DELETE FROM requests WHERE id <= ?');
  const dropAll = db.prepare('DELETE FROM requests');
  const size = db.prepare<[], { bytes: number }>('SELECT coalesce(sum(bytes), 0) AS bytes FROM requests');
  // Kept in memory so that an append does not add up the whole table.
  let bytes = size.get()?.bytes ?? 0;
  const trim = (): void => {
    while (bytes > capBytes * TRIMMED_SHARE) {
      let upTo = 0;
      for (const row of oldest.all()) {
        if (bytes <= capBytes * TRIMMED_SHARE) break;
        bytes -= row.bytes;
        upTo = row.id;
      }
      if (upTo === 0) return;
      dropTo.run(upTo);
    }
  };
  const insertAll = db.transaction((rows: readonly RequestRecord[]) => {
    const ids = rows.map((row) => {
      const length = textBytes(row);
      bytes += length;
      return Number(insert.run({ ...row, bytes: length }).lastInsertRowid);
    });
    if (bytes > capBytes) trim();
    return ids;
  });
  return {
    append: (rows: readonly RequestRecord[]): readonly number[] => {
      try {
        return insertAll(rows);
      } catch (error) {
        // The transaction was undone and so is the count.
        bytes = size.get()?.bytes ?? 0;
        throw error;
      }
    },
    clear: () => {
      dropAll.run();
      bytes = 0;
    },
  };
}

/** Percentiles (nearest rank) of answered requests since a time. Operations without an answer have no row. */
function latencyOf(db: Db) {
  const since = db.prepare<
    [number],
    Pick<RequestRow, 'venue' | 'operation' | 'transport' | 'outcome'> & Figures
  >(
    `SELECT venue, operation, transport, outcome, waited_ms AS waitedMs, flight_ms AS flightMs
     FROM requests INDEXED BY requests_figures WHERE time >= ?`,
  );
  return (input: { since: number }): readonly LatencyRow[] => {
    const groups = new Map<string, Group>();
    for (const row of since.iterate(input.since)) {
      const { venue, operation, transport } = row;
      const key = JSON.stringify([venue, operation, transport]);
      const group = groups.get(key) ?? {
        venue,
        operation,
        transport,
        count: 0,
        failed: 0,
        flight: [],
        ack: [],
      };
      groups.set(key, group);
      group.count += 1;
      if (row.outcome === 'failed' || row.outcome === 'unknown') group.failed += 1;
      if (row.flightMs === null) continue;
      group.flight.push(row.flightMs);
      group.ack.push(row.flightMs + row.waitedMs);
    }
    return [...groups.values()]
      .filter(({ flight }) => flight.length > 0)
      .map(({ flight, ack, ...group }) => {
        flight.sort((a, b) => a - b);
        ack.sort((a, b) => a - b);
        return {
          ...group,
          p50: percentile(flight, 0.5),
          p95: percentile(flight, 0.95),
          p99: percentile(flight, 0.99),
          ackP50: percentile(ack, 0.5),
          ackP99: percentile(ack, 0.99),
        };
      })
      .sort((a, b) => b.count - a.count);
  };
}

interface Figures {
  readonly waitedMs: number;
  readonly flightMs: number | null;
}
interface Group extends Pick<LatencyRow, 'venue' | 'operation' | 'transport'> {
  count: number;
  failed: number;
  readonly flight: number[];
  readonly ack: number[];
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;

const textBytes = (row: RequestRecord): number =>
  ROW_BYTES +
  Buffer.byteLength(row.path) +
  Buffer.byteLength(row.request) +
  Buffer.byteLength(row.response ?? '');

const bound = ({ venue, accountId, outcome, text }: RequestFilter) => ({
  venue: venue ?? null,
  accountId: accountId ?? null,
  outcome: outcome ?? null,
  // The user's own % and _ are letters to search for.
  text: text === undefined || text === '' ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`,
});
