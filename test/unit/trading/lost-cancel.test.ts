import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Order } from '../../../src-main/exchanges/exchange.ts';
import { reconcile } from '../../../src-main/trading/reconciliation.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { deskOver } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

/** When the cancel is marked: the clock of the fixture. */
const MARKED = 1_000;
const SECOND = 1_000;
const order = (over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId: '7' }, { createdAt: 100, updatedAt: 500, ...over });

/** A venue that accepts the cancel, tells its own time of it, and never carries it out. */
async function accepted() {
  const made = deskOver(ledger, {
    openOrders: () => Promise.resolve([order()]),
    cancel: () => Promise.resolve(order({ state: 'cancelling', updatedAt: 900 })),
  });
  await made.keeper.hold(order());
  await made.desk.cancel('practice', '7');
  expect(made.keeper.get('practice', '7')?.state).toBe('cancelling');
  const listedAt = (askedAt: number) =>
    reconcile(made.session, {
      ledger: ledger.repositories,
      keeper: made.keeper,
      clock: () => askedAt,
      wait: () => Promise.resolve(),
    });
  return { ...made, listedAt, state: () => made.keeper.get('practice', '7')?.state };
}

describe('an order that was to be cancelled and that the venue lists as open', () => {
  it.each([
    ['working', 'some seconds later', 20 * SECOND],
    ['cancelling', 'at once', 2 * SECOND],
    ['cancelling', 'before, in a list that took long to come', -20 * SECOND],
    ['working', 'after our clock was set back by an hour', -3600 * SECOND],
  ] as const)('is "%s" when the venue was asked %s', async (state, _when, after) => {
    const made = await accepted();
    await made.listedAt(MARKED + after);
    expect(made.state()).toBe(state);
  });

  it('hears the next message about it, because its time stayed the venue’s', async () => {
    const made = await accepted();
    const [difference] = await made.listedAt(MARKED + 20 * SECOND);
    expect(difference).toMatchObject({ name: '7', cause: 'neverArrived', ours: 'cancelling' });
    made.keeper.hear(order({ filledQuantity: '0', price: '59000', updatedAt: 950 }));
    expect(made.keeper.get('practice', '7')).toMatchObject({ state: 'working', price: '59000' });
  });

  it('is open in the first list after a restart, and can be cancelled again', async () => {
    await accepted();
    const again = deskOver(ledger, {
      openOrders: () => Promise.resolve([order()]),
      cancel: () => Promise.resolve(order({ state: 'cancelled', updatedAt: 2000 })),
    });
    for (const one of await ledger.repositories.orders.open()) again.keeper.load(one);
    expect(again.keeper.get('practice', '7')?.state).toBe('cancelling');
    const parts = { ledger: ledger.repositories, keeper: again.keeper, wait: () => Promise.resolve() };
    await reconcile(again.session, { ...parts, clock: () => MARKED });
    expect(again.keeper.get('practice', '7')?.state).toBe('working');
    expect((await again.desk.cancel('practice', '7')).state).toBe('cancelled');
  });
});
