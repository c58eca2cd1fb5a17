import { open } from 'node:fs/promises';
import type { Order } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError } from '../errors.ts';
import type { OrderCursor } from '../storage/ledger/repositories/orders.ts';

const PAGE_ROWS = 500;
/** What somebody trades is nobody else's business on this machine. */
const OWNER_ONLY = 0o600;

const COLUMNS: readonly (readonly [title: string, of: (order: Order) => string | null | undefined])[] = [
  ['created', ({ createdAt }) => new Date(createdAt).toISOString()],
  ['updated', ({ updatedAt }) => new Date(updatedAt).toISOString()],
  ['venue', ({ venue }) => venue],
  ['account', ({ accountId }) => accountId],
  ['symbol', ({ symbol }) => symbol],
  ['side', ({ side }) => side],
  ['type', ({ type }) => type],
  ['state', ({ state }) => state],
  ['quantity', ({ quantity }) => quantity],
  ['quoteAmount', ({ quoteAmount }) => quoteAmount],
  ['price', ({ price }) => price],
  ['triggerPrice', ({ triggerPrice }) => triggerPrice],
  ['filledQuantity', ({ filledQuantity }) => filledQuantity],
  ['averagePrice', ({ averagePrice }) => averagePrice],
  ['timeInForce', ({ timeInForce }) => timeInForce],
  ['postOnly', ({ postOnly }) => String(postOnly)],
  ['reduceOnly', ({ reduceOnly }) => String(reduceOnly)],
  ['positionSide', ({ positionSide }) => positionSide],
  ['takeProfit', ({ takeProfit }) => takeProfit],
  ['stopLoss', ({ stopLoss }) => stopLoss],
  ['clientOrderId', ({ clientOrderId }) => clientOrderId],
  ['venueOrderId', ({ venueOrderId }) => venueOrderId],
  ['reason', ({ reason }) => reason],
  ['venueCode', ({ venueCode }) => venueCode],
];

interface OrderPage {
  readonly rows: readonly Order[];
  /** Where the next one begins; null at the end. */
  readonly next: OrderCursor | null;
}

/**
 * Writes orders as CSV (RFC 4180), page by page, and answers how many. Rejects with `storage` when the file cannot
 * be written, or as `page` does.
 * @param page rows after a place, in the order in which they are to be written
 */
export async function exportOrders(
  path: string,
  page: (after: OrderCursor | null, limit: number) => Promise<OrderPage>,
): Promise<number> {
  const file = await open(path, 'w', OWNER_ONLY).catch(notWritten);
  try {
    // The mode above is for a new file only.
    await file.chmod(OWNER_ONLY).catch(notWritten);
    await file.appendFile(line(COLUMNS.map(([title]) => title))).catch(notWritten);
    let written = 0;
    let after: OrderCursor | null = null;
    do {
      const { rows, next }: OrderPage = await page(after, PAGE_ROWS);
      const text = rows.map((order) => line(COLUMNS.map(([, of]) => of(order) ?? ''))).join('');
      await file.appendFile(text).catch(notWritten);
      written += rows.length;
      after = next;
    } while (after !== null);
    return written;
  } finally {
    await file.close().catch(() => undefined);
  }
}

const line = (fields: readonly string[]): string => `${fields.map(field).join(',')}\r\n`;

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Texts of a venue are strangers' texts: an apostrophe keeps a spreadsheet from running one. */
function field(value: string): string {
  const harmless = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function notWritten(cause: unknown): never {
  throw new HoldfastError('storage', 'orders.notWritten', 'The file could not be written.', {}, cause);
}
