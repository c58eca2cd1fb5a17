/**
 * One market: the practice exchange's matching engine with the crowd's orders in its book, the mark, index and
 * last prices, the tape and the day's figures. Everything in decimal text outside, ticks and lots inside.
 */
import { MatchingEngine } from '../../../src-main/exchanges/practice/matching/matching-engine.ts';
import type { EngineListener, EngineTrade } from '../../../src-main/exchanges/practice/matching/order.ts';
import { MarketScale } from '../../../src-main/exchanges/practice/market-scale.ts';
import { addText, dec, multiplyText, roundToStep } from '../../../src-main/market/decimal.ts';
import { CandleTape } from './candles.ts';
import type { Listing } from './catalogue.ts';
import type { BybitSide } from './protocol.ts';
import type { VenueTime } from './venue-time.ts';

export type Level = readonly [price: string, size: string];

export interface Print {
  readonly id: string;
  readonly price: string;
  readonly size: string;
  readonly side: BybitSide;
  readonly time: number;
  readonly seq: number;
  readonly tick: 'PlusTick' | 'ZeroPlusTick' | 'MinusTick' | 'ZeroMinusTick';
}

export interface BookView {
  readonly bids: Level[];
  readonly asks: Level[];
}

/** What a market tells the rest of the venue. */
export interface MarketEvents {
  /** The book, a price or the tape changed. Called once per change, coalesced by the streams. */
  changed(market: Market): void;
  printed(market: Market, print: Print): void;
}

const PRINTS_KEPT = 1000;

export class Market {
  readonly listing: Listing;
  readonly scale: MarketScale;
  readonly engine: MatchingEngine;
  readonly candles: CandleTape;
  readonly prints: Print[] = [];
  /** A price that is set by hand no longer follows the last trade. */
  mark: string;
  index: string;
  last: string;
  dayOpen: string;
  dayHigh: string;
  dayLow: string;
  dayVolume = '0';
  dayTurnover = '0';
  fundingRate = '0.0001';
  openInterest = '59891.732';
  /** Cross sequence: rises with everything that happens here. */
  seq: number;
  /** Unix ms of the matching engine's last change. */
  changedAt: number;
  readonly #time: VenueTime;
  readonly #events: MarketEvents;
  readonly #crowd = new Map<string, string>();
  #orders = 0;
  #trades = 0;

  constructor(listing: Listing, time: VenueTime, events: MarketEvents, listener: EngineListener) {
    this.listing = listing;
    this.#time = time;
    this.#events = events;
    this.scale = new MarketScale(listing.tick, listing.step);
    this.engine = new MatchingEngine({
      trade: (trade) => {
        this.#record(trade);
        listener.trade(trade);
      },
      ended: (order) => listener.ended(order),
      firing: (order) => listener.firing(order),
      reducible: (owner, side) => listener.reducible(owner, side),
    });
    const start = roundToStep(listing.start, listing.tick, 'halfUp');
    this.mark = this.index = this.last = start;
    this.dayOpen = this.dayHigh = this.dayLow = start;
    this.seq = 1_000_000 + listing.symbol.length;
    this.changedAt = time.now();
    this.candles = new CandleTape(start, time.now());
    this.#references();
  }

  get symbol(): string {
    return this.listing.symbol;
  }

