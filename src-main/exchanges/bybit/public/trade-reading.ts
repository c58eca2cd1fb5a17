/** Public trades of REST and of the streams: two spellings of the same thing. */
import type { MarketRef, Side, Trade } from '../../exchange.ts';
import { payloadError, type UnknownFields } from '../payload.ts';
import { decimalText } from './decimal-text.ts';

interface Spelling {
  readonly kind: string;
  readonly id: string;
  readonly price: string;
  readonly size: string;
  readonly side: string;
  readonly time: string;
  readonly known: ReadonlySet<string>;
}

const spelling = (kind: string, names: readonly string[], also: readonly string[]): Spelling => {
  const [id = '', price = '', size = '', side = '', time = ''] = names;
  return { kind, id, price, size, side, time, known: new Set([...names, ...also]) };
};

export const STREAM_TRADE = spelling(
  'publicTrade',
  ['i', 'p', 'v', 'S', 'T'],
  ['s', 'L', 'BT', 'RPI', 'seq', 'mP', 'iP', 'mIv', 'iv'],
);
export const REST_TRADE = spelling(
  'recentTrade',
  ['execId', 'price', 'size', 'side', 'time'],
  ['symbol', 'isBlockTrade', 'isRPITrade', 'seq', 'mP', 'iP', 'mIv', 'iv'],
);

/** Throws `protocol` for a row that breaks the documented form. */
export function readTrade(
  by: Spelling,
  value: unknown,
  { venue, symbol }: MarketRef,
  unknown: UnknownFields,
): Trade {
  if (typeof value !== 'object' || value === null) throw payloadError(by.kind, 'data');
  const row = value as Readonly<Record<string, unknown>>;
  for (const name in row) if (!by.known.has(name)) unknown.note(by.kind, name);
  const id = row[by.id];
  const price = decimalText(row[by.price]);
  const quantity = decimalText(row[by.size]);
  const time = Number(row[by.time]);
  if (typeof id !== 'string' || id === '') throw payloadError(by.kind, by.id);
  if (price === null) throw payloadError(by.kind, by.price);
  if (quantity === null) throw payloadError(by.kind, by.size);
  if (!Number.isSafeInteger(time) || time <= 0) throw payloadError(by.kind, by.time);
  return { venue, symbol, id, price, quantity, side: sideOf(by, row[by.side]), time };
}

function sideOf(by: Spelling, side: unknown): Side {
  if (side === 'Buy') return 'buy';
  if (side === 'Sell') return 'sell';
  throw payloadError(by.kind, by.side);
}
