import type { Account } from '../../src-preload/contract/types/account.ts';
import type { EquityPoint, EquityRange, PortfolioView } from '../../src-preload/contract/types/portfolio.ts';
import type { Instrument, Ticker } from '../exchanges/exchange.ts';
import { dec, text } from '../market/decimal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { PortfolioSnapshot } from '../storage/ledger/repositories/snapshots.ts';
import type { AccountSession, AccountSessions } from '../trading/account-sessions.ts';
import { portfolioView } from './portfolio-view.ts';
import { countingRule } from './counting.ts';
import { Prices } from './prices.ts';

const DAY = 86_400_000;
const RANGES: Readonly<Record<EquityRange, number | null>> = {
  '1D': DAY,
  '1W': 7 * DAY,
  '1M': 30 * DAY,
  '1Y': 365 * DAY,
  all: null,
};
const POINTS = 500;
/** Snapshots keep their total in this; rates to the display currencies are stored with them. */
const STORED = 'USDT';
const CURRENCIES = ['USD', 'EUR', 'USDT', 'BTC', 'ETH'] as const;
export const SNAPSHOT_EVERY_MS = 5 * 60_000;
const PUBLISH_EVERY_MS = 1000;
/** A quiet account's stream says nothing for hours: asking again is what keeps its figures from growing old. */
const REFRESH_EVERY_MS = 15_000;

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly sessions: AccountSessions;
  readonly instruments: () => readonly Instrument[];
  readonly tickers: () => readonly Ticker[];
  readonly currency: () => string;
  readonly clock: () => number;
  /** Calls back every `ms` until the answered function is called. */
  readonly every: (ms: number, run: () => void) => () => void;
  /** A snapshot that could not be written. */
  readonly onWriteFailed: (error: unknown) => void;
}

