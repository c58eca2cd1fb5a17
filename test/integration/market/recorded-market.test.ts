/** Recordings of real markets, read and put together: books, trades and the venue's own candles agree. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aggregateCandles } from '../../../src-main/market/candle-aggregate.ts';
import { CandleBuilder } from '../../../src-main/market/candle-builder.ts';
import { addText, compareText, normalise } from '../../../src-main/market/decimal.ts';
import { OrderBook } from '../../../src-main/market/order-book.ts';
import { openRecording } from '../../../src-main/market/recording/open-recording.ts';
import type { RecordedEvent, Recording } from '../../../src-main/market/recording/recorded-event.ts';
import type { Candle } from '../../../src-preload/contract/types/market.ts';

const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
const present = existsSync(DATA);
if (!present) console.warn(`Skipped: recorded data is not at ${DATA} (set HOLDFAST_DATA).`);

const LINEAR = 'bybit/ws/v5-2026-08-09-linear-BTC-DOGE.jsonl';
const SPOT = 'bybit/ws/v5-2026-08-09-spot-BTC.jsonl';
const open = async (file: string): Promise<Recording> => openRecording(join(DATA, file));

async function all(recording: Recording): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of recording.events()) events.push(event);
  return events;
}

describe.skipIf(!present)('recorded markets', () => {
  it('are described as the capture README counts them', async () => {
    const linear = await (await open(LINEAR)).describe();
    expect(linear.counts).toEqual({ bookSnapshot: 2, bookDelta: 792, trade: 139, ticker: 349, candle: 36 });
    expect(linear.oddities).toEqual({ outOfOrder: 0, duplicates: 0, gaps: 0, ignored: 0, truncated: false });
    // The instrument list recorded with it says 0.10 and 0.001, 0.00001 and 1.
    expect(linear.instruments.map(({ symbol, tickSize, lotSize }) => [symbol, tickSize, lotSize])).toEqual([
      ['BTC/USDT:USDT', '0.1', '0.001'],
      ['DOGE/USDT:USDT', '0.00001', '1'],
    ]);
    expect((await (await open(SPOT)).describe()).instruments).toMatchObject([
      { symbol: 'BTC/USDT', tickSize: '0.1', lotSize: '0.000001' },
    ]);
  });

  it.each([LINEAR, SPOT])(
    '%s plays without a gap, never crossed, on a clock that never steps back',
    async (file) => {
      const books = new Map<string, OrderBook>();
      let last = 0;
      for (const event of await all(await open(file))) {
        expect(event.time).toBeGreaterThanOrEqual(last);
        last = event.time;
        if (event.kind !== 'bookSnapshot' && event.kind !== 'bookDelta') continue;
        const options = { sequence: 'contiguous', depth: event.depth } as const;
        const book =
          books.get(event.symbol) ?? new OrderBook({ venue: 'practice', symbol: event.symbol }, options);
        books.set(event.symbol, book);
        const { bids, asks, sequence, venueTime } = event;
        const message = { bids, asks, sequence, time: venueTime, receivedAt: event.time };
        expect(event.kind === 'bookSnapshot' ? book.applySnapshot(message) : book.applyDelta(message)).toBe(
          'applied',
        );
      }
      expect([...books.values()].map((book) => book.state)).not.toContain('stale');
    },
  );

  it.each([LINEAR, SPOT])("%s: candles from its trades equal the venue's own", async (file) => {
    const builders = new Map<string, CandleBuilder>();
    let compared = 0;
    const events = await all(await open(file));
    // The capture began in the middle of its first minute.
    const first = Math.ceil((events[0]?.time ?? 0) / 60_000) * 60_000;
    for (const event of events) {
      const builder = builders.get(event.symbol) ?? new CandleBuilder('1m');
      builders.set(event.symbol, builder);
      if (event.kind === 'trade') builder.add(event.trade);
      if (event.kind !== 'candle') continue;
      const { running } = builder;
      if (event.candle.time < first || running?.time !== event.candle.time) continue;
      const { open: opened, high, low, close, volume } = event.candle;
      expect([normalise(running.close), running.volume]).toEqual([normalise(close), normalise(volume)]);
      // Bybit opens a candle at the close before it; ours opens at its first trade.
      const higher = compareText(running.high, opened) > 0 ? running.high : opened;
      const lower = compareText(running.low, opened) < 0 ? running.low : opened;
      expect([normalise(higher), normalise(lower)]).toEqual([normalise(high), normalise(low)]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(9);
  });

  it('tickers are complete after each partial message', async () => {
    const tickers = (await all(await open(LINEAR))).filter((event) => event.kind === 'ticker');
    for (const { ticker } of tickers) {
      expect(Object.values(ticker).every((value) => value !== undefined)).toBe(true);
      expect(compareText(ticker.bid ?? '0', ticker.ask ?? '0')).toBe(-1);
    }
  });

  it('a day of minutes makes one day with all its volume', async () => {
    const events = await all(await open('bybit/klines/spot-BTCUSDT-1m-20221213.csv'));
    const minutes = events.flatMap((event) => (event.kind === 'candle' ? [event.candle] : []));
    expect(minutes).toHaveLength(1_440);
    const [day] = aggregateCandles(minutes, '1m', '1d') as [Candle];
    const volume = minutes.reduce((sum, minute) => addText(sum, minute.volume), '0');
    expect(day).toMatchObject({ time: Date.parse('2022-12-13Z'), open: '17208.86', volume, closed: true });
    const hours = aggregateCandles(minutes, '1m', '1h');
    expect(hours).toHaveLength(24);
    expect(aggregateCandles(hours, '1h', '1d')).toEqual([day]);
  });

  it('archives of others are read too: gzipped, with other headers', async () => {
    const perp = await (await open('other/klines/BTC-PERP-1m-2022-01.csv.gz')).describe();
    expect([perp.counts.candle, perp.from]).toEqual([45_031, Date.parse('2021-12-31T23:02Z')]);
    const trades = await (await open('bybit/trades/FXSUSDT-2023-10-10-head.csv')).describe();
    expect([trades.counts.trade, trades.instruments[0]?.symbol]).toEqual([15, 'FXS/USDT:USDT']);
    const archive = await (await open('bybit/ws/ob500-XRPUSDT-2024-12-01.jsonl')).describe();
    expect([archive.counts.bookSnapshot, archive.counts.bookDelta]).toEqual([1, 49]);
  });

  it('a capture that was cut off anywhere still plays up to there', async () => {
    const bytes = readFileSync(join(DATA, SPOT));
    const full = (await all(await open(SPOT))).length;
    let before = 0;
    for (let at = 2_000; at < bytes.length; at += 9_973) {
      const cut = await openRecording('spot.jsonl', async function* () {
        yield bytes.subarray(0, at);
      });
      const events = await all(cut);
      expect(events.length).toBeGreaterThanOrEqual(before);
      expect(events.length).toBeLessThanOrEqual(full);
      before = events.length;
    }
    expect(before).toBeGreaterThan(full - 40);
  });
});
