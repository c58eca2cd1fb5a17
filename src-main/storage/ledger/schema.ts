/**
 * Migrations of the ledger, oldest first; `PRAGMA user_version` holds how many were applied. A landed entry is
 * never edited: installed databases have run it.
 */
const FIRST = `
CREATE TABLE key_values (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY, venue TEXT NOT NULL, label TEXT NOT NULL, environment TEXT NOT NULL,
  added_at INTEGER NOT NULL, removed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  account_id TEXT NOT NULL, client_order_id TEXT NOT NULL, venue_order_id TEXT, intent_id TEXT,
  symbol TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (account_id, client_order_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX orders_intent ON orders (account_id, intent_id) WHERE intent_id IS NOT NULL;
CREATE UNIQUE INDEX orders_venue ON orders (account_id, venue_order_id) WHERE venue_order_id IS NOT NULL;
CREATE INDEX orders_time ON orders (created_at DESC);
CREATE INDEX orders_state ON orders (state);

CREATE TABLE order_events (
  n INTEGER PRIMARY KEY, account_id TEXT NOT NULL, client_order_id TEXT NOT NULL,
  time INTEGER NOT NULL, state TEXT NOT NULL, detail TEXT
) STRICT;
CREATE INDEX order_events_order ON order_events (account_id, client_order_id, n);

CREATE TABLE fills (
  n INTEGER PRIMARY KEY, account_id TEXT NOT NULL, id TEXT NOT NULL, symbol TEXT NOT NULL,
  time INTEGER NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX fills_identity ON fills (account_id, symbol, id);
CREATE INDEX fills_time ON fills (time DESC, n DESC);

-- How many fills each hour holds, so that a page at any offset is found without walking a million rows.
CREATE TABLE fill_hours (
  hour INTEGER NOT NULL, account_id TEXT NOT NULL, symbol TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (hour, account_id, symbol)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fills_counted AFTER INSERT ON fills BEGIN
  INSERT INTO fill_hours VALUES (NEW.time / 3600000, NEW.account_id, NEW.symbol, 1)
  ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TABLE snapshots (time INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;

CREATE TABLE alerts (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alert_firings (
  id TEXT PRIMARY KEY, alert_id TEXT NOT NULL, time INTEGER NOT NULL, seen INTEGER NOT NULL, data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_firings_time ON alert_firings (time DESC);

CREATE TABLE request_log (n INTEGER PRIMARY KEY, time INTEGER NOT NULL, venue TEXT NOT NULL, bytes INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
`;

/** Movements of money: written before they are sent, so that no intent can be sent twice, after a crash neither. */
const FUNDS_INTENTS = `
CREATE TABLE funds_intents (
  account_id TEXT NOT NULL, intent_id TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  fingerprint TEXT NOT NULL, request TEXT NOT NULL, result TEXT,
  PRIMARY KEY (account_id, intent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX funds_intents_state ON funds_intents (account_id, state);
`;

/** The request log with columns to filter by. Nothing wrote to the first one in a release. */
const REQUESTS = `
DROP TABLE request_log;
CREATE TABLE requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, venue TEXT NOT NULL, account_id TEXT, transport TEXT NOT NULL,
  operation TEXT NOT NULL, outcome TEXT NOT NULL, waited_ms REAL NOT NULL, flight_ms REAL, status INTEGER,
  venue_code TEXT, bytes INTEGER NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, request TEXT NOT NULL, response TEXT
) STRICT;
-- Holds all that latency figures and counts need, so that neither reads the long texts.
CREATE INDEX requests_figures ON requests (
  time, venue, account_id, outcome, operation, path, transport, waited_ms, flight_ms
);
`;

/** What each step of an order was: the intent, the request, an answer, a look-up. */
const ORDER_STEPS = `
ALTER TABLE order_events ADD COLUMN kind TEXT NOT NULL DEFAULT 'state';
`;

/** Up to which record of the redo log everything is in here. */
const REDO_POSITION = `
CREATE TABLE redo_position (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
INSERT INTO redo_position VALUES (1, 0);
`;

export const MIGRATIONS: readonly string[] = [FIRST, FUNDS_INTENTS, REQUESTS, ORDER_STEPS, REDO_POSITION];