  /** Levels best first; `depth` per side. */
  book(depth: number): BookView {
    return { bids: this.#side('bids', depth), asks: this.#side('asks', depth) };
  }

  bestBid(): Level | null {
    return this.#side('bids', 1)[0] ?? null;
  }

  bestAsk(): Level | null {
    return this.#side('asks', 1)[0] ?? null;
  }

  /** Fills the book around a price with the crowd's orders: `levels` a side, `size` each, `gap` ticks apart. */
  fillBook(around: string, options: { levels?: number; size?: string; gapTicks?: number } = {}): void {
    const { levels = 60, size = this.#defaultSize(), gapTicks = 1 } = options;
    const middle = this.scale.roundTicks(around, 'down');
    this.clearCrowd();
    const lots = this.#lots(size);
    for (let rank = 0; rank < levels; rank += 1) {
      const ask = middle + 1 + rank * gapTicks;
      const bid = middle - rank * gapTicks;
      // Sizes differ from level to level, so that a mixed-up level shows.
      this.#rest('Sell', ask, lots + (rank % 5) * Math.max(1, Math.floor(lots / 10)));
      if (bid > 0) this.#rest('Buy', bid, lots + (rank % 7) * Math.max(1, Math.floor(lots / 10)));
    }
    this.touch();
  }

  /** The crowd wants exactly this size at this price; '0' takes its order away. It trades if it crosses. */
  setLevel(side: BybitSide, price: string, size: string): void {
    const ticks = this.#ticks(price);
    this.#withdraw(`${side} ${ticks}`);
    const lots = this.#lots(size);
    if (lots > 0) this.#rest(side, ticks, lots);
    this.touch();
  }

  clearCrowd(): void {
    for (const key of [...this.#crowd.keys()]) this.#withdraw(key);
    this.touch();
  }

  /** A market order of the crowd: trades with whatever rests, the user's orders included. */
  take(side: BybitSide, size: string): void {
    this.#submit(side, null, this.#lots(size));
    this.touch();
  }

  /** A limit order of the crowd that takes up to a price and then goes away. */
  sweep(side: BybitSide, size: string, limit: string): void {
    this.#submit(side, this.#ticks(limit), this.#lots(size));
    this.touch();
  }

  /** Prints a trade between strangers without touching the book. */
  print(side: BybitSide, price: string, size: string): void {
    this.#note(side, price, size);
    this.engine.reference('last', this.#ticks(price), this.#time.now());
    this.touch();
  }

  /** Sets reference prices; triggers on them fire. */
  setPrices(prices: { mark?: string; index?: string; last?: string }): void {
    const now = this.#time.now();
    if (prices.last !== undefined) this.print('Buy', prices.last, this.listing.minQty);
    if (prices.index !== undefined) {
      this.index = prices.index;
      this.engine.reference('index', this.scale.roundTicks(prices.index, 'down'), now);
    }
    if (prices.mark !== undefined) {
      this.mark = prices.mark;
      this.engine.reference('mark', this.scale.roundTicks(prices.mark, 'down'), now);
    }
    this.touch();
  }

  /** Moves book, mark, index and last to a price in one go. What triggers on the way meets the new book. */
  move(price: string): void {
    this.fillBook(price);
    this.setPrices({ mark: price, index: price, last: price });
  }

  touch(): void {
    this.seq += 1;
    this.changedAt = this.#time.now();
    this.#events.changed(this);
  }

  nextOrderNumber(): number {
    this.#orders += 1;
    return this.#orders;
  }

  #side(side: 'bids' | 'asks', depth: number): Level[] {
    const book = this.engine[side];
    const levels: Level[] = [];
    for (let rank = 0; rank < depth && rank < book.size; rank += 1) {
      const level = book.at(rank);
      if (level !== null)
        levels.push([this.scale.priceText(level.price), this.scale.quantityText(level.lots)]);
    }
    return levels;
  }

  #rest(side: BybitSide, ticks: number, lots: number): void {
    const id = `crowd-${this.nextOrderNumber()}`;
    const now = this.#time.now();
    const result = this.engine.submit({ ...crowdTicket(id, side), price: ticks, lots }, now);
    if (result.ok && result.order.status === 'working') this.#crowd.set(`${side} ${ticks}`, id);
  }

  #withdraw(key: string): void {
    const id = this.#crowd.get(key);
    if (id !== undefined) this.engine.cancel(id, 'requested');
    this.#crowd.delete(key);
  }

  #submit(side: BybitSide, ticks: number | null, lots: number): void {
    const ticket = crowdTicket(`crowd-${this.nextOrderNumber()}`, side);
    const limited = ticks === null ? { market: true, price: null } : { price: ticks };
    this.engine.submit({ ...ticket, ...limited, lots, timeInForce: 'IOC' }, this.#time.now());
  }

  #record(trade: EngineTrade): void {
    const side: BybitSide = trade.taker.side === 'buy' ? 'Buy' : 'Sell';
    this.#note(side, this.scale.priceText(trade.price), this.scale.quantityText(trade.lots));
  }

  #note(side: BybitSide, price: string, size: string): void {
    const now = this.#time.now();
    this.#trades += 1;
    this.seq += 1;
    const tick = tickOf(this.last, price, this.prints.at(-1)?.tick);
    const id = `${this.symbol.toLowerCase()}-${String(this.#trades).padStart(8, '0')}`;
    const print: Print = { id, price, size, side, time: now, seq: this.seq, tick };
    this.prints.push(print);
    if (this.prints.length > PRINTS_KEPT) this.prints.shift();
    this.last = price;
    if (dec(price).gt(this.dayHigh)) this.dayHigh = price;
    if (dec(price).lt(this.dayLow)) this.dayLow = price;
    const other =
      this.listing.category === 'inverse'
        ? dec(size).div(price).toDecimalPlaces(8).toFixed()
        : multiplyText(price, size);
    this.dayVolume = addText(this.dayVolume, size);
    this.dayTurnover = addText(this.dayTurnover, other);
    this.candles.add({ price, volume: size, turnover: other, time: now });
    this.#events.printed(this, print);
  }

  #references(): void {
    const ticks = this.scale.roundTicks(this.last, 'down');
    const now = this.#time.now();
    for (const source of ['last', 'mark', 'index'] as const) this.engine.reference(source, ticks, now);
  }

  #defaultSize(): string {
    return this.scale.quantityText(Math.max(1, Math.floor(this.#lots(this.listing.maxMarketQty) / 1000)));
  }

  #ticks(price: string): number {
    const ticks = this.scale.ticks(price);
    if (ticks === null) throw new RangeError(`${price} is no multiple of the tick of ${this.symbol}`);
    return ticks;
  }

  #lots(size: string): number {
    const lots = this.scale.lots(size);
    if (lots === null) throw new RangeError(`${size} is no multiple of the step of ${this.symbol}`);
    return lots;
  }
}

function crowdTicket(id: string, side: BybitSide) {
  return {
    id,
    owner: '',
    clientId: '',
    side: side === 'Buy' ? ('buy' as const) : ('sell' as const),
    market: false,
    timeInForce: 'GTC' as 'GTC' | 'IOC',
    postOnly: false,
    reduceOnly: false,
    trigger: null,
  };
}

function tickOf(before: string, price: string, last: Print['tick'] = 'ZeroPlusTick'): Print['tick'] {
  const way = dec(price).comparedTo(before);
  if (way > 0) return 'PlusTick';
  if (way < 0) return 'MinusTick';
  return last === 'MinusTick' || last === 'ZeroMinusTick' ? 'ZeroMinusTick' : 'ZeroPlusTick';
}
