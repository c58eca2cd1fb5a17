import type { TopicSources } from '../../src-preload/contract/index.ts';
import { HoldfastError } from '../errors.ts';
import type {
  BookView,
  Candle,
  CandleInterval,
  DecimalText,
  Instrument,
  MarketData,
  MarketRef,
  StreamListener,
  Ticker,
  TimeRange,
  Trade,
  Unsubscribe,
  VenueId,
} from '../exchanges/exchange.ts';
import { CandleSeries } from './candle-series.ts';
import { InstrumentCache } from './instrument-cache.ts';
import { MarketStreams } from './market-streams.ts';
import type { After } from './shared-stream.ts';

export interface MarketHubParts {
  /** Null for a venue that is not there. */
  readonly marketOf: (venue: VenueId) => MarketData | null;
  /** ms UTC. */
  readonly clock: () => number;
  readonly after?: After;
  /** A stream stays open this long after its last subscriber. */
  readonly lingerMs?: number;
  /** Instruments older than this are loaded anew before an order is checked against them. */
  readonly instrumentsFreshMs?: number;
  readonly onListenerError?: (error: unknown) => void;
}

/** How long a price is waited for that no board has. */
const FIRST_TICKER_MS = 3_000;

/**
 * Market data of all venues for everybody inside: the window, alerts, portfolio and order checks. Streams are
 * shared, so that ten views of a book are one subscription at the venue.
 */
export class MarketHub {
  readonly #parts: MarketHubParts;
  readonly #instruments: InstrumentCache;
  readonly #streams: MarketStreams;
  readonly #after: After;
  #disposed = false;

