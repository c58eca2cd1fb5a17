/** Everything the venue knows, in one place: markets, accounts, keys, orders. No network in here. */
import { Decimal, dec } from '../../../src-main/market/decimal.ts';
import { Account } from './accounts.ts';
import type { Listing } from './catalogue.ts';
import { Desk } from './desk.ts';
import { KeyRing } from './keys.ts';
import { Market, type MarketEvents, type Print } from './market.ts';
import { PrivateFeed } from './private-feed.ts';
import { badParameter, Refusal, type Category } from './protocol.ts';
import { RollingLimits } from './limits.ts';
import { isDollar } from './valuation.ts';
import { Ids, type VenueTime } from './venue-time.ts';

export type Environment = 'live' | 'demo' | 'testnet';

export interface Maintenance {
  readonly id: string;
  readonly title: string;
  readonly state: 'scheduled' | 'ongoing' | 'completed' | 'canceled';
  readonly begin: number;
  readonly end: number;
}

const ONE = new Decimal(1);

export class World {
  readonly time: VenueTime;
  readonly environment: Environment;
  readonly ids: Ids;
  readonly keys: KeyRing;
  readonly limits = new RollingLimits();
  readonly feed: PrivateFeed;
  readonly desk: Desk;
  readonly maintenance: Maintenance[] = [];
  readonly #markets = new Map<string, Market>();
  readonly #accounts = new Map<string, Account>();
  readonly #watchers = new Set<MarketEvents>();
  readonly #filled = new Set<Market>();

  constructor(options: {
    time: VenueTime;
    environment: Environment;
    site: string;
    seed: number;
    listings: readonly Listing[];
  }) {
    this.time = options.time;
    this.environment = options.environment;
    this.ids = new Ids(options.seed);
    this.keys = new KeyRing(options.site);
    this.feed = new PrivateFeed(this.time, this.ids);
    this.desk = new Desk({
      time: this.time,
      ids: this.ids,
      feed: this.feed,
      accounts: (uid) => this.account(uid),
      usd: (coin) => this.usd(coin),
    });
    for (const listing of options.listings) this.list(listing);
  }

  /** Opens a market, now or later. A second listing of the same market replaces nothing. */
  list(listing: Listing): void {
    const key = `${listing.category} ${listing.symbol}`;
    if (this.#markets.has(key)) return;
    const events: MarketEvents = {
      changed: (market) => this.#changed(market),
      printed: (market, print) => this.#printed(market, print),
    };
    const listener = this.desk.listener(() => market);
    const market: Market = new Market(listing, this.time, events, listener);
    this.#markets.set(key, market);
  }

  watch(watcher: MarketEvents): void {
    this.#watchers.add(watcher);
  }

  markets(category: Category): Market[] {
    return [...this.#markets.values()].filter((market) => market.listing.category === category);
  }

  /** A market with its crowd in the book; null when it is not listed. */
  findMarket(category: Category, symbol: string): Market | null {
    const market = this.#markets.get(`${category} ${symbol}`) ?? null;
    if (market !== null && !this.#filled.has(market)) {
      // Books are filled on first use: a venue can list hundreds of markets nobody asks for.
      this.#filled.add(market);
      market.fillBook(market.last);
    }
    return market;
  }

  /** The market of a request; spot and contracts refuse an unknown symbol in different words. */
  market(category: Category, symbol: string): Market {
    const market = this.findMarket(category, symbol);
    if (market !== null) return market;
    throw category === 'spot'
      ? new Refusal(170121, 'Invalid symbol.')
      : badParameter('params error: symbol invalid');
  }

  account(uid: string): Account {
    const known = this.#accounts.get(uid);
    if (known !== undefined) return known;
    const account = new Account(uid);
    this.#accounts.set(uid, account);
    return account;
  }

  accounts(): Account[] {
    return [...this.#accounts.values()];
  }

  /** US dollars for one of a coin, by the index of its spot or perpetual market; zero when there is none. */
  usd(coin: string): Decimal {
    if (isDollar(coin)) return ONE;
    for (const category of ['spot', 'linear'] as const) {
      const market = this.#markets.get(`${category} ${coin}USDT`);
      if (market !== undefined) return dec(market.index);
    }
    return new Decimal(0);
  }

  #changed(market: Market): void {
    for (const account of this.#accounts.values()) this.desk.protections.trail(account, market);
    this.desk.settle();
    for (const watcher of this.#watchers) watcher.changed(market);
  }

  #printed(market: Market, print: Print): void {
    for (const watcher of this.#watchers) watcher.printed(market, print);
  }
}
