/** The book engine on what venues really sent, with their own checksums and beside the naive exact model. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BybitBookReader } from '../../../src-main/market/bybit-book-frame.ts';
import { isZeroText, normalise } from '../../../src-main/market/decimal.ts';
import { OrderBook } from '../../../src-main/market/order-book.ts';
import type { BookLevel } from '../../../src-preload/contract/types/market.ts';
import { NaiveBook } from '../../unit/market/naive-book.ts';

const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
const present = existsSync(DATA);
if (!present) console.warn(`Skipped: recorded data is not at ${DATA} (set HOLDFAST_DATA).`);

const lines = (file: string): string[] => readFileSync(join(DATA, file), 'utf8').trim().split('\n');
const received = (file: string): string[] =>
  lines(file)
    .map((line) => JSON.parse(line) as { t: string; data: string })
    .filter((record) => record.t === 'recv')
    .map((record) => record.data);

/** The 25 best levels of both sides, taken in turns, as Bitget and Bitfinex compute their checksums. */
function interleaved(book: OrderBook, spell: (level: BookLevel, side: 'bid' | 'ask') => string[]): string {
  const [bids, asks] = [book.bids(25), book.asks(25)];
  const parts = Array.from({ length: 25 }, (_, at) => [
    ...(bids[at] === undefined ? [] : spell(bids[at], 'bid')),
    ...(asks[at] === undefined ? [] : spell(asks[at], 'ask')),
  ]);
  return parts.flat().join(':');
}

const signed = (text: string): number => crc32(text) | 0;

