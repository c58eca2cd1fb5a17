/**
 * What open orders hold. Spot: a buy holds its worth, a sell its quantity. Contracts: the margin and the taker
 * fee of the part that would open or enlarge a position; orders that only close hold nothing. Orders waiting
 * for a trigger hold nothing: they are measured when they fire.
 */
import { divide, multiply, type Amount } from '../amount.ts';
import { initialMargin } from '../accounts/margin.ts';
import type { AccountBook, MarketTerms } from '../accounts/ledger.ts';
import type { PracticeMarket } from '../market-source.ts';
import { remaining, type EngineOrder } from '../matching/order.ts';
import type { OrderRecord } from './order-record.ts';

export interface Hold {
  readonly asset: string;
  readonly amount: Amount;
}

/** Lots by which an order of a side could reduce a position. */
export function reducible(book: AccountBook, symbol: string, side: 'buy' | 'sell'): number {
  const lots = book.positions.get(symbol)?.lots ?? 0;
  return Math.max(0, side === 'sell' ? lots : -lots);
}

type Sized = Pick<EngineOrder, 'side' | 'price' | 'market' | 'lots' | 'filled' | 'budget' | 'reduceOnly'>;

/** Most that executing the order's rest now would cost: what it takes at once, and the rest at its limit. */
function worstNotional(order: Sized, market: PracticeMarket, owner: string): Amount {
  const { scale } = market.terms;
  if (order.budget !== null) return BigInt(order.budget) * scale.tickLot;
  const lots = remaining(order as EngineOrder);
  const taken = market.matcher.preview(order.side, { lots, limit: order.price }, owner);
  const rest = order.market || order.price === null ? 0 : lots - taken.lots;
  return BigInt(taken.tickLots) * scale.tickLot + scale.notional(order.price ?? 0, rest);
}

/** What an order needs to be accepted. `others` are the account's open orders of the same market. */
export function requirement(
  order: Sized,
  market: PracticeMarket,
  book: AccountBook,
  others: Iterable<OrderRecord>,
): Hold {
  const { terms } = market;
  if (terms.kind === 'spot') {
    if (order.side === 'buy') return { asset: terms.quote, amount: worstNotional(order, market, book.id) };
    const lots =
      order.budget === null
        ? remaining(order as EngineOrder)
        : lotsForBudget(order.budget, order, market, book.id);
    return { asset: terms.base, amount: terms.scale.quantity(lots) };
  }
  const lots = remaining(order as EngineOrder);
  let closable = reducible(book, terms.symbol, order.side);
  for (const { engine } of others) {
    if (engine !== order && engine.status === 'working' && engine.side === order.side)
      closable -= remaining(engine);
  }
  const opening = order.reduceOnly ? 0 : Math.min(lots, Math.max(0, lots - Math.max(0, closable)));
  if (opening === 0) return { asset: terms.quote, amount: 0n };
  const share = divide(worstNotional(order, market, book.id) * BigInt(opening), BigInt(lots), 'up');
  return { asset: terms.quote, amount: openingHold(share, terms, book) };
}

function lotsForBudget(budget: number, order: Sized, market: PracticeMarket, owner: string): number {
  return market.matcher.preview(order.side, { budget, limit: order.price }, owner).lots;
}

function openingHold(notional: Amount, terms: MarketTerms, book: AccountBook): Amount {
  return initialMargin(notional, book.mode(terms).leverage) + multiply(notional, terms.takerFee, 'up');
}

/** Sets the holds of an account's resting orders of one market anew, after anything there has changed. */
export function refreshHolds(
  book: AccountBook,
  market: PracticeMarket,
  orders: readonly OrderRecord[],
): void {
  const { terms } = market;
  for (const side of ['buy', 'sell'] as const) {
    const resting = byPriority(orders.filter((order) => order.engine.side === side));
    let closable = reducible(book, terms.symbol, side);
    for (const { id, engine } of resting) {
      const lots = remaining(engine);
      const price = engine.price ?? 0;
      if (engine.status !== 'working') book.setHold(id, terms.quote, 0n);
      else if (terms.kind === 'spot') {
        const [asset, amount] =
          side === 'buy'
            ? [terms.quote, terms.scale.notional(price, lots)]
            : [terms.base, terms.scale.quantity(lots)];
        book.setHold(id, asset, amount);
      } else {
        const opening = engine.reduceOnly ? 0 : Math.max(0, lots - closable);
        closable = Math.max(0, closable - lots);
        const notional = terms.scale.notional(price, opening);
        book.setHold(id, terms.quote, opening === 0 ? 0n : openingHold(notional, terms, book));
      }
    }
  }
}

/** Resting orders of one side in the order in which the market would fill them. */
export function byPriority(orders: readonly OrderRecord[]): OrderRecord[] {
  const better = (a: OrderRecord, b: OrderRecord): number => {
    const difference = (a.engine.price ?? 0) - (b.engine.price ?? 0);
    return a.engine.side === 'buy' ? -difference : difference;
  };
  return [...orders].sort((a, b) => better(a, b) || a.arrival - b.arrival);
}
