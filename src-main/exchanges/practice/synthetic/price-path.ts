/**
 * The value that the crowd believes in, as a function of seed and time alone, so that history is the same
 * after every start and can be asked for anywhere. A Brownian bridge refined by halves, whose steps are scaled
 * by a random cascade: calm and wild hours cluster as they do in markets.
 *
 * Floats are right here: this is the random source of prices. What leaves it is rounded to whole ticks.
 */
import { gaussianAt } from './random.ts';

const MINUTE = 60_000;
/** 2^20 minutes, two years, between two anchors. */
const TOP_LEVEL = 20;
/** From 2^12 minutes (three days) down to 2^4 the cascade makes regimes. */
const REGIME_TOP = 12;
const REGIME_BOTTOM = 4;
const REGIME_SPREAD = 0.15;
const WILDEST = 2.5;
/** Above three weeks the path moves less than its volatility says: prices stay near what people know. */
const SLOW_LEVEL = 15;
const SLOW_SHARE = 0.4;
const ANCHOR_SPREAD = 0.1;
const DAY_MINUTES = 1440;
const KEPT_DAYS = 12;
/** Below a minute the path is refined to 64 points. */
const FINE_LEVELS = 6;
const FINE = 1 << FINE_LEVELS;

export interface Day {
  /** Logarithms at the start of each minute, and of the one after the last. */
  readonly level: Float64Array;
  /** Volatility multiplier of each minute. */
  readonly wildness: Float64Array;
}

export class PricePath {
  readonly #seed: number;
  readonly #base: number;
  readonly #sigma: number;
  readonly #days = new Map<number, Day>();
  #fineMinute = -1;
  readonly #fine = new Float64Array(FINE + 1);

  /** `base` in quote currency; `dailyVolatility` as a fraction, 0.02 is a quiet bitcoin. */
  constructor(seed: number, base: number, dailyVolatility: number) {
    this.#seed = seed;
    this.#base = Math.log(base);
    this.#sigma = dailyVolatility / Math.sqrt(DAY_MINUTES);
  }

  /** Value at the start of a minute (minutes since 1970). */
  atMinute(minute: number): number {
    const day = this.day(Math.floor(minute / DAY_MINUTES));
    return Math.exp(this.#base + (day.level[minute % DAY_MINUTES] ?? 0));
  }

  /** How much wilder than usual a minute is; about 1. */
  wildness(minute: number): number {
    return this.day(Math.floor(minute / DAY_MINUTES)).wildness[minute % DAY_MINUTES] ?? 1;
  }

  /** Standard deviation of one usual minute, as a fraction. */
  get minuteVolatility(): number {
    return this.#sigma;
  }

  /** Value at a moment, ms UTC. */
  at(time: number): number {
    const minute = Math.floor(time / MINUTE);
    if (minute !== this.#fineMinute) this.#refine(minute);
    const position = ((time - minute * MINUTE) / MINUTE) * FINE;
    const index = Math.floor(position);
    const low = this.#fine[index] ?? 0;
    const high = this.#fine[index + 1] ?? low;
    return Math.exp(this.#base + low + (high - low) * (position - index));
  }

  #refine(minute: number): void {
    const day = this.day(Math.floor(minute / DAY_MINUTES));
    const at = minute % DAY_MINUTES;
    const fine = this.#fine;
    fine[0] = day.level[at] ?? 0;
    fine[FINE] = day.level[at + 1] ?? 0;
    const sigma = this.#sigma * (day.wildness[at] ?? 1);
    for (let step = FINE; step > 1; step /= 2) {
      for (let left = 0; left < FINE; left += step) {
        const middle = left + step / 2;
        const noise = gaussianAt(this.#seed ^ 0x51ed270b, minute, middle);
        const mean = ((fine[left] ?? 0) + (fine[left + step] ?? 0)) / 2;
        fine[middle] = mean + (sigma * Math.sqrt(step / FINE) * noise) / 2;
      }
    }
    this.#fineMinute = minute;
  }

  /** One day of minutes: logarithms of the value over the base, and wildness. */
  day(number: number): Day {
    const known = this.#days.get(number);
    if (known !== undefined) return known;
    const day = { level: new Float64Array(DAY_MINUTES + 1), wildness: new Float64Array(DAY_MINUTES + 1) };
    const from = number * DAY_MINUTES;
    const size = 2 ** TOP_LEVEL;
    for (let block = Math.floor(from / size); block * size <= from + DAY_MINUTES; block += 1) {
      this.#bridge(TOP_LEVEL, block, this.#anchor(block), this.#anchor(block + 1), 1, from, day);
    }
    this.#days.set(number, day);
    if (this.#days.size > KEPT_DAYS) {
      const oldest = this.#days.keys().next();
      if (oldest.done !== true) this.#days.delete(oldest.value);
    }
    return day;
  }

  /** Logarithm of the base price, to be added to a day's levels. */
  get logBase(): number {
    return this.#base;
  }

  #anchor(block: number): number {
    return ANCHOR_SPREAD * this.#sigma * 2 ** (TOP_LEVEL / 2) * gaussianAt(this.#seed, 99, block);
  }

  /**
   * Fills the minutes of a day from one interval of the bridge, skipping what lies outside the day. Plain
   * numbers instead of an object: this runs thousands of times for each day of history.
   */
  #bridge(
    level: number,
    index: number,
    left: number,
    right: number,
    wild: number,
    from: number,
    day: Day,
  ): void {
    const size = 2 ** level;
    const start = index * size;
    if (start > from + DAY_MINUTES || start + size <= from) return;
    if (level === 0) {
      day.level[start - from] = left;
      day.wildness[start - from] = Math.min(wild, WILDEST);
      return;
    }
    const regime = level <= REGIME_TOP && level >= REGIME_BOTTOM;
    const now = regime ? wild * Math.exp(REGIME_SPREAD * gaussianAt(this.#seed ^ level, 7, index)) : wild;
    const calm = level > SLOW_LEVEL ? SLOW_SHARE : Math.min(now, WILDEST);
    const noise = gaussianAt(this.#seed, level, index);
    const middle = (left + right) / 2 + (this.#sigma * calm * Math.sqrt(size) * noise) / 2;
    this.#bridge(level - 1, index * 2, left, middle, now, from, day);
    this.#bridge(level - 1, index * 2 + 1, middle, right, now, from, day);
  }
}
