/** What Bybit answers about its markets over REST (protocol sheet 4.1). Public: nothing here is signed. */
import * as z from 'zod/mini';
import { HoldfastError } from '../../../errors.ts';
import { intervalEnd } from '../../../market/candle-interval.ts';
import { OrderBook } from '../../../market/order-book.ts';
import { mergeTicker, UNKNOWN_TICKER } from '../../../market/ticker.ts';
import type { Lane } from '../../../net/types.ts';
import type {
  BookLevel,
  BookView,
  Candle,
  CandleInterval,
  Ticker,
  TimeRange,
  Trade,
  VenueId,
  VenueStatus,
} from '../../exchange.ts';
import { form, payloadError, read, readList, type UnknownFields } from '../payload.ts';
import type { BybitAnswer, BybitParams, BybitRest } from '../rest.ts';
import { intervalName, readCandleRow } from './candle-reading.ts';
import type { BybitCategory } from './category.ts';
import type { InstrumentIndex } from './instrument-index.ts';
import type { ListedMarket } from './instrument-loader.ts';
import { readTicker, REST_TICKERS } from './ticker-reading.ts';
import { readTrade, REST_TRADE } from './trade-reading.ts';

const MOST_CANDLES = 1_000;
const MOST_TRADES = { spot: 60, linear: 1_000, inverse: 1_000, option: 1_000 } as const;
const MOST_LEVELS = { spot: 1_000, linear: 1_000, inverse: 1_000, option: 25 } as const;

const LIST = form('list', { list: z.array(z.unknown()) }, ['category', 'symbol', 'nextPageCursor']);
const BOOK = form(
  'orderbook',
  { b: z.array(z.unknown()), a: z.array(z.unknown()), ts: z.number(), u: z.number() },
  ['s', 'seq', 'cts'],
);
const TIME = form('time', { timeNano: z.string() }, ['timeSecond']);
const MAINTENANCE = form('systemStatus', { title: z.string(), state: z.string(), end: z.string() }, [
  'id',
  'begin',
  'href',
  'serviceTypes',
  'product',
  'uidSuffix',
  'maintainType',
  'env',
]);

export interface RestMarketParts {
  readonly venue: VenueId;
  readonly rest: BybitRest;
  readonly index: InstrumentIndex;
  /** ms UTC. */
  readonly clock: () => number;
  readonly unknown: UnknownFields;
}

/** Symbols are unified; each call loads the instruments when they are not there yet. */
export class RestMarket {
  readonly #parts: RestMarketParts;

  constructor(parts: RestMarketParts) {
    this.#parts = parts;
  }

  /** All markets of a category, or the options on one coin. Markets that are not listed are left out. */
  async tickers(category: BybitCategory, baseCoin?: string): Promise<readonly Ticker[]> {
    const { index, venue, clock, unknown } = this.#parts;
    await index.ready();
    const { result, time } = await this.#ask('tickers', { category, baseCoin });
    const receivedAt = clock();
    return read(LIST, result, unknown).list.flatMap((row) => {
      const name = (row as { symbol?: unknown } | null)?.symbol;
      if (typeof name !== 'string') throw payloadError(`ticker.${category}`, 'symbol');
      const symbol = index.byNative(category, name)?.instrument.symbol;
      if (symbol === undefined) return [];
      const figures = mergeTicker(UNKNOWN_TICKER, readTicker(REST_TICKERS[category], row, time, unknown));
      return [{ ...figures, venue, symbol, receivedAt }];
    });
  }

  async book(symbol: string, depth: number): Promise<BookView> {
    const { index, venue, clock, unknown } = this.#parts;
    const { category, nativeId } = await index.find(symbol);
    const limit = Math.max(1, Math.min(depth, MOST_LEVELS[category]));
    const { result } = await this.#ask('orderbook', { category, symbol: nativeId, limit });
    const { b, a, ts, u } = read(BOOK, result, unknown);
    const book = new OrderBook({ venue, symbol }, { sequence: 'contiguous' });
    const levels = { bids: b as BookLevel[], asks: a as BookLevel[] };
    const outcome = book.applySnapshot({ ...levels, time: ts, receivedAt: clock(), sequence: u });
    if (outcome !== 'applied') throw payloadError('orderbook', outcome);
    return book.view(depth);
  }

