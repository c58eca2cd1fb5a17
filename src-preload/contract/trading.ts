import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import { ORDER_STATES, ORDER_TYPES, TIMES_IN_FORCE, TRIGGER_SOURCES } from './types/trading.ts';
import type {
  AccountModes,
  CancelReport,
  Fill,
  Order,
  OrderPreview,
  OrderTimeline,
  Position,
  ReconciliationNews,
  ReconciliationReport,
} from './types/trading.ts';
import { id, nothing, page, positiveDecimal, symbol, venue } from './values.ts';

const draft = {
  accountId: id,
  symbol,
  side: z.enum(['buy', 'sell']),
  type: z.enum(ORDER_TYPES),
  quantity: z.optional(positiveDecimal),
  quoteAmount: z.optional(positiveDecimal),
  price: z.optional(positiveDecimal),
  triggerPrice: z.optional(positiveDecimal),
  triggerBy: z.optional(z.enum(TRIGGER_SOURCES)),
  timeInForce: z.enum(TIMES_IN_FORCE),
  postOnly: z.boolean(),
  reduceOnly: z.boolean(),
  positionSide: z.enum(['net', 'long', 'short']),
  takeProfit: z.optional(positiveDecimal),
  stopLoss: z.optional(positiveDecimal),
};

const orderFilter = {
  accountId: z.optional(id),
  venue: z.optional(venue),
  symbol: z.optional(symbol),
  states: z.optional(z.array(z.enum(ORDER_STATES)).check(z.minLength(1))),
};

export const trading = {
  calls: {
    preview: call<OrderPreview>()({ input: z.strictObject(draft), capability: 'read', unlocked: true }),
    /**
     * Sends the order. `intentId` is made by the ticket once per press of the button: the same id again is the
     * same order, not a second one. Refused with `badInput` (the instrument's rules) or `notAllowed` and a code
     * `risk.*` (limits, balance, stops beyond the position, kill switch), with field, rule and the nearest value that
     * passes where there is one. An answer that never came is no failure: the order answers as `unknown`.
     */
    place: call<Order>()({
      input: z.strictObject({ ...draft, intentId: id }),
      capability: 'trade',
      unlocked: true,
    }),
    /** `quantity` is the new total. Refused like a new order, and when it cannot be journaled; a cancel never is. */
    amend: call<Order>()({
      input: z.strictObject({
        accountId: id,
        clientOrderId: id,
        quantity: z.optional(positiveDecimal),
        price: z.optional(positiveDecimal),
        triggerPrice: z.optional(positiveDecimal),
      }),
      capability: 'trade',
      unlocked: true,
    }),
    cancel: call<Order>()({
      input: z.strictObject({ accountId: id, clientOrderId: id }),
      capability: 'trade',
      unlocked: true,
    }),
    cancelAll: call<CancelReport>()({
      input: z.strictObject({ accountId: id, symbol: z.optional(symbol) }),
      capability: 'trade',
      unlocked: true,
    }),
    /** Closes a position with a reduce-only market order. */
    closePosition: call<Order>()({
      input: z.strictObject({
        accountId: id,
        symbol,
        positionSide: z.enum(['net', 'long', 'short']),
        intentId: id,
      }),
      capability: 'trade',
      unlocked: true,
    }),
    setLeverage: call<null>()({
      input: z.strictObject({ accountId: id, symbol, leverage: positiveDecimal }),
      capability: 'trade',
      unlocked: true,
    }),
    setMarginMode: call<AccountModes>()({
      input: z.strictObject({ accountId: id, symbol, marginMode: z.enum(['cross', 'isolated']) }),
      capability: 'trade',
      unlocked: true,
    }),
    /** Needs an account without positions and open orders, or the venue refuses. */
    setPositionMode: call<null>()({
      input: z.strictObject({ accountId: id, mode: z.enum(['oneWay', 'hedge']) }),
      capability: 'trade',
      unlocked: true,
    }),
    /** Sets, changes (a price) or removes (null) the protection of an open position. */
    setProtection: call<null>()({
      input: z.strictObject({
        accountId: id,
        symbol,
        positionSide: z.enum(['net', 'long', 'short']),
        takeProfit: z.nullable(positiveDecimal),
        stopLoss: z.nullable(positiveDecimal),
      }),
      capability: 'trade',
      unlocked: true,
    }),
    /** Leverage, margin mode and position mode of one market. */
    marketModes: call<AccountModes & { leverage: string }>()({
      input: z.strictObject({ accountId: id, symbol }),
      capability: 'read',
      unlocked: true,
    }),
    openOrders: call<readonly Order[]>()({
      input: z.strictObject({ accountId: z.optional(id) }),
      capability: 'read',
      unlocked: true,
    }),
    /** Newest first, all states. */
    orderHistory: call<{ rows: readonly Order[]; total: number }>()({
      input: z.strictObject({ ...orderFilter, ...page }),
      capability: 'read',
      unlocked: true,
    }),
    /** Main opens the save dialog; CSV, one line an order. Null when the person cancelled. */
    exportOrders: call<{ path: string; rows: number } | null>()({
      input: z.strictObject(orderFilter),
      capability: 'read',
      unlocked: true,
    }),
    /** Every transition of one order with its times, and the requests that belong to it (redacted). */
    timeline: call<OrderTimeline>()({
      input: z.strictObject({ accountId: id, clientOrderId: id }),
      capability: 'read',
      unlocked: true,
    }),
    /** Asks the venue again what became of an order in state `unknown` or `needsYou`. */
    lookAgain: call<Order>()({
      input: z.strictObject({ accountId: id, clientOrderId: id }),
      capability: 'trade',
      unlocked: true,
    }),
    /** A person has seen at the venue that the order is not there: it becomes `rejected`. `needsYou` only. */
    markNotPlaced: call<Order>()({
      input: z.strictObject({ accountId: id, clientOrderId: id }),
      capability: 'trade',
      unlocked: true,
    }),
    /**
     * What the last reconciliations of each connected account found, newest first: up to 20 of each, and what is
     * running now. Quiet ones of the timer are kept once, not each time.
     */
    reconciliations: call<readonly ReconciliationReport[]>()({
      input: nothing,
      capability: 'read',
      unlocked: true,
    }),
    /** Reconciles an account now, or waits for the one that is under way. A failure is in the report. */
    reconcile: call<ReconciliationReport>()({
      input: z.strictObject({ accountId: id }),
      capability: 'read',
      unlocked: true,
    }),
    fills: call<{ rows: readonly Fill[]; total: number }>()({
      input: z.strictObject({ accountId: z.optional(id), symbol: z.optional(symbol), ...page }),
      capability: 'read',
      unlocked: true,
    }),
  },
  topics: {
    /** Every change of every order, of all accounts. */
    orders: topic<Order>()({ params: nothing, delivery: 'every', unlocked: true }),
    fills: topic<Fill>()({ params: nothing, delivery: 'every', unlocked: true }),
    positions: topic<readonly Position[]>()({ params: nothing, delivery: 'latest', unlocked: true }),
    /**
     * A reconciliation began or ended; starts with what is running. When the end is told, `reconciliations`
     * has the report.
     */
    reconciliation: topic<ReconciliationNews>()({ params: nothing, delivery: 'every', unlocked: true }),
  },
};
