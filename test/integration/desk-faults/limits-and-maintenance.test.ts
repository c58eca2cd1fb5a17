/** The venue asks for patience in the middle of things, or is not there at all. */
import { describe, expect, it } from 'vitest';
import type { OrderDraft } from '../../../src-main/exchanges/exchange.ts';
import { type DeskAtBybit, deskAtBybit, failureOf } from './desk-at-bybit.ts';

const CANCEL_ALL = '/v5/order/cancel-all';
/** Bybit takes this many of one kind in a second (sheet 6.2): linear and inverse share theirs. */
const A_SECOND = { futures: 10, option: 1, spot: 20 };
type Kind = keyof typeof A_SECOND;
/** Time moves in steps here: a request can leave before one and arrive after it. */
const STEPS_MS = 200;

/** Orders in lists that Bybit has cancelled one by one: linear, inverse and spot. */
async function inThreeLists(): Promise<{ made: DeskAtBybit; ids: readonly string[] }> {
  const made = await deskAtBybit('rest');
  made.world.venue.account(made.world.uid).deposit('BTC', '1');
  const price = String(Math.floor(Number((await made.world.best()).bid) * 0.98));
  const ids: string[] = [];
  const add = async (over: Partial<OrderDraft>): Promise<void> => {
    ids.push((await made.working({ price, ...over })).clientOrderId);
  };
  for (const quantity of ['0.01', '0.011', '0.012']) await add({ quantity });
  for (const quantity of ['100', '110']) await add({ symbol: 'BTC/USD:BTC', quantity });
  for (const quantity of ['0.01', '0.011']) await add({ symbol: 'BTC/USDT', quantity });
  return { made, ids };
}

/** When each request to cancel all arrived, by the venue's clock. */
function watch(made: DeskAtBybit): { readonly kind: Kind; readonly at: number }[] {
  const times: { kind: Kind; at: number }[] = [];
  const { counters } = made.world.venue;
  const before = counters.heard;
  counters.heard = (request) => {
    before(request);
    if (request.path !== CANCEL_ALL) return;
    const { category } = JSON.parse(request.body) as { category: string };
    const kind = category === 'spot' || category === 'option' ? category : 'futures';
    times.push({ kind, at: made.world.time.now() });
  };
  return times;
}

describe('a rate limit in the middle of cancelling all', () => {
  it.each([
    ['with a reset time', true],
    ['without one', false],
  ])('%s delays the rest: all end, each is in the report, and the budget is kept', async (_, reset) => {
    const { made, ids } = await inThreeLists();
    const times = watch(made);
    const { faults } = made.world.venue;
    // The lists of spot pass; those of linear and inverse, which have orders too, are too many.
    faults.http(CANCEL_ALL, { kind: 'latency', ms: 1 }, 5);
    faults.http(CANCEL_ALL, { kind: 'code', code: 10006, reset }, 3);
    const cancelling = made.program.desk.cancelAll(made.accountId);
    await made.waitFor(() => false);
    // In the middle: some are gone, and the others are not given up.
    const left = made.there.filter(({ open }) => open).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(ids.length);
    const report = await made.world.until(cancelling);
    expect([...report.cancelled].sort()).toEqual([...ids].sort());
    expect(report).toMatchObject({ requested: ids.length, failed: [] });
    expect(made.there.filter(({ open }) => open)).toEqual([]);
    for (const clientOrderId of ids) {
      expect(await made.kept({ clientOrderId })).toMatchObject({ state: 'cancelled' });
    }
    for (const { kind, at } of times) {
      const window = times.filter((other) => other.kind === kind && other.at >= at);
      const together = window.filter((other) => other.at < at + 1000 - STEPS_MS);
      expect(together.length, kind).toBeLessThanOrEqual(A_SECOND[kind]);
    }
  });

  it('that does not end is a refusal that says so, the orders are what they were, and a later try ends them', async () => {
    const { made, ids } = await inThreeLists();
    made.world.venue.faults.http(CANCEL_ALL, { kind: 'code', code: 10006, reset: true }, 1000);
    const error = await failureOf(made.world.until(made.program.desk.cancelAll(made.accountId)));
    expect(error).toMatchObject({ kind: 'rateLimited' });
    for (const clientOrderId of ids)
      expect(await made.kept({ clientOrderId })).toMatchObject({ state: 'working' });
    made.world.fault('none');
    const report = await made.world.until(made.program.desk.cancelAll(made.accountId));
    expect(report.cancelled).toHaveLength(ids.length);
    expect(made.there.filter(({ open }) => open)).toEqual([]);
  });

  it('is the venue’s own word to sixty cancels by name at once: each ends, within the budget', async () => {
    const made = await deskAtBybit();
    const orders = [];
    for (let left = 60; left > 0; left -= 1)
      orders.push(await made.place({ quantity: `0.${String(100 + left)}` }));
    for (const order of orders) await made.becomes(order, 'working');
    const cancels = orders.map(({ clientOrderId }) =>
      made.program.desk.cancel(made.accountId, clientOrderId),
    );
    const outcomes = await made.world.until(Promise.allSettled(cancels));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    await made.waitFor(() => made.there.every(({ open }) => !open));
    expect(made.there.filter(({ open }) => open)).toEqual([]);
  });
});

