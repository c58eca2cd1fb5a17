/**
 * The practice exchange: a venue inside the application, with play money. It implements the port like any
 * other venue; `control` is what only a practice exchange has (its source of prices, deposits, reset, saving).
 * Market data carry the time of their source (for a record: its own); orders, fills and balances carry the
 * exchange's clock, because the account lives now.
 */
import { HoldfastError } from '../../errors.ts';
import type { AccountAccess, Exchange, TradingAccount, Unsubscribe, VenueHealth } from '../exchange.ts';
import { AccountBook, Ledger } from './accounts/ledger.ts';
import { ONE, parseAmount } from './amount.ts';
import { CAPABILITIES } from './capabilities.ts';
import { Desk } from './desk/desk.ts';
import type { DeskAccount } from './desk/desk-account.ts';
import { RiskKeeper } from './desk/risk-keeper.ts';
import { PracticeMarketData } from './market-data.ts';
import type { MarketSource, SourceEvents } from './market-source.ts';
import { notify } from './notify.ts';
import { PracticeAccount } from './practice-account.ts';
import { openReplay, type OpenRecording } from './replay/replay-source.ts';
import { exportState, importState, type PracticeState } from './state.ts';
import { SyntheticSource } from './synthetic/synthetic-source.ts';

export type SourceChoice =
  | { readonly kind: 'synthetic'; readonly seed: number }
  /** `speed` 1 to 100. */
  | { readonly kind: 'replay'; readonly file: string; readonly speed: number };

/** Repeats `run` every `ms` until the answer is called. */
export type Repeat = (run: () => void, ms: number) => () => void;

export interface PracticeOptions {
  readonly source: SourceChoice;
  readonly clock?: () => number;
  readonly repeat?: Repeat;
  /** Opens a record; throws `badInput` with the line where the file stops being one. */
  readonly openRecording: OpenRecording;
  /** What `exportState` answered, as it was read back. Refused as `storage` when it is not one. */
  readonly savedState?: unknown;
}

export interface PracticeControl {
  readonly source: SourceChoice;
  /**
   * Changes the market. Open orders are cancelled and positions settled at their mark price, because the new
   * market's prices have nothing to do with the old one's. A bad file leaves everything as it was.
   */
  setSource(choice: SourceChoice): Promise<void>;
  /** 1 to 100; `invalidOrder` otherwise, `notSupported` on the synthetic market. */
  setSpeed(speed: number): void;
  /** Plays the record from its beginning, as `setSource` with the same file. */
  restartReplay(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Back to the first balances, without orders and positions. */
  reset(accountId: string): void;
  /** Adds play money of an asset that a market here trades; `amount` > 0 with at most 18 decimals. */
  deposit(accountId: string, asset: string, amount: string): void;
  exportState(): PracticeState;
  /** Replaces all accounts. Throws `storage` and changes nothing when it is no state of ours. */
  importState(state: unknown): void;
  /** Called when something worth saving has changed, before whoever listens to the account hears of it. */
  onChange(listener: () => void): Unsubscribe;
}

export interface PracticeExchange extends Exchange {
  readonly control: PracticeControl;
}

export const FIRST_BALANCES: Readonly<Record<string, string>> = {
  USDT: '10000',
  BTC: '0.1',
  ETH: '1',
  EUR: '1000',
};

const STEP = 100;
/** Positions and balances move with the mark price: told once a second while somebody listens. */
const VALUATION_EVERY = 1_000;
const LARGEST_DEPOSIT = 1_000_000_000n * ONE;

const repeatWithTimer: Repeat = (run, ms) => {
  const timer = setInterval(run, ms);
  // The exchange alone must not keep a process alive.
  timer.unref();
  return () => clearInterval(timer);
};

/** Opens the exchange on a source. Rejects as `setSource` does when the record cannot be read. */
export async function createPracticeExchange(options: PracticeOptions): Promise<PracticeExchange> {
  const exchange = new Practice(options);
  try {
    await exchange.start(options.source, options.savedState);
  } catch (error) {
    exchange.dispose();
    throw error;
  }
  return exchange;
}

class Practice implements PracticeExchange, PracticeControl {
  readonly venue = 'practice';
  readonly capabilities = CAPABILITIES;
  readonly market: PracticeMarketData;
  readonly control: PracticeControl = this;
  source: SourceChoice;
  readonly #clock: () => number;
  readonly #openRecording: OpenRecording;
  readonly #repeat: Repeat;
  readonly #ledger = new Ledger();
  readonly #desk: Desk;
  readonly #risk: RiskKeeper;
  readonly #session: string;
  readonly #changeListeners = new Set<() => void>();
  readonly #connections = new Set<PracticeAccount>();
  #source: MarketSource | null = null;
  #stopTimer: (() => void) | null = null;
  #ids = 0;
  #valuedAt = 0;
  #paused = false;
  #wasLive = true;
  #disposed = false;

