import type { Candle } from '../../src-preload/contract/types/market.ts';
import { CandleBuilder, type CandleTrade } from './candle-builder.ts';
import { addText, compareText, subtractText } from './decimal.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The 24 hour figures of a ticker, with `last`. Null until something was traded. */
export interface RollingFigures {
  readonly last: string | null;
  /** The price 24 hours ago: the last one before the window, or the first one in it while nothing older is known. */
  readonly open24h: string | null;
  readonly high24h: string | null;
  readonly low24h: string | null;
  readonly volume24h: string;
  readonly turnover24h: string;
}

/**
 * Rolling 24 hour figures of one market, in steps of a minute: the window holds the running minute and the
 * 1440 minutes before it, minus those that started 24 hours ago or earlier. Sums are exact, so they
 * come back to zero when everything has left the window.
 */
export class RollingTicker {
  readonly #builder = new CandleBuilder('1m');
  /** Closed minutes inside the window, oldest first, with and without trades. */
  #minutes: Candle[] = [];
  #before: string | null = null;
  #last: string | null = null;
  #lastTime = Number.NEGATIVE_INFINITY;
  #volume = '0';
  #turnover = '0';

  /** Takes history in before the first trade: 1m candles, oldest first, closed. */
  seed(candles: readonly Candle[]): void {
    for (const candle of candles) {
      this.#push(candle);
      this.#last = candle.close;
    }
  }

  addTrade(trade: CandleTrade): void {
    const closed = this.#builder.add(trade);
    for (const candle of closed) this.#push(candle);
    // Bounded also while nobody asks.
    if (closed.length > 0) this.#evict(trade.time - DAY);
    if (trade.time < this.#lastTime) return;
    this.#last = trade.price;
    this.#lastTime = trade.time;
  }

  /** The figures at `now`, ms UTC. */
  at(now: number): RollingFigures {
    for (const candle of this.#builder.advance(now)) this.#push(candle);
    this.#evict(now - DAY);
    const running = this.#builder.running;
    const candles = running === null ? this.#minutes : [...this.#minutes, running];
    const traded = candles.filter((candle) => candle.volume !== '0');
    return {
      last: this.#last,
      open24h: this.#before ?? candles[0]?.open ?? null,
      high24h:
        extreme(
          traded.map((candle) => candle.high),
          1,
        ) ?? this.#last,
      low24h:
        extreme(
          traded.map((candle) => candle.low),
          -1,
        ) ?? this.#last,
      volume24h: running === null ? this.#volume : addText(this.#volume, running.volume),
      turnover24h: running === null ? this.#turnover : addText(this.#turnover, running.turnover ?? '0'),
    };
  }

  #push(candle: Candle): void {
    this.#minutes.push(candle);
    this.#volume = addText(this.#volume, candle.volume);
    this.#turnover = addText(this.#turnover, candle.turnover ?? '0');
  }

  #evict(since: number): void {
    const first = this.#minutes.findIndex((candle) => candle.time > since);
    const gone = this.#minutes.splice(0, first === -1 ? this.#minutes.length : first);
    for (const candle of gone) {
      this.#before = candle.close;
      this.#volume = subtractText(this.#volume, candle.volume);
      this.#turnover = subtractText(this.#turnover, candle.turnover ?? '0');
    }
  }
}

function extreme(prices: readonly string[], sign: 1 | -1): string | null {
  let found: string | null = null;
  for (const price of prices) if (found === null || compareText(price, found) === sign) found = price;
  return found;
}
