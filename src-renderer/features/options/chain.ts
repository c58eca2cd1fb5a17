/** An options chain as a table: strikes down, calls on the left, puts on the right. No Vue in here. */
import type { Instrument, Ticker } from '../../../src-preload/contract/types/market.ts';
import type { Order, Position } from '../../../src-preload/contract/types/trading.ts';
import { absText, addText, compareText, subtractText } from '../../lib/decimal.ts';

export type OptionSide = 'call' | 'put';

/** An option with everything the table needs; what lacks a strike, an expiry or a type is no row of a chain. */
export interface OptionMarket extends Instrument {
  readonly strike: string;
  readonly expiry: number;
  readonly optionType: OptionSide;
}

const isOption = (one: Instrument): one is OptionMarket =>
  one.kind === 'option' &&
  one.strike !== undefined &&
  one.expiry !== undefined &&
  one.optionType !== undefined;

/** Options among these markets. */
export const optionsOf = (instruments: readonly Instrument[]): readonly OptionMarket[] =>
  instruments.filter(isOption);

/** Coins that have options, most listed first. */
export function basesOf(options: readonly OptionMarket[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { base } of options) counts.set(base, (counts.get(base) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([base]) => base);
}

/** Coins in which the options on one coin settle: each is a chain of its own. */
export const settlesOf = (options: readonly OptionMarket[], base: string): readonly string[] => [
  ...new Set(options.filter((one) => one.base === base).map((one) => one.settle ?? one.quote)),
];

export interface ChainChoice {
  readonly base: string;
  readonly settle: string;
  readonly expiry: number;
}

const belongs = (one: OptionMarket, base: string, settle: string): boolean =>
  one.base === base && (one.settle ?? one.quote) === settle;

/** Expiries that are still to come, the nearest first, ms UTC. */
export const expiriesOf = (
  options: readonly OptionMarket[],
  { base, settle }: Pick<ChainChoice, 'base' | 'settle'>,
  now: number,
): readonly number[] =>
  [
    ...new Set(
      options.filter((one) => belongs(one, base, settle) && one.expiry > now).map((one) => one.expiry),
    ),
  ].sort((a, b) => a - b);

export interface ChainRow {
  readonly strike: string;
  readonly call: OptionMarket | null;
  readonly put: OptionMarket | null;
}

/** The strikes of one expiry, the lowest first. */
export function rowsOf(options: readonly OptionMarket[], choice: ChainChoice): readonly ChainRow[] {
  const rows = new Map<string, { call: OptionMarket | null; put: OptionMarket | null }>();
  for (const one of options) {
    if (one.expiry !== choice.expiry || !belongs(one, choice.base, choice.settle)) continue;
    const row = rows.get(one.strike) ?? { call: null, put: null };
    row[one.optionType] = one;
    rows.set(one.strike, row);
  }
  return [...rows]
    .map(([strike, row]) => ({ strike, ...row }))
    .sort((a, b) => compareText(a.strike, b.strike));
}

/** Strike nearest to the price of the underlying; null without one. */
export function atTheMoney(rows: readonly ChainRow[], underlying: string | null): string | null {
  if (underlying === null) return null;
  let best: { strike: string; distance: string } | null = null;
  for (const { strike } of rows) {
    const distance = absText(subtractText(strike, underlying));
    if (best === null || compareText(distance, best.distance) < 0) best = { strike, distance };
  }
  return best?.strike ?? null;
}

/** True when exercising now would pay: a call below the price, a put above it. */
export function inTheMoney(side: OptionSide, strike: string, underlying: string | null): boolean {
  if (underlying === null) return false;
  const order = compareText(strike, underlying);
  return side === 'call' ? order < 0 : order > 0;
}

/** The forward price that the options of this expiry are priced with; the first one that says it. */
export function underlyingOf(rows: readonly ChainRow[], tickers: ReadonlyMap<string, Ticker>): string | null {
  for (const { call, put } of rows) {
    for (const one of [call, put]) {
      const price = one === null ? null : (tickers.get(one.symbol)?.option?.underlying ?? null);
      if (price !== null) return price;
    }
  }
  return null;
}

/** What we have in one option: the signed position over all accounts (null = none) and how many orders work. */
export interface OwnInOption {
  readonly quantity: string | null;
  readonly orders: number;
}

/** Our positions and working orders at one venue, by symbol. */
export function ownBySymbol(
  venue: string,
  positions: readonly Position[],
  orders: readonly Order[],
): ReadonlyMap<string, OwnInOption> {
  const own = new Map<string, OwnInOption>();
  const of = (symbol: string): OwnInOption => own.get(symbol) ?? { quantity: null, orders: 0 };
  for (const one of positions.filter((position) => position.venue === venue)) {
    const signed = one.side === 'long' ? one.quantity : `-${one.quantity}`;
    const before = of(one.symbol);
    own.set(one.symbol, { ...before, quantity: addText(before.quantity ?? '0', signed) });
  }
  for (const one of orders.filter((order) => order.venue === venue)) {
    const before = of(one.symbol);
    own.set(one.symbol, { ...before, orders: before.orders + 1 });
  }
  return own;
}
