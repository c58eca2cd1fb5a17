import { badInput } from '../../errors.ts';
import { isDecimalText, isZeroText, normalise } from '../decimal.ts';
import { column, type CsvRow, csvRows, csvTime, TIME_NAMES } from './csv-rows.ts';
import {
  categoryOfFile,
  type MarketName,
  marketName,
  marketOfFile,
  type RecordedCategory,
} from './market-name.ts';
import {
  lineError,
  type OpenBytes,
  RecentIds,
  type ReadContext,
  RecordClock,
  type RecordReader,
} from './record-reader.ts';
import type { RecordedEvent, RecordedTrade } from './recorded-event.ts';

interface Columns {
  readonly time: number;
  readonly price: number;
  readonly quantity: number;
  readonly side: number;
  /** -1: the market is that of the file name. */
  readonly symbol: number;
  /** -1: the line number stands in. */
  readonly id: number;
  /** public.bybit.com/trading: the archive of contracts. */
  readonly contracts: boolean;
}

/** Null: not the header of a trades file. */
export function tradeColumns(header: readonly string[]): Columns | null {
  const columns = {
    time: column(header, TIME_NAMES),
    price: column(header, ['price', 'px', 'p']),
    quantity: column(header, ['size', 'quantity', 'qty', 'amount', 'volume', 'vol', 'q', 'v']),
    side: column(header, ['side', 'takerside', 'direction']),
    symbol: column(header, ['symbol', 'market', 'instrument', 'pair']),
    id: column(header, ['trdmatchid', 'tradeid', 'execid', 'id']),
    contracts: column(header, ['tickdirection']) !== -1,
  };
  return [columns.time, columns.price, columns.quantity, columns.side].includes(-1) ? null : columns;
}

/** Trades as CSV: the archive of public.bybit.com, or any file with time, price, quantity and side. */
export class TradesCsv implements RecordReader {
  readonly format = 'tradesCsv';
  readonly #file: string;
  readonly #open: OpenBytes;

  constructor(file: string, open: OpenBytes) {
    this.#file = file;
    this.#open = open;
  }

  async *read(context: ReadContext): AsyncIterable<RecordedEvent> {
    const clock = new RecordClock(context.oddities);
    const ids = new RecentIds();
    let columns: Columns | null = null;
    for await (const row of csvRows(this.#file, this.#open, context)) {
      if (columns === null) {
        columns = tradeColumns(row.cells);
        if (columns === null) throw lineError(row.line, 'a header with time, price, quantity and side');
        continue;
      }
      const name = this.#market(row, columns);
      const trade = readTrade(row, columns);
      if (!ids.add(`${name.symbol} ${trade.id}`)) {
        context.oddities.duplicates += 1;
        continue;
      }
      context.markets.set(name.symbol, name);
      yield { kind: 'trade', time: clock.at(trade.time, row.line), symbol: name.symbol, trade };
    }
  }

  #market({ cells, line }: CsvRow, columns: Columns): MarketName {
    const nativeId = (cells[columns.symbol] ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
    const category = this.#category(columns, nativeId);
    const name = columns.symbol === -1 ? marketOfFile(this.#file, category) : marketName(nativeId, category);
    if (name !== null) return name;
    if (columns.symbol !== -1) throw lineError(line, 'a known market such as BTCUSDT in the symbol column');
    throw badInput([
      {
        field: 'file',
        rule: 'must tell its market: in a symbol column or in its name, as in BTCUSDT-trades.csv',
      },
    ]);
  }

  #category(columns: Columns, nativeId: string): RecordedCategory {
    const told = categoryOfFile(this.#file);
    if (told !== null || !columns.contracts) return told ?? 'spot';
    return /USD$/.test(nativeId) ? 'inverse' : 'linear';
  }
}

function readTrade({ cells, line }: CsvRow, columns: Columns): RecordedTrade['trade'] {
  const time = csvTime(cells[columns.time] ?? '');
  if (time === null) throw lineError(line, 'a time in seconds, milliseconds or as ISO date');
  const side = (cells[columns.side] ?? '').toLowerCase();
  if (!['buy', 'sell', 'b', 's'].includes(side)) throw lineError(line, 'the side Buy or Sell');
  return {
    id: columns.id === -1 ? `line-${line}` : (cells[columns.id] ?? ''),
    price: positive(cells[columns.price], line, 'price'),
    quantity: positive(cells[columns.quantity], line, 'quantity'),
    side: side.startsWith('b') ? 'buy' : 'sell',
    time,
  };
}

/** A decimal greater than zero, without exponent: archives write small sizes as 1e-05. */
function positive(cell: string | undefined, line: number, what: string): string {
  if (!isDecimalText(cell) || cell.startsWith('-') || isZeroText(cell)) {
    throw lineError(line, `a decimal number greater than zero as ${what}`);
  }
  return /[eE+]/.test(cell) ? normalise(cell) : cell;
}
