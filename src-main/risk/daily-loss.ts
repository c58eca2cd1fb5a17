import type { Instrument, VenueId } from '../../src-preload/contract/types/market.ts';
import type { Fill } from '../../src-preload/contract/types/trading.ts';
import { dec, isZeroText } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { UsdValues } from './usd-values.ts';

const PAGE = 500;

interface Parts {
  readonly ledger: Pick<LedgerRepositories, 'fills'>;
  readonly usd: Pick<UsdValues, 'priceOf' | 'instrumentOf'>;
  /** ms UTC, as the account's venue has it. */
  readonly clock: (accountId: string) => number;
}

interface Day {
  readonly midnight: number;
  /** All fills of the account that the ledger had: fills only ever come, so a changed count means news. */
  readonly count: number;
  readonly amounts: Amounts;
}

/** By venue and coin. Null = what a fill earned cannot be counted: its market or its result is not known. */
type Amounts = ReadonlyMap<string, Amount> | null;
interface Amount {
  readonly venue: VenueId;
  readonly asset: string;
  readonly total: Decimal;
}

/**
 * Realised profit of each account since local midnight, from the fills in the ledger: profit less fees. Of spot only
 * the fees count, and so it is with an option's trade that the venue gives no profit for: what a coin had cost that
 * came by deposit, transfer or before the first fill we know, nobody can say, and a guess would be no limit.
 */
export class DailyLoss {
  readonly #parts: Parts;
  readonly #days = new Map<string, Day>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** In US dollars, negative = loss. Null when a coin that it came in has no price. Rejects as the ledger does. */
  async realizedToday(accountId: string): Promise<Decimal | null> {
    const { amounts } = await this.#day(accountId);
    if (amounts === null) return null;
    let sum = dec('0');
    for (const { venue, asset, total } of amounts.values()) {
      if (total.isZero()) continue;
      const price = this.#parts.usd.priceOf(venue, asset);
      if (price === null) return null;
      sum = sum.plus(total.times(price));
    }
    return sum;
  }

  async #day(accountId: string): Promise<Day> {
    const midnight = startOfLocalDay(this.#parts.clock(accountId));
    const { total } = await this.#parts.ledger.fills.list({ accountId, limit: 1, offset: 0 });
    const known = this.#days.get(accountId);
    if (known?.midnight === midnight && known.count === total && known.amounts !== null) return known;
    const day = { midnight, count: total, amounts: await this.#read(accountId, midnight) };
    this.#days.set(accountId, day);
    return day;
  }

  async #read(accountId: string, midnight: number): Promise<Amounts> {
    const amounts = new Map<string, Amount>();
    for (let offset = 0; ; offset += PAGE) {
      const { rows } = await this.#parts.ledger.fills.list({ accountId, limit: PAGE, offset });
      for (const fill of rows) {
        if (fill.time < midnight) return amounts;
        if (!this.#count(amounts, fill)) return null;
      }
      if (rows.length < PAGE) return amounts;
    }
  }

  #count(amounts: Map<string, Amount>, fill: Fill): boolean {
    const add = (asset: string, amount: Decimal): void => {
      const key = `${fill.venue}/${asset}`;
      const total = (amounts.get(key)?.total ?? dec('0')).plus(amount);
      amounts.set(key, { venue: fill.venue, asset, total });
    };
    add(fill.feeCurrency, dec(fill.fee).negated());
    if (fill.realizedPnl !== undefined && isZeroText(fill.realizedPnl)) return true;
    const instrument = this.#parts.usd.instrumentOf(fill.venue, fill.symbol);
    // What a contract's trade earned and nobody told may be a loss: not known, and never nothing.
    if (fill.realizedPnl === undefined) return !isFuture(fill.symbol, instrument?.kind);
    const settle = instrument?.settle;
    if (settle === undefined) return false;
    add(settle, dec(fill.realizedPnl));
    return true;
  }
}

/** By its symbol where the market is not listed (any more): of those only spot has no settlement coin in it. */
const isFuture = (symbol: string, kind: Instrument['kind'] | undefined): boolean =>
  kind === undefined ? symbol.includes(':') : kind === 'linear' || kind === 'inverse';

export function startOfLocalDay(now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
