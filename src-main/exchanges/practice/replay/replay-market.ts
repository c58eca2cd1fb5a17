/** One market of a record: what the record shows, and the practice orders that fill against it. */
import type {
  BookLevel,
  BookView,
  Candle,
  CandleInterval,
  Instrument,
  Side,
  Ticker,
  Trade,
} from '../../exchange.ts';
import type {
  RecordedBook,
  RecordedEvent,
  RecordedInstrument,
} from '../../../market/recording/recorded-event.ts';
import type { MarketTerms } from '../accounts/ledger.ts';
import { parseAmount } from '../amount.ts';
import { DayFigures } from '../day-figures.ts';
import { MarketScale } from '../market-scale.ts';
import { intervalEnd } from '../../../market/candle-interval.ts';
import { MarketTape, MINUTE } from '../market-tape.ts';
import type { PracticeMarket, ReferencePrices } from '../market-source.ts';
import type { EngineListener } from '../matching/order.ts';
import { offered, type RecordedLevels } from './recorded-levels.ts';
import { ReplayMatcher, type RecordDepth } from './replay-matcher.ts';

const SPOT = { makerFee: '0.001', takerFee: '0.001' };
const CONTRACT = { makerFee: '0.0002', takerFee: '0.00055', maxLeverage: '50' };
const MAINTENANCE = '0.01';
const FUNDING_MS = 8 * 3_600_000;

/** The record says nothing of filters and fees: steps are its own, the rest is usual. */
function instrumentOf(recorded: RecordedInstrument): Instrument {
  const contract = recorded.kind !== 'spot';
  return {
    venue: 'practice',
    symbol: recorded.symbol,
    nativeId: recorded.nativeId,
    kind: recorded.kind,
    base: recorded.base,
    quote: recorded.quote,
    ...(recorded.settle === undefined ? {} : { settle: recorded.settle }),
    status: 'trading',
    tickSize: recorded.tickSize,
    lotSize: recorded.lotSize,
    quantityUnit: 'base',
    minQuantity: recorded.lotSize,
    priceBand: '0.2',
    ...(contract ? { ...CONTRACT, fundingIntervalMs: FUNDING_MS } : SPOT),
  };
}

function depthOf({ counts }: RecordedInstrument): RecordDepth {
  if (counts.bookSnapshot > 0) return 'book';
  return counts.trade > 0 ? 'trades' : 'candles';
}

export interface FundingDue {
  readonly rate: bigint;
  readonly mark: number;
}

export class ReplayMarket implements PracticeMarket {
  readonly instrument: Instrument;
  readonly terms: MarketTerms;
  readonly matcher: ReplayMatcher;
  open = true;
  bookVersion = 0;
  readonly #depth: RecordDepth;
  readonly #tape: MarketTape;
  readonly #day: DayFigures;
  readonly #clock: () => number;
  #time: number;
  #bookTime = 0;
  #streamDepth = 0;
  #sequence: number | null = null;
  #ticker: Omit<Ticker, 'venue' | 'symbol' | 'receivedAt'> | null = null;
  #mark: number | null = null;
  #index: number | null = null;
  #nextFunding: number | null = null;

