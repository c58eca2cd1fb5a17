import type { Order, OrderEvent, OrderState } from '../../../../src-preload/contract/types/trading.ts';
import { deskState, isFinal, mayBecome } from '../../../trading/order-states.ts';
import type { Db } from '../open.ts';

/** States from which an order can still change: what has to be reconciled after a start. */
export const OPEN_STATES: readonly OrderState[] = [
  'sending',
  'working',
  'untriggered',
  'partiallyFilled',
  'cancelling',
  'unknown',
  'needsYou',
];

interface Row {
  readonly data: string;
}
const parse = (row: Row): Order => JSON.parse(row.data) as Order;

export interface OrderFilter {
  readonly accountId?: string | undefined;
  readonly venue?: string | undefined;
  readonly symbol?: string | undefined;
  readonly states?: readonly OrderState[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** One step of an order as the journal has it. */
type OrderStep = OrderEvent;

/** An order as it is to be kept, with the steps that led there; without any, "it is in this state now". */
export interface OrderEntry {
  readonly order: Order;
  readonly intentId?: string | undefined;
  readonly detail?: string | undefined;
  readonly steps?: readonly OrderStep[] | undefined;
}

/**
 * After a restart nobody has ended orders in memory, so this is where a very late message about one is told from
 * news: an order that has ended changes only as the table of states allows.
 */
const isTooLate = (known: Order | null, next: Order): boolean =>
  known !== null && isFinal(known.state) && !mayBecome(deskState(known), deskState(next));

export function orderOperations(db: Db) {
  const upsert = db.prepare(`
    INSERT INTO orders (account_id, client_order_id, venue_order_id, intent_id, symbol, state, created_at, updated_at, data)
    VALUES (@accountId, @clientOrderId, @venueOrderId, @intentId, @symbol, @state, @createdAt, @updatedAt, @data)
    ON CONFLICT (account_id, client_order_id) DO UPDATE SET
      venue_order_id = excluded.venue_order_id, state = excluded.state,
      updated_at = excluded.updated_at, data = excluded.data`);
  const addEvent = db.prepare(
    'INSERT INTO order_events (account_id, client_order_id, time, kind, state, detail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const byIntent = db.prepare<[string, string], Row>(
    'SELECT data FROM orders WHERE account_id = ? AND intent_id = ?',
  );
  const byClientId = db.prepare<[string, string], Row>(
    'SELECT data FROM orders WHERE account_id = ? AND client_order_id = ?',
  );
  const open = db.prepare<OrderState[], Row>(
    `SELECT data FROM orders WHERE state IN (${OPEN_STATES.map(() => '?').join(', ')}) ORDER BY created_at`,
  );
  const events = db.prepare<[string, string], OrderStep>(
    `SELECT time, kind, nullif(state, '') AS state, detail FROM order_events
     WHERE account_id = ? AND client_order_id = ? ORDER BY n`,
  );
  const addSteps = (order: Pick<Order, 'accountId' | 'clientOrderId'>, steps: readonly OrderStep[]) => {
    for (const { time, kind, state, detail } of steps)
      addEvent.run(order.accountId, order.clientOrderId, time, kind, state ?? '', detail);
  };
  const known = ({
    accountId,
    clientOrderId,
  }: {
    accountId: string;
    clientOrderId: string;
  }): Order | null => {
    const row = byClientId.get(accountId, clientOrderId);
    return row ? parse(row) : null;
  };
  const record = db.transaction((entries: readonly OrderEntry[]) => {
    for (const { order, intentId, detail = null, steps } of entries) {
      if (isTooLate(known(order), order)) continue;
      upsert.run({ ...order, intentId: intentId ?? null, data: JSON.stringify(order) });
      addSteps(order, steps ?? [{ time: order.updatedAt, kind: 'state', state: order.state, detail }]);
    }
  });
  const note = db.transaction(addSteps);
  return {
    /** Writes orders and their transitions in one durable transaction; one that would reopen an ended order is left out. */
    record: (entries: readonly OrderEntry[]) => {
      record(entries);
      return null;
    },
    /** Writes steps of an order that is as it was. */
    note: (input: { accountId: string; clientOrderId: string; steps: readonly OrderStep[] }) => {
      note(input, input.steps);
      return null;
    },
    ...pastOperations(db),
    byIntent: (input: { accountId: string; intentId: string }): Order | null => {
      const row = byIntent.get(input.accountId, input.intentId);
      return row ? parse(row) : null;
    },
    byClientId: known,
    open: (): readonly Order[] => open.all(...OPEN_STATES).map(parse),
    ...listOperations(db),
    events: (input: { accountId: string; clientOrderId: string }) =>
      events.all(input.accountId, input.clientOrderId),
  };
}

/** Pages of orders, newest first. */
function listOperations(db: Db) {
  const where = `WHERE (@accountId IS NULL OR account_id = @accountId) AND (@symbol IS NULL OR symbol = @symbol)
    AND (@venue IS NULL OR data ->> 'venue' = @venue)
    AND (@states IS NULL OR state IN (SELECT value FROM json_each(@states)))`;
  const list = db.prepare<object, Row>(
    `SELECT data FROM orders ${where} ORDER BY created_at DESC, client_order_id DESC LIMIT @limit OFFSET @offset`,
  );
  const count = db.prepare<object, { total: number }>(`SELECT count(*) AS total FROM orders ${where}`);
  return {
    list: (filter: OrderFilter) => {
      const values = {
        accountId: filter.accountId ?? null,
        venue: filter.venue ?? null,
        symbol: filter.symbol ?? null,
        states: filter.states ? JSON.stringify(filter.states) : null,
        limit: filter.limit,
        offset: filter.offset,
      };
      return { rows: list.all(values).map(parse), total: count.get(values)?.total ?? 0 };
    },
  };
}

/** Orders that came from a venue's history, and the ids that are used up. */
function pastOperations(db: Db) {
  const insertMissing = db.prepare(`
    INSERT INTO orders (account_id, client_order_id, venue_order_id, intent_id, symbol, state, created_at, updated_at, data)
    VALUES (@accountId, @clientOrderId, @venueOrderId, NULL, @symbol, @state, @createdAt, @updatedAt, @data)
    ON CONFLICT DO NOTHING`);
  const insertAllMissing = db.transaction(
    (orders: readonly Order[]) =>
      orders.filter((order) => insertMissing.run({ ...order, data: JSON.stringify(order) }).changes === 1)
        .length,
  );
  const highestId = db.prepare<[number], { id: number | null }>(`
    SELECT max(CAST(client_order_id AS INTEGER)) AS id FROM orders
    WHERE client_order_id GLOB '[0-9]*' AND client_order_id NOT GLOB '*[^0-9]*'
      AND length(client_order_id) <= 15 AND CAST(client_order_id AS INTEGER) < ?`);
  return {
    /** Adds orders of the past; one that is known already stays as it is. Answers how many were new. */
    insertMissing: (orders: readonly Order[]): number => insertAllMissing(orders),
    /** The highest client order id made of digits only and below a limit, of all accounts; 0 without one. */
    highestId: (input: { below: number }): number => highestId.get(input.below)?.id ?? 0,
  };
}
