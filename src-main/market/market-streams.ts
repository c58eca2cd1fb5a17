import type {
  BookView,
  Candle,
  CandleInterval,
  MarketData,
  MarketRef,
  StreamListener,
  Ticker,
  Trade,
  Unsubscribe,
  VenueId,
} from '../exchanges/exchange.ts';
import { type After, SharedStream } from './shared-stream.ts';

/** Trades that a later subscriber gets at once, so that a tape is never empty. */
const KEPT_TRADES = 50;

export interface MarketStreamsParts {
  /** Throws when there is no such venue. */
  readonly market: (venue: VenueId) => MarketData;
  readonly lingerMs: number;
  readonly after: After;
  readonly onListenerError: (error: unknown) => void;
}

/** All tickers of a venue by symbol. Unchanged tickers stay the same objects. */
export type TickerBoard = ReadonlyMap<string, Ticker>;

/** The shared streams of all venues, opened on demand. */
export class MarketStreams {
  readonly #parts: MarketStreamsParts;
  readonly #boards = new Map<VenueId, TickerBoard>();
  readonly #tickers = new Map<string, SharedStream<TickerBoard>>();
  readonly #singles = new Map<string, SharedStream<Ticker>>();
  readonly #chains = new Map<string, SharedStream<readonly Ticker[]>>();
  readonly #books = new Map<string, SharedStream<BookView>>();
  readonly #trades = new Map<string, SharedStream<readonly Trade[]>>();
  readonly #candles = new Map<string, SharedStream<Candle>>();

  constructor(parts: MarketStreamsParts) {
    this.#parts = parts;
  }