  constructor(parts: MarketHubParts) {
    this.#parts = parts;
    this.#instruments = new InstrumentCache(
      async (venue) => this.#market(venue).instruments(),
      parts.clock,
      parts.instrumentsFreshMs ?? 60_000,
    );
    this.#after = parts.after ?? systemAfter;
    this.#streams = new MarketStreams({
      market: (venue) => this.#market(venue),
      lingerMs: parts.lingerMs ?? 1_500,
      after: this.#after,
      onListenerError: parts.onListenerError ?? throwLater,
    });
  }

  /** The topics of the contract's domain `market`. */
  readonly sources: TopicSources['market'] = {
    tickers: ({ venue }, emit) =>
      this.#streams.tickers(venue, { next: (board) => emit([...board.values()]) }),
    ticker: ({ market }, emit) => this.onTicker(market, emit),
    optionChain: ({ venue, base }, emit) => this.#streams.optionChain(venue, base, { next: emit }),
    book: ({ market, depth }, emit) => this.onBook(market, depth, { next: emit }),
    trades: ({ market }, emit) =>
      this.onTrades(market, {
        next: (trades) => {
          for (const trade of trades) emit(trade);
        },
      }),
    candle: ({ market, interval }, emit) => this.onCandle(market, interval, { next: emit }),
  };

  /** The venue's list as it is now. */
  async instruments(venue: VenueId): Promise<readonly Instrument[]> {
    return this.#instruments.list(venue);
  }

  /** Rejects with `notFound` for a market that the venue does not have. */
  async instrument({ venue, symbol }: MarketRef): Promise<Instrument> {
    const instrument = await this.#instruments.find(venue, symbol);
    if (instrument !== null) return instrument;
    throw new HoldfastError('notFound', 'market.unknown', `${symbol} is not a market of ${venue}.`);
  }

  /** Oldest first. The running candle is that of the stream, where one is open. */
  async candles(market: MarketRef, interval: CandleInterval, range: TimeRange): Promise<readonly Candle[]> {
    const page = await this.#market(market.venue).candles(market.symbol, interval, range);
    const series = new CandleSeries(interval);
    series.merge(page);
    const running = this.#streams.openCandle(market, interval);
    const newest = series.last;
    if (running !== null && newest !== undefined && running.time >= newest.time) series.update(running);
    return series.page(range.limit, range.to);
  }

  async trades(market: MarketRef, limit: number): Promise<readonly Trade[]> {
    return this.#market(market.venue).trades(market.symbol, limit);
  }

  /** The book now: from an open live stream, else asked for. Null when the venue cannot say. */
  async bookNow(market: MarketRef, depth: number): Promise<BookView | null> {
    const open = this.#streams.openBook(market, depth);
    if (open !== null) return open;
    return this.#market(market.venue)
      .book(market.symbol, depth)
      .catch(() => null);
  }

  /** The price that limits are measured against: mark, else last. Null when no fresh one can be had. */
  async reference(market: MarketRef): Promise<DecimalText | null> {
    const ticker = this.#liveTicker(market) ?? (await this.#askTicker(market));
    return ticker?.mark ?? ticker?.last ?? null;
  }

  /** The last price of a market whose tickers are streamed and live; null otherwise, never an old one. */
  lastPrice(market: MarketRef): DecimalText | null {
    return this.#liveTicker(market)?.last ?? null;
  }

  /** Hears each change of a market's ticker, starting with the present one, as fast as the venue sends it. */
  onTicker(market: MarketRef, listener: (ticker: Ticker) => void): Unsubscribe {
    return this.#streams.ticker(market, { next: listener });
  }

  /** A book whose stream broke comes again with the state `stale`. */
  onBook(market: MarketRef, depth: number, listener: StreamListener<BookView>): Unsubscribe {
    return this.#streams.book(market, depth, listener);
  }

  /** Starts with up to 50 trades that were there already. */
  onTrades(market: MarketRef, listener: StreamListener<readonly Trade[]>): Unsubscribe {
    return this.#streams.trades(market, listener);
  }

  onCandle(market: MarketRef, interval: CandleInterval, listener: StreamListener<Candle>): Unsubscribe {
    return this.#streams.candles(market, interval, listener);
  }

  /** Keeps a venue's tickers and instruments at hand until the answered function is called. */
  keepTickers(venue: VenueId): Unsubscribe {
    // Whoever needs the list asks again and then hears why it failed.
    this.#instruments.list(venue).catch(() => undefined);
    return this.#streams.tickers(venue, { next: () => undefined });
  }

  /** All tickers that are kept, of every venue, also old ones: each has its age. */
  lastTickers(): readonly Ticker[] {
    return this.#streams.boards().flatMap((board) => [...board.values()]);
  }

  /** The instruments that were loaded so far, of every venue. */
  knownInstruments(): readonly Instrument[] {
    return this.#instruments.known();
  }

  /** A venue has changed its markets (the practice exchange took another source): loads them anew. */
  forget(venue: VenueId): void {
    this.#streams.forget(venue);
    this.#instruments.forget(venue);
    this.#instruments.list(venue).catch(() => undefined);
  }

  /** Venue streams that are open. */
  get openStreams(): number {
    return this.#streams.openCount;
  }

  dispose(): void {
    this.#disposed = true;
    this.#streams.dispose();
  }

  /** The market's own stream is ahead of the board; null where neither is live. */
  #liveTicker(market: MarketRef): Ticker | null {
    const single = this.#streams.liveTicker(market);
    if (single !== null) return single;
    const board = this.#streams.board(market.venue);
    return (board?.live === true ? board.tickers.get(market.symbol) : undefined) ?? null;
  }

  async #askTicker(market: MarketRef): Promise<Ticker | null> {
    const tickers = await this.#market(market.venue)
      .tickers()
      .catch(() => null);
    // The venue could not be asked: its stream will not help either.
    if (tickers === null) return null;
    return tickers.find((ticker) => ticker.symbol === market.symbol) ?? this.#firstTicker(market);
  }

  /** A market that is not on the venue's board (options) is heard for a moment. Null when nothing came. */
  async #firstTicker(market: MarketRef): Promise<Ticker | null> {
    return new Promise((resolve) => {
      let leave: Unsubscribe = () => undefined;
      const done = (ticker: Ticker | null): void => {
        cancel();
        resolve(ticker);
        // Later: the first value can come while the stream is being opened.
        queueMicrotask(() => leave());
      };
      const cancel = this.#after(FIRST_TICKER_MS, () => done(null));
      const look = (): void => {
        const ticker = this.#streams.liveTicker(market);
        if (ticker !== null) done(ticker);
      };
      try {
        leave = this.#streams.ticker(market, {
          next: look,
          state: (state) => (state === 'failed' ? done(null) : look()),
        });
      } catch {
        done(null);
      }
    });
  }

  #market(venue: VenueId): MarketData {
    const market = this.#disposed ? null : this.#parts.marketOf(venue);
    if (market !== null) return market;
    throw new HoldfastError('unavailable', 'market.noVenue', `${venue} is not connected.`);
  }
}

const systemAfter: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/** Reaches the process's handler for uncaught errors, which logs it. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
