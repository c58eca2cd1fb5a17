import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../../src-preload/contract/types/activity.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';

const FIVE_MINUTES = 300_000;
const SPAN = { accountId: 'a', names: ['order-7', 'venue-7'], since: 0, until: 1e9 };

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const row = (time: number, over: Partial<RequestRecord>): RequestRecord => ({
  time,
  venue: 'bybit',
  accountId: 'a',
  transport: 'http',
  operation: 'order.realtime',
  method: 'GET',
  path: '/v5/order/realtime',
  request: 'category=linear',
  response: '{}',
  status: 200,
  venueCode: '0',
  outcome: 'ok',
  waitedMs: 1,
  flightMs: 10,
  ...over,
});
const list = (time: number) => row(time, { response: '{"list":[{"orderLinkId":"order-7"}]}' });
const placed = row(1, { method: 'POST', path: '/v5/order/create', request: '{"orderLinkId":"order-7"}' });
const lookedUp = row(2, { request: 'orderLinkId=order-7' });

describe('the requests of an order', () => {
  it('have its cancel after a day of lists that name it, and none of those', async () => {
    const lists = Array.from({ length: 300 }, (_, n) => list(10 + n * FIVE_MINUTES));
    const cancelled = row(90_000_000, {
      method: 'POST',
      path: '/v5/order/cancel-all',
      response: '{"list":[{"orderId":"venue-7"}]}',
    });
    const { append } = ledger.repositories.requestLog;
    const ids = await append([placed, lookedUp, ...lists, cancelled]);
    expect(await ledger.repositories.orderRequests.naming(SPAN)).toEqual([ids[0], ids[1], ids.at(-1)]);
  });

  it('are the lists that name it when there is nothing else', async () => {
    const ids = await ledger.repositories.requestLog.append([list(1), row(2, {}), list(3)]);
    expect(await ledger.repositories.orderRequests.naming(SPAN)).toEqual([ids[0], ids[2]]);
  });

  it('are the first and the last of very many', async () => {
    const many = Array.from({ length: 500 }, (_, n) => ({ ...lookedUp, time: n }));
    const ids = await ledger.repositories.requestLog.append(many);
    expect(await ledger.repositories.orderRequests.naming(SPAN)).toEqual([
      ...ids.slice(0, 100),
      ...ids.slice(-100),
    ]);
  });
});
