/** Schemas that several domains share. Every message names the rule, because it is shown beside the field. */
import * as z from 'zod/mini';
import { CANDLE_INTERVALS, VENUES } from './types/market.ts';

/** No input at all: an empty object, so that every call has the same form. */
export const nothing = z.strictObject({});

const DECIMAL = /^(?:0|[1-9]\d{0,19})(?:\.\d{1,18})?$/;

/** A decimal >= 0 as text, at most 20 digits before and 18 after the point, never in E-notation. */
export const decimal = z
  .string('must be a decimal number written as text')
  .check(z.regex(DECIMAL, 'must be a decimal number such as 0.015, without sign, spaces or exponent'));

/** A decimal > 0 as text. */
export const positiveDecimal = decimal.check(
  z.refine((text) => /[1-9]/.test(text), 'must be greater than zero'),
);

/** Ids that main makes: accounts, alerts, orders. */
export const id = z
  .string('must be an id')
  .check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an id of 1 to 64 letters, digits, - or _'));

export const venue = z.enum(VENUES, `must be one of ${VENUES.join(', ')}`);

/** A coin's code as the venue spells it, for example BTC or 1000PEPE. */
export const asset = z
  .string('must be a coin')
  .check(z.regex(/^[A-Za-z0-9.]{1,20}$/, 'must be the code of a coin, such as BTC'));

/** A unified symbol such as BTC/USDT, BTC/USDT:USDT or BTC/USDT:USDT-261225-90000-C. */
export const symbol = z
  .string('must be a market symbol')
  .check(
    z.regex(
      /^[A-Z0-9.]{1,20}\/[A-Z0-9.]{1,20}(?::[A-Z0-9.]{1,20}(?:-\d{6}(?:-\d{1,12}(?:\.\d{1,6})?-[CP])?)?)?$/,
      'must be a unified market symbol such as BTC/USDT or BTC/USDT:USDT',
    ),
  );

export const market = z.strictObject({ venue, symbol });

export const interval = z.enum(CANDLE_INTERVALS, `must be one of ${CANDLE_INTERVALS.join(', ')}`);

/** Milliseconds UTC. */
export const time = z
  .number('must be a time in milliseconds UTC')
  .check(z.int('must be whole milliseconds'), z.minimum(0), z.maximum(8_640_000_000_000_000));

/** What a person types as a name: 1 to 60 characters, no control characters. */
export const label = z.string('must be text').check(
  z.trim(),
  z.minLength(1, 'must not be empty'),
  z.maxLength(60, 'must be at most 60 characters'),
  z.refine((text) => !/[\u0000-\u001f\u007f]/.test(text), 'must not hold control characters'),
);

/** UTF-8 bytes of a passphrase or a secret; a byte array so that the sender and main can overwrite it. */
export const secretBytes = z
  .instanceof(Uint8Array, { error: 'must be bytes' })
  .check(z.refine((bytes) => bytes.length >= 1 && bytes.length <= 8192, 'must be 1 to 8192 bytes long'));

export const page = {
  limit: z._default(z.int().check(z.minimum(1), z.maximum(500)), 100),
  offset: z._default(z.int().check(z.minimum(0), z.maximum(100_000_000)), 0),
};
