import { HoldfastError, toHoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import type {
  BookView,
  Candle,
  CandleInterval,
  Instrument,
  MarketData,
  StreamListener,
  Ticker,
  TimeRange,
  Trade,
  Unsubscribe,
  VenueStatus,
} from '../../exchange.ts';
import { followCandles } from './candle-stream.ts';
import type { InstrumentIndex } from './instrument-index.ts';
import type { ListedMarket } from './instrument-loader.ts';
import type { MarketFeeds } from './market-feeds.ts';
import { OptionChain } from './option-chain.ts';
import type { RestMarket } from './rest-market.ts';
import { followSpotTicker } from './spot-ticker.ts';
import { TickerBoard } from './ticker-board.ts';

/** The instruments could not be loaded: asked again after so long. */
const RETRY_MS = 5_000;
const MOST_MISSED_CANDLES = 1_000;

export interface BybitMarketDataParts {
  readonly index: InstrumentIndex;
  readonly rest: RestMarket;
  readonly feeds: MarketFeeds;
  readonly timers: After;
}

/** Bybit's public side. Nothing connects before something is asked for. */
export class BybitMarketData implements MarketData {
  readonly #parts: BybitMarketDataParts;
  readonly #board: TickerBoard;
  readonly #open = new Set<Unsubscribe>();

  constructor(parts: BybitMarketDataParts) {
    this.#parts = parts;
    this.#board = new TickerBoard({
      ask: () => this.tickers(),
      live: () => parts.feeds.liveTickers(),
      timers: parts.timers,
    });
  }

  async instruments(): Promise<readonly Instrument[]> {
    return this.#parts.index.list();
  }

  /** Spot and contracts. Options come by coin, through `streamOptionChain`. */
  async tickers(): Promise<readonly Ticker[]> {
    const { rest } = this.#parts;
    const parts = await Promise.all([rest.tickers('spot'), rest.tickers('linear'), rest.tickers('inverse')]);
    return parts.flat();
  }

  /** When all markets were last asked and answered, ms UTC of our clock; null before the first time. */
  get lastAnswerAt(): number | null {
    return this.#board.lastAnswerAt;
  }

  async book(symbol: string, depth: number): Promise<BookView> {
    return this.#parts.rest.book(symbol, depth);
  }

  async trades(symbol: string, limit: number): Promise<readonly Trade[]> {
    return this.#parts.rest.trades(symbol, limit);
  }

  async candles(symbol: string, interval: CandleInterval, range: TimeRange): Promise<readonly Candle[]> {
    return this.#parts.rest.candles(symbol, interval, range);
  }

  async serverTime(): Promise<number> {
    return this.#parts.rest.serverTime();
  }

  async status(): Promise<VenueStatus> {
    return this.#parts.rest.status();
  }

  streamTickers(listener: StreamListener<readonly Ticker[]>): Unsubscribe {
    return this.#board.subscribe(listener);
  }

  streamTicker(symbol: string, listener: StreamListener<Ticker>): Unsubscribe {
    const { feeds } = this.#parts;
    return this.#follow(symbol, listener, (market) =>
      market.category === 'spot'
        ? followSpotTicker(feeds.ticker(market), feeds.book(market, 1), listener)
        : feeds.ticker(market).subscribe(listener),
    );
  }

  streamOptionChain(base: string, listener: StreamListener<readonly Ticker[]>): Unsubscribe {
    const { index, rest, feeds, timers } = this.#parts;
    const ask = () => rest.tickers('option', base);
    const chain = new OptionChain(
      { base, index, ask, feed: (market) => feeds.ticker(market), timers },
      listener,
    );
    return this.#remember(() => chain.close());
  }

  streamBook(symbol: string, depth: number, listener: StreamListener<BookView>): Unsubscribe {
    return this.#follow(symbol, listener, (market) =>
      this.#parts.feeds.book(market, depth).subscribe({
        next: (book) => listener.next(book.view(depth)),
        state: (state, reason) => listener.state?.(state, reason),
      }),
    );
  }

  streamTrades(symbol: string, listener: StreamListener<readonly Trade[]>): Unsubscribe {
    return this.#follow(symbol, listener, (market) =>
      this.#parts.feeds.trades(market).subscribe({
        next: (trades) => {
          // A stream of options carries those of the whole coin.
          const own = trades.every((trade) => trade.symbol === symbol)
            ? trades
            : trades.filter((trade) => trade.symbol === symbol);
          if (own.length > 0) listener.next(own);
        },
        state: (state, reason) => listener.state?.(state, reason),
      }),
    );
  }

  streamCandles(symbol: string, interval: CandleInterval, listener: StreamListener<Candle>): Unsubscribe {
    const { rest, feeds } = this.#parts;
    return this.#follow(symbol, listener, (market) => {
      if (market.category === 'option') {
        throw new HoldfastError('notSupported', 'bybit.optionCandles', 'Bybit keeps no candles of options.');
      }
      const since = (from: number) => rest.candles(symbol, interval, { from, limit: MOST_MISSED_CANDLES });
      return followCandles(feeds.candles(market, interval), since, listener);
    });
  }

  /** After sleep or a network change. */
  wake(): void {
    this.#board.wake();
  }

  dispose(): void {
    this.#board.dispose();
    for (const close of [...this.#open]) close();
  }

  /**
   * Starts a stream of a market that may have to be looked up first. A look-up that could not be made is made
   * again; a market that does not exist fails for good.
   */
  #follow<T>(
    symbol: string,
    listener: StreamListener<T>,
    start: (market: ListedMarket) => Unsubscribe,
  ): Unsubscribe {
    const { index, timers } = this.#parts;
    let leave: Unsubscribe | null = null;
    let isLeft = false;
    const fail = (error: unknown): void => {
      const { kind, message } = toHoldfastError(error);
      const isFinal = kind === 'notFound' || kind === 'notSupported';
      listener.state?.(isFinal ? 'failed' : 'stale', message);
      if (!isFinal) leave = timers(RETRY_MS, find);
    };
    const begin = (market: ListedMarket): void => {
      if (isLeft) return;
      try {
        leave = start(market);
      } catch (error) {
        fail(error);
      }
    };
    const find = (): void => {
      leave = null;
      index.find(symbol).then(begin, (error: unknown) => {
        if (!isLeft) fail(error);
      });
    };
    const known = index.bySymbol(symbol);
    if (known === undefined) {
      listener.state?.('connecting');
      find();
    } else begin(known);
    return this.#remember(() => {
      isLeft = true;
      leave?.();
    });
  }

  #remember(close: Unsubscribe): Unsubscribe {
    const once = (): void => {
      if (this.#open.delete(once)) close();
    };
    this.#open.add(once);
    return once;
  }
}
