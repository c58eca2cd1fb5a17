/** Private payloads that others recorded (grade B and C: right in shape, nothing proven about values). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UnknownFields } from '../../../../../src-main/exchanges/bybit/payload.ts';
import type { AccountContext } from '../../../../../src-main/exchanges/bybit/private/account-context.ts';
import { unifiedCoins } from '../../../../../src-main/exchanges/bybit/private/balances.ts';
import { readFill } from '../../../../../src-main/exchanges/bybit/private/executions.ts';
import { readOrder } from '../../../../../src-main/exchanges/bybit/private/order-mapping.ts';
import { readPosition } from '../../../../../src-main/exchanges/bybit/private/positions.ts';
import type { BybitCategory } from '../../../../../src-main/exchanges/bybit/public/category.ts';

const FOLDER = join(process.env['HOLDFAST_DATA'] ?? '../shared/data', 'bybit');
const hasData = existsSync(join(FOLDER, 'ws/fixtures-nautilus.jsonl'));
if (!hasData) console.warn(`Skipped: there are no recorded payloads in ${FOLDER}.`);

interface Recorded {
  readonly file?: string;
  readonly name?: string;
  readonly text?: string;
  readonly msg?: unknown;
  readonly body?: unknown;
}
interface Payload {
  readonly topic?: string;
  readonly data?: Record<string, unknown>[];
  readonly result?: { readonly list?: Record<string, unknown>[] };
}

/** Bodies, and the `=`-less last parts of recorded socket sessions. */
function payloads(file: string): Payload[] {
  const lines = readFileSync(join(FOLDER, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.flatMap((line) => {
    const entry = JSON.parse(line) as Recorded;
    const whole = entry.msg ?? entry.body ?? entry.text ?? entry;
    if (typeof whole !== 'string') return [whole];
    const start = whole.search(/\{\s*"(?:id|topic|retCode)"/);
    try {
      return start === -1 ? [] : [JSON.parse(whole.slice(start)) as Payload];
    } catch {
      return [];
    }
  });
}

const unknown = new UnknownFields();
const context = {
  accountId: 'a1',
  venue: 'bybit',
  isDemo: false,
  unknown,
  now: () => 0,
  markets: { byNative: () => undefined, findNative: async () => null },
} as unknown as AccountContext;
const categoryOf = (row: Record<string, unknown>): BybitCategory =>
  (row['category'] as BybitCategory) ?? 'linear';

describe.runIf(hasData)('recorded private payloads', () => {
  const all = [
    'ws/fixtures-nautilus.jsonl',
    'ws/fixtures-jkorf.jsonl',
    'rest/fixtures-nautilus.jsonl',
    'rest/fixtures-xchange.jsonl',
  ].flatMap(payloads);
  const rows = (topic: string): Record<string, unknown>[] =>
    all.flatMap((payload) => (payload.topic === topic ? (payload.data ?? []) : []));
  const listed = (field: string): Record<string, unknown>[] =>
    all.flatMap(({ result }) =>
      Array.isArray(result?.list) ? result.list.filter((row) => field in row) : [],
    );

  it('orders', async () => {
    const orders = [...rows('order'), ...listed('orderStatus')];
    expect(orders.length).toBeGreaterThan(4);
    for (const row of orders) {
      const order = await readOrder(context, categoryOf(row), row);
      expect(order.venueOrderId).toBe(row['orderId']);
      expect(order.state).not.toBe('unknown');
      expect(order.createdAt).toBeGreaterThan(1.6e12);
    }
  });

  it('executions', async () => {
    const fills = rows('execution');
    expect(fills.length).toBeGreaterThan(0);
    for (const row of fills) {
      expect(await readFill(context, categoryOf(row), row)).toMatchObject({
        id: row['execId'],
        price: row['execPrice'],
      });
    }
  });

  it('positions', async () => {
    const positions = [...rows('position'), ...listed('positionIdx').filter((row) => 'size' in row)];
    expect(positions.length).toBeGreaterThan(1);
    for (const row of positions) {
      const { position } = await readPosition(context, categoryOf(row), row, 'cross');
      expect(position === null).toBe(Number(row['size']) === 0);
    }
  });

  it('wallets', () => {
    const wallets = [...rows('wallet'), ...listed('coin')] as { coin: unknown[] }[];
    expect(wallets.length).toBeGreaterThan(0);
    for (const wallet of wallets) expect(unifiedCoins(context, wallet, 1)).toHaveLength(wallet.coin.length);
  });

  it('have no field that our forms do not know', () => {
    expect(unknown.list().filter((field) => !field.startsWith('market.'))).toEqual([]);
  });
});
