import type { Candle, CandleInterval, Trade } from '../../src-preload/contract/types/market.ts';
import { intervalEnd, intervalStart } from './candle-interval.ts';
import { addText, compareText, multiplyText } from './decimal.ts';

export type CandleTrade = Pick<Trade, 'price' | 'quantity' | 'time'>;

export interface CandleBuilderOptions {
  /** Sum price times quantity as turnover. False for inverse contracts, whose quantity is in quote already. */
  readonly turnover?: boolean;
  /** Most empty intervals that are filled at once; a longer silence stays a gap. */
  readonly maxFill?: number;
}

/** A week of minutes: a longer silence is a halted market or a broken record, and no chart needs its flat line. */
const MAX_FILL = 7 * 24 * 60;

/** The running candle while it is built. */
interface Running extends Candle {
  readonly closed: false;
  readonly firstTime: number;
  readonly lastTime: number;
}

/**
 * Builds candles of one interval from trades.
 *
 * - A candle closes when a trade of a later interval comes or `advance` says that its time is over; once
 *   closed it never changes, so nothing that happened later can be in it.
 * - Within the running interval trades may come in any order: open is the trade with the earliest time, close
 *   the one with the latest, and among equal times the order of arrival decides.
 * - A trade older than the running interval is late: it is counted and left out.
 * - An interval without trades carries the last close as open, high, low and close, with zero volume.
 */
export class CandleBuilder {
  readonly #interval: CandleInterval;
  readonly #turnover: boolean;
  readonly #maxFill: number;
  #running: Running | null = null;
  #lastClose: string | null = null;
  /** Start of the earliest interval that is still open for trades. */
  #openFrom = Number.NEGATIVE_INFINITY;
  #late = 0;

  constructor(interval: CandleInterval, options: CandleBuilderOptions = {}) {
    this.#interval = interval;
    this.#turnover = options.turnover ?? true;
    this.#maxFill = options.maxFill ?? MAX_FILL;
  }

  /** The candle that trades still change; null between a close and the next trade. */
  get running(): Candle | null {
    return this.#running === null ? null : toCandle(this.#running, false);
  }

  /** Trades left out because their candle was closed already. */
  get late(): number {
    return this.#late;
  }

  /** Takes a trade in; answers the candles that it closed, oldest first. */
  add(trade: CandleTrade): readonly Candle[] {
    const start = intervalStart(this.#interval, trade.time);
    if (start < this.#openFrom) {
      this.#late += 1;
      return [];
    }
    const closed = this.#running?.time === start ? [] : this.#closeBefore(start);
    this.#running = this.#running === null ? this.#open(start, trade) : this.#extend(this.#running, trade);
    return closed;
  }

  /** Tells the time, ms UTC: answers the candles, empty ones among them, whose interval is over by then. */
  advance(now: number): readonly Candle[] {
    const current = intervalStart(this.#interval, now);
    return current <= this.#openFrom ? [] : this.#closeBefore(current);
  }

  /** Closes the running candle and fills the silence up to `start`. */
  #closeBefore(start: number): Candle[] {
    const closed: Candle[] = [];
    if (this.#running !== null) {
      closed.push(toCandle(this.#running, true));
      this.#lastClose = this.#running.close;
      this.#openFrom = intervalEnd(this.#interval, this.#running.time);
      this.#running = null;
    }
    if (this.#lastClose !== null) closed.push(...this.#fill(start, this.#lastClose));
    this.#openFrom = start;
    return closed;
  }

  #fill(until: number, close: string): Candle[] {
    const empty: Candle[] = [];
    let start = this.#openFrom;
    for (; start < until; start = intervalEnd(this.#interval, start)) {
      if (empty.length === this.#maxFill) return [];
      const volume = this.#turnover ? { volume: '0', turnover: '0' } : { volume: '0' };
      empty.push({ time: start, open: close, high: close, low: close, close, ...volume, closed: true });
    }
    return empty;
  }

  #open(start: number, { price, quantity, time }: CandleTrade): Running {
    const candle: Running = {
      time: start,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: addText(quantity, '0'),
      closed: false,
      firstTime: time,
      lastTime: time,
    };
    return this.#turnover ? { ...candle, turnover: multiplyText(price, quantity) } : candle;
  }

  #extend(candle: Running, { price, quantity, time }: CandleTrade): Running {
    const turnover =
      candle.turnover === undefined
        ? {}
        : { turnover: addText(candle.turnover, multiplyText(price, quantity)) };
    return {
      ...candle,
      open: time < candle.firstTime ? price : candle.open,
      high: compareText(price, candle.high) > 0 ? price : candle.high,
      low: compareText(price, candle.low) < 0 ? price : candle.low,
      close: time >= candle.lastTime ? price : candle.close,
      volume: addText(candle.volume, quantity),
      ...turnover,
      firstTime: Math.min(time, candle.firstTime),
      lastTime: Math.max(time, candle.lastTime),
    };
  }
}

function toCandle({ firstTime: _first, lastTime: _last, ...candle }: Running, closed: boolean): Candle {
  return { ...candle, closed };
}
