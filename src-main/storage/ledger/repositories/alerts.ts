import type { Alert, AlertFiring } from '../../../../src-preload/contract/types/alert.ts';
import type { Db } from '../open.ts';

interface Row {
  readonly data: string;
}

export function alertOperations(db: Db) {
  const save = db.prepare(
    'INSERT INTO alerts (id, created_at, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data',
  );
  const remove = db.prepare('DELETE FROM alerts WHERE id = ?');
  const list = db.prepare<[], Row>('SELECT data FROM alerts ORDER BY created_at DESC');
  const addFiring = db.prepare(
    'INSERT INTO alert_firings (id, alert_id, time, seen, data) VALUES (?, ?, ?, 0, ?)',
  );
  const firings = db.prepare<[number, number], Row & { seen: number }>(
    'SELECT data, seen FROM alert_firings ORDER BY time DESC, id DESC LIMIT ? OFFSET ?',
  );
  const counts = db.prepare<[], { total: number; unseen: number }>(
    'SELECT count(*) AS total, coalesce(sum(seen = 0), 0) AS unseen FROM alert_firings',
  );
  const markSeen = db.prepare('UPDATE alert_firings SET seen = 1 WHERE seen = 0');
  const fire = db.transaction((input: { alert: Alert; firing: AlertFiring }) => {
    save.run(input.alert.id, input.alert.createdAt, JSON.stringify(input.alert));
    addFiring.run(input.firing.id, input.firing.alertId, input.firing.time, JSON.stringify(input.firing));
  });
  return {
    save: (alert: Alert) => {
      save.run(alert.id, alert.createdAt, JSON.stringify(alert));
      return null;
    },
    remove: (input: { id: string }) => remove.run(input.id).changes === 1,
    list: (): readonly Alert[] => list.all().map((row) => JSON.parse(row.data) as Alert),
    /** The firing and the alert's new state together, so that a restart never fires it twice. */
    fire: (input: { alert: Alert; firing: AlertFiring }) => {
      fire(input);
      return null;
    },
    firings: (input: { limit: number; offset: number }) => {
      const rows = firings.all(input.limit, input.offset).map((row) => ({
        ...(JSON.parse(row.data) as AlertFiring),
        seen: row.seen === 1,
      }));
      return { rows, ...(counts.get() ?? { total: 0, unseen: 0 }) };
    },
    markSeen: () => {
      markSeen.run();
      return null;
    },
  };
}
