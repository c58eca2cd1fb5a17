/** Loads the lists of all four categories, page by page. */
import { toHoldfastError } from '../../../errors.ts';
import type { Instrument } from '../../exchange.ts';
import { orNull, payloadError, read } from '../payload.ts';
import type { BybitParams, BybitRest } from '../rest.ts';
import type { BybitCategory } from './category.ts';
import { PAGE } from './instrument-forms.ts';
import { type InstrumentContext, readInstrument } from './instrument-reading.ts';

const PAGE_SIZE = 1_000;
/** Far beyond any list: a cursor that never ends is a fault of the venue. */
const MOST_PAGES = 50;
/**
 * Bybit lists options of one base coin at a time and nowhere says which coins have some. These had at one time or
 * another; coins with dated futures join them. A coin without options answers an empty list.
 */
const OPTION_BASES = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'MNT'];
/** Kinds that say that a site does not offer a category, in contrast to one that could not be asked. */
const NOT_OFFERED = new Set(['permission', 'invalidOrder', 'notFound', 'notSupported']);

export interface ListedMarket {
  readonly category: BybitCategory;
  /** The venue's own name. */
  readonly nativeId: string;
  readonly instrument: Instrument;
}

export interface InstrumentList {
  readonly markets: readonly ListedMarket[];
  /** In plain words: rows left out, names that collided, categories that the site does not have. */
  readonly problems: readonly string[];
}

/** Rejects when a category could not be asked: a list with a hole would look like markets that are gone. */
export async function loadInstruments(rest: BybitRest, context: InstrumentContext): Promise<InstrumentList> {
  const problems: string[] = [];
  const load = async (category: BybitCategory, base?: string): Promise<readonly ListedMarket[]> => {
    try {
      return readRows(category, await pages(rest, category, base, context), context, problems);
    } catch (error) {
      const { kind, message } = toHoldfastError(error);
      if (!NOT_OFFERED.has(kind)) throw error;
      problems.push(`${category}${base === undefined ? '' : ` ${base}`} is not offered here: ${message}`);
      return [];
    }
  };
  const [spot, linear, inverse] = await Promise.all([load('spot'), load('linear'), load('inverse')]);
  const bases = new Set(OPTION_BASES);
  for (const { instrument } of linear) if (instrument.expiry !== undefined) bases.add(instrument.base);
  const options = await Promise.all([...bases].map((base) => load('option', base)));
  return { markets: distinct([...spot, ...linear, ...inverse, ...options.flat()], problems), problems };
}

async function pages(
  rest: BybitRest,
  category: BybitCategory,
  baseCoin: string | undefined,
  { unknown }: InstrumentContext,
): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    // Spot has no paging; with `limit` alone it answers everything.
    const params: BybitParams =
      category === 'spot' ? { category } : { category, baseCoin, limit: PAGE_SIZE, cursor };
    const { result } = await rest.ask({
      operation: 'market.instruments',
      path: '/v5/market/instruments-info',
      params,
      lane: 'publicRead',
    });
    const answer = read(PAGE, result, unknown);
    rows.push(...answer.list);
    const next = orNull(answer.nextPageCursor) ?? undefined;
    if (next === undefined || next === cursor || category === 'spot') return rows;
    cursor = next;
  }
  throw payloadError('instruments', 'nextPageCursor');
}

/** One strange row must not take the venue away from the user: it is left out, and said. */
function readRows(
  category: BybitCategory,
  rows: readonly unknown[],
  context: InstrumentContext,
  problems: string[],
): readonly ListedMarket[] {
  return rows.flatMap((row) => {
    try {
      const instrument = readInstrument(category, row, context);
      return [{ category, nativeId: instrument.nativeId, instrument }];
    } catch (error) {
      const name = (row as { symbol?: unknown } | null)?.symbol;
      problems.push(
        `${category} ${typeof name === 'string' ? name : '?'}: ${toHoldfastError(error).message}`,
      );
      return [];
    }
  });
}

/** Two markets never share a unified symbol: of two, the one that trades stays, then the perpetual, then the first. */
function distinct(markets: readonly ListedMarket[], problems: string[]): readonly ListedMarket[] {
  const bySymbol = new Map<string, ListedMarket>();
  for (const market of markets) {
    const { symbol } = market.instrument;
    const other = bySymbol.get(symbol);
    const [kept, dropped] =
      other === undefined || rank(market) > rank(other) ? [market, other] : [other, market];
    bySymbol.set(symbol, kept);
    if (dropped !== undefined && dropped.nativeId !== kept.nativeId) {
      problems.push(`${symbol} is both ${kept.nativeId} and ${dropped.nativeId}: kept ${kept.nativeId}`);
    }
  }
  return [...bySymbol.values()];
}

function rank({ instrument }: ListedMarket): number {
  return (instrument.status === 'trading' ? 2 : 0) + (instrument.expiry === undefined ? 1 : 0);
}
