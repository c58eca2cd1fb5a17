import { type BybitBookFrame, BybitBookReader } from '../bybit-book-frame.ts';
import { isDecimalText } from '../decimal.ts';
import type { TickerFigures } from '../ticker.ts';
import { bybitInterval, FrameProblem, isFields, readCandles, readTicker, readTrades } from './bybit-frame.ts';
import { categoryOfFile, type MarketName, marketName, type RecordedCategory } from './market-name.ts';
import {
  lineError,
  type Line,
  type OpenBytes,
  type ReadContext,
  readLines,
  RecentIds,
  RecordClock,
  type RecordReader,
} from './record-reader.ts';
import type { RecordedEvent, RecordingOddities } from './recorded-event.ts';

const RECORD = 'a JSON object with "t", "ts" and "data"';

/** One record of the file: what was received when, and on which kind of market. */
interface Received {
  readonly text: string;
  readonly time: number;
  readonly category: RecordedCategory;
}

/**
 * A capture of Bybit's v5 public WebSocket, one JSON object a line: either `{t, ts, data, addr, conn}` with the
 * frame as text and the time of receipt in seconds, or the bare frames of Bybit's own book archive.
 */
export class BybitCapture implements RecordReader {
  readonly format = 'bybitCapture';
  readonly #file: string;
  readonly #open: OpenBytes;

  constructor(file: string, open: OpenBytes) {
    this.#file = file;
    this.#open = open;
  }

  async *read(context: ReadContext): AsyncIterable<RecordedEvent> {
    const session = new CaptureSession(this.#file, context);
    for await (const line of readLines(this.#file, this.#open)) {
      const record = parseLine(line, context.oddities);
      if (record === null) continue;
      yield* session.events(record, line);
    }
  }
}

/** Null: the last line was cut off. */
function parseLine(line: Line, oddities: RecordingOddities): Readonly<Record<string, unknown>> | null {
  try {
    const record: unknown = JSON.parse(line.text);
    if (isFields(record)) return record;
  } catch {
    if (!line.ended) {
      oddities.truncated = true;
      return null;
    }
  }
  throw lineError(line.number, RECORD);
}

/** Everything that has to be remembered from line to line. */
class CaptureSession {
  readonly #fileCategory: RecordedCategory;
  readonly #oddities: RecordingOddities;
  readonly #markets: ReadContext['markets'];
  readonly #clock: RecordClock;
  readonly #books = new BybitBookReader();
  /** Category by connection; the empty name is that of records without one. */
  readonly #categories = new Map<string, RecordedCategory | null>();
  readonly #names = new Map<string, MarketName | null>();
  /** Number of the last message by book stream; null while its book is unknown. */
  readonly #sequences = new Map<string, number | null>();
  readonly #tickers = new Map<string, TickerFigures>();
  readonly #trades = new Map<string, RecentIds>();

  constructor(file: string, { oddities, markets }: ReadContext) {
    this.#fileCategory = categoryOfFile(file) ?? 'linear';
    this.#oddities = oddities;
    this.#markets = markets;
    this.#clock = new RecordClock(oddities);
  }

  *events(record: Readonly<Record<string, unknown>>, line: Line): Iterable<RecordedEvent> {
    const received = this.#received(record, line);
    if (received === null) return;
    const time = this.#clock.at(received.time, line.number);
    const { text } = received;
    const book = text.includes('"orderbook.') ? this.#parsed(() => this.#books.read(text, time), line) : null;
    if (book !== null) yield* this.#book(book, received, time, line);
    else yield* this.#other(received, time, line);
  }

  /** Null for a record that is no received frame, or comes from a connection whose markets we do not play. */
  #received(record: Readonly<Record<string, unknown>>, line: Line): Received | null {
    if ('topic' in record) {
      const { ts } = record;
      if (typeof ts !== 'number' || !Number.isSafeInteger(ts))
        throw lineError(line.number, 'a frame with "ts"');
      return { text: line.text, time: ts, category: this.#fileCategory };
    }
    const { t, ts, data, addr, conn } = record;
    if (typeof t !== 'string' || typeof ts !== 'number' || !(ts > 0 && ts < 1e11))
      throw lineError(line.number, RECORD);
    const connection = typeof conn === 'string' ? conn : '';
    if (typeof addr === 'string') this.#categories.set(connection, categoryOf(addr));
    if (t !== 'recv') return null;
    if (typeof data !== 'string') throw lineError(line.number, RECORD);
    const category = this.#categories.get(connection);
    if (category === undefined) {
      throw lineError(line.number, 'an earlier line with "t":"connect" and "addr" for this connection');
    }
    if (category === null) {
      this.#oddities.ignored += 1;
      return null;
    }
    return { text: data, time: Math.floor(ts * 1000), category };
  }

  *#book(frame: BybitBookFrame, { category }: Received, time: number, line: Line): Iterable<RecordedEvent> {
    const { bids, asks, bidKeys } = frame.message;
    // Without keys the levels came through the ordinary parser, which does not look at their texts.
    if (bidKeys === undefined && ![...bids, ...asks].flat().every(isDecimalText)) {
      throw lineError(line.number, 'decimal text as price and size of each level');
    }
    const name = this.#name(frame.nativeId, category);
    if (name === null) return;
    const { symbol } = name;
    const { depth, matchedAt: venueTime } = frame;
    const known = { time, symbol, venueTime, depth };
    const place = this.#follows(`${symbol} ${depth}`, frame);
    if (place === 'gap') {
      yield { kind: 'bookSnapshot', ...known, sequence: null, bids: [], asks: [] };
    }
    if (place !== 'next') return;
    yield {
      kind: frame.type === 'snapshot' ? 'bookSnapshot' : 'bookDelta',
      ...known,
      sequence: Number(frame.message.sequence),
      bids,
      asks,
    };
  }

  /** Keeps count of each book stream, because a book with a missing message would offer what was not there. */
  #follows(stream: string, { type, message }: BybitBookFrame): 'next' | 'gap' | 'dropped' {
    const next = Number(message.sequence);
    const last = this.#sequences.get(stream) ?? null;
    if (type === 'snapshot' || (last !== null && next === last + 1)) {
      this.#sequences.set(stream, next);
      return 'next';
    }
    if (last !== null && next <= last) {
      this.#oddities.duplicates += 1;
      return 'dropped';
    }
    // Either something is missing, or the record began without a snapshot.
    this.#sequences.set(stream, null);
    if (last === null) return 'dropped';
    this.#oddities.gaps += 1;
    return 'gap';
  }

