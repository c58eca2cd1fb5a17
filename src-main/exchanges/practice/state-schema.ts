/** The saved form of the practice accounts: plain JSON, versioned, money as decimal text. */
import * as z from 'zod/mini';
import { HoldfastError } from '../../errors.ts';
import {
  ORDER_STATES,
  ORDER_TYPES,
  TIMES_IN_FORCE,
  TRIGGER_SOURCES,
} from '../../../src-preload/contract/types/trading.ts';

const signed = z.string().check(z.regex(/^-?\d{1,30}(?:\.\d{1,18})?$/));
const decimal = z.string().check(z.regex(/^\d{1,30}(?:\.\d{1,18})?$/));
const text = z.string().check(z.maxLength(200));
const time = z.int().check(z.minimum(0));
const asset = z.string().check(z.regex(/^[A-Z0-9.]{1,20}$/));
const side = z.enum(['buy', 'sell']);
const maybe = z.nullable(decimal);
const money = z.record(asset, signed);
const wallet = z.record(asset, decimal);

const order = z.strictObject({
  venue: z.literal('practice'),
  symbol: text,
  accountId: text,
  clientOrderId: text,
  venueOrderId: z.nullable(text),
  side,
  type: z.enum(ORDER_TYPES),
  state: z.enum(ORDER_STATES),
  quantity: maybe,
  quoteAmount: z.optional(decimal),
  filledQuantity: decimal,
  averagePrice: maybe,
  price: maybe,
  triggerPrice: maybe,
  triggerBy: z.optional(z.enum(TRIGGER_SOURCES)),
  timeInForce: z.enum(TIMES_IN_FORCE),
  postOnly: z.boolean(),
  reduceOnly: z.boolean(),
  positionSide: z.literal('net'),
  createdAt: time,
  updatedAt: time,
  reason: z.optional(text),
});

const fill = z.strictObject({
  venue: z.literal('practice'),
  symbol: text,
  accountId: text,
  id: text,
  venueOrderId: text,
  clientOrderId: text,
  side,
  price: decimal,
  quantity: decimal,
  fee: signed,
  feeCurrency: text,
  liquidity: z.enum(['maker', 'taker', 'unknown']),
  cause: z.enum(['trade', 'liquidation', 'settlement']),
  realizedPnl: z.optional(signed),
  time,
});

const funding = z.strictObject({
  id: text,
  symbol: text,
  amount: signed,
  asset: text,
  rate: z.nullable(signed),
  time,
});

const position = z.strictObject({
  symbol: text,
  asset,
  /** Signed: positive = long. */
  quantity: signed,
  cost: signed,
  margin: decimal,
  realized: signed,
  marginMode: z.enum(['cross', 'isolated']),
  leverage: z.int().check(z.minimum(100), z.maximum(100_000)),
  takeProfit: maybe,
  stopLoss: maybe,
  /** What it is settled at when its market is not there any more. */
  mark: maybe,
  updatedAt: time,
});

const account = z.strictObject({
  id: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  balances: wallet,
  modes: z.record(
    text,
    z.strictObject({
      marginMode: z.enum(['cross', 'isolated']),
      leverage: z.int().check(z.minimum(100), z.maximum(100_000)),
    }),
  ),
  positions: z.array(position),
  /** Open orders with the turnover of what was filled of them. */
  orders: z.array(z.strictObject({ order, turnover: decimal })),
  usedIds: z.array(text),
  history: z.strictObject({ orders: z.array(order), fills: z.array(fill), funding: z.array(funding) }),
});

const state = z.strictObject({
  version: z.literal(1),
  savedAt: time,
  sourceKey: z.string().check(z.maxLength(5_000)),
  venue: money,
  crowd: z.strictObject({ balances: money, positions: z.array(position) }),
  accounts: z.array(account),
});

export type PracticeState = z.infer<typeof state>;
export type SavedPosition = z.infer<typeof position>;
export type SavedAccount = z.infer<typeof account>;
export type SavedOrder = z.infer<typeof order>;

/** The state, or a `storage` error that names the first thing that is wrong. */
export function checkState(value: unknown): PracticeState {
  const result = state.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined ? '' : issue.path.map(String).join('.');
  throw new HoldfastError(
    'storage',
    'practice.badState',
    `The saved practice account could not be read${where === '' ? '' : ` (${where})`}.`,
  );
}
