import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { Fill } from '../../src-preload/contract/types/trading.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';

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
  /** Assets that these fills moved by an amount that they do not tell. */
  readonly unpredictable = new Set<string>();

  /** Rejects as `instrument` does. */
  static async of(
    fills: readonly Fill[],
    instrument: (market: MarketRef) => Promise<Instrument>,
  ): Promise<FillEffects> {
    const effects = new FillEffects();
    for (const fill of fills) effects.#add(fill, await instrument(fill));
    return effects;
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
    if (kind === 'option' || fill.realizedPnl === undefined) this.unpredictable.add(asset);
    else add(this.assets, asset, dec(fill.realizedPnl));
  }
}

function add(sums: Map<string, Decimal>, key: string, amount: Decimal): void {
  sums.set(key, (sums.get(key) ?? dec('0')).plus(amount));
}
