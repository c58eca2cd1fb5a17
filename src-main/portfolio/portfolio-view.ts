import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import type { AccountFigures, Holding, PortfolioView } from '../../src-preload/contract/types/portfolio.ts';
import type { Position } from '../../src-preload/contract/types/trading.ts';
import { dec, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import type { Valuation } from './valuation.ts';

/** An account that has not answered for this long shows old figures. */
export const STALE_AFTER_MS = 60_000;
/** Totals are shown to eight places; the parts stay exact. */
const PLACES = 8;

export interface ViewInput {
  readonly sessions: readonly AccountSession[];
  /** Labels of accounts that belong to the total but could not be connected yet. */
  readonly absent?: readonly string[];
  readonly valuation: Valuation;
  readonly currency: string;
  readonly now: number;
  /** Total at the start of the day, in `currency`; null without a snapshot. */
  readonly startOfDay: DecimalText | null;
}

/** The whole portfolio from what the venues last said. A part that is missing makes the total null, not small. */
export function portfolioView(input: ViewInput): PortfolioView {
  const accounts = input.sessions.map((session) => figuresOf(session, input));
  const holdings = holdingsOf(input);
  const missing = missingOf(input, holdings);
  const complete =
    accounts.every((account) => account.equity !== null) &&
    accounts.length > 0 &&
    (input.absent ?? []).length === 0;
  const total = complete ? sum(accounts.map((account) => account.equity)) : null;
  const change = total !== null && input.startOfDay !== null ? total.minus(input.startOfDay) : null;
  return {
    currency: input.currency,
    total: total ? shown(total) : null,
    changeToday: change ? shown(change) : null,
    changeTodayFraction:
      change && input.startOfDay !== null && !dec(input.startOfDay).isZero()
        ? text(change.div(input.startOfDay).toDecimalPlaces(6))
        : null,
    unrealizedPnl: unrealizedOf(input),
    holdings: withShares(holdings),
    accounts,
    asOf: oldest(accounts),
    missing,
  };
}

const shown = (value: Decimal): DecimalText => text(value.toDecimalPlaces(PLACES));
const sum = (values: readonly (DecimalText | null)[]): Decimal =>
  values.reduce((total, value) => (value === null ? total : total.plus(value)), dec('0'));

function oldest(accounts: readonly AccountFigures[]): number | null {
  const times = accounts.map((account) => account.asOf).filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function figuresOf(session: AccountSession, { valuation, currency, now }: ViewInput): AccountFigures {
  const { balances, positions, asOf } = session;
  const base = { accountId: session.account.id, balances, positions, asOf };
  if (asOf === null) {
    const failed = session.state === 'failed';
    return {
      ...base,
      equity: null,
      state: failed ? 'failed' : 'loading',
      ...(failed && session.stateReason !== null ? { error: session.stateReason } : {}),
    };
  }
  const state =
    session.state === 'failed' || session.state === 'stale' || now - asOf > STALE_AFTER_MS ? 'stale' : 'live';
  const parts = [
    ...balances
      .filter((balance) => balance.counted)
      .map((balance) => valuation.value(balance.total, balance.asset, currency)),
    ...positions.map((position) => {
      const worth = worthOf(position);
      return worth === null ? null : valuation.value(worth, position.settle, currency);
    }),
  ];
  const equity = parts.every((part) => part !== null) ? shown(sum(parts)) : null;
  return { ...base, equity, state, ...(session.stateReason === null ? {} : { error: session.stateReason }) };
}

/** `BTC/USDT:USDT-261225-90000-C` */
const isOption = (symbol: string): boolean => /:[^-]+-\d{6}-[\d.]+-[CP]$/.test(symbol);

/**
 * What a position adds to the balances, in its settlement coin. Contracts: the profit. The premium of an option
 * has left or entered the balance when it was traded, so the option itself counts, at its mark.
 */
function worthOf({ symbol, side, quantity, markPrice, unrealizedPnl }: Position): DecimalText | null {
  if (!isOption(symbol)) return unrealizedPnl;
  if (markPrice === null) return null;
  const worth = dec(quantity).times(markPrice);
  return text(side === 'long' ? worth : worth.negated());
}

function holdingsOf({ sessions, valuation, currency }: ViewInput): Holding[] {
  const byAsset = new Map<string, { total: Decimal; available: Decimal; held: Decimal }>();
  for (const balance of sessions.flatMap((session) => session.balances)) {
    if (!balance.counted) continue;
    const present = byAsset.get(balance.asset) ?? { total: dec('0'), available: dec('0'), held: dec('0') };
    byAsset.set(balance.asset, {
      total: present.total.plus(balance.total),
      available: present.available.plus(balance.available),
      held: present.held.plus(balance.held),
    });
  }
  return [...byAsset]
    .filter(([, amounts]) => !amounts.total.isZero() || !amounts.held.isZero())
    .map(([asset, amounts]) => {
      const price = valuation.price(asset, currency);
      return {
        asset,
        total: text(amounts.total),
        available: text(amounts.available),
        held: text(amounts.held),
        value: price ? shown(price.value.times(amounts.total)) : null,
        share: null,
        pricePath: price?.path ?? [],
      };
    })
    .toSorted((a, b) => dec(b.value ?? '-1').comparedTo(a.value ?? '-1'));
}

function withShares(holdings: readonly Holding[]): Holding[] {
  const total = sum(holdings.map((holding) => holding.value));
  if (!total.isPositive() || total.isZero()) return [...holdings];
  return holdings.map((holding) => ({
    ...holding,
    share: holding.value === null ? null : text(dec(holding.value).div(total).toDecimalPlaces(6)),
  }));
}

function unrealizedOf({ sessions, valuation, currency }: ViewInput): DecimalText | null {
  const parts = sessions
    .flatMap((session) => session.positions)
    .map((position) =>
      position.unrealizedPnl === null
        ? null
        : valuation.value(position.unrealizedPnl, position.settle, currency),
    );
  return parts.every((part) => part !== null) ? shown(sum(parts)) : null;
}

/** By the names that a person knows: accounts by label, assets and contracts by symbol. */
function missingOf(
  { sessions, absent = [], valuation, currency }: ViewInput,
  holdings: readonly Holding[],
): string[] {
  const silent = sessions.filter((session) => session.asOf === null).map(({ account }) => account.label);
  const priceless = holdings.filter((holding) => holding.value === null).map((holding) => holding.asset);
  const contracts = sessions
    .flatMap((session) => session.positions)
    .filter((position) => {
      const worth = worthOf(position);
      return worth === null || valuation.value(worth, position.settle, currency) === null;
    })
    .map((position) => position.symbol);
  return [...new Set([...silent, ...absent, ...priceless, ...contracts])];
}