/** Values the accounts, publishes the view once a second while anybody looks, and keeps the equity curve. */
export class Portfolio {
  readonly #parts: Parts;
  readonly #listeners = new Set<(view: PortfolioView) => void>();
  readonly #stops: (() => void)[] = [];
  readonly #asking = new Set<string>();
  #dayStart: PortfolioSnapshot | null = null;
  #dayStartOf = 0;
  /** Whether this session has written a snapshot. */
  #begun = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stops.push(
      parts.every(PUBLISH_EVERY_MS, () => {
        this.#publish();
        // The curve and the change of today begin with the session, not five minutes into it.
        if (!this.#begun) this.snapshot().catch(parts.onWriteFailed);
      }),
      parts.every(REFRESH_EVERY_MS, () => {
        void this.#refreshQuiet();
      }),
      parts.every(SNAPSHOT_EVERY_MS, () => {
        this.snapshot().catch(parts.onWriteFailed);
      }),
    );
  }

  view(): PortfolioView {
    const currency = this.#parts.currency();
    return portfolioView({
      ...this.#accounts(),
      prices: this.#prices(),
      currency,
      now: this.#parts.clock(),
      startOfDay: this.#startOfDay(currency),
    });
  }

  /** Hears a new view about once a second. */
  onView(listener: (view: PortfolioView) => void): () => void {
    this.#listeners.add(listener);
    void this.#loadDayStart().then(() => {
      if (this.#listeners.has(listener)) listener(this.view());
    });
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Asks every venue for balances and positions now; a venue that fails keeps its old figures and their age. */
  async refresh(): Promise<PortfolioView> {
    await this.#ask(this.#parts.sessions.all().filter(({ state }) => state !== 'failed'));
    await this.#loadDayStart();
    return this.view();
  }

  /** Only connected accounts whose stream has said nothing lately: the others are as fresh as can be. */
  async #refreshQuiet(): Promise<void> {
    const quietSince = this.#parts.clock() - REFRESH_EVERY_MS;
    const sessions = this.#parts.sessions.all();
    await this.#ask(
      sessions.filter(
        ({ asOf, state }) => (state === 'live' || state === 'stale') && (asOf === null || asOf <= quietSince),
      ),
    );
    if (startOfLocalDay(this.#parts.clock()) !== this.#dayStartOf) await this.#loadDayStart();
  }

  /** Never rejects. Those that are being asked already are left out. */
  async #ask(sessions: readonly AccountSession[]): Promise<void> {
    const free = sessions.filter((session) => !this.#asking.has(session.account.id));
    await Promise.allSettled(
      free.map(async (session) => {
        const { id } = session.account;
        const before = session.asOf;
        this.#asking.add(id);
        try {
          const [balances, positions] = await Promise.all([
            session.trading.balances(),
            session.trading.positions(),
          ]);
          // The stream spoke meanwhile: the answer may be older than that.
          if (session.asOf === before)
            Object.assign(session, { balances, positions, asOf: this.#parts.clock() });
        } finally {
          this.#asking.delete(id);
        }
      }),
    );
  }

  #accounts() {
    const { sessions } = this.#parts;
    return { sessions: sessions.all(), absent: sessions.missing() };
  }

  /** Those that are in the sums. */
  #counted(): readonly Account[] {
    const { sessions, absent } = this.#accounts();
    const accounts = [...sessions.map(({ account }) => account), ...absent];
    return accounts.filter(countingRule(accounts));
  }

  /**
   * Writes the present total and the equity of each account to the equity curve; skipped while a part that counts is
   * missing, so that no dip is invented. Accounts that do not count now may once, and are kept where they are known.
   */
  async snapshot(): Promise<void> {
    const prices = this.#prices();
    const now = this.#parts.clock();
    const view = portfolioView({
      ...this.#accounts(),
      prices,
      currency: STORED,
      now,
      startOfDay: null,
    });
    const isUnsure = view.accounts.some((account) => account.counted && account.state !== 'live');
    if (view.total === null || isUnsure) return;
    this.#begun = true;
    const rates: Record<string, string> = {};
    const [first] = this.#counted();
    for (const currency of CURRENCIES) {
      const price = first && prices.of(first.venue).price(currency, STORED);
      if (price) rates[currency] = text(price.value);
    }
    const accounts = Object.fromEntries(
      view.accounts.flatMap(({ accountId, equity, state }) =>
        equity !== null && state === 'live' ? [[accountId, equity] as const] : [],
      ),
    );
    await this.#parts.ledger.snapshots.insert({ time: now, total: view.total, rates, accounts });
    if (this.#dayStart === null) await this.#loadDayStart();
  }

  /** Of the accounts that count now: see `EquityPoint`. */
  async equity(range: EquityRange): Promise<readonly EquityPoint[]> {
    const length = RANGES[range];
    const from = length === null ? 0 : this.#parts.clock() - length;
    const currency = this.#parts.currency();
    const snapshots = await this.#parts.ledger.snapshots.since({ from, points: POINTS });
    const ids = this.#counted()
      .map(({ id }) => id)
      .toSorted();
    return snapshots.flatMap((snapshot) => {
      const parts = partsIn(snapshot, currency);
      const accounts = ids.filter((id) => parts[id] !== undefined);
      if (accounts.length === 0) return [];
      const equity = accounts.reduce((sum, id) => sum.plus(parts[id] ?? '0'), dec('0'));
      return [{ time: snapshot.time, equity: text(equity.toDecimalPlaces(8)), accounts }];
    });
  }

  dispose(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#listeners.clear();
  }

  #prices(): Prices {
    return new Prices(this.#parts.instruments(), this.#parts.tickers());
  }

  #publish(): void {
    if (this.#listeners.size === 0) return;
    if (startOfLocalDay(this.#parts.clock()) !== this.#dayStartOf) void this.#loadDayStart();
    const view = this.view();
    for (const listener of this.#listeners) listener(view);
  }

  /**
   * The snapshot nearest to local midnight: the last before it, or the first of the day. One from before yesterday is
   * none: what happened in a week away is not the change of today.
   */
  async #loadDayStart(): Promise<void> {
    const midnight = startOfLocalDay(this.#parts.clock());
    this.#dayStartOf = midnight;
    try {
      const before = await this.#parts.ledger.snapshots.atOrBefore({ time: midnight });
      this.#dayStart =
        before !== null && midnight - before.time <= DAY
          ? before
          : ((await this.#parts.ledger.snapshots.since({ from: midnight, points: POINTS }))[0] ?? null);
    } catch (error) {
      this.#parts.onWriteFailed(error);
    }
  }

  #startOfDay(currency: string): Readonly<Record<string, string>> | null {
    return this.#dayStart ? partsIn(this.#dayStart, currency) : null;
  }
}

/** Equity of each account of a snapshot; none where its rate to the currency is not known. */
function partsIn({ accounts, rates }: PortfolioSnapshot, currency: string): Readonly<Record<string, string>> {
  const rate = currency === STORED ? '1' : rates[currency];
  if (rate === undefined) return {};
  return Object.fromEntries(
    Object.entries(accounts).map(([id, equity]) => [id, text(dec(equity).div(rate).toDecimalPlaces(8))]),
  );
}

function startOfLocalDay(now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
