/** Batches whose answer is whole, refused in part, cut in part, or lost: each order is told as what it is. */
import { describe, expect, it } from 'vitest';
import type { BatchItem, OrderRequest } from '../../../src-main/exchanges/exchange.ts';
import type { HoldfastError } from '../../../src-main/errors.ts';
import { goLive, OVER_REST, refOf, rig, type Rig, UID } from './support.ts';

/** What became of each, in the order asked: its state, or the kind of its failure. */
const told = (items: readonly BatchItem[]): string[] =>
  items.map((item) => (item.ok ? item.order.state : (item.error as HoldfastError).kind));

const TRANSPORTS = [
  ['over REST', OVER_REST],
  ['over the order-entry connection', {}],
] as const;

interface Answer {
  result?: { list: unknown[] };
  data?: { list: unknown[] };
  retExtInfo: { list: unknown[] };
}

/** An answer with its lists changed, whichever transport it is on. */
const withLists =
  (change: (list: unknown[]) => unknown[], codes: (list: unknown[]) => unknown[] = change) =>
  (text: string): string => {
    const answer = JSON.parse(text) as Answer;
    const lists = answer.result ?? answer.data;
    if (lists) lists.list = change(lists.list);
    answer.retExtInfo.list = codes(answer.retExtInfo.list);
    return JSON.stringify(answer);
  };

async function batchWith(
  options: (typeof TRANSPORTS)[number][1],
  rewrite: (text: string) => string,
): Promise<{ made: Rig; requests: OrderRequest[]; items: readonly BatchItem[] }> {
  const made = await rig(options);
  await goLive(made);
  made.venue.faults.http('/v5/order/create-batch', { kind: 'rewrite', rewrite });
  made.venue.faults.trade('order.create-batch', { kind: 'rewrite', rewrite });
  const requests = Array.from({ length: 4 }, () => made.request());
  const items = await made.account.placeBatch(requests);
  return { made, requests, items };
}

/** Each arrived once, and can be found. */
async function expectAllThere(made: Rig, requests: readonly OrderRequest[]): Promise<void> {
  for (const request of requests) {
    expect(made.venue.counters.orders(request.clientOrderId)).toBe(1);
    expect(await made.account.findOrder(refOf(request))).toMatchObject({ state: 'working' });
  }
  const { counters } = made.venue;
  expect(counters.requests('/v5/order/create-batch') + counters.requests('ws:order.create-batch')).toBe(1);
}

describe.each(TRANSPORTS)('a batch %s', (_, options) => {
  it('with one order that the venue refuses names that one', async () => {
    const made = await rig(options);
    await goLive(made);
    const requests = [made.request(), made.request({ quantity: '5000' }), made.request()];
    const items = await made.account.placeBatch(requests);
    expect(told(items)).toEqual(['working', 'invalidOrder', 'working']);
    expect(made.venue.account(UID).openOrders()).toHaveLength(2);
  });

  it.each<[string, (list: unknown[]) => unknown[]]>([
    ['its end', (list) => list.slice(0, 2)],
    ['its beginning', (list) => list.slice(2)],
    ['everything', () => []],
  ])('whose answer lost %s says of none that it was refused', async (_part, change) => {
    const { made, requests, items } = await batchWith(options, withLists(change));
    expect(told(items)).not.toContain('invalidOrder');
    for (const item of items) if (!item.ok) expect((item.error as HoldfastError).kind).toBe('unknownOutcome');
    expect(told(items)).toContain('unknownOutcome');
    await expectAllThere(made, requests);
  });

  it('whose codes were lost is unknown in all its orders', async () => {
    const { made, requests, items } = await batchWith(
      options,
      withLists(
        (list) => list,
        () => [],
      ),
    );
    expect(told(items)).toEqual(Array.from({ length: 4 }, () => 'unknownOutcome'));
    await expectAllThere(made, requests);
  });

  it('whose rows come in another order takes none for another one', async () => {
    const { made, requests, items } = await batchWith(
      options,
      withLists((list) => list.toReversed()),
    );
    for (const [index, item] of items.entries())
      if (item.ok) {
        const { orderId } =
          made.venue.account(UID).linked('contract', requests[index]?.clientOrderId ?? '') ?? {};
        expect(item.order.venueOrderId).toBe(orderId);
      } else expect((item.error as HoldfastError).kind).toBe('unknownOutcome');
    await expectAllThere(made, requests);
  });

  it('whose answer was cut is unknown in all its orders, and sent once', async () => {
    const made = await rig(options);
    await goLive(made);
    made.venue.faults.http('/v5/order/create-batch', { kind: 'dropAfter' });
    made.venue.faults.trade('order.create-batch', { kind: 'disconnectAfter' });
    const requests = Array.from({ length: 4 }, () => made.request());
    expect(told(await made.account.placeBatch(requests))).toEqual(requests.map(() => 'unknownOutcome'));
    await expectAllThere(made, requests);
  });

  it('larger than the venue takes goes in parts, each order once', async () => {
    const made = await rig(options);
    await goLive(made);
    const requests = Array.from({ length: 23 }, () => made.request());
    expect(told(await made.account.placeBatch(requests))).toEqual(requests.map(() => 'working'));
    for (const { clientOrderId } of requests) expect(made.venue.counters.orders(clientOrderId)).toBe(1);
  });
});