/** Every answer is a page that says 503, and order entry takes nothing. */
function close({ world }: DeskAtBybit): void {
  world.venue.faults.http('*', { kind: 'status', status: 503 }, 100_000);
  world.venue.faults.trade('*', { kind: 'code', code: 10019 }, 100_000);
  world.venue.disconnect();
}

describe('maintenance', () => {
  it.each(['socket', 'rest'] as const)(
    'makes an order over %s unknown, never twice, and known as not placed when the venue is back',
    async (transport) => {
      const made = await deskAtBybit(transport);
      close(made);
      const order = await made.world.until((await made.placing()).done).catch((error: unknown) => error);
      // Refused before anything left, or unknown: never a word of success.
      if (order instanceof Error) expect(order).toMatchObject({ kind: 'unavailable' });
      else expect(order).toMatchObject({ state: 'unknown' });
      expect(made.there).toEqual([]);
      made.world.fault('none');
      await made.world.pass(120_000);
      await made.live();
      const { rows } = await made.world.ledger.repositories.orders.list({ limit: 10, offset: 0 });
      for (const one of rows) {
        expect(one.state).toBe('rejected');
        expect(made.sends(one)).toBeLessThanOrEqual(1);
      }
      await made.working();
      expect(made.there).toHaveLength(1);
    },
  );

  it('leaves what is open as it is: a cancel fails with a word, and works when the venue is back', async () => {
    const made = await deskAtBybit();
    const order = await made.working();
    close(made);
    expect(await failureOf(made.cancel(order))).toMatchObject({
      kind: expect.stringMatching(/unavailable|unknownOutcome/) as unknown,
    });
    expect(made.known(order)).toMatchObject({ state: 'working' });
    made.world.fault('none');
    await made.world.pass(120_000);
    await made.live();
    await made.cancel(order);
    await made.becomes(order, 'cancelled');
  });

  it('at the start keeps new orders back until the account was reconciled, and ends by itself', async () => {
    const made = await deskAtBybit();
    const order = await made.working();
    made.program.kill();
    close(made);
    const starting = made.startAgain();
    await made.world.pass(3000);
    await starting;
    const refused = await failureOf(made.world.until((await made.placing()).done));
    expect(refused).toMatchObject({ kind: expect.stringMatching(/unavailable|unknownOutcome/) as unknown });
    expect(made.there).toHaveLength(1);
    made.world.fault('none');
    await made.world.pass(400_000);
    await made.live();
    expect(made.known(order)).toMatchObject({ state: 'working' });
    await made.working();
    expect(made.there).toHaveLength(2);
  });

  it('of the list of open orders alone keeps new orders back, and the desk tries again by itself', async () => {
    const made = await deskAtBybit();
    const order = await made.working();
    made.program.kill();
    made.world.venue.faults.http('/v5/order/realtime', { kind: 'status', status: 503 }, 100_000);
    await made.startAgain();
    const refused = await failureOf(made.world.until((await made.placing()).done));
    expect(refused).toMatchObject({ kind: expect.stringMatching(/unavailable|unknownOutcome/) as unknown });
    expect(made.there).toHaveLength(1);
    made.world.fault('none');
    const outcome = async () => (await made.program.reconciler.reports([made.accountId]))[0]?.outcome;
    for (let left = 120; left > 0 && !/equal|adopted/.test((await outcome()) ?? ''); left -= 1)
      await made.world.pass(1000);
    expect(await outcome()).toMatch(/equal|adopted/);
    expect(made.known(order)).toMatchObject({ state: 'working' });
    await made.live();
    await made.working();
    expect(made.there).toHaveLength(2);
  });
});
