/**
 * Bybit's order-book messages, read from their text. The live stream and the recordings have the same form,
 * and both are the hottest text that the application reads: dozens of messages a second for each open book.
 */
import type { BookLevel } from '../../src-preload/contract/types/market.ts';
import { BookFrameReader, CUT } from './book-frame.ts';
import type { BookMessage } from './order-book.ts';
import { sortKey } from './sort-key.ts';

export interface BybitBookFrame {
  readonly type: 'snapshot' | 'delta';
  /** The venue's own id of the market. */
  readonly nativeId: string;
  /** Levels a side that this stream keeps. */
  readonly depth: number;
  /** Time of the matching engine, ms UTC; the time of sending where Bybit leaves it out. */
  readonly matchedAt: number;
  /** `time` is the time of sending, `sequence` is Bybit's `u`. */
  readonly message: BookMessage;
  /** Bybit's `seq`: rises over all streams of a market, with holes. Null where it is left out (options). */
  readonly crossSequence: string | null;
  /** Names of fields that are not documented. */
  readonly extra: readonly string[];
}

const NOTHING: readonly string[] = [];

// Both orders of the first keys that Bybit uses: contracts send the type first, spot the time.
const PLAIN = new RegExp(
  String.raw`^\{"topic":"orderbook\.(\d{1,4})\.([A-Z0-9-]{1,40})",` +
    String.raw`(?:"type":"(snapshot|delta)","ts":(\d{1,15})|"ts":(\d{1,15}),"type":"(snapshot|delta)"),` +
    String.raw`"data":\{"s":"\2","b":CUT,"a":CUT,"u":(\d{1,15}),"seq":(\d{1,19})\},"cts":(\d{1,15})\}$`.replaceAll(
      'CUT',
      CUT.replace('.', String.raw`\.`),
    ),
);
const TOPIC = /^orderbook\.(\d{1,4})\.([A-Z0-9-]{1,40})$/;

interface AnyFrame {
  readonly topic?: unknown;
  readonly type?: unknown;
  readonly ts?: unknown;
  readonly cts?: unknown;
  readonly data?: {
    readonly s?: unknown;
    readonly b?: unknown;
    readonly a?: unknown;
    readonly u?: unknown;
    readonly seq?: unknown;
  } | null;
}

export class BybitBookReader {
  readonly #frames = new BookFrameReader({ bids: 'b', asks: 'a' });

  /**
   * The message in `text`, or null when it is no order-book message of the documented form (whoever needs to
   * know what it is then parses it). `receivedAt`: our time, ms UTC. Throws SyntaxError for text that is no JSON.
   */
  read(text: string, receivedAt: number): BybitBookFrame | null {
    const frame = this.#frames.read(text);
    const plain = frame === null ? null : PLAIN.exec(frame.rest);
    if (frame === null || plain === null) return readAny(JSON.parse(text), receivedAt);
    // Whole numbers of at most 15 digits: their sort key is the number itself.
    const [
      ,
      depth = '',
      nativeId = '',
      type,
      ts,
      tsFirst = '',
      typeLast,
      sequence = '',
      seq = '',
      matched = '',
    ] = plain;
    return {
      type: (type ?? typeLast) === 'snapshot' ? 'snapshot' : 'delta',
      nativeId,
      depth: sortKey(depth),
      matchedAt: sortKey(matched),
      message: {
        bids: frame.bids.levels,
        asks: frame.asks.levels,
        bidKeys: frame.bids.keys,
        askKeys: frame.asks.keys,
        time: sortKey(ts ?? tsFirst),
        receivedAt,
        sequence: sortKey(sequence),
      },
      crossSequence: seq,
      extra: NOTHING,
    };
  }
}

// Options send an `id` too.
const FRAME_FIELDS = new Set(['topic', 'type', 'ts', 'cts', 'data', 'id']);
const DATA_FIELDS = new Set(['s', 'b', 'a', 'u', 'seq']);

const isLevels = (value: unknown): value is BookLevel[] =>
  Array.isArray(value) && value.every((level) => Array.isArray(level) && level.length === 2);

/** The same from parsed JSON, in whatever order and spacing it came. The book itself checks the levels' text. */
function readAny(parsed: unknown, receivedAt: number): BybitBookFrame | null {
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { topic, type, ts, cts, data } = parsed as AnyFrame;
  const name = typeof topic === 'string' ? TOPIC.exec(topic) : null;
  if (name === null || (type !== 'snapshot' && type !== 'delta') || typeof ts !== 'number') return null;
  // Levels that name another market than their topic belong to neither.
  if (data?.s !== name[2]) return null;
  if (!isLevels(data?.b) || !isLevels(data.a) || typeof data.u !== 'number') return null;
  return {
    type,
    nativeId: name[2] as string,
    depth: Number(name[1]),
    matchedAt: typeof cts === 'number' ? cts : ts,
    message: { bids: data.b, asks: data.a, time: ts, receivedAt, sequence: data.u },
    crossSequence: typeof data.seq === 'number' ? String(data.seq) : null,
    extra: [
      ...Object.keys(parsed).filter((key) => !FRAME_FIELDS.has(key)),
      ...Object.keys(data).filter((key) => !DATA_FIELDS.has(key)),
    ],
  };
}
