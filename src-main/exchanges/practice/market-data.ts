/** The public side of the practice exchange: answers from the source of the moment, and streams. */
import { HoldfastError } from '../../errors.ts';
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
} from '../exchange.ts';
import type { MarketSource, PracticeMarket } from './market-source.ts';
import { notify } from './notify.ts';

/** Tickers go out four times a second at most. */
const TICKER_EVERY = 250;
const MOST_CANDLES = 1_000;
const MOST_LEVELS = 500;

/** One subscriber of one market; `publish` sends what is new since its last call. */
interface Stream {
  publish(market: PracticeMarket | null): void;
  symbol: string;
  state(live: boolean, listed: boolean): void;
}

export class PracticeMarketData implements MarketData {
  readonly #source: () => MarketSource;
  readonly #clock: () => number;
  readonly #streams = new Set<Stream>();
  readonly #tickerListeners = new Set<StreamListener<readonly Ticker[]>>();
  #tickersAt = -Infinity;
  #live = true;

  constructor(source: () => MarketSource, clock: () => number) {
    this.#source = source;
    this.#clock = clock;
  }

  async instruments(): Promise<readonly Instrument[]> {
    return [...this.#source().markets.values()].map((market) => market.instrument);
  }

  async tickers(): Promise<readonly Ticker[]> {
    return this.#tickers();
  }

  async book(symbol: string, depth: number): Promise<BookView> {
    return this.#market(symbol).book(Math.min(depth, MOST_LEVELS));
  }

  async trades(symbol: string, limit: number): Promise<readonly Trade[]> {
    const market = this.#market(symbol);
    return market.tradesSince(market.tradeSequence - limit);
  }

  async candles(symbol: string, interval: CandleInterval, range: TimeRange): Promise<readonly Candle[]> {
    const limit = Math.min(range.limit, MOST_CANDLES);
    const { from = 0, to = Number.MAX_SAFE_INTEGER } = range;
    const market = this.#market(symbol);
    await market.prepare(interval, from, to, limit);
    return market.candles(interval, from, to, limit);
  }

  /** The exchange's own clock. The times of a replayed market are those of its record. */
  async serverTime(): Promise<number> {
    return this.#clock();
  }

  async status(): Promise<VenueStatus> {
    const { failure } = this.#source();
    if (failure !== null) return { state: 'maintenance', message: failure.message, until: null };
    const ended = this.#source().replay()?.ended === true;
    return { state: 'operational', message: ended ? 'The record has ended.' : null, until: null };
  }

  streamTickers(listener: StreamListener<readonly Ticker[]>): Unsubscribe {
    // An own object, so that one listener may subscribe twice.
    const own: StreamListener<readonly Ticker[]> = {
      next: (tickers) => listener.next(tickers),
      state: (state, reason) => listener.state?.(state, reason),
    };
    this.#tickerListeners.add(own);
    own.state?.(this.#live ? 'live' : 'stale');
    own.next(this.#tickers());
    return () => this.#tickerListeners.delete(own);
  }

  streamTicker(symbol: string, listener: StreamListener<Ticker>): Unsubscribe {
    let sent: Ticker | undefined;
    return this.streamTickers({
      next: (tickers) => {
        const ticker = tickers.find((entry) => entry.symbol === symbol);
        if (ticker === undefined || ticker === sent) return;
        sent = ticker;
        listener.next(ticker);
      },
      state: (state, reason) => listener.state?.(state, reason),
    });
  }

  /** The practice exchange lists no options. */
  streamOptionChain(_base: string, listener: StreamListener<readonly Ticker[]>): Unsubscribe {
    listener.state?.('live');
    listener.next([]);
    return () => undefined;
  }

  streamBook(symbol: string, depth: number, listener: StreamListener<BookView>): Unsubscribe {
    let sent = -1;
    let from: PracticeMarket | null = null;
    return this.#open(symbol, listener, (market) => {
      if (market === from && market.bookVersion === sent) return;
      from = market;
      sent = market.bookVersion;
      listener.next(market.book(Math.min(depth, MOST_LEVELS)));
    });
  }

  streamTrades(symbol: string, listener: StreamListener<readonly Trade[]>): Unsubscribe {
    let sent = -1;
    let from: PracticeMarket | null = null;
    return this.#open(symbol, listener, (market) => {
      const fresh =
        market === from ? market.tradesSince(sent) : market.tradesSince(market.tradeSequence - 50);
      from = market;
      sent = market.tradeSequence;
      if (fresh.length > 0) listener.next(fresh);
    });
  }

  streamCandles(symbol: string, interval: CandleInterval, listener: StreamListener<Candle>): Unsubscribe {
    let last: Candle | null = null;
    return this.#open(symbol, listener, (market) => {
      const running = market.candle(interval);
      if (running === null) return;
      if (last !== null && running.time > last.time) {
        // The candle that closed meanwhile is told once more in its final form.
        for (const closed of market.candles(interval, last.time, running.time, 10)) listener.next(closed);
      }
      if (last === null || !sameCandle(last, running)) listener.next(running);
      last = running;
    });
  }

  /** Tells every stream what is new. Called after each step of the source. */
  publish(): void {
    const { markets } = this.#source();
    for (const stream of this.#streams) stream.publish(markets.get(stream.symbol) ?? null);
    const now = this.#clock();
    if (this.#tickerListeners.size === 0 || now - this.#tickersAt < TICKER_EVERY) return;
    this.#tickersAt = now;
    const tickers = this.#tickers();
    for (const listener of this.#tickerListeners) notify(() => listener.next(tickers));
  }

  /** The source paused, ended, came back or was replaced: `stale` data stands still, `failed` has no market. */
  announce(live: boolean): void {
    this.#live = live;
    const { markets } = this.#source();
    for (const stream of this.#streams) stream.state(live, markets.has(stream.symbol));
    for (const listener of this.#tickerListeners) notify(() => listener.state?.(live ? 'live' : 'stale'));
  }

  dispose(): void {
    this.#streams.clear();
    this.#tickerListeners.clear();
  }

  #open<T>(symbol: string, listener: StreamListener<T>, send: (market: PracticeMarket) => void): Unsubscribe {
    const stream: Stream = {
      symbol,
      publish: (market) => {
        if (market !== null) notify(() => send(market));
      },
      state: (live, listed) => {
        if (!listed) notify(() => listener.state?.('failed', notListed(symbol)));
        else notify(() => listener.state?.(live ? 'live' : 'stale'));
      },
    };
    this.#streams.add(stream);
    const market = this.#source().markets.get(symbol) ?? null;
    stream.state(this.#live, market !== null);
    stream.publish(market);
    return () => this.#streams.delete(stream);
  }

  #tickers(): readonly Ticker[] {
    return [...this.#source().markets.values()].map((market) => market.ticker());
  }

  #market(symbol: string): PracticeMarket {
    const market = this.#source().markets.get(symbol);
    if (market !== undefined) return market;
    throw new HoldfastError('invalidOrder', 'practice.unknownMarket', notListed(symbol));
  }
}

const notListed = (symbol: string): string => `${symbol} is not a market of the practice exchange now.`;

function sameCandle(a: Candle, b: Candle): boolean {
  return (
    a.time === b.time &&
    a.close === b.close &&
    a.high === b.high &&
    a.low === b.low &&
    a.volume === b.volume &&
    a.closed === b.closed
  );
}
