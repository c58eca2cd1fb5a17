import type { Db } from '../open.ts';

/** One request as it may be kept: already redacted by whoever sent it. */
export interface RequestLogEntry {
  readonly time: number;
  readonly venue: string;
  /** Redacted JSON text. */
  readonly data: string;
}

/** Oldest rows go when the log holds more than this many bytes of text. */
export const REQUEST_LOG_CAP_BYTES = 32 * 1024 * 1024;

export function requestLogOperations(db: Db, capBytes = REQUEST_LOG_CAP_BYTES) {
  const insert = db.prepare('INSERT INTO request_log (time, venue, bytes, data) VALUES (?, ?, ?, ?)');
  const size = db.prepare<[], { bytes: number }>('SELECT coalesce(sum(bytes), 0) AS bytes FROM request_log');
  const list = db.prepare<[number, number], RequestLogEntry>(
    'SELECT time, venue, data FROM request_log ORDER BY n DESC LIMIT ? OFFSET ?',
  );
  const oldest = db.prepare<[], { n: number; bytes: number }>(
    'SELECT n, bytes FROM request_log ORDER BY n LIMIT 1000',
  );
  const dropTo = db.prepare('DELETE FROM request_log WHERE n <= ?');
  // Kept in memory so that an append does not add up the whole table.
  let bytes = size.get()?.bytes ?? 0;
  const trim = (): void => {
    while (bytes > capBytes) {
      const rows = oldest.all();
      const last = rows.at(-1);
      if (!last) return;
      let upTo = last.n;
      for (const row of rows) {
        bytes -= row.bytes;
        if (bytes <= capBytes) {
          upTo = row.n;
          break;
        }
      }
      dropTo.run(upTo);
    }
  };
  const append = db.transaction((entries: readonly RequestLogEntry[]) => {
    for (const entry of entries) {
      const length = Buffer.byteLength(entry.data);
      insert.run(entry.time, entry.venue, length, entry.data);
      bytes += length;
    }
    trim();
  });
  return {
    append: (entries: readonly RequestLogEntry[]) => {
      append(entries);
      return null;
    },
    list: (input: { limit: number; offset: number }): readonly RequestLogEntry[] =>
      list.all(input.limit, input.offset),
  };
}