describe.skipIf(!present)('recorded books', () => {
  it.each([
    ['linear BTCUSDT', 'v5-2026-08-09-linear-BTC-DOGE.jsonl', 'orderbook.200.BTCUSDT', 413],
    ['linear DOGEUSDT', 'v5-2026-08-09-linear-BTC-DOGE.jsonl', 'orderbook.200.DOGEUSDT', 379],
    ['spot BTCUSDT', 'v5-2026-08-09-spot-BTC.jsonl', 'orderbook.200.BTCUSDT', 299],
    ['archive XRPUSDT', 'ob500-XRPUSDT-2024-12-01.jsonl', 'orderbook.500.XRPUSDT', 49],
  ])('Bybit %s: every message follows, and the book equals the naive model', (_, file, topic, deltas) => {
    const path = `bybit/ws/${file}`;
    const texts = (file.startsWith('ob500') ? lines(path) : received(path)).filter((text) =>
      text.includes(topic),
    );
    const depth = Number(topic.split('.')[1]);
    const book = new OrderBook({ venue: 'bybit', symbol: 'X/USDT' }, { sequence: 'contiguous', depth });
    const plain = new OrderBook({ venue: 'bybit', symbol: 'X/USDT' }, { sequence: 'contiguous', depth });
    const model = new NaiveBook();
    const reader = new BybitBookReader();
    const seen = { snapshot: 0, delta: 0 };
    for (const text of texts) {
      const frame = reader.read(text, 1);
      if (frame === null) continue;
      seen[frame.type] += 1;
      const { data } = JSON.parse(text) as { data: { b: BookLevel[]; a: BookLevel[]; u: number } };
      const parsed = {
        bids: data.b,
        asks: data.a,
        time: frame.message.time,
        receivedAt: 1,
        sequence: data.u,
      };
      expect(book[frame.type === 'snapshot' ? 'applySnapshot' : 'applyDelta'](frame.message)).toBe('applied');
      expect(plain[frame.type === 'snapshot' ? 'applySnapshot' : 'applyDelta'](parsed)).toBe('applied');
      model[frame.type](data.b, data.a);
      expect(book.bids()).toEqual(model.bids());
      expect(book.asks()).toEqual(model.asks());
      expect(plain.view(depth)).toEqual(book.view(depth));
    }
    expect(seen).toEqual({ snapshot: 1, delta: deltas });
  });

  it('Bybit: a message that is left out is a gap', () => {
    const texts = received('bybit/ws/v5-2026-08-09-spot-BTC.jsonl');
    const reader = new BybitBookReader();
    const book = new OrderBook(
      { venue: 'bybit', symbol: 'BTC/USDT' },
      { sequence: 'contiguous', depth: 200 },
    );
    const frames = texts.map((text) => reader.read(text, 1)).filter((frame) => frame !== null);
    const outcomes = frames
      .filter((_, at) => at !== 10)
      .map(({ type, message }) =>
        type === 'snapshot' ? book.applySnapshot(message) : book.applyDelta(message),
      );
    expect(outcomes.indexOf('gap')).toBe(10);
    expect(new Set(outcomes.slice(11))).toEqual(new Set(['ignored']));
    expect(book.state).toBe('stale');
  });

  it('Bitget: all 443 checksums match, and one changed digit does not', () => {
    const checksum = (book: OrderBook, expected: number): boolean =>
      signed(interleaved(book, ([price, size]) => [price, size])) === expected;
    const books = new Map<string, OrderBook>();
    const counts = { snapshot: 0, update: 0 };
    for (const text of received('bitget/ws/v1-2022-04-07-spot-books-checksum.jsonl')) {
      const frame = JSON.parse(text) as {
        action?: 'snapshot' | 'update';
        arg?: { channel: string; instId: string };
        data?: [{ asks: BookLevel[]; bids: BookLevel[]; checksum: number; ts: string }];
      };
      if (frame.arg?.channel !== 'books' || frame.data === undefined || frame.action === undefined) continue;
      const id = frame.arg.instId;
      const book =
        books.get(id) ?? new OrderBook({ venue: 'bitget', symbol: id }, { sequence: 'none', checksum });
      books.set(id, book);
      const message = { ...frame.data[0], time: Number(frame.data[0].ts), receivedAt: 1 };
      expect(frame.action === 'snapshot' ? book.applySnapshot(message) : book.applyDelta(message)).toBe(
        'applied',
      );
      counts[frame.action] += 1;
    }
    expect(counts).toEqual({ snapshot: 8, update: 435 });
    for (const book of books.values()) {
      const [price, size] = book.bestBid as BookLevel;
      const other = `${size}0`;
      const message = { bids: [[price, other]] as BookLevel[], asks: [], time: 1, receivedAt: 1 };
      const before = signed(interleaved(book, (level) => [...level]));
      expect(book.applyDelta({ ...message, checksum: before })).toBe('checksum');
    }
  });

  it('Bitfinex: the checksum over its own number spelling matches', () => {
    const spell = ([price, size]: BookLevel, side: 'bid' | 'ask'): string[] => [
      String(Number(price)),
      String(side === 'bid' ? Number(size) : -Number(size)),
    ];
    const book = new OrderBook(
      { venue: 'bitfinex', symbol: 'XRP/BTC' },
      { sequence: 'none', checksum: (it, expected) => signed(interleaved(it, spell)) === expected },
    );
    const toMessage = (rows: [number, number, number][]) => {
      const side = (sign: 1 | -1): BookLevel[] =>
        rows
          .filter((row) => Math.sign(row[2]) === sign)
          .map(([price, count, amount]) => [
            normalise(String(price)),
            count === 0 ? '0' : normalise(String(Math.abs(amount))),
          ]);
      return { bids: side(1), asks: side(-1), time: 1, receivedAt: 1 };
    };
    const checked: boolean[] = [];
    for (const line of lines('bitfinex/ws/tXRPBTC-checksum-a-25x25.jsonl')) {
      const frame = JSON.parse(line) as [number, unknown, number];
      if (!Array.isArray(frame)) continue;
      if (frame[1] === 'cs') checked.push(book.verify(frame[2]), book.verify(frame[2] + 1));
      else if (Array.isArray((frame[1] as unknown[])[0])) book.applySnapshot(toMessage(frame[1] as never));
      else book.applyDelta(toMessage([frame[1] as [number, number, number]]));
    }
    expect(checked).toEqual([true, false]);
    expect(book.fault).toBe('checksum');
  });

  it('Bitfinex: a live stream of tBTCUSD never crosses and keeps 25 levels a side', () => {
    const book = new OrderBook({ venue: 'bitfinex', symbol: 'BTC/USD' }, { sequence: 'none' });
    const model = new NaiveBook();
    let channel: number | null = null;
    let updates = 0;
    for (const line of lines('bitfinex/ws/public-2025-08-tBTCUSD-book25.jsonl')) {
      const frame = JSON.parse(line) as
        { channel: string; symbol: string; chanId: number } | [number, unknown];
      if (!Array.isArray(frame)) {
        if (frame.channel === 'book' && frame.symbol === 'tBTCUSD') channel = frame.chanId;
        continue;
      }
      const [id, body] = frame;
      if (id !== channel || !Array.isArray(body)) continue;
      const rows = (Array.isArray(body[0]) ? body : [body]) as [number, number, number][];
      const level = ([price, count, amount]: [number, number, number]): BookLevel => [
        normalise(String(price)),
        count === 0 ? '0' : normalise(String(Math.abs(amount))),
      ];
      const bids = rows.filter((row) => row[2] > 0).map(level);
      const asks = rows.filter((row) => row[2] < 0).map(level);
      const message = { bids, asks, time: 1, receivedAt: 1 };
      const snapshot = Array.isArray(body[0]);
      expect(snapshot ? book.applySnapshot(message) : book.applyDelta(message)).toBe('applied');
      model[snapshot ? 'snapshot' : 'delta'](bids, asks);
      updates += snapshot ? 0 : 1;
    }
    expect(updates).toBe(3_437);
    expect(book.bids()).toEqual(model.bids());
    expect(book.asks()).toEqual(model.asks());
    expect([book.bids().length, book.asks().length]).toEqual([25, 25]);
    expect(book.bids().some(([, size]) => isZeroText(size))).toBe(false);
  });
});
