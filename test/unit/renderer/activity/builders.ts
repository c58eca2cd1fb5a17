import type { LatencyRow, RequestRow } from '../../../../src-preload/contract/types/activity.ts';

export const NOW = 1_795_183_331_000;

export const request = (id: number, change: Partial<RequestRow> = {}): RequestRow => ({
  id,
  time: NOW - 1000,
  venue: 'bybit',
  accountId: 'acc-1',
  transport: 'http',
  operation: 'order.create',
  method: 'POST',
  path: '/v5/order/create',
  request: '{"symbol":"BTCUSDT"}',
  response: '{"retCode":0}',
  status: 200,
  venueCode: '0',
  outcome: 'ok',
  waitedMs: 1.5,
  flightMs: 40,
  ...change,
});

/** Ids from `newest` down, as the ledger answers. */
export const requests = (newest: number, count: number): readonly RequestRow[] =>
  Array.from({ length: count }, (_one, at) => request(newest - at));

export const latency = (operation: string, change: Partial<LatencyRow> = {}): LatencyRow => ({
  venue: 'bybit',
  operation,
  transport: 'http',
  count: 10,
  failed: 0,
  p50: 10,
  p95: 20,
  p99: 30,
  ackP50: 11,
  ackP99: 33,
  ...change,
});

/** A row that has ended only now. */
export const fresh = (id: number, change: Partial<RequestRow> = {}): RequestRow =>
  request(id, { operation: `new-${id}`, ...change });

interface Query {
  readonly limit: number;
  readonly offset: number;
  readonly outcome?: string;
}

/** A ledger that grows: newest first, as main answers. */
export function ledger(count: number) {
  let rows: readonly RequestRow[] = requests(count, count);
  return {
    add: (...more: readonly RequestRow[]) => {
      rows = [...more.toReversed(), ...rows];
    },
    wipe: () => {
      rows = [];
    },
    page: (input: unknown) => {
      const { limit, offset, outcome } = input as Query;
      const found = rows.filter((row) => outcome === undefined || row.outcome === outcome);
      return { rows: found.slice(offset, offset + limit), total: found.length };
    },
  };
}
