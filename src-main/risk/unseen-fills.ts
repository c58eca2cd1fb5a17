import type { Order, OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { isFinal } from '../trading/order-states.ts';
import { presentQuantity } from '../trading/position-after.ts';
import { forTrading } from '../trading/usable-balance.ts';

/** A venue that has told of a fill tells of the position within this time, or never: then a reconciliation does. */
const KEEP_MS = 5_000;

type Place = Pick<OrderDraft, 'symbol' | 'side' | 'positionSide'>;
type Holdings = Pick<AccountSession, 'positions' | 'balances'>;

interface Parts {
  /** Null for an account that is not connected. */
  readonly holdings: (accountId: string) => Holdings | null;
  /** Orders that are known already, with what of them was filled before. */
  readonly orders?: readonly Order[];
  /** Milliseconds that no clock change moves. */
  readonly now?: () => number;
}

interface Unseen extends Place {
  readonly accountId: string;
  readonly quantity: Decimal;
  /** When it was filled, by the venue's clock. */
  readonly filledAt: number;
  readonly heardAt: number;
  /** What is held, in its direction, once it is seen. */
  readonly expected: Decimal;
}

/**
 * What has filled and is in no position yet. A venue tells of an order's end and of the position in two messages:
 * between them it is neither among the open orders nor in the position, and repeats fast enough would have no limit.
 * Counted in its own direction only: to count it once too often refuses an order for a moment, and no more.
 */
export class UnseenFills {
  readonly #parts: Parts;
  readonly #now: () => number;
  /** Filled quantity of each open order, as it was heard last. */
  readonly #filled = new Map<string, string>();
  #unseen: readonly Unseen[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    for (const order of parts.orders ?? []) this.#filled.set(keyOf(order), order.filledQuantity);
  }

  /** Each change of an order, in the order of the changes. */
  heard(order: Order): void {
    const key = keyOf(order);
    const quantity = dec(order.filledQuantity).minus(this.#filled.get(key) ?? '0');
    if (isFinal(order.state)) this.#filled.delete(key);
    else this.#filled.set(key, order.filledQuantity);
    const holdings = this.#parts.holdings(order.accountId);
    if (holdings === null || !quantity.greaterThan('0') || toldAt(holdings, order) >= order.updatedAt) return;
    const { accountId, symbol, side, positionSide, updatedAt: filledAt } = order;
    const expected = held(holdings, order).plus(this.on(accountId, order)).plus(quantity);
    const one = { accountId, symbol, side, positionSide, quantity, filledAt, expected, heardAt: this.#now() };
    this.#unseen = [...this.#unseen, one];
  }

  /** How much of the market filled on this side and is not seen yet, in the instrument's quantity unit. */
  on(accountId: string, place: Place): Decimal {
    const holdings = this.#parts.holdings(accountId);
    this.#unseen = this.#unseen.filter(({ heardAt }) => this.#now() - heardAt < KEEP_MS);
    if (holdings === null) return dec('0');
    const isHere = (one: Unseen): boolean => one.accountId === accountId && isSame(one, place);
    const isSeen = (one: Unseen): boolean =>
      toldAt(holdings, one) >= one.filledAt || held(holdings, one).greaterThanOrEqualTo(one.expected);
    this.#unseen = this.#unseen.filter((one) => !isHere(one) || !isSeen(one));
    return this.#unseen.filter(isHere).reduce((sum, { quantity }) => sum.plus(quantity), dec('0'));
  }
}

const keyOf = ({ accountId, clientOrderId }: Order): string => `${accountId}/${clientOrderId}`;

const isSame = (one: Place, other: Place): boolean =>
  one.symbol === other.symbol && one.side === other.side && one.positionSide === other.positionSide;

/** The coin of a spot market, whose unified symbol names no settlement; null for a contract. */
const coinOf = ({ symbol }: Place): string | null =>
  symbol.includes(':') ? null : (symbol.split('/')[0] ?? null);

/** What is held, in the direction of the fill. */
function held({ positions, balances }: Holdings, place: Place): Decimal {
  const coin = coinOf(place);
  const present =
    coin === null
      ? presentQuantity(place, positions)
      : balances
          .filter((balance) => balance.asset === coin && forTrading(balance))
          .reduce((total, balance) => total.plus(balance.total), dec('0'));
  return present.times(place.side === 'buy' ? '1' : '-1');
}

/** Of which time, by the venue's clock, what is held is; -Infinity where nothing is held. */
function toldAt({ positions, balances }: Holdings, place: Place): number {
  const coin = coinOf(place);
  const times =
    coin === null
      ? positions.filter(
          ({ symbol, positionSide }) => symbol === place.symbol && positionSide === place.positionSide,
        )
      : balances.filter((balance) => balance.asset === coin && forTrading(balance));
  return Math.max(...times.map(({ updatedAt }) => updatedAt));
}
