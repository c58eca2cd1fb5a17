/** The rolling 24 hours of a ticker. Recomputed once a minute; the running minute is added each time. */
import type { Ticker } from '../exchange.ts';
import { amountText } from './amount.ts';
import { MINUTE, type Bar, type MarketTape } from './market-tape.ts';
import type { MarketScale } from './market-scale.ts';

const DAY = 86_400_000;

type Figures = Pick<Ticker, 'open24h' | 'high24h' | 'low24h' | 'volume24h' | 'turnover24h'>;

export class DayFigures {
  readonly #tape: MarketTape;
  #minute = -1;
  #settled: Bar | null = null;

  constructor(tape: MarketTape) {
    this.#tape = tape;
  }

  /** Figures of the 24 hours before a moment; null where nothing is known. */
  at(time: number, scale: MarketScale): Figures {
    const minute = Math.floor(time / MINUTE) * MINUTE;
    if (minute !== this.#minute) {
      this.#settled = this.#tape.sum(minute - DAY + MINUTE, minute);
      this.#minute = minute;
    }
    const running = this.#tape.sum(minute, minute + MINUTE);
    const first = this.#settled ?? running;
    const second = running ?? first;
    if (first === null || second === null) {
      return { open24h: null, high24h: null, low24h: null, volume24h: null, turnover24h: null };
    }
    const both = first !== second;
    return {
      open24h: scale.priceText(first.open),
      high24h: scale.priceText(Math.max(first.high, second.high)),
      low24h: scale.priceText(Math.min(first.low, second.low)),
      volume24h: amountText(BigInt(first.volume + (both ? second.volume : 0)) * scale.lot),
      turnover24h: amountText((first.turnover + (both ? second.turnover : 0n)) * scale.tickLot),
    };
  }
}
