/**
 * Trades and one-minute bars of a market, in ticks and lots. Longer candles are added up from the minutes, so
 * all intervals agree with each other. Minutes before the session come from `past`, if the source has any.
 * A minute without a trade repeats the last close with volume 0.
 */
import type { Candle, CandleInterval, Trade } from '../exchange.ts';
import { intervalEnd, intervalStart } from '../../market/candle-interval.ts';
import { amountText, type Amount } from './amount.ts';
import type { MarketScale } from './market-scale.ts';

export const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** More than the tape shows anywhere. */
const TAPE = 1_000;

export interface Bar {
  /** Start, ms UTC. */
  readonly time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Lots. */
  volume: number;
  /** Sum of price times lots. Big: a busy day is beyond what a number counts exactly. */
  turnover: bigint;
}

export interface PastBars {
  /** Start of the oldest minute, ms. */
  readonly from: number;
  minute(start: number): Bar | null;
  /** A whole UTC hour or day in one bar, so that long intervals do not add up every minute again. */
  hour(start: number): Bar | null;
  day(start: number): Bar | null;
}

export class MarketTape {
  readonly #symbol: string;
  readonly #scale: MarketScale;
  readonly #past: PastBars | null;
  readonly #trades: Trade[] = [];
  readonly #minutes = new Map<number, Bar>();
  /** Start of the first minute of the session; older ones are the past's. */
  #sessionFrom: number | null = null;
  #now = 0;
  last: number | null = null;
  sequence = 0;
  #newest = 0;

  constructor(symbol: string, scale: MarketScale, past: PastBars | null) {
    this.#symbol = symbol;
    this.#scale = scale;
    this.#past = past;
  }

  /** Market time moved on: opens the minutes up to now. */
  advance(time: number): void {
    const minute = intervalStart('1m', time);
    this.#now = time;
    if (this.#minutes.has(minute) || this.last === null) return;
    let from = this.#sessionFrom ?? minute;
    const newest = this.#newestMinute();
    if (newest !== null) from = newest.time + MINUTE;
    const close = newest?.close ?? this.last;
    for (let start = from; start <= minute; start += MINUTE) this.#put(flat(start, close));
  }

  /** A bar known before its trades, such as the running minute at the start of a session. */
  seed(bar: Bar): void {
    this.#put({ ...bar });
    this.last = bar.close;
    this.#now = Math.max(this.#now, bar.time);
  }

  /** Records a trade. One earlier than the running minute counts to the running minute. */
  add(trade: { price: number; lots: number; side: 'buy' | 'sell'; time: number; id?: string }): void {
    this.last ??= trade.price;
    const first = this.#sessionFrom === null;
    this.advance(Math.max(trade.time, this.#now));
    const bar = this.#newestMinute();
    if (bar !== null) {
      if (first && bar.volume === 0) bar.open = bar.high = bar.low = trade.price;
      bar.high = Math.max(bar.high, trade.price);
      bar.low = Math.min(bar.low, trade.price);
      bar.close = trade.price;
      bar.volume += trade.lots;
      bar.turnover += BigInt(trade.price) * BigInt(trade.lots);
    }
    this.last = trade.price;
    this.sequence += 1;
    this.#trades.push({
      venue: 'practice',
      symbol: this.#symbol,
      id: trade.id ?? String(this.sequence),
      price: this.#scale.priceText(trade.price),
      quantity: this.#scale.quantityText(trade.lots),
      side: trade.side,
      time: trade.time,
    });
    if (this.#trades.length > TAPE * 2) this.#trades.splice(0, this.#trades.length - TAPE);
  }

  /** A last price that came without a trade of the record. */
  quote(price: number, time: number): void {
    this.last = price;
    this.advance(time);
  }

  since(sequence: number): readonly Trade[] {
    const count = Math.min(this.sequence - sequence, this.#trades.length);
    return count <= 0 ? [] : this.#trades.slice(-count);
  }

  /** Oldest first, those that start in [from, to), the newest `limit` of them. */
  candles(interval: CandleInterval, from: number, to: number, limit: number): readonly Candle[] {
    const candles: Candle[] = [];
    let start = intervalStart(interval, Math.min(to - 1, this.#now));
    const oldest = Math.max(from, intervalStart(interval, this.#oldest()));
    while (start >= oldest && candles.length < limit) {
      const bar = this.#sum(start, intervalEnd(interval, start));
      if (bar !== null) candles.push(this.#candle(bar, interval));
      start = intervalStart(interval, start - 1);
    }
    return candles.reverse();
  }

  candle(interval: CandleInterval): Candle | null {
    const start = intervalStart(interval, this.#now);
    const bar = this.#sum(start, intervalEnd(interval, start));
    return bar === null ? null : this.#candle(bar, interval);
  }

  /** Everything of [from, to) in one bar; null when nothing is known of it. */
  sum(from: number, to: number): Bar | null {
    return this.#sum(from, to);
  }

  get now(): number {
    return this.#now;
  }

  #oldest(): number {
    return this.#past?.from ?? this.#sessionFrom ?? this.#now;
  }

  #newestMinute(): Bar | null {
    return this.#minutes.size === 0 ? null : (this.#minutes.get(this.#newest) ?? null);
  }

  #put(bar: Bar): void {
    this.#sessionFrom = Math.min(this.#sessionFrom ?? bar.time, bar.time);
    this.#newest = Math.max(this.#newest, bar.time);
    this.#minutes.set(bar.time, bar);
  }

  #sum(from: number, to: number): Bar | null {
    const end = Math.min(to, this.#now + 1);
    let sum: Bar | null = null;
    let start = from;
    while (start < end) {
      const session = this.#sessionFrom ?? Infinity;
      const { bar, length } = this.#piece(start, Math.min(end, session), session);
      if (bar !== null) sum = join(sum, bar, from);
      start += length;
    }
    return sum;
  }

  /** The longest known bar that starts here and ends by `end`. */
  #piece(start: number, end: number, session: number): { bar: Bar | null; length: number } {
    if (start >= session) return { bar: this.#minutes.get(start) ?? null, length: MINUTE };
    const past = this.#past;
    if (past === null) return { bar: null, length: MINUTE };
    if (start % DAY === 0 && start + DAY <= end) return { bar: past.day(start), length: DAY };
    if (start % HOUR === 0 && start + HOUR <= end) return { bar: past.hour(start), length: HOUR };
    return { bar: past.minute(start), length: MINUTE };
  }

  #candle(bar: Bar, interval: CandleInterval): Candle {
    const turnover: Amount = bar.turnover * this.#scale.tickLot;
    return {
      time: bar.time,
      open: this.#scale.priceText(bar.open),
      high: this.#scale.priceText(bar.high),
      low: this.#scale.priceText(bar.low),
      close: this.#scale.priceText(bar.close),
      volume: amountText(BigInt(bar.volume) * this.#scale.lot),
      turnover: amountText(turnover),
      closed: intervalEnd(interval, bar.time) <= this.#now,
    };
  }
}

const flat = (time: number, price: number): Bar => ({
  time,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  turnover: 0n,
});

function join(sum: Bar | null, bar: Bar, time: number): Bar {
  if (sum === null) return { ...bar, time };
  sum.high = Math.max(sum.high, bar.high);
  sum.low = Math.min(sum.low, bar.low);
  sum.close = bar.close;
  sum.volume += bar.volume;
  sum.turnover += bar.turnover;
  return sum;
}
