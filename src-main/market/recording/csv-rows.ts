import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { HoldfastError } from '../../errors.ts';
import { lineError, type OpenBytes, plainBytes, type ReadContext } from './record-reader.ts';

export interface CsvRow {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const MAX_ROW = 1024 * 1024;

/** The rows of a CSV file, header included. A last row without line end that has too few cells is left out as cut off. */
export async function* csvRows(file: string, open: OpenBytes, context: ReadContext): AsyncGenerator<CsvRow> {
  let lastByte = 10;
  const bytes = (async function* () {
    for await (const chunk of plainBytes(file, open)) {
      lastByte = chunk.at(-1) ?? lastByte;
      yield chunk;
    }
  })();
  const parser = parse({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW,
  });
  // An error of either side arrives at the loop below as that of the parser.
  pipeline(Readable.from(bytes), parser).catch(() => undefined);
  let held: CsvRow | null = null;
  let width = 0;
  try {
    for await (const item of parser as AsyncIterable<{ info: { lines: number }; record: string[] }>) {
      if (held !== null) yield checked(held, width);
      held = { line: item.info.lines, cells: item.record };
      if (width === 0) width = item.record.length;
    }
  } catch (error) {
    throw asLineError(error, (held?.line ?? 0) + 1);
  }
  if (held === null) return;
  if (held.cells.length < width && lastByte !== 10) context.oddities.truncated = true;
  else yield checked(held, width);
}

function checked(row: CsvRow, width: number): CsvRow {
  if (row.cells.length === width) return row;
  throw lineError(row.line, `${width} cells as in the first line, not ${row.cells.length}`);
}

function asLineError(error: unknown, line: number): unknown {
  if (error instanceof HoldfastError || !(error instanceof CsvError)) return error;
  const { lines } = error;
  return lineError(typeof lines === 'number' ? lines : line, `rows of comma-separated cells (${error.code})`);
}

const LARGEST = { seconds: 1e11, milliseconds: 1e14, microseconds: 1e17 };

/**
 * A time cell in ms UTC, or null. Numbers are seconds, milli-, micro- or nanoseconds by their size (the limits
 * lie in the year 5138); other text is an ISO date, read as UTC where it names no zone.
 */
export function csvTime(cell: string): number | null {
  if (/^\d+(\.\d*)?$/.test(cell)) {
    const [whole = '', fraction = ''] = cell.split('.');
    const value = Number(whole);
    if (value < LARGEST.seconds) return value * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
    if (value < LARGEST.milliseconds) return value;
    return Math.floor(value < LARGEST.microseconds ? value / 1e3 : value / 1e6);
  }
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?$/.exec(cell);
  if (iso === null) return null;
  const [, date = '', clock = '00:00', fraction = '', zone = 'Z'] = iso;
  const seconds = clock.length === 5 ? `${clock}:00` : clock;
  const time = Date.parse(`${date}T${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isNaN(time) ? null : time;
}

/** Index of the first header cell that is one of the names (lower case, without blanks and underscores), or -1. */
export function column(header: readonly string[], names: readonly string[]): number {
  const plain = header.map((cell) => cell.toLowerCase().replace(/[\s_]/g, ''));
  for (const name of names) {
    const at = plain.indexOf(name);
    if (at !== -1) return at;
  }
  return -1;
}

export const TIME_NAMES = [
  'timestamp',
  'time',
  'datetime',
  'date',
  'ts',
  'opentime',
  'starttime',
  'start',
  'exectime',
] as const;
