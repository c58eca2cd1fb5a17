import {
  CANDLE_INTERVALS,
  type Candle,
  type CandleInterval,
} from '../../../src-preload/contract/types/market.ts';
import { badInput } from '../../errors.ts';
import { intervalEnd, intervalStart } from '../candle-interval.ts';
import { compareText, isDecimalText, normalise } from '../decimal.ts';
import { column, type CsvRow, csvRows, csvTime, TIME_NAMES } from './csv-rows.ts';
import { categoryOfFile, dayOfFile, type MarketName, marketOfFile } from './market-name.ts';
import {
  lineError,
  type OpenBytes,
  type ReadContext,
  RecordClock,
  type RecordReader,
} from './record-reader.ts';
import type { RecordedEvent } from './recorded-event.ts';

interface Columns {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** -1: not in the file. */
  readonly turnover: number;
  /** False: the first line is a row already. */
  readonly header: boolean;
}

const BARE: Columns = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5, turnover: -1, header: false };
const DAY = 86_400_000;
/** Rows looked at to find the interval: the smallest step between two of them. */
const SAMPLE = 50;

/** The columns by header, or by order (time, open, high, low, close, volume) where the first line is numbers. */
export function candleColumns(first: readonly string[]): Columns | null {
  const columns = {
    time: column(first, TIME_NAMES),
    open: column(first, ['open', 'o']),
    high: column(first, ['high', 'h']),
    low: column(first, ['low', 'l']),
    close: column(first, ['close', 'c']),
    volume: column(first, ['volume', 'vol', 'v', 'basevolume']),
    turnover: column(first, ['turnover', 'quotevolume', 'quoteassetvolume']),
    header: true,
  };
  const needed = [columns.time, columns.open, columns.high, columns.low, columns.close, columns.volume];
  if (!needed.includes(-1)) return columns;
  const numbers = first.length >= 6 && first.slice(0, 6).every((cell) => isDecimalText(cell));
  return numbers ? BARE : null;
}

/**
 * Candles as CSV. An event comes at the end of its candle's interval, when a trader could have known it. The
 * interval is the one in the file name, else the smallest step between the first rows.
 */
export class CandlesCsv implements RecordReader {
  readonly format = 'candlesCsv';
  readonly #file: string;
  readonly #open: OpenBytes;

  constructor(file: string, open: OpenBytes) {
    this.#file = file;
    this.#open = open;
  }