  tickers(venue: VenueId, listener: StreamListener<TickerBoard>): Unsubscribe {
    const stream = this.#stream(this.#tickers, venue, (to: Required<StreamListener<TickerBoard>>) => {
      this.#boards.set(venue, new Map());
      return this.#parts.market(venue).streamTickers({
        next: (tickers) => {
          // Venues may send only what changed; subscribers always see all.
          const board = new Map(this.#boards.get(venue));
          for (const ticker of tickers) board.set(ticker.symbol, ticker);
          this.#boards.set(venue, board);
          to.next(board);
        },
        state: to.state,
      });
    });
    return stream.subscribe(listener);
  }

  /** One market's ticker, as fast as the venue sends it. */
  ticker(market: MarketRef, listener: StreamListener<Ticker>): Unsubscribe {
    const stream = this.#stream(this.#singles, marketKey(market), (to: Required<StreamListener<Ticker>>) =>
      this.#parts.market(market.venue).streamTicker(market.symbol, to),
    );
    return stream.subscribe(listener);
  }

  /** The last ticker of a market that streams on its own and is live; null when there is none. */
  liveTicker(market: MarketRef): Ticker | null {
    const stream = this.#singles.get(marketKey(market));
    return stream?.state === 'live' ? stream.kept : null;
  }

  /** The options on one coin. */
  optionChain(venue: VenueId, base: string, listener: StreamListener<readonly Ticker[]>): Unsubscribe {
    const stream = this.#stream(
      this.#chains,
      `${venue} ${base}`,
      (to: Required<StreamListener<readonly Ticker[]>>) =>
        this.#parts.market(venue).streamOptionChain(base, to),
    );
    return stream.subscribe(listener);
  }

  /** The tickers of a venue whose stream is open; null when it is not, or nothing came yet. */
  board(venue: VenueId): { readonly tickers: TickerBoard; readonly live: boolean } | null {
    const stream = this.#tickers.get(venue);
    return stream === undefined || stream.kept === null
      ? null
      : { tickers: stream.kept, live: stream.state === 'live' };
  }

  /** Forgets tickers of markets that are gone; those that are there come again with the next message. */
  forget(venue: VenueId): void {
    this.#boards.set(venue, new Map());
  }

  boards(): readonly TickerBoard[] {
    return [...this.#tickers.values()].map((stream) => stream.kept).filter((board) => board !== null);
  }

  book(market: MarketRef, depth: number, listener: StreamListener<BookView>): Unsubscribe {
    const stream = this.#stream(
      this.#books,
      bookKey(market, depth),
      (to: Required<StreamListener<BookView>>) =>
        this.#parts.market(market.venue).streamBook(market.symbol, depth, honestBook(to)),
    );
    return stream.subscribe(listener);
  }

  /** A live book of at least this depth that is open already; null when there is none. */
  openBook(market: MarketRef, depth: number): BookView | null {
    const prefix = `${marketKey(market)} `;
    for (const [key, stream] of this.#books) {
      if (!key.startsWith(prefix) || Number(key.slice(prefix.length)) < depth) continue;
      const view = stream.kept;
      if (view?.state !== 'live') continue;
      return { ...view, bids: view.bids.slice(0, depth), asks: view.asks.slice(0, depth) };
    }
    return null;
  }

  trades(market: MarketRef, listener: StreamListener<readonly Trade[]>): Unsubscribe {
    const stream = this.#stream(
      this.#trades,
      marketKey(market),
      (to: Required<StreamListener<readonly Trade[]>>) =>
        this.#parts.market(market.venue).streamTrades(market.symbol, to),
      (kept, next) => [...(kept ?? []), ...next].slice(-KEPT_TRADES),
    );
    return stream.subscribe(listener);
  }

  candles(market: MarketRef, interval: CandleInterval, listener: StreamListener<Candle>): Unsubscribe {
    const stream = this.#stream(
      this.#candles,
      candleKey(market, interval),
      (to: Required<StreamListener<Candle>>) =>
        this.#parts.market(market.venue).streamCandles(market.symbol, interval, to),
    );
    return stream.subscribe(listener);
  }

  /** The last candle of an open stream. */
  openCandle(market: MarketRef, interval: CandleInterval): Candle | null {
    return this.#candles.get(candleKey(market, interval))?.kept ?? null;
  }

  /** Streams that are open, for health and tests. */
  get openCount(): number {
    return this.#all().reduce((sum, streams) => sum + streams.size, 0);
  }

  dispose(): void {
    for (const streams of this.#all()) {
      for (const stream of [...streams.values()]) stream.dispose();
      streams.clear();
    }
  }

  #all(): readonly Map<string, { dispose(): void }>[] {
    return [this.#tickers, this.#singles, this.#chains, this.#books, this.#trades, this.#candles];
  }

  #stream<T>(
    streams: Map<string, SharedStream<T>>,
    key: string,
    open: (listener: Required<StreamListener<T>>) => Unsubscribe,
    keep: (kept: T | null, next: T) => T = (_, next) => next,
  ): SharedStream<T> {
    const known = streams.get(key);
    if (known !== undefined) return known;
    const { lingerMs, after, onListenerError } = this.#parts;
    const onClosed = (): void => {
      streams.delete(key);
    };
    const stream = new SharedStream<T>({ open, keep, lingerMs, after, onListenerError, onClosed });
    streams.set(key, stream);
    return stream;
  }
}

const marketKey = (market: MarketRef): string => `${market.venue} ${market.symbol}`;
const bookKey = (market: MarketRef, depth: number): string => `${marketKey(market)} ${depth}`;
const candleKey = (market: MarketRef, interval: CandleInterval): string => `${marketKey(market)} ${interval}`;

/** A book whose stream is not live is shown as stale, and as it was when the stream is live again. */
function honestBook(to: Required<StreamListener<BookView>>): StreamListener<BookView> {
  let view: BookView | null = null;
  let live = true;
  return {
    next: (next) => {
      view = next;
      to.next(live || next.state !== 'live' ? next : { ...next, state: 'stale' });
    },
    state: (state, reason) => {
      const turned = live !== (state === 'live');
      live = state === 'live';
      to.state(state, reason);
      if (turned && view?.state === 'live') to.next(live ? view : { ...view, state: 'stale' });
    },
  };
}
