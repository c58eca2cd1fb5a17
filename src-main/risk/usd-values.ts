import type { Instrument, Ticker, VenueId } from '../../src-preload/contract/types/market.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { portfolioView } from '../portfolio/portfolio-view.ts';
import { Prices } from '../portfolio/prices.ts';
import type { AccountSession } from '../trading/account-sessions.ts';

const USD = 'USD';
/** Building it walks every market; orders in a burst share one. */
const KEEP_MS = 1000;
/** A price of a quiet coin may be this old; an older one is no price to measure a limit by. */
const OLDEST_PRICE_MS = 10 * 60_000;

interface Parts {
  readonly instruments: () => readonly Instrument[];
  readonly tickers: () => readonly Ticker[];
  readonly clock: () => number;
}

interface Snapshot {
  readonly at: number;
  readonly prices: Prices;
  readonly instruments: ReadonlyMap<string, Instrument>;
}

/** What limits are measured in: US dollars, through the portfolio's valuation. Unknown is null, never zero. */
export class UsdValues {
  readonly #parts: Parts;
  #kept: Snapshot | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Worth of one unit of a coin at a venue. */
  priceOf(venue: VenueId, asset: string): Decimal | null {
    return this.#now().prices.of(venue).price(asset, USD)?.value ?? null;
  }

  /** The market as it is listed; null while its venue's list was not loaded. */
  instrumentOf(venue: VenueId, symbol: string): Instrument | null {
    return this.#now().instruments.get(`${venue}/${symbol}`) ?? null;
  }

  /** Null while the account has not answered lately, its connection is broken, or a part of it has no price. */
  equityOf(session: AccountSession): Decimal | null {
    if (session.state !== 'live') return null;
    const [figures] = portfolioView({
      sessions: [session],
      prices: this.#now().prices,
      currency: USD,
      now: this.#parts.clock(),
      startOfDay: null,
    }).accounts;
    return figures?.state !== 'live' || figures.equity === null ? null : dec(figures.equity);
  }

  #now(): Snapshot {
    const now = this.#parts.clock();
    if (this.#kept !== null && now >= this.#kept.at && now - this.#kept.at < KEEP_MS) return this.#kept;
    const instruments = this.#parts.instruments();
    const fresh = this.#parts.tickers().filter(({ receivedAt }) => now - receivedAt < OLDEST_PRICE_MS);
    this.#kept = {
      at: now,
      prices: new Prices(instruments, fresh),
      instruments: new Map(instruments.map((one) => [`${one.venue}/${one.symbol}`, one])),
    };
    return this.#kept;
  }
}