  async *read(context: ReadContext): AsyncIterable<RecordedEvent> {
    const name = this.#market();
    context.markets.set(name.symbol, name);
    const clock = new RecordClock(context.oddities);
    let interval: CandleInterval | null = intervalOfFile(this.#file);
    const sample: { candle: Candle; line: number }[] = [];
    let last: Candle | null = null;
    const event = (candle: Candle, line: number, step: CandleInterval): RecordedEvent | null => {
      if (intervalStart(step, candle.time) !== candle.time) {
        throw lineError(line, `a time that starts an interval of ${step}`);
      }
      if (last?.time === candle.time) {
        if (!sameCandle(last, candle)) throw lineError(line, 'one candle for each time');
        context.oddities.duplicates += 1;
        return null;
      }
      last = candle;
      const time = clock.at(intervalEnd(step, candle.time), line);
      return { kind: 'candle', time, symbol: name.symbol, interval: step, candle };
    };
    const drain = function* (step: CandleInterval): Iterable<RecordedEvent> {
      for (const { candle, line } of sample.splice(0)) {
        const found = event(candle, line, step);
        if (found !== null) yield found;
      }
    };
    for await (const row of this.#candles(context)) {
      sample.push(row);
      if (interval === null && sample.length === SAMPLE) interval = inferInterval(sample);
      if (interval !== null) yield* drain(interval);
    }
    if (sample.length > 0) yield* drain(interval ?? inferInterval(sample));
  }

  async *#candles(context: ReadContext): AsyncGenerator<{ candle: Candle; line: number }> {
    let columns: Columns | null = null;
    let offset = 0;
    for await (const row of csvRows(this.#file, this.#open, context)) {
      if (columns === null) {
        columns = candleColumns(row.cells);
        if (columns === null) {
          throw lineError(
            row.line,
            'a header with time, open, high, low, close and volume, or these as numbers',
          );
        }
        offset = columns.header ? 0 : this.#dayOffset(row);
        if (columns.header) continue;
      }
      yield { candle: readCandle(row, columns, offset), line: row.line };
    }
  }

  /** LEAN counts from midnight and leaves the day to the file name. */
  #dayOffset(row: CsvRow): number {
    if (!isTimeOfDay(row.cells[0] ?? '')) return 0;
    const day = dayOfFile(this.#file);
    if (day !== null) return day;
    throw lineError(
      row.line,
      'a full date; times of day need the day in the file name, as in BTCUSDT-1m-20221213.csv',
    );
  }

  #market(): MarketName {
    const name = marketOfFile(this.#file, categoryOfFile(this.#file) ?? 'spot');
    if (name !== null) return name;
    throw badInput([{ field: 'file', rule: 'must tell its market in its name, as in BTCUSDT-1m.csv' }]);
  }
}

const isTimeOfDay = (cell: string): boolean => /^\d{1,8}$/.test(cell) && Number(cell) < DAY;

function readCandle({ cells, line }: CsvRow, columns: Columns, dayStart: number): Candle {
  const timeCell = cells[columns.time] ?? '';
  const inDay = dayStart > 0 && isTimeOfDay(timeCell);
  const time = inDay ? dayStart + Number(timeCell) : csvTime(timeCell);
  if (time === null) throw lineError(line, 'a time in seconds, milliseconds or as ISO date');
  const figure = (at: number): string => {
    const cell = cells[at];
    if (!isDecimalText(cell) || cell.startsWith('-')) {
      throw lineError(line, 'decimal numbers as open, high, low, close and volume');
    }
    return /[eE+]/.test(cell) ? normalise(cell) : cell;
  };
  const [open, high, low, close] = [columns.open, columns.high, columns.low, columns.close].map(figure) as [
    string,
    string,
    string,
    string,
  ];
  if ([open, low, close].some((price) => compareText(price, high) > 0))
    throw lineError(line, 'a high above all else');
  if ([open, close].some((price) => compareText(price, low) < 0))
    throw lineError(line, 'a low below all else');
  if (compareText(low, '0') <= 0) throw lineError(line, 'prices greater than zero');
  const candle: Candle = { time, open, high, low, close, volume: figure(columns.volume), closed: true };
  return columns.turnover === -1 ? candle : { ...candle, turnover: figure(columns.turnover) };
}

function sameCandle(a: Candle, b: Candle): boolean {
  return (['open', 'high', 'low', 'close', 'volume'] as const).every(
    (key) => compareText(a[key], b[key]) === 0,
  );
}

function intervalOfFile(file: string): CandleInterval | null {
  const words = (file.split(/[\\/]/).at(-1) ?? '').split(/[^A-Za-z0-9]+/);
  return CANDLE_INTERVALS.find((interval) => words.includes(interval)) ?? null;
}

/** The largest interval that fits into the smallest step between two rows and starts where they do. */
function inferInterval(rows: readonly { candle: Candle; line: number }[]): CandleInterval {
  const times = rows.map(({ candle }) => candle.time);
  const fits = (interval: CandleInterval): boolean =>
    times.every(
      (time, at) =>
        intervalStart(interval, time) === time &&
        (at === 0 || time === times[at - 1] || intervalEnd(interval, times[at - 1] as number) <= time),
    );
  const found = CANDLE_INTERVALS.findLast(fits);
  if (found === undefined)
    throw lineError(rows[0]?.line ?? 1, `candles of one of ${CANDLE_INTERVALS.join(', ')}`);
  return found;
}
