import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import type { AccountFigures, Holding, PortfolioView } from '../../src-preload/contract/types/portfolio.ts';
import type { Account } from '../../src-preload/contract/types/account.ts';
import type { Position } from '../../src-preload/contract/types/trading.ts';
import { dec, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { countingRule } from './counting.ts';
import type { Prices } from './prices.ts';

/** An account that has not answered for this long shows old figures. */
export const STALE_AFTER_MS = 60_000;
/** Totals are shown to eight places; the parts stay exact. */
const PLACES = 8;

export interface ViewInput {
  readonly sessions: readonly AccountSession[];
  /** Accounts that could not be connected yet. */
  readonly absent?: readonly Pick<Account, 'label' | 'environment'>[];
  readonly prices: Pick<Prices, 'of'>;
  readonly currency: string;
  readonly now: number;
  /** Equity of each account at the start of the day, in `currency`; null without a snapshot. */
  readonly startOfDay: Readonly<Record<string, DecimalText>> | null;
}

/** What the sums are made of. */
interface Counted {
  readonly sessions: readonly AccountSession[];
  readonly absent: readonly string[];
  readonly prices: Pick<Prices, 'of'>;
  readonly currency: string;
}

/** The whole portfolio from what the venues last said. A part that is missing makes the total null, not small. */
export function portfolioView(input: ViewInput): PortfolioView {
  const { sessions, absent = [], prices, currency } = input;
  const counts = countingRule([...sessions.map(({ account }) => account), ...absent]);
  const counted: Counted = {
    sessions: sessions.filter(({ account }) => counts(account)),
    absent: absent.filter(counts).map(({ label }) => label),
    prices,
    currency,
  };
  const accounts = sessions.map((session) => figuresOf(session, counts(session.account), input));
  const parts = accounts.filter((account) => account.counted);
  const holdings = holdingsOf(counted.sessions, counted);
  const complete =
    parts.length > 0 && counted.absent.length === 0 && parts.every((account) => account.equity !== null);
  const total = complete ? sum(parts.map((account) => account.equity)) : null;
  return {
    currency,
    total: total ? shown(total) : null,
    ...(total === null ? NO_CHANGE : changeOf(parts, input.startOfDay)),
    unrealizedPnl: unrealizedOf(counted),
    holdings: withShares(holdings),
    accounts,
    asOf: oldest(parts),
    missing: missingOf(counted, holdings),
  };
}

const NO_CHANGE = { changeToday: null, changeTodayFraction: null } as const;

/** Over the accounts that are known at both times: one that came today has earned nothing by coming. */
function changeOf(
  parts: readonly AccountFigures[],
  startOfDay: ViewInput['startOfDay'],
): Pick<PortfolioView, 'changeToday' | 'changeTodayFraction'> {
  const both = parts.filter(({ accountId }) => startOfDay?.[accountId] !== undefined);
  if (startOfDay === null || both.length === 0) return NO_CHANGE;
  const before = sum(both.map(({ accountId }) => startOfDay[accountId] ?? null));
  const change = sum(both.map(({ equity }) => equity)).minus(before);
  return {
    changeToday: shown(change),
    changeTodayFraction: before.isZero() ? null : text(change.div(before).toDecimalPlaces(6)),
  };
}

const shown = (value: Decimal): DecimalText => text(value.toDecimalPlaces(PLACES));
const sum = (values: readonly (DecimalText | null)[]): Decimal =>
  values.reduce((total, value) => (value === null ? total : total.plus(value)), dec('0'));

function oldest(accounts: readonly AccountFigures[]): number | null {
  const times = accounts.map((account) => account.asOf).filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function figuresOf(session: AccountSession, counted: boolean, input: ViewInput): AccountFigures {
  const { prices, currency, now } = input;
  const { balances, positions, asOf } = session;
  const pricing = prices.of(session.account.venue);
  const base = {
    accountId: session.account.id,
    counted,
    ...(counted ? {} : { notCountedReason: 'playMoney' as const }),
    holdings: withShares(holdingsOf([session], input)),
    balances,
    positions,
    asOf,
  };
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
      .map((balance) => pricing.value(balance.total, balance.asset, currency)),
    ...positions.map((position) => {
      const worth = worthOf(position);
      return worth === null ? null : pricing.value(worth, position.settle, currency);
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

/** One line for each coin. Accounts that are summed up together are of one world, or there is none with real money. */
function holdingsOf(
  sessions: readonly AccountSession[],
  { prices, currency }: Pick<ViewInput, 'prices' | 'currency'>,
): Holding[] {
  const byAsset = new Map<string, Parts>();
  for (const { account, balances } of sessions) {
    const pricing = prices.of(account.venue);
    for (const balance of balances) {
      if (!balance.counted) continue;
      const present = byAsset.get(balance.asset) ?? NOTHING;
      const price = pricing.price(balance.asset, currency);
      byAsset.set(balance.asset, {
        total: present.total.plus(balance.total),
        available: present.available.plus(balance.available),
        held: present.held.plus(balance.held),
        value: price && present.value ? present.value.plus(price.value.times(balance.total)) : null,
        pricePath: price?.path ?? present.pricePath,
      });
    }
  }
  return [...byAsset]
    .filter(([, { total, held }]) => !total.isZero() || !held.isZero())
    .map(([asset, { total, available, held, value, pricePath }]) => ({
      asset,
      total: text(total),
      available: text(available),
      held: text(held),
      value: value ? shown(value) : null,
      share: null,
      pricePath,
    }))
    .toSorted((a, b) => dec(b.value ?? '-1').comparedTo(a.value ?? '-1'));
}

interface Parts {
  readonly total: Decimal;
  readonly available: Decimal;
  readonly held: Decimal;
  readonly value: Decimal | null;
  readonly pricePath: readonly string[];
}
const NOTHING: Parts = {
  total: dec('0'),
  available: dec('0'),
  held: dec('0'),
  value: dec('0'),
  pricePath: [],
};

function withShares(holdings: readonly Holding[]): Holding[] {
  const total = sum(holdings.map((holding) => holding.value));
  if (!total.isPositive() || total.isZero()) return [...holdings];
  return holdings.map((holding) => ({
    ...holding,
    share: holding.value === null ? null : text(dec(holding.value).div(total).toDecimalPlaces(6)),
  }));
}

function unrealizedOf({ sessions, prices, currency }: Counted): DecimalText | null {
  const parts = sessions.flatMap(({ account, positions }) =>
    positions.map(({ unrealizedPnl, settle }) =>
      unrealizedPnl === null ? null : prices.of(account.venue).value(unrealizedPnl, settle, currency),
    ),
  );
  return parts.every((part) => part !== null) ? shown(sum(parts)) : null;
}

/** By the names that a person knows: accounts by label, assets and contracts by symbol. */
function missingOf({ sessions, absent, prices, currency }: Counted, holdings: readonly Holding[]): string[] {
  const silent = sessions.filter((session) => session.asOf === null).map(({ account }) => account.label);
  const priceless = holdings.filter((holding) => holding.value === null).map((holding) => holding.asset);
  const contracts = sessions.flatMap(({ account, positions }) =>
    positions
      .filter((position) => {
        const worth = worthOf(position);
        return worth === null || prices.of(account.venue).value(worth, position.settle, currency) === null;
      })
      .map((position) => position.symbol),
  );
  return [...new Set([...silent, ...absent, ...priceless, ...contracts])];
}
