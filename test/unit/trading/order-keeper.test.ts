import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Order } from '../../../src-main/exchanges/exchange.ts';
import { reconcile } from '../../../src-main/trading/reconciliation.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { ACCOUNT, deskOver } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const order = (over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId: '7' }, { updatedAt: 2000, ...over });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
/** Holdfast as it is after a restart: its memory is empty, its ledger is not. */
const restarted = (over: Parameters<typeof deskOver>[1] = {}) => deskOver(ledger, over, ACCOUNT);

async function ended(over: Partial<Order>) {
  await restarted().keeper.hold(order(over));
  return restarted();
}

describe('a message about an order that ended before the restart', () => {
  it.each(['filled', 'cancelled', 'expired', 'rejected'] as const)(
    'is no news when the order was %s and the message is older',
    async (state) => {
      const { keeper, seen } = await ended({ state, updatedAt: 5000 });
      keeper.hear(order({ updatedAt: 3000 }));
      await turn();
      expect(seen).toEqual([]);
      expect(keeper.open()).toEqual([]);
      expect(keeper.get('practice', '7')?.state).toBe(state);
    },
  );

  it('is news when it tells of a fill that was missed, and keeps what was known', async () => {
    const { keeper, seen } = await ended({ state: 'cancelled', updatedAt: 5000, createdAt: 500 });
    keeper.hear(order({ state: 'filled', filledQuantity: '0.1', updatedAt: 3000 }));
    await turn();
    expect(seen).toMatchObject([{ state: 'filled', filledQuantity: '0.1', createdAt: 500 }]);
    expect(await ledger.repositories.orders.byClientId(keyOf(order()))).toMatchObject({ state: 'filled' });
  });

  it('is no news either when an old list of open orders still has it', async () => {
    const made = await ended({ state: 'cancelled', updatedAt: 5000 });
    made.trading.openOrders = () => Promise.resolve([order({ updatedAt: 3000 })]);
    const { keeper, session, seen } = made;
    const parts = {
      ledger: ledger.repositories,
      keeper,
      clock: () => 6000,
      wait: () => Promise.resolve(),
    };
    expect(await reconcile(session, parts)).toEqual([]);
    expect(seen).toEqual([]);
    expect(keeper.open()).toEqual([]);
  });
});

describe('an order that was being cancelled when the last run ended', () => {
  it('is open again as soon as the venue lists it, though the venue tells other news of it, too', async () => {
    await restarted().keeper.hold(order({ state: 'cancelling' }));
    const made = restarted();
    for (const known of await ledger.repositories.orders.open()) made.keeper.load(known);
    made.trading.openOrders = () =>
      Promise.resolve([order({ state: 'partiallyFilled', filledQuantity: '0.01', updatedAt: 3000 })]);
    const { keeper, session } = made;
    const wait = () => Promise.resolve();
    await reconcile(session, { ledger: ledger.repositories, keeper, clock: () => 6000, wait });
    expect(await ledger.repositories.orders.byClientId(keyOf(order()))).toMatchObject({
      state: 'partiallyFilled',
      filledQuantity: '0.01',
    });
  });
});

describe('a message about an order that nobody knows', () => {
  it('is taken in after the ledger was asked once, and those that follow in their order', async () => {
    const { keeper, seen } = restarted();
    const asked = vi.spyOn(ledger.repositories.orders, 'byClientId');
    keeper.hear(order({ filledQuantity: '0.02', state: 'partiallyFilled' }));
    keeper.hear(order({ filledQuantity: '0.1', state: 'filled', updatedAt: 2001 }));
    await turn();
    expect(seen.map(({ state }) => state)).toEqual(['partiallyFilled', 'filled']);
    expect(asked).toHaveBeenCalledOnce();
    keeper.hear(order({ filledQuantity: '0.1', state: 'filled', updatedAt: 2001 }));
    await turn();
    expect(seen).toHaveLength(2);
    expect(asked).toHaveBeenCalledOnce();
  });

  it('is believed when the ledger cannot be read, and that is told', async () => {
    const { keeper, seen, writeFailures } = await ended({ state: 'cancelled', updatedAt: 5000 });
    ledger.failNext('orders.byClientId');
    keeper.hear(order());
    await turn();
    expect(seen).toMatchObject([{ state: 'working' }]);
    expect(writeFailures).toHaveLength(1);
    // The ledger has the last word over what is kept.
    expect(await ledger.repositories.orders.byClientId(keyOf(order()))).toMatchObject({ state: 'cancelled' });
  });

  it('does not wait for the ledger when the order is known', () => {
    const { keeper, seen } = restarted();
    keeper.load(order());
    const asked = vi.spyOn(ledger.repositories.orders, 'byClientId');
    keeper.hear(order({ state: 'filled', filledQuantity: '0.1', updatedAt: 3000 }));
    expect(seen).toMatchObject([{ state: 'filled' }]);
    expect(asked).not.toHaveBeenCalled();
  });

  it('changes nothing when Holdfast was locked meanwhile', async () => {
    const { keeper, seen, writeFailures } = restarted();
    keeper.hear(order());
    keeper.dispose();
    ledger.failNext('orders.byClientId');
    await turn();
    expect(seen).toEqual([]);
    expect(writeFailures).toEqual([]);
  });
});

const keyOf = ({ accountId, clientOrderId }: Order) => ({ accountId, clientOrderId });
