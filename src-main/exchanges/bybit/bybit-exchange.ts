/**
 * Bybit as one venue of Holdfast: its market data, and accounts on its sites. One of these for `bybit` (live and
 * demo) and one for `bybit-testnet`. Nothing connects until something is asked.
 */
import { HoldfastError } from '../../errors.ts';
import type { After } from '../../market/shared-stream.ts';
import type { VenueClock, VenueNet } from '../../net/types.ts';
import type { AccountAccess, Exchange, MarketData, TradingAccount, VenueHealth } from '../exchange.ts';
import { BYBIT, BYBIT_TESTNET } from './capabilities.ts';
import { healthOf } from './health.ts';
import { UnknownFields } from './payload.ts';
import { openAccount, type OpenedAccount } from './private/open-account.ts';
import { type BybitMarket, createBybitMarket } from './public/market.ts';
import { remarksOf } from './remarks.ts';
import { BybitRestClient, IP_BUDGET, IP_RULE } from './rest-client.ts';
import { type BybitEnvironment, type BybitSite, otherSites, type SiteResolver } from './sites.ts';

const DEFAULT_REGION = 'global';

export interface BybitOptions {
  readonly venue: 'bybit' | 'bybit-testnet';
  readonly net: VenueNet;
  readonly sites: SiteResolver;
  /** Where public data comes from; `global` where the venue does not have that region. */
  readonly feedRegion: () => string;
  /** Our clock, ms UTC. */
  readonly clock?: () => number;
  readonly timers?: After;
  /** A UUID: for requests that carry an id of their own. */
  readonly random?: () => string;
}

export interface BybitExchange extends Exchange {
  /** Fields that Bybit sent and our forms do not know: `kind.field`. */
  unknownFields(): readonly string[];
}

export function createBybitExchange(options: BybitOptions): BybitExchange {
  return new Bybit(options);
}

class Bybit implements BybitExchange {
  readonly venue: BybitOptions['venue'];
  readonly capabilities;
  readonly market: MarketData;
  readonly #options: BybitOptions;
  readonly #now: () => number;
  readonly #after: After;
  readonly #unknown = new UnknownFields();
  readonly #clock: VenueClock;
  readonly #public: BybitMarket;
  readonly #accounts = new Set<OpenedAccount>();
  #isDisposed = false;

  constructor(options: BybitOptions) {
    this.#options = options;
    this.venue = options.venue;
    this.capabilities = options.venue === 'bybit' ? BYBIT : BYBIT_TESTNET;
    this.#now = options.clock ?? Date.now;
    this.#after = options.timers ?? systemTimers;
    const { net } = options;
    net.http.limit(IP_BUDGET, IP_RULE);
    this.#clock = net.clock(() => this.market.serverTime());
    const site = (): BybitSite => this.#feedSite();
    this.#public = createBybitMarket({
      venue: options.venue,
      rest: new BybitRestClient({
        http: net.http,
        clock: this.#clock,
        site,
        accountId: null,
        signer: null,
        keyType: 'none',
        now: this.#now,
      }),
      net,
      site,
      clock: this.#now,
      timers: this.#after,
      unknown: this.#unknown,
    });
    this.market = this.#public.market;
  }

  /** Rejects by throwing `notSupported` or `notFound` when this venue has no such environment or region. */
  openAccount(access: AccountAccess): TradingAccount {
    if (this.#isDisposed) {
      throw new HoldfastError('unavailable', 'bybit.closed', 'This venue was closed.');
    }
    const site = this.#options.sites(access.region, this.#environment(access));
    const opened: OpenedAccount = openAccount({
      access,
      venue: this.venue,
      site,
      others: this.#otherSites(site),
      net: this.#options.net,
      clock: this.#clock,
      markets: this.#public.index,
      unknown: this.#unknown,
      now: this.#now,
      after: this.#after,
      random: this.#options.random,
      onDispose: () => this.#accounts.delete(opened),
    });
    this.#accounts.add(opened);
    return opened.account;
  }

  health(): VenueHealth {
    const { http } = this.#options.net;
    return healthOf({
      venue: this.venue,
      now: this.#now(),
      publicStreams: this.#public.streams(),
      privateSessions: [...this.#accounts].flatMap(({ sessions }) => sessions()),
      lastDataAt: this.#public.lastDataAt(),
      latencyMs: http.latencyMs(),
      clockOffsetMs: this.#clock.offsetMs(),
      budget: http.budgetLeft(),
      pausedUntil: http.pausedUntil(),
      remarks: remarksOf({
        problems: this.#public.index.problems,
        unknown: this.#unknown.list(),
        protocolErrors: this.#public.protocolErrors(),
      }),
    });
  }

  wake(): void {
    // A clock that nobody needed yet is left alone: nothing connects by itself.
    if (this.#clock.offsetMs() !== null) this.#clock.sync().catch(() => undefined);
    this.#public.wake();
    for (const { wake } of this.#accounts) wake();
  }

  unknownFields(): readonly string[] {
    return this.#unknown.list();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const { account } of [...this.#accounts]) account.dispose();
    this.#public.dispose();
    this.#clock.dispose();
  }

  #environment({ environment }: AccountAccess): BybitEnvironment {
    const has = this.capabilities.regions.some(({ environments }) => environments.includes(environment));
    if (has && environment !== 'practice') return environment;
    const message = `This venue has no ${environment} accounts.`;
    throw new HoldfastError('notSupported', 'bybit.environment', message);
  }

  #feedSite(): BybitSite {
    const environment = this.venue === 'bybit' ? 'live' : 'testnet';
    const region = this.#options.feedRegion();
    const isKnown = this.capabilities.regions.some(
      ({ id, environments }) => id === region && environments.includes(environment),
    );
    return this.#options.sites(isKnown ? region : DEFAULT_REGION, environment);
  }

  /** As the resolver names them, so that a test's sites are never mixed with the real ones. */
  #otherSites(site: BybitSite): readonly BybitSite[] {
    const seen = new Set([addressOf(site)]);
    return otherSites(this.venue, site)
      .map(({ region, environment }) => this.#options.sites(region, environment))
      .filter((other) => {
        const address = addressOf(other);
        return !seen.has(address) && seen.add(address).has(address);
      });
  }
}

const addressOf = ({ rest, headers }: BybitSite): string => `${rest} ${JSON.stringify(headers)}`;

const systemTimers: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};
