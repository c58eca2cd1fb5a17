import type { Order, OrderState } from '../../src-preload/contract/types/trading.ts';
import type { ErrorKind } from '../../src-preload/contract/result.ts';
import type { HoldfastError } from '../errors.ts';
import type { TradingAccount } from '../exchanges/exchange.ts';
import { venueRef } from './order-identity.ts';
import { deskState } from './order-states.ts';

/** Waits between look-ups, ms: the venue's own history can lag by seconds. */
const WAITS = [500, 1000, 2000, 2000, 1000, 2000, 6000, 15_000, 30_000];
/** "Not found" counts only when the venue has said it this often in a row. */
const NOT_FOUND_NEEDED = 3;
/**
 * A request can be late on the line, and venues take one for up to five seconds after its time stamp: "not found"
 * before that may be true and yet not the end.
 */
const MAY_ARRIVE_MS = 5000;

/**
 * Whether a failed request may have been carried out all the same. "Duplicate" is among them: our ids are made
 * once, so that the venue having one already means that the order arrived.
 */
export const cannotKnow = ({ kind }: HoldfastError): boolean => OPEN_ENDED.has(kind);

const OPEN_ENDED: ReadonlySet<ErrorKind> = new Set([
  'unknownOutcome',
  'internal',
  'protocol',
  'duplicateOrder',
]);

export interface LookUp {
  readonly order: Order;
  readonly trading: Pick<TradingAccount, 'findOrder'>;
  readonly wait: (ms: number) => Promise<void>;
  /** True when nobody needs the answer any more: the account was closed. */
  readonly isOver?: () => boolean;
}

export type Verdict =
  | { readonly kind: 'found'; readonly order: Order }
  | { readonly kind: 'notPlaced' }
  | { readonly kind: 'unsettled'; readonly reason: string };

/**
 * Asks the venue what became of an order whose answer never came. Never sends it again, and a look-up that
 * fails is not "not found": after the last wait such an order needs a person.
 */
export async function settleUnknown({
  order,
  trading,
  wait,
  isOver = () => false,
}: LookUp): Promise<Verdict> {
  let notFound = 0;
  // Counted from the waits and not by a clock: one that is set forward meanwhile must not shorten this.
  let waited = 0;
  let reason = 'the venue did not answer';
  for (const ms of WAITS) {
    await wait(ms);
    waited += ms;
    if (isOver()) break;
    try {
      const found = await trading.findOrder(venueRef(order));
      if (found) return { kind: 'found', order: found };
      notFound += 1;
      if (notFound >= NOT_FOUND_NEEDED && waited > MAY_ARRIVE_MS) return { kind: 'notPlaced' };
    } catch (error) {
      notFound = 0;
      reason = error instanceof Error ? error.message : reason;
    }
  }
  return { kind: 'unsettled', reason };
}

/** Why an order is called not placed: the venue said so often enough, or a person. */
const NOT_PLACED = 'The venue does not know this order: it was not placed.';
export const NOT_SEEN = 'You have seen at the venue that this order is not there.';

/** Whether an order counts as not placed by such a conclusion, and not because a request was refused. */
export const wasConcluded = (order: Order): boolean =>
  deskState(order) === 'notPlaced' && (order.reason === NOT_PLACED || order.reason === NOT_SEEN);

/** What an order is to be called when the look-ups did not find it. */
export function conclusion(verdict: Exclude<Verdict, { kind: 'found' }>): {
  state: OrderState;
  reason: string;
} {
  return verdict.kind === 'notPlaced'
    ? { state: 'rejected', reason: NOT_PLACED }
    : { state: 'needsYou', reason: verdict.reason };
}
