import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import type { BookView, Candle, Instrument, Ticker, Trade } from './types/market.ts';
import { asset, interval, market as marketRef, time, venue } from './values.ts';

const depth = z.int().check(z.minimum(1), z.maximum(500));

export const market = {
  calls: {
    instruments: call<readonly Instrument[]>()({
      input: z.strictObject({ venue }),
      capability: 'read',
      unlocked: true,
    }),
    /** Newest last. `before` pages backwards: candles that start before it. */
    candles: call<readonly Candle[]>()({
      input: z.strictObject({
        market: marketRef,
        interval,
        before: z.optional(time),
        limit: z.int().check(z.minimum(1), z.maximum(1000)),
      }),
      capability: 'read',
      unlocked: true,
    }),
    trades: call<readonly Trade[]>()({
      input: z.strictObject({ market: marketRef, limit: z.int().check(z.minimum(1), z.maximum(500)) }),
      capability: 'read',
      unlocked: true,
    }),
  },
  topics: {
    /** All tickers of a venue. */
    tickers: topic<readonly Ticker[]>()({
      params: z.strictObject({ venue }),
      delivery: 'latest',
      unlocked: true,
    }),
    /** The options on one coin that have a price, all expiries and strikes. */
    optionChain: topic<readonly Ticker[]>()({
      params: z.strictObject({ venue, base: asset }),
      delivery: 'latest',
      unlocked: true,
    }),
    ticker: topic<Ticker>()({
      params: z.strictObject({ market: marketRef }),
      delivery: 'latest',
      unlocked: true,
    }),
    book: topic<BookView>()({
      params: z.strictObject({ market: marketRef, depth }),
      delivery: 'latest',
      unlocked: true,
    }),
    trades: topic<Trade>()({
      params: z.strictObject({ market: marketRef }),
      delivery: 'every',
      unlocked: true,
    }),
    /** The running candle and each one that closes. */
    candle: topic<Candle>()({
      params: z.strictObject({ market: marketRef, interval }),
      delivery: 'every',
      unlocked: true,
    }),
  },
};