  /** Oldest first. Bybit has no older ones than its last 1000 (spot: 60). */
  async trades(symbol: string, limit: number): Promise<readonly Trade[]> {
    const { index, venue, unknown } = this.#parts;
    const { category, nativeId } = await index.find(symbol);
    const most = Math.max(1, Math.min(limit, MOST_TRADES[category]));
    const { result } = await this.#ask('recent-trade', { category, symbol: nativeId, limit: most });
    const rows = read(LIST, result, unknown).list;
    return rows.map((row) => readTrade(REST_TRADE, row, { venue, symbol }, unknown)).reverse();
  }

  /** The newest `limit` candles of the range, oldest first, walked backwards in pages. */
  async candles(symbol: string, interval: CandleInterval, range: TimeRange): Promise<readonly Candle[]> {
    const market = await this.#parts.index.find(symbol);
    if (market.category === 'option') {
      throw new HoldfastError('notSupported', 'bybit.optionCandles', 'Bybit keeps no candles of options.');
    }
    const { from = 0, limit } = range;
    const newestFirst: Candle[] = [];
    let end = range.to === undefined ? undefined : range.to - 1;
    while (newestFirst.length < limit && (end === undefined || end >= from)) {
      const wanted = Math.min(limit - newestFirst.length, MOST_CANDLES);
      const page = await this.#candlePage(market, interval, end, wanted);
      const oldest = page.at(-1);
      // Bybit answers the candle that holds a time too, whose start is before it.
      newestFirst.push(...page.filter(({ time }) => time >= from && (end === undefined || time <= end)));
      if (oldest === undefined || page.length < wanted || (end !== undefined && oldest.time > end)) break;
      end = oldest.time - 1;
    }
    return newestFirst.slice(0, limit).reverse();
  }

  /** ms UTC of the venue. */
  async serverTime(): Promise<number> {
    // In the lane of orders: they depend on it, and a sample that waited behind reads tells a wrong offset.
    const { result } = await this.#ask('time', {}, 'order');
    const { timeNano } = read(TIME, result, this.#parts.unknown);
    if (!/^\d{1,25}$/.test(timeNano)) throw payloadError('time', 'timeNano');
    // Nineteen digits: more than a double holds.
    return Number(BigInt(timeNano) / 1_000_000n);
  }

  async status(): Promise<VenueStatus> {
    const { unknown, rest } = this.#parts;
    const { result } = await rest.ask({
      operation: 'system.status',
      path: '/v5/system/status',
      params: {},
      lane: 'publicRead',
    });
    const entries = readList(MAINTENANCE, read(LIST, result, unknown).list, unknown);
    const ongoing = entries.find(({ state }) => state === 'ongoing');
    if (ongoing === undefined) return { state: 'operational', message: null, until: null };
    const until = Number(ongoing.end);
    const isKnown = ongoing.end !== '' && Number.isSafeInteger(until) && until > 0;
    return { state: 'maintenance', message: ongoing.title, until: isKnown ? until : null };
  }

  /** Newest first. Only `end` is sent: `start` has traps, and without it no window can overflow. */
  async #candlePage(
    { category, nativeId }: ListedMarket,
    interval: CandleInterval,
    end: number | undefined,
    limit: number,
  ): Promise<readonly Candle[]> {
    const params = { category, symbol: nativeId, interval: intervalName(interval), end, limit };
    const { result, time } = await this.#ask('kline', params);
    const isClosed = (start: number): boolean => intervalEnd(interval, start) <= time;
    const page = read(LIST, result, this.#parts.unknown).list.map((row) =>
      readCandleRow(row, category === 'inverse', isClosed),
    );
    // Documented as newest first; paging depends on it, so it is made sure.
    return page.sort((a, b) => b.time - a.time);
  }

  #ask(name: string, params: BybitParams, lane: Lane = 'publicRead'): Promise<BybitAnswer> {
    return this.#parts.rest.ask({
      operation: `market.${name}`,
      path: `/v5/market/${name}`,
      params,
      lane,
    });
  }
}
