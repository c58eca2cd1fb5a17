import type { DecimalText, Instrument, Ticker, VenueId } from '../../src-preload/contract/types/market.ts';
import { text } from '../market/decimal.ts';
import { Valuation } from './valuation.ts';
import type { Price, Pricing } from './valuation.ts';

/** Venues whose prices are made up, or those of a book without real money. Each is a world of its own. */
const PLAY_VENUES: ReadonlySet<VenueId> = new Set(['practice', 'bybit-testnet']);
/** Where the real world begins for a currency that a play venue has no market for. */
const PIVOTS = ['USDT', 'USD', 'USDC'] as const;

/**
 * Prices by world: real money is never valued by a play venue's market, and play money by its own as far as that
 * goes. Demo accounts trade at live prices, so theirs is the real world.
 */
export class Prices {
  readonly #instruments: readonly Instrument[];
  readonly #tickers: readonly Ticker[];
  readonly #worlds = new Map<VenueId | 'real', Pricing>();

  constructor(instruments: readonly Instrument[], tickers: readonly Ticker[]) {
    this.#instruments = instruments;
    this.#tickers = tickers;
  }

  of(venue: VenueId): Pricing {
    if (!PLAY_VENUES.has(venue)) return this.#world('real', () => this.#real());
    return this.#world(
      venue,
      () =>
        new PlayPrices(
          this.#from((one) => one === venue),
          this.#real(),
        ),
    );
  }

  #world(name: VenueId | 'real', make: () => Pricing): Pricing {
    let world = this.#worlds.get(name);
    if (world === undefined) this.#worlds.set(name, (world = make()));
    return world;
  }

  #real(): Valuation {
    return this.#from((venue) => !PLAY_VENUES.has(venue));
  }

  #from(isOf: (venue: VenueId) => boolean): Valuation {
    return new Valuation(
      this.#instruments.filter(({ venue }) => isOf(venue)),
      this.#tickers.filter(({ venue }) => isOf(venue)),
    );
  }
}

/** A play venue's own prices; the way on to a currency that it does not have goes through real ones. */
class PlayPrices implements Pricing {
  readonly #own: Pricing;
  readonly #real: Pricing;

  constructor(own: Pricing, real: Pricing) {
    this.#own = own;
    this.#real = real;
  }

  price(asset: string, currency: string): Price | null {
    const own = this.#own.price(asset, currency);
    if (own !== null) return own;
    for (const pivot of PIVOTS) {
      const here = this.#own.price(asset, pivot);
      const on = here === null ? null : this.#real.price(pivot, currency);
      if (here !== null && on !== null)
        return { value: here.value.times(on.value), path: [...here.path, ...on.path] };
    }
    return null;
  }

  value(amount: DecimalText, asset: string, currency: string): DecimalText | null {
    const price = this.price(asset, currency);
    return price ? text(price.value.times(amount)) : null;
  }
}