  *#other({ text, category }: Received, time: number, line: Line): Iterable<RecordedEvent> {
    const frame = this.#parsed(() => JSON.parse(text) as unknown, line);
    if (!isFields(frame)) throw lineError(line.number, 'a JSON object in "data"');
    const { topic } = frame;
    // Answers to subscriptions and heartbeats.
    if (typeof topic !== 'string') return;
    const [channel = '', ...rest] = topic.split('.');
    const nativeId = rest.at(-1) ?? '';
    const name = this.#name(nativeId, category);
    if (name === null) return;
    const { symbol } = name;
    if (channel === 'publicTrade') {
      for (const trade of this.#sound(readTrades(frame['data']), line)) {
        if (this.#isNew(symbol, trade.id)) yield { kind: 'trade', time, symbol, trade };
      }
    } else if (channel === 'tickers') {
      const known = this.#tickers.get(symbol) ?? null;
      const ticker = this.#sound(readTicker(known, frame, category === 'inverse'), line);
      if (ticker === null || ticker === known) return;
      this.#tickers.set(symbol, ticker);
      yield { kind: 'ticker', time, symbol, ticker };
    } else if (channel === 'kline') {
      const interval = bybitInterval(rest[0] ?? '');
      if (interval === null) this.#oddities.ignored += 1;
      else {
        for (const candle of this.#sound(readCandles(frame['data']), line)) {
          yield { kind: 'candle', time, symbol, interval, candle };
        }
      }
    } else if (channel === 'orderbook' && /^\d+$/.test(rest[0] ?? '')) {
      throw lineError(line.number, 'an order-book message with "type", "ts" and levels of price and size');
    } else this.#oddities.ignored += 1;
  }

  #parsed<T>(parse: () => T, line: Line): T {
    try {
      return parse();
    } catch {
      throw lineError(line.number, 'complete JSON in "data"');
    }
  }

  #sound<T>(value: T | FrameProblem, line: Line): T {
    if (value instanceof FrameProblem) throw lineError(line.number, value.expected);
    return value;
  }

  #isNew(symbol: string, id: string): boolean {
    let ids = this.#trades.get(symbol);
    if (ids === undefined) this.#trades.set(symbol, (ids = new RecentIds()));
    if (ids.add(id)) return true;
    this.#oddities.duplicates += 1;
    return false;
  }

  #name(nativeId: string, category: RecordedCategory): MarketName | null {
    const key = `${category} ${nativeId}`;
    let name = this.#names.get(key);
    if (name === undefined) this.#names.set(key, (name = marketName(nativeId, category)));
    if (name === null) this.#oddities.ignored += 1;
    else this.#markets.set(name.symbol, name);
    return name;
  }
}

/** From the path of the address: /v5/public/linear. Null for options and private streams. */
function categoryOf(address: string): RecordedCategory | null {
  const found = /\/v5\/public\/(linear|inverse|spot)(?:[/?]|$)/.exec(address);
  return found === null ? null : (found[1] as RecordedCategory);
}
