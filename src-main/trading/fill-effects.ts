import type { Instrument } from '../../src-preload/contract/types/market.ts';
import type { Fill } from '../../src-preload/contract/types/trading.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { listedOrNull } from './unlisted-market.ts';
import type { FindInstrument } from './unlisted-market.ts';

/** The coins in a unified symbol, as in "BTC/USDT:USDT-261225-90000-C". */
const COINS = /^([^/:]+)\/([^/:]+?)(?::([^-]+).*)?$/;

/** What a number of fills did to an account: what it holds is derived from fills, never from a field kept beside. */
export class FillEffects {
  /** Signed quantity by symbol, contracts only. */
  readonly positions = new Map<string, Decimal>();
  /** Change by asset, without fees. */
  readonly assets = new Map<string, Decimal>();
  /** Paid by asset. */
  readonly fees = new Map<string, Decimal>();
  /** Assets that were bought and of which the fee was taken. */
  readonly feesInCoin = new Set<string>();
  /** Symbols of markets that left the list: what a fill in them did to a position is not known. */
  readonly unlisted = new Set<string>();
  /** Assets that these fills moved by an amount that they do not tell. */
  readonly #unpredictable = new Set<string>();
  /** A fill moved some asset, and nobody can say which. */
  #isBlind = false;

  /** Rejects as `instrument` does, but for a market that is not listed any more: a delivery is the last fill in it. */
  static async of(fills: readonly Fill[], instrument: FindInstrument): Promise<FillEffects> {
    const effects = new FillEffects();
    for (const fill of fills) {
      const market = await listedOrNull(fill, instrument);
      if (market === null) effects.#addUnlisted(fill);
      else effects.#add(fill, market);
    }
    return effects;
  }

  /** Whether these fills tell by how much they moved an asset. */
  tells(asset: string): boolean {
    return !this.#isBlind && !this.#unpredictable.has(asset);
  }

  #add(fill: Fill, { kind, base, quote, settle }: Instrument): void {
    const signed = fill.side === 'buy' ? dec(fill.quantity) : dec(fill.quantity).negated();
    add(this.fees, fill.feeCurrency, dec(fill.fee));
    if (kind === 'spot') {
      add(this.assets, base, signed);
      add(this.assets, quote, signed.times(fill.price).negated());
      if (fill.feeCurrency === base && !dec(fill.fee).isZero()) this.feesInCoin.add(base);
      return;
    }
    add(this.positions, fill.symbol, signed);
    const asset = settle ?? quote;
    // Premiums and settlements are booked by rules of the venue's own.
    if (kind === 'option' || fill.realizedPnl === undefined) this.#unpredictable.add(asset);
    else add(this.assets, asset, dec(fill.realizedPnl));
  }

  #addUnlisted({ symbol, feeCurrency }: Fill): void {
    this.unlisted.add(symbol);
    const [, ...coins] = COINS.exec(symbol) ?? [];
    // One that had left the list before we heard of it goes by the venue's own name, which says nothing.
    this.#isBlind ||= coins.length === 0;
    for (const asset of [...coins, feeCurrency]) if (asset) this.#unpredictable.add(asset);
  }
}

function add(sums: Map<string, Decimal>, key: string, amount: Decimal): void {
  sums.set(key, (sums.get(key) ?? dec('0')).plus(amount));
}
