/** What the parts of one Bybit account share. */
import { HoldfastError } from '../../../errors.ts';
import type { VenueId } from '../../exchange.ts';
import { orNull, payloadError, type UnknownFields } from '../payload.ts';
import type { BybitCategory } from '../public/category.ts';
import type { InstrumentIndex } from '../public/instrument-index.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import type { BybitCall, BybitParams, BybitRest } from '../rest.ts';

/** The part of the instrument index that accounts use. */
export type Markets = Pick<
  InstrumentIndex,
  'bySymbol' | 'byNative' | 'find' | 'findNative' | 'ready' | 'list'
>;

export interface AccountContext {
  readonly accountId: string;
  readonly venue: VenueId;
  /** Demo trading lacks some calls (sheet 4.10). */
  readonly isDemo: boolean;
  readonly rest: BybitRest;
  readonly markets: Markets;
  readonly unknown: UnknownFields;
  /** Venue time, ms. */
  readonly now: () => number;
}

/** More pages than any account has: a cursor that never ends is a fault of the venue. */
const MOST_PAGES = 200;

/** All rows of a signed list, over its pages. */
export async function allRows(context: AccountContext, call: BybitCall): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const next = await onePage(context, { ...call, params: { ...call.params, cursor } });
    rows.push(...next.rows);
    if (next.cursor === null || next.cursor === cursor) return rows;
    cursor = next.cursor;
  }
  throw payloadError(call.operation, 'nextPageCursor');
}

export async function onePage(
  context: AccountContext,
  call: BybitCall,
): Promise<{ rows: readonly unknown[]; cursor: string | null }> {
  const { result } = await context.rest.get(call);
  const list = (result as { list?: unknown } | null | undefined)?.list;
  // An empty list comes as null from some of Bybit's services.
  if (list !== null && list !== undefined && !Array.isArray(list)) {
    throw payloadError(call.operation, 'list');
  }
  if (list === undefined) throw payloadError(call.operation, 'list');
  const cursor = (result as { nextPageCursor?: unknown }).nextPageCursor;
  return { rows: list ?? [], cursor: typeof cursor === 'string' ? orNull(cursor) : null };
}

/**
 * The settle coins that a category has to be asked for one by one: Bybit answers an error, or only a part,
 * without. USDT and USDC always, because their lists matter even while the instruments are not loaded.
 */
export async function settleCoins(
  context: AccountContext,
  category: 'linear' | 'inverse',
): Promise<readonly string[]> {
  const coins = new Set<string>(category === 'linear' ? ['USDT', 'USDC'] : []);
  for (const { kind, settle } of await context.markets.list()) {
    if (kind === category && settle !== undefined) coins.add(settle);
  }
  return [...coins];
}

/** Parameters that ask for everything of a category, or for one market of it. */
export async function scopes(
  context: AccountContext,
  category: BybitCategory,
  market?: ListedMarket,
): Promise<readonly BybitParams[]> {
  if (market !== undefined) return [{ category, symbol: market.nativeId }];
  if (category !== 'linear') return [{ category }];
  return (await settleCoins(context, category)).map((settleCoin) => ({ category, settleCoin }));
}

export interface NamedMarket {
  readonly symbol: string;
  /** Null for a market that is not listed any more. */
  readonly listed: ListedMarket | null;
}

/**
 * The market of a row. One that was delivered or delisted keeps a name of its own: money that moved in it must
 * not vanish with its listing.
 */
export async function marketOf(
  context: AccountContext,
  category: BybitCategory,
  nativeId: string,
): Promise<NamedMarket> {
  const listed =
    context.markets.byNative(category, nativeId) ?? (await context.markets.findNative(category, nativeId));
  if (listed !== null) return { symbol: listed.instrument.symbol, listed };
  context.unknown.note('market', `${category} ${nativeId}`);
  return { symbol: `${nativeId}:${category}`, listed: null };
}

/** Bybit's "no price" is an empty text, or zero. */
export function priceOrNull(value: string | null | undefined): string | null {
  const given = orNull(value);
  return given === null || /^[0.]*$/.test(given) ? null : given;
}

export const zeroIfEmpty = (value: string | null | undefined): string => orNull(value) ?? '0';

/** ms of a time in text or number; 0 where there is none. */
export function timeOf(value: string | number | null | undefined): number {
  const time = Number(value ?? 0);
  return Number.isSafeInteger(time) && time > 0 ? time : 0;
}

export function refused(code: string, message: string, field: string): HoldfastError {
  return new HoldfastError('invalidOrder', `bybit.${code}`, message, {
    problems: [{ field, rule: message }],
  });
}