  constructor(recorded: RecordedInstrument, listener: EngineListener, clock: () => number, start: number) {
    this.instrument = instrumentOf(recorded);
    const { instrument } = this;
    this.terms = {
      symbol: instrument.symbol,
      kind: instrument.kind === 'spot' ? 'spot' : 'linear',
      base: instrument.base,
      quote: instrument.quote,
      scale: new MarketScale(instrument.tickSize, instrument.lotSize),
      makerFee: parseAmount(instrument.makerFee ?? '0'),
      takerFee: parseAmount(instrument.takerFee ?? '0'),
      maintenanceRate: instrument.kind === 'spot' ? 0n : parseAmount(MAINTENANCE),
      maxLeverage: 100 * Number(instrument.maxLeverage ?? '1'),
    };
    this.#depth = depthOf(recorded);
    this.matcher = new ReplayMatcher(listener, this.#depth);
    this.#tape = new MarketTape(instrument.symbol, this.terms.scale, null);
    this.#day = new DayFigures(this.#tape);
    this.#clock = clock;
    this.#time = start;
  }

  apply(event: RecordedEvent): void {
    this.#time = event.time;
    switch (event.kind) {
      case 'bookSnapshot':
      case 'bookDelta':
        this.#applyBook(event);
        break;
      case 'trade':
        this.#applyTrade(event.trade, event.time);
        break;
      case 'ticker':
        this.#applyTicker(event.ticker, event.time);
        break;
      case 'candle':
        if (this.#depth === 'candles') this.#applyCandle(event.candle, event.interval, event.time);
        break;
    }
  }

  /** Market time moved on without an event of this market. */
  advance(time: number): void {
    this.#time = time;
    this.#tape.advance(time);
  }

  /** The funding that has come due, once. The record's rate at its moment; without one there is no funding. */
  fundingDue(time: number): FundingDue | null {
    const next = this.#nextFunding;
    const rate = this.#ticker?.fundingRate ?? null;
    if (next === null || time < next) return null;
    this.#nextFunding = null;
    const mark = this.#mark ?? this.#tape.last;
    return rate === null || mark === null ? null : { rate: parseAmount(rate), mark };
  }

  get time(): number {
    return this.#time;
  }

  prices(): ReferencePrices {
    return { last: this.#tape.last, mark: this.#mark, index: this.#index };
  }

  book(depth: number): BookView {
    return {
      venue: 'practice',
      symbol: this.instrument.symbol,
      bids: this.#levels(this.matcher.bids, depth),
      asks: this.#levels(this.matcher.asks, depth),
      state: this.#bookState(),
      time: this.#bookTime,
      receivedAt: this.#clock(),
      sequence: this.#sequence === null ? null : String(this.#sequence),
    };
  }

  ticker(): Ticker {
    const { scale } = this.terms;
    const price = (ticks: number | null): string | null => (ticks === null ? null : scale.priceText(ticks));
    const recorded = this.#ticker;
    const book = this.#depth === 'book';
    const day = recorded?.high24h == null ? this.#day.at(this.#time, scale) : {};
    return {
      open24h: null,
      high24h: null,
      low24h: null,
      volume24h: null,
      turnover24h: null,
      ...recorded,
      ...day,
      venue: 'practice',
      symbol: this.instrument.symbol,
      last: price(this.#tape.last),
      bid: book ? price(this.matcher.bids.best()) : null,
      ask: book ? price(this.matcher.asks.best()) : null,
      time: this.#time,
      receivedAt: this.#clock(),
    };
  }

  tradesSince(sequence: number): readonly Trade[] {
    return this.#tape.since(sequence);
  }

  get tradeSequence(): number {
    return this.#tape.sequence;
  }

  /** Everything is there as soon as it was played. */
  async prepare(): Promise<void> {}

  candles(interval: CandleInterval, from: number, to: number, limit: number): readonly Candle[] {
    return this.#tape.candles(interval, from, to, limit);
  }

  candle(interval: CandleInterval): Candle | null {
    return this.#tape.candle(interval);
  }

  /** Empty before the first snapshot and between a gap of the record and the next one. */
  #bookState(): BookView['state'] {
    if (!this.open) return 'stale';
    return this.matcher.bids.size === 0 && this.matcher.asks.size === 0 ? 'loading' : 'live';
  }

  #applyBook(event: RecordedBook): void {
    // A capture can hold several depths of one market: levels of the shallow one would delete the deep one's.
    if (event.depth < this.#streamDepth) return;
    this.#streamDepth = event.depth;
    const bids = event.bids.map((level) => this.#level(level, 'down'));
    const asks = event.asks.map((level) => this.#level(level, 'up'));
    if (event.kind === 'bookSnapshot') {
      this.matcher.bids.replace(bids);
      this.matcher.asks.replace(asks);
    } else {
      for (const [price, lots] of bids) this.matcher.bids.set(price, lots);
      for (const [price, lots] of asks) this.matcher.asks.set(price, lots);
    }
    this.matcher.bookChanged();
    this.#bookTime = event.venueTime;
    this.#sequence = event.sequence;
    this.bookVersion += 1;
  }

  /** A price off the grid goes to the side that is worse for the taker; a part of a lot is left out. */
  #level([price, size]: BookLevel, rounding: 'down' | 'up'): readonly [number, number] {
    const { scale } = this.terms;
    return [scale.ticks(price) ?? scale.roundTicks(price, rounding), scale.floorLots(parseAmount(size))];
  }

  #applyTrade(trade: Omit<Trade, 'venue' | 'symbol'>, time: number): void {
    const { scale } = this.terms;
    const price = scale.ticks(trade.price) ?? scale.roundTicks(trade.price, 'down');
    const lots = scale.floorLots(parseAmount(trade.quantity));
    this.#tape.add({ price, lots, side: trade.side, time: trade.time, id: trade.id });
    this.matcher.recordedTrade(price, lots, trade.side, time);
    this.bookVersion += 1;
  }

  #applyTicker(ticker: Omit<Ticker, 'venue' | 'symbol' | 'receivedAt'>, time: number): void {
    this.#ticker = ticker;
    const ticks = (price: string | null | undefined): number | null =>
      price == null ? null : this.terms.scale.roundTicks(price, 'down');
    const last = ticks(ticker.last);
    if (last !== null && this.#tape.last === null) {
      this.#tape.quote(last, time);
      this.matcher.statedPrice(last);
    }
    this.#mark = ticks(ticker.mark) ?? this.#mark;
    this.#index = ticks(ticker.index) ?? this.#index;
    if (ticker.nextFunding != null) this.#nextFunding = ticker.nextFunding;
    if (this.#index !== null) this.matcher.reference('index', this.#index, time);
    if (this.#mark !== null) this.matcher.reference('mark', this.#mark, time);
  }

  #applyCandle(candle: Candle, interval: CandleInterval, time: number): void {
    const { scale } = this.terms;
    const ticks = (price: string): number => scale.ticks(price) ?? scale.roundTicks(price, 'down');
    const bar = {
      time: candle.time,
      open: ticks(candle.open),
      high: ticks(candle.high),
      low: ticks(candle.low),
      close: ticks(candle.close),
      volume: scale.floorLots(parseAmount(candle.volume)),
    };
    this.#tape.seed({ ...bar, turnover: BigInt(bar.close) * BigInt(bar.volume) });
    // The minutes of a longer candle follow it, so that nothing is shown twice.
    for (let at = bar.time + MINUTE; at < intervalEnd(interval, bar.time); at += MINUTE) {
      const still = { open: bar.close, high: bar.close, low: bar.close, close: bar.close };
      this.#tape.seed({ time: at, ...still, volume: 0, turnover: 0n });
    }
    const { high, low, close, volume } = bar;
    this.matcher.recordedBar({ start: bar.time, high, low, close, lots: volume }, time);
    this.bookVersion += 1;
  }

  /** Recorded sizes less what was taken, with the own orders that rest there. */
  #levels(recorded: RecordedLevels, depth: number): readonly BookLevel[] {
    const { scale } = this.terms;
    const sizes = new Map<number, number>();
    for (let rank = 0; rank < recorded.size && sizes.size < depth; rank += 1) {
      const level = recorded.at(rank);
      if (level !== null && offered(level) > 0) sizes.set(level.price, offered(level));
    }
    for (const [price, lots] of this.matcher.ownOrders(recorded.side)) {
      if (!this.#crossed(recorded.side, price)) sizes.set(price, (sizes.get(price) ?? 0) + lots);
    }
    const buys = recorded.side === 'buy';
    return [...sizes]
      .sort(([a], [b]) => (buys ? b - a : a - b))
      .slice(0, depth)
      .map(([price, lots]) => [scale.priceText(price), scale.quantityText(lots)] as const);
  }

  /** An own order that the recorded book has passed would make the view cross. */
  #crossed(side: Side, price: number): boolean {
    const opposite = side === 'buy' ? this.matcher.asks.best() : this.matcher.bids.best();
    if (opposite === null) return false;
    return side === 'buy' ? price >= opposite : price <= opposite;
  }
}