  constructor(options: PracticeOptions) {
    this.#clock = options.clock ?? Date.now;
    this.#repeat = options.repeat ?? repeatWithTimer;
    this.#openRecording = options.openRecording;
    this.source = options.source;
    // Ids of different sessions differ, so a state that was not saved in time cannot make the same id twice.
    this.#session = this.#clock().toString(36);
    this.#desk = new Desk({
      ledger: this.#ledger,
      clock: this.#clock,
      nextId: () => this.#nextId(),
      onConcluded: () => this.#changed(),
    });
    this.#risk = new RiskKeeper(this.#desk);
    this.market = new PracticeMarketData(() => this.#current(), this.#clock);
  }

  async start(choice: SourceChoice, savedState: unknown): Promise<void> {
    this.#use(await this.#open(choice), choice);
    if (savedState !== undefined && savedState !== null) this.importState(savedState);
    this.#stopTimer = this.#repeat(() => this.#step(), STEP);
  }

  openAccount(access: AccountAccess): TradingAccount {
    const connection = new PracticeAccount(access.accountId, access.uses, this.#desk, () =>
      this.#account(access.accountId),
    );
    this.#account(access.accountId);
    this.#connections.add(connection);
    return connection;
  }

  /** Its clock is ours and nothing of it goes over a wire. */
  wake(): void {
    return undefined;
  }

