import { parse } from 'csv-parse/sync';
import { badInput, HoldfastError } from '../../errors.ts';
import { BybitCapture } from './bybit-capture.ts';
import { candleColumns, CandlesCsv } from './candles-csv.ts';
import { describeRecording } from './describe-recording.ts';
import {
  diskBytes,
  lineError,
  newContext,
  type OpenBytes,
  readLines,
  type RecordReader,
} from './record-reader.ts';
import type { Recording } from './recorded-event.ts';
import { tradeColumns, TradesCsv } from './trades-csv.ts';

const EXPECTED =
  'a JSON object with "t", "ts" and "data" (a Bybit capture), or a CSV header with time, price, quantity and ' +
  'side (trades) or time, open, high, low, close and volume (candles)';

/**
 * Opens a recorded market: a Bybit v5 WebSocket capture, trades as CSV or candles as CSV, also gzipped. Which
 * of them it is, its first line tells. Rejects with `badInput` naming the line for a file that is none of them.
 */
export async function openRecording(file: string, open: OpenBytes = diskBytes): Promise<Recording> {
  const reader = await detect(file, open);
  return {
    file,
    format: reader.format,
    events: () => reader.read(newContext()),
    describe: (signal) => describeRecording(reader, signal),
  };
}

async function detect(file: string, open: OpenBytes): Promise<RecordReader> {
  for await (const { text, number } of readLines(file, open)) {
    if (text.startsWith('{')) return new BybitCapture(file, open);
    const cells = firstCells(text);
    if (tradeColumns(cells) !== null) return new TradesCsv(file, open);
    if (candleColumns(cells) !== null) return new CandlesCsv(file, open);
    throw lineError(number, EXPECTED);
  }
  throw badInput([{ field: 'file', rule: `line 1: expected ${EXPECTED}; the file is empty` }]);
}

function firstCells(line: string): string[] {
  try {
    return parse(line, { trim: true })[0] ?? [];
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    return [];
  }
}
