import type { Account } from '../../src-preload/contract/types/account.ts';
import type { Order, Position } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError } from '../errors.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import type { Note, OrderKeeper } from './order-keeper.ts';

const REASON = 'Its account was removed from Holdfast while it was open: look at the venue.';
const NOTE: Note = { kind: 'state', detail: 'accountRemoved' };
/** More of each are counted and not named. */
const NAMED = 10;

/**
 * Throws `account.notEmpty`, naming what is open there or that nobody knows: from then on Holdfast could neither see
 * nor cancel it.
 * @param session null when the account is not connected
 */
export function requireEmpty(
  account: Account,
  orders: readonly Order[],
  session: AccountSession | null,
): void {
  const isKnown = session?.state === 'live' && session.asOf !== null;
  const positions = session?.positions ?? [];
  if (orders.length + positions.length === 0 && (isKnown || account.state === 'notSupported')) return;
  const parts = [
    ...list('open order', orders.map(orderWords)),
    ...list('open position', positions.map(positionWords)),
    ...(isKnown ? [] : ['it is not connected, so what is open there now is not known']),
  ];
  throw new HoldfastError(
    'notAllowed',
    'account.notEmpty',
    `"${account.label}" still has something open: ${parts.join('; ')}. It would stay at the venue, where Holdfast could neither see nor cancel it any more.`,
  );
}

function list(name: string, words: readonly string[]): readonly string[] {
  if (words.length === 0) return [];
  const more = words.length > NAMED ? [`and ${String(words.length - NAMED)} more`] : [];
  const plural = words.length === 1 ? '' : 's';
  return [`${String(words.length)} ${name}${plural} (${[...words.slice(0, NAMED), ...more].join(', ')})`];
}

const orderWords = ({ side, quantity, quoteAmount, symbol, price, triggerPrice }: Order): string => {
  const at = price ?? triggerPrice;
  return [side, quantity ?? quoteAmount ?? '', symbol, ...(at === null ? [] : ['at', at])].join(' ');
};

const positionWords = ({ side, quantity, symbol }: Position): string => `${side} ${quantity} ${symbol}`;

/** An order that nobody can ask about any more. What became of it is not known, and no state may say so. */
const asLeft = (order: Order, now: number): Order => ({
  ...order,
  state: 'needsYou',
  reason: REASON,
  updatedAt: now,
});

/** Settles what is open on an account that is gone: kept in the history as it is, and nothing of today any more. */
export async function leaveOrders(
  keeper: Pick<OrderKeeper, 'open' | 'holdAll' | 'forgetAccount'>,
  accountId: string,
  now: number,
): Promise<void> {
  const left = keeper.open(accountId).map((order) => asLeft(order, now));
  await keeper.holdAll(left, NOTE);
  keeper.forgetAccount(accountId);
}

interface LoadParts {
  readonly ledger: Pick<LedgerRepositories, 'orders'>;
  readonly keeper: Pick<OrderKeeper, 'load' | 'get'>;
  readonly exists: (accountId: string) => boolean;
  readonly clock: () => number;
  readonly onWriteFailed: (error: unknown) => void;
}

/**
 * At start: loads what is open. Orders of accounts that are gone are not: nobody could ask about them. Those that were
 * not settled when their account went (a crash, an earlier version) are now. Rejects when they cannot be read: taken
 * for "there are none", that would let orders out beside others that nobody knows of.
 */
export async function loadOpenOrders(parts: LoadParts): Promise<void> {
  const { ledger, keeper, exists, clock, onWriteFailed } = parts;
  const open = await ledger.orders.open();
  for (const order of open)
    // Read late, it may be older than what the venue has said meanwhile.
    if (exists(order.accountId) && keeper.get(order.accountId, order.clientOrderId) === null)
      keeper.load(order);
  const now = clock();
  const left = open
    .filter(({ accountId, reason }) => !exists(accountId) && reason !== REASON)
    .map((order) => asLeft(order, now));
  if (left.length === 0) return;
  const entries = left.map((order) => ({
    order,
    steps: [{ time: now, kind: NOTE.kind, state: order.state, detail: NOTE.detail ?? null }],
  }));
  await ledger.orders.record(entries).catch(onWriteFailed);
}
