/** The topics that are open, by name: two listeners of one topic are one subscription at the venue. */
import type { OrderBook } from '../../../market/order-book.ts';
import type { After } from '../../../market/shared-stream.ts';
import type { VenueNet } from '../../../net/types.ts';
import type { Candle, CandleInterval, Ticker, Trade, VenueHealth, VenueId } from '../../exchange.ts';
import type { UnknownFields } from '../payload.ts';
import type { BybitSite } from '../sites.ts';
import { BookReader } from './book-reader.ts';
import { CandleReader } from './candle-feed.ts';
import { intervalName } from './candle-reading.ts';
import { CATEGORIES, type BybitCategory } from './category.ts';
import { CategorySockets } from './category-sockets.ts';
import type { InstrumentIndex } from './instrument-index.ts';
import type { ListedMarket } from './instrument-loader.ts';
import { TickerReader } from './ticker-feed.ts';
import { type FeedReader, TopicFeed } from './topic-feed.ts';
import { TradeReader } from './trade-feed.ts';

/** Depths that Bybit streams, smallest first. */
const DEPTHS: Readonly<Record<BybitCategory, readonly number[]>> = {
  spot: [1, 50, 200, 1_000],
  linear: [1, 50, 200, 1_000],
  inverse: [1, 50, 200, 1_000],
  option: [25, 100],
};

export interface MarketFeedsParts {
  readonly venue: VenueId;
  readonly net: Pick<VenueNet, 'socket'>;
  readonly site: () => BybitSite;
  readonly index: InstrumentIndex;
  readonly timers: After;
  readonly unknown: UnknownFields;
}

export class MarketFeeds {
  readonly #parts: MarketFeedsParts;
  readonly #sockets: Readonly<Record<BybitCategory, CategorySockets>>;
  readonly #books = new Map<string, TopicFeed<OrderBook>>();
  readonly #tickers = new Map<string, TopicFeed<Ticker>>();
  readonly #trades = new Map<string, TopicFeed<readonly Trade[]>>();
  readonly #candles = new Map<string, TopicFeed<readonly Candle[]>>();
  #lastDataAt: number | null = null;
  #protocolErrors = 0;

  constructor(parts: MarketFeedsParts) {
    this.#parts = parts;
    const { net, site, timers } = parts;
    const onData = (receivedAt: number): void => {
      this.#lastDataAt = receivedAt;
    };
    const of = (category: BybitCategory) => new CategorySockets({ category, net, site, timers, onData });
    this.#sockets = { spot: of('spot'), linear: of('linear'), inverse: of('inverse'), option: of('option') };
  }

  /** The book from the shallowest stream that has `depth` levels, or the deepest there is. */
  book({ instrument, category, nativeId }: ListedMarket, depth: number): TopicFeed<OrderBook> {
    const depths = DEPTHS[category];
    const level = depths.find((one) => one >= depth) ?? Math.max(...depths);
    const { venue, symbol } = instrument;
    return this.#feed(
      this.#books,
      category,
      `orderbook.${level}.${nativeId}`,
      () => new BookReader({ venue, symbol }, nativeId, level, this.#parts.unknown),
    );
  }

  ticker(market: ListedMarket): TopicFeed<Ticker> {
    return this.#feed(
      this.#tickers,
      market.category,
      `tickers.${market.nativeId}`,
      (topic) => new TickerReader(market, topic, this.#parts.unknown),
    );
  }

  /** Of options: the trades of every option on the coin. */
  trades({ instrument, category, nativeId }: ListedMarket): TopicFeed<readonly Trade[]> {
    const { venue, index, unknown } = this.#parts;
    return this.#feed(
      this.#trades,
      category,
      `publicTrade.${category === 'option' ? instrument.base : nativeId}`,
      (topic) => new TradeReader(venue, category, topic, index, unknown),
    );
  }

  candles({ category, nativeId }: ListedMarket, interval: CandleInterval): TopicFeed<readonly Candle[]> {
    return this.#feed(
      this.#candles,
      category,
      `kline.${intervalName(interval)}.${nativeId}`,
      (topic) => new CandleReader(topic, category === 'inverse', this.#parts.unknown),
    );
  }

  /** Single tickers that are streaming and up to date. */
  liveTickers(): readonly Ticker[] {
    return [...this.#tickers.values()].flatMap(({ state, value }) =>
      state === 'live' && value !== undefined ? [value] : [],
    );
  }

  /** ms UTC of our clock; null before the first public frame. */
  get lastDataAt(): number | null {
    return this.#lastDataAt;
  }

  /** Frames that broke the documented form. */
  get protocolErrors(): number {
    return this.#protocolErrors;
  }

  health(now: number): VenueHealth['streams'] {
    return CATEGORIES.flatMap((category) =>
      this.#sockets[category].sessions.map((session, at) => {
        const { state, lastFrameAt } = session.stats();
        const name = at === 0 ? `public.${category}` : `public.${category}.${at + 1}`;
        return { name, state, ageMs: lastFrameAt === null ? null : Math.max(0, now - lastFrameAt) };
      }),
    );
  }

  wake(): void {
    for (const category of CATEGORIES) this.#sockets[category].wake();
  }

  dispose(): void {
    for (const category of CATEGORIES) this.#sockets[category].dispose();
  }

  #feed<T>(
    feeds: Map<string, TopicFeed<T>>,
    category: BybitCategory,
    topic: string,
    reader: (topic: string) => FeedReader<T>,
  ): TopicFeed<T> {
    const key = `${category} ${topic}`;
    const known = feeds.get(key);
    if (known !== undefined) return known;
    const feed = new TopicFeed<T>({
      topic,
      sockets: this.#sockets[category],
      reader: reader(topic),
      timers: this.#parts.timers,
      onProtocolError: () => {
        this.#protocolErrors += 1;
      },
      onClosed: () => feeds.delete(key),
    });
    feeds.set(key, feed);
    return feed;
  }
}
