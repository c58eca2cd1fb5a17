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

export interface OrderSelection {
  readonly accountId?: string | undefined;
  readonly venue?: string | undefined;
  readonly symbol?: string | undefined;
  readonly states?: readonly OrderState[] | undefined;
}
export interface OrderFilter extends OrderSelection {
  readonly limit: number;
  readonly offset: number;
}

/** The last order of a page: what never changes of it, and what comes after it is the next page. */
export interface OrderCursor {
  readonly createdAt: number;
  readonly clientOrderId: string;
  readonly accountId: string;
}
const BEFORE_ALL: OrderCursor = { createdAt: Number.MAX_SAFE_INTEGER, clientOrderId: '', accountId: '' };

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

const ORDER_BY = 'ORDER BY created_at DESC, client_order_id DESC, account_id DESC';

/** Pages of orders, newest first. */
function listOperations(db: Db) {
  const where = `WHERE (@accountId IS NULL OR account_id = @accountId) AND (@symbol IS NULL OR symbol = @symbol)
    AND (@venue IS NULL OR data ->> 'venue' = @venue)
    AND (@states IS NULL OR state IN (SELECT value FROM json_each(@states)))`;
  const list = db.prepare<object, Row>(
    `SELECT data FROM orders ${where} ${ORDER_BY} LIMIT @limit OFFSET @offset`,
  );
  const count = db.prepare<object, { total: number }>(`SELECT count(*) AS total FROM orders ${where}`);
  // The first condition is the one that the index of times understands.
  const page = db.prepare<object, Row & OrderCursor>(`
    SELECT data, created_at AS createdAt, client_order_id AS clientOrderId, account_id AS accountId FROM orders
    ${where} AND created_at <= @lastCreatedAt
      AND (created_at, client_order_id, account_id) < (@lastCreatedAt, @lastClientOrderId, @lastAccountId)
    ${ORDER_BY} LIMIT @limit`);
  return {
    list: (filter: OrderFilter) => {
      const values = { ...bound(filter), limit: filter.limit, offset: filter.offset };
      return { rows: list.all(values).map(parse), total: count.get(bound(filter))?.total ?? 0 };
    },
    /**
     * For walking through all of them: orders that come, or leave the selection, in between move nobody from one
     * page to another. `next` is null at the end.
     */
    page: (input: OrderSelection & { readonly after: OrderCursor | null; readonly limit: number }) => {
      const last = input.after ?? BEFORE_ALL;
      const rows = page.all({
        ...bound(input),
        limit: input.limit,
        lastCreatedAt: last.createdAt,
        lastClientOrderId: last.clientOrderId,
        lastAccountId: last.accountId,
      });
      return { rows: rows.map(parse), next: rows.length < input.limit ? null : cursorOf(rows.at(-1)) };
    },
  };
}

const bound = ({ accountId, venue, symbol, states }: OrderSelection) => ({
  accountId: accountId ?? null,
  venue: venue ?? null,
  symbol: symbol ?? null,
  states: states ? JSON.stringify(states) : null,
});

/** From the columns: what the venue says later of an order changes its document alone. */
const cursorOf = (row: OrderCursor | undefined): OrderCursor | null =>
  row === undefined
    ? null
    : { createdAt: row.createdAt, clientOrderId: row.clientOrderId, accountId: row.accountId };

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
