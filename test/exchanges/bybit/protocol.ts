/** The words of Bybit's API v5 that every part of the loopback venue uses. Source: protocols/bybit.md. */
import { dec, isDecimalText, type Decimal } from '../../../src-main/market/decimal.ts';

export type Category = 'spot' | 'linear' | 'inverse' | 'option';
export type BybitSide = 'Buy' | 'Sell';
/** A JSON object that goes out as it is. */
export type Payload = Record<string, unknown>;

export const CATEGORIES: readonly Category[] = ['spot', 'linear', 'inverse', 'option'];
export const DAY = 86_400_000;

export const isCategory = (value: unknown): value is Category => CATEGORIES.includes(value as Category);

/** A business error: an envelope with a `retCode`, over HTTP 200 unless `status` says otherwise. */
export class Refusal extends Error {
  readonly code: number;
  readonly status: number;
  readonly result: Payload;

  constructor(code: number, message: string, status = 200, result: Payload = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.result = result;
  }
}

/** A successful answer that needs more than a plain `result`. */
export class Answer {
  readonly result: Payload;
  readonly extra: Payload;
  readonly message: string;

  constructor(result: Payload, extra: Payload = {}, message = 'OK') {
    this.result = result;
    this.extra = extra;
    this.message = message;
  }
}

export const badParameter = (message: string): Refusal => new Refusal(10001, message);

/** The parameters of a request, from a query string or a JSON body. */
export class Params {
  readonly raw: Payload;

  constructor(raw: Payload) {
    this.raw = raw;
  }

  has(name: string): boolean {
    return this.text(name) !== '';
  }

  /** Text of a parameter; '' when it is absent. Numbers and booleans in a body are written as text. */
  text(name: string): string {
    const value = this.raw[name];
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  }

  need(name: string): string {
    const value = this.text(name);
    if (value === '') throw badParameter(`params error: ${name} is required`);
    return value;
  }

  /** A decimal; null when absent. Amounts in a body have to be strings: the venue refuses JSON numbers. */
  decimal(name: string): Decimal | null {
    const value = this.raw[name];
    if (value === undefined || value === '') return null;
    if (typeof value !== 'string' || !isDecimalText(value) || /[eE]/.test(value)) {
      throw badParameter(`params error: ${name} invalid`);
    }
    return dec(value);
  }

  flag(name: string): boolean {
    const value = this.raw[name];
    return value === true || value === 'true' || value === 1 || value === '1';
  }

  whole(name: string, fallback: number, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.text(name);
    if (value === '') return fallback;
    if (!/^-?\d{1,16}$/.test(value)) throw badParameter(`params error: ${name} invalid`);
    return Math.min(Math.max(Number(value), least), most);
  }

  category(): Category {
    const value = this.need('category');
    if (!isCategory(value)) throw badParameter('params error: Category is invalid');
    return value;
  }

  rows(name: string): Params[] {
    const value = this.raw[name];
    if (!Array.isArray(value)) throw badParameter(`params error: ${name} is required`);
    return value.map((row: unknown) => new Params(typeof row === 'object' && row !== null ? { ...row } : {}));
  }
}

/** One page of a list and the cursor of the next one; cursors hold `%` and `=`, as the venue's do. */
export function page<T>(
  all: readonly T[],
  params: Params,
  fallback: number,
  most: number,
): { rows: T[]; cursor: string } {
  const limit = params.whole('limit', fallback, 1, most);
  const cursor = params.text('cursor');
  const match = /^page_token%3D(\d+)%26$/.exec(cursor);
  if (cursor !== '' && match === null) throw badParameter('params error: cursor invalid');
  const from = match === null ? 0 : Number(match[1]);
  const rows = all.slice(from, from + limit);
  const more = from + limit < all.length;
  return { rows, cursor: more ? `page_token%3D${from + limit}%26` : '' };
}

/** Checks a time window in milliseconds and answers it with defaults; `days` is the widest allowed. */
export function window(params: Params, now: number, days: number): { start: number; end: number } {
  const width = days * DAY;
  const givenStart = params.has('startTime') ? params.whole('startTime', 0) : null;
  const givenEnd = params.has('endTime') ? params.whole('endTime', 0) : null;
  const end = givenEnd ?? (givenStart === null ? now : givenStart + width);
  const start = givenStart ?? end - width;
  if (end < start) throw badParameter('startTime should be less than endTime');
  if (end - start > width)
    throw badParameter(`The time range between startTime and endTime exceeds ${days} days`);
  return { start, end };
}
