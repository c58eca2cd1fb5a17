import type { BookLevel } from '../../src-preload/contract/types/market.ts';
import { POWERS_OF_TEN, sortKey } from './sort-key.ts';

/** Where a venue keeps the levels of a message: `{data: {b: [["price","size"]], a: [...]}}` on Bybit. */
export interface BookKeys {
  readonly bids: string;
  readonly asks: string;
}

/** Levels as text, and the sort key of each price, computed on the way because the digits were read anyway. */
export interface ReadLevels {
  readonly levels: readonly BookLevel[];
  readonly keys: readonly number[];
}

export interface BookFrame {
  /** The text with both level lists replaced by the number `CUT`: still to be parsed. */
  readonly rest: string;
  readonly bids: ReadLevels;
  readonly asks: ReadLevels;
}

/** Stands where a list was; no venue sends it, so its place in the parsed rest proves which lists were cut. */
export const CUT = '-1.25e-97';

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const OPEN = 91;
const CLOSE = 93;
const OPEN_BRACE = 123;

/**
 * Reads book messages in half the time of JSON.parse by taking the level lists out itself: they are nearly
 * all of the text and have one plain form, pairs of unsigned decimal texts without white space. What is left
 * is the caller's to parse. Answers null for any other form; the caller then parses the whole text the ordinary
 * way, so a venue that changes its spelling costs time, never correctness.
 */
export class BookFrameReader {
  readonly #bids: string;
  readonly #asks: string;
  #text = '';
  #at = 0;
  /** Where the decimal read last ends. */
  #end = 0;
  /** Opening bracket of the list read last. */
  #from = 0;

  constructor(keys: BookKeys) {
    this.#bids = `"${keys.bids}":[`;
    this.#asks = `"${keys.asks}":[`;
  }

  read(text: string): BookFrame | null {
    this.#text = text;
    this.#at = 0;
    const bids = this.#cut(this.#bids);
    if (bids === null) return null;
    const [bidsFrom, bidsTo] = [this.#from, this.#at];
    const asks = this.#cut(this.#asks);
    if (asks === null) return null;
    const rest =
      bidsFrom < this.#from
        ? `${text.slice(0, bidsFrom)}${CUT}${text.slice(bidsTo, this.#from)}${CUT}${text.slice(this.#at)}`
        : `${text.slice(0, this.#from)}${CUT}${text.slice(this.#at, bidsFrom)}${CUT}${text.slice(bidsTo)}`;
    return { rest, bids, asks };
  }

  /** Reads the list behind `key`; `#from` and `#at` are its bounds afterwards. */
  #cut(key: string): ReadLevels | null {
    const text = this.#text;
    // Venues write one list right behind the other.
    const next = this.#at + 1;
    const found = text.startsWith(key, next) ? next : text.indexOf(key);
    const before = text.charCodeAt(found - 1);
    // A quote behind these can only open a key: inside a text it would be escaped.
    if (found === -1 || (before !== COMMA && before !== OPEN_BRACE)) return null;
    this.#from = found + key.length - 1;
    this.#at = this.#from + 1;
    const levels: BookLevel[] = [];
    const keys: number[] = [];
    if (text.charCodeAt(this.#at) === CLOSE) {
      this.#at += 1;
      return { levels, keys };
    }
    for (;;) {
      if (!this.#level(levels, keys)) return null;
      const end = text.charCodeAt(this.#at);
      this.#at += 1;
      if (end === CLOSE) return { levels, keys };
      if (end !== COMMA) return null;
    }
  }

  #level(levels: BookLevel[], keys: number[]): boolean {
    const text = this.#text;
    const priceAt = this.#at + 2;
    if (text.charCodeAt(priceAt - 2) !== OPEN || text.charCodeAt(priceAt - 1) !== QUOTE) return false;
    const key = this.#decimal(priceAt);
    const priceEnd = this.#end;
    const sizeAt = priceEnd + 3;
    if (text.charCodeAt(sizeAt - 2) !== COMMA || text.charCodeAt(sizeAt - 1) !== QUOTE) return false;
    const size = this.#decimal(sizeAt);
    if (Number.isNaN(key) || Number.isNaN(size) || text.charCodeAt(this.#end + 1) !== CLOSE) return false;
    levels.push([text.slice(priceAt, priceEnd), text.slice(sizeAt, this.#end)]);
    keys.push(key);
    this.#at = this.#end + 2;
    return true;
  }

  /** The sort key of the decimal text that starts here; NaN for any other text. `#end` is its closing quote. */
  #decimal(from: number): number {
    const text = this.#text;
    let digits = 0;
    let point = -1;
    let at = from;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= ZERO && code <= NINE) digits = digits * 10 + (code - ZERO);
      else if (code === POINT && point === -1) point = at;
      else if (code === QUOTE) break;
      else return Number.NaN;
    }
    this.#end = at;
    const length = at - from;
    // Nothing at all, or more digits than a double holds: the general way.
    if (length === 0 || length > 16) return sortKey(text.slice(from, at));
    if (point === -1) return length < 16 ? digits : sortKey(text.slice(from, at));
    if (length === 1) return Number.NaN;
    return digits / (POWERS_OF_TEN[at - 1 - point] as number);
  }
}
