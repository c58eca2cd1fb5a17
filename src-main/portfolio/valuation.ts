import type { DecimalText, Instrument, Ticker } from '../../src-preload/contract/types/market.ts';
import { dec, isZeroText, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';

/** Coins that the books price like a dollar. Named in every price path that uses it: an assumption, not a fact. */
const DOLLAR_LIKE: ReadonlySet<string> = new Set(['USDT', 'USDC']);
const LONGEST_PATH = 4;

export interface Price {
  /** Worth of one unit in the asked currency. */
  readonly value: Decimal;
  /** The markets it came through, in order; empty for the currency itself. */
  readonly path: readonly string[];
}

export interface Pricing {
  /** Null when no path of markets leads there: then nobody knows, and it must not be shown as zero. */
  price(asset: string, currency: string): Price | null;
  /** Worth of an amount, or null where the asset has no price. */
  value(amount: DecimalText, asset: string, currency: string): DecimalText | null;
}

interface Edge {
  readonly to: string;
  readonly rate: Decimal;
  readonly label: string;
}

/** Prices any asset in any currency through the shortest path of spot markets that have a last price. */
export class Valuation implements Pricing {
  readonly #edges = new Map<string, Edge[]>();
  readonly #known = new Map<string, Price | null>();

  constructor(instruments: readonly Instrument[], tickers: readonly Ticker[]) {
    const spot = new Map(
      instruments
        .filter((entry) => entry.kind === 'spot')
        .map((entry) => [`${entry.venue}/${entry.symbol}`, entry]),
    );
    for (const ticker of tickers) {
      const instrument = spot.get(`${ticker.venue}/${ticker.symbol}`);
      const price = ticker.last ?? ticker.mark ?? null;
      if (!instrument || price === null || isZeroText(price)) continue;
      this.#connect(instrument.base, instrument.quote, dec(price), instrument.symbol);
    }
    for (const coin of DOLLAR_LIKE) this.#connect(coin, 'USD', dec('1'), `${coin} = 1 USD`);
  }

  price(asset: string, currency: string): Price | null {
    const key = `${asset}>${currency}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#search(asset, currency);
    this.#known.set(key, found);
    return found;
  }

  value(amount: DecimalText, asset: string, currency: string): DecimalText | null {
    const price = this.price(asset, currency);
    return price ? text(price.value.times(amount)) : null;
  }

  #connect(base: string, quote: string, rate: Decimal, label: string): void {
    this.#add(base, { to: quote, rate, label });
    this.#add(quote, { to: base, rate: dec('1').div(rate), label });
  }

  #add(from: string, edge: Edge): void {
    const edges = this.#edges.get(from);
    if (edges) edges.push(edge);
    else this.#edges.set(from, [edge]);
  }

  #search(asset: string, currency: string): Price | null {
    let frontier = new Map<string, Price>([[asset, { value: dec('1'), path: [] }]]);
    const seen = new Set([asset]);
    for (let length = 0; length <= LONGEST_PATH; length += 1) {
      const hit = frontier.get(currency);
      if (hit) return hit;
      const next = new Map<string, Price>();
      for (const [from, price] of frontier) {
        for (const edge of this.#edges.get(from) ?? []) {
          if (seen.has(edge.to)) continue;
          seen.add(edge.to);
          next.set(edge.to, { value: price.value.times(edge.rate), path: [...price.path, edge.label] });
        }
      }
      frontier = next;
    }
    return null;
  }
}