  health(): VenueHealth {
    const source = this.#current();
    const { lastDataAt, failure } = source;
    const replay = source.replay();
    const state = failure !== null ? 'failed' : this.#paused || replay?.ended === true ? 'paused' : 'live';
    const dataAgeMs = lastDataAt === null ? null : Math.max(0, this.#clock() - lastDataAt);
    return {
      venue: 'practice',
      state,
      latencyMs: 0,
      clockOffsetMs: 0,
      dataAgeMs,
      budget: null,
      streams: [{ name: 'market', state, ageMs: dataAgeMs }],
      nextAttemptAt: null,
      lastError: failure?.message ?? null,
      ...(replay === null ? {} : { replay }),
    };
  }

  async setSource(choice: SourceChoice): Promise<void> {
    const source = await this.#open(choice);
    if (this.#disposed) {
      source.dispose();
      return;
    }
    this.#leaveMarket();
    this.#use(source, choice);
    this.market.announce(this.#isLive(source));
    this.#changed();
  }

  setSpeed(speed: number): void {
    if (this.source.kind !== 'replay') {
      throw new HoldfastError(
        'notSupported',
        'practice.noSpeed',
        'The synthetic market runs at the pace of the clock.',
      );
    }
    checkSpeed(speed);
    this.#current().setSpeed(speed, this.#clock());
    this.source = { ...this.source, speed };
  }

  async restartReplay(): Promise<void> {
    if (this.source.kind !== 'replay') {
      throw new HoldfastError(
        'notSupported',
        'practice.noReplay',
        'The synthetic market has no beginning to go back to.',
      );
    }
    await this.setSource(this.source);
  }

  pause(): void {
    this.#paused = true;
    this.#current().pause(this.#clock());
    this.market.announce(false);
    this.#wasLive = false;
  }

  resume(): void {
    this.#paused = false;
    this.#current().resume(this.#clock());
  }

  reset(accountId: string): void {
    const account = this.#account(accountId);
    this.#desk.operation(() => {
      for (const record of account.ordersOf()) this.#desk.cancelRecord(record, 'requested');
      this.#risk.settleAll(account);
      const book = new AccountBook(accountId, 'user');
      // The play money goes back to where deposits come from; the house keeps its fees.
      this.#ledger.replace(book);
      account.restart(book);
      firstBalances(account);
      for (const symbol of this.#desk.markets.keys()) this.#desk.touch(account, symbol);
    });
    this.#changed();
  }

  deposit(accountId: string, asset: string, amount: string): void {
    if (
      !/^\d{1,12}(?:\.\d{1,18})?$/.test(amount) ||
      parseAmount(amount) <= 0n ||
      parseAmount(amount) > LARGEST_DEPOSIT
    ) {
      throw badField('amount', 'must be a decimal number greater than zero, at most 1000000000');
    }
    const assets = this.#assets();
    // Nothing here has a price for another asset, and one balance without a price leaves the portfolio without
    // a total.
    if (!assets.has(asset)) throw badField('asset', `must be one of ${[...assets].sort().join(', ')}`);
    const account = this.#account(accountId);
    this.#desk.operation(() => {
      account.book.add(asset, parseAmount(amount));
      this.#desk.touch(account, '');
    });
    this.#changed();
  }

  exportState(): PracticeState {
    return exportState(this.#desk, this.#current().key, this.#clock());
  }

  importState(state: unknown): void {
    importState(state, {
      desk: this.#desk,
      sourceKey: this.#current().key,
      account: (id) => this.#account(id),
      fund: firstBalances,
    });
    this.#changed();
  }

  onChange(listener: () => void): Unsubscribe {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopTimer?.();
    this.#stopTimer = null;
    for (const connection of this.#connections) connection.dispose();
    this.#connections.clear();
    this.market.dispose();
    this.#changeListeners.clear();
    this.#source?.dispose();
  }

  #current(): MarketSource {
    if (this.#source !== null) return this.#source;
    throw new HoldfastError(
      'unavailable',
      'practice.notStarted',
      'The practice exchange has not been started.',
    );
  }

  #account(id: string): DeskAccount {
    const known = this.#desk.account(id);
    if (known !== null) return known;
    const account = this.#desk.open(id);
    firstBalances(account);
    return account;
  }

  async #open(choice: SourceChoice): Promise<MarketSource> {
    const events: SourceEvents = {
      // Each step of a market is one operation: its fills are concluded before the next step.
      moved: (symbol) => this.#desk.operation(() => this.#risk.moved(symbol)),
      funding: (symbol, rate, mark) => this.#risk.funding(symbol, rate, mark),
    };
    const common = {
      now: this.#clock(),
      clock: this.#clock,
      listener: (symbol: string) => this.#desk.listener(symbol),
      events,
    };
    if (choice.kind === 'synthetic') return new SyntheticSource({ ...common, seed: choice.seed });
    checkSpeed(choice.speed);
    return openReplay({ ...common, file: choice.file, speed: choice.speed, open: this.#openRecording });
  }

  #use(source: MarketSource, choice: SourceChoice): void {
    this.#source?.dispose();
    this.#source = source;
    this.source = choice;
    this.#desk.markets = source.markets;
    if (this.#paused) source.pause(this.#clock());
  }

  /** Before the market is replaced: nothing may depend on its prices any more. */
  #leaveMarket(): void {
    this.#desk.operation(() => {
      for (const account of this.#desk.accounts()) {
        for (const record of account.ordersOf()) this.#desk.cancelRecord(record, 'sourceChanged');
        this.#risk.settleAll(account);
      }
    });
  }

  #step(): void {
    const source = this.#current();
    const now = this.#clock();
    source.advance(now);
    this.market.publish();
    this.#tellState(source);
    if (now - this.#valuedAt < VALUATION_EVERY) return;
    this.#valuedAt = now;
    for (const account of this.#desk.accounts()) {
      if (account.book.positions.size === 0) continue;
      account.emit({ kind: 'positions', positions: account.positions(this.#desk.marks) });
      account.emit({ kind: 'balances', balances: account.balances(this.#desk.marks, now) });
    }
  }

  #tellState(source: MarketSource): void {
    const live = this.#isLive(source);
    if (live !== this.#wasLive) this.market.announce(live);
    this.#wasLive = live;
  }

  #isLive(source: MarketSource): boolean {
    return !this.#paused && source.failure === null && source.replay()?.ended !== true;
  }

  /** What the first balances and the present markets are made of. */
  #assets(): ReadonlySet<string> {
    const traded = [...this.#desk.markets.values()].flatMap(({ terms }) => [terms.base, terms.quote]);
    return new Set([...Object.keys(FIRST_BALANCES), ...traded]);
  }

  #nextId(): string {
    this.#ids += 1;
    return `${this.#session}-${this.#ids.toString(36)}`;
  }

  #changed(): void {
    for (const listener of this.#changeListeners) notify(listener);
  }
}

function firstBalances(account: DeskAccount): void {
  for (const [asset, amount] of Object.entries(FIRST_BALANCES)) account.book.add(asset, parseAmount(amount));
}

function checkSpeed(speed: number): void {
  if (!Number.isInteger(speed) || speed < 1 || speed > 100)
    throw badField('speed', 'must be a whole number from 1 to 100');
}

function badField(field: string, rule: string): HoldfastError {
  return new HoldfastError('badInput', 'input.invalid', `${field}: ${rule}`, { problems: [{ field, rule }] });
}
