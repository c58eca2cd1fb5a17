import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import type { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
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
const desk = (over?: Partial<TradingAccount>) => deskOver(ledger, over);
const stored = (clientOrderId: string) =>
  ledger.repositories.orders.byClientId({ accountId: 'practice', clientOrderId });

describe('reconciliation', () => {
  const parts = (keeper: OrderKeeper) => ({
    ledger: ledger.repositories,
    keeper,
    clock: () => 9000,
    wait: () => Promise.resolve(),
  });
  const left = (state: Order['state']): Order =>
    acknowledged({ ...draft(), clientOrderId: 'left' }, { state, venueOrderId: null });

  it.each(['sending', 'unknown', 'needsYou'] as const)(
    'looks up an order that a crash left "%s": the venue has it',
    async (state) => {
      const found = acknowledged(
        { ...draft(), clientOrderId: 'left' },
        { state: 'filled', filledQuantity: '0.1' },
      );
      const { keeper, session } = desk({ findOrder: () => Promise.resolve(found) });
      keeper.load(left(state));
      await reconcile(session, parts(keeper));
      expect(await stored('left')).toMatchObject({ state: 'filled', venueOrderId: 'venue-left' });
    },
  );

  it.each(['sending', 'unknown'] as const)(
    'calls an order left "%s" not placed only after the venue has said so several times',
    async (state) => {
      const findOrder = vi.fn(() => Promise.resolve(null));
      const { keeper, session } = desk({ findOrder });
      keeper.load(left(state));
      await reconcile(session, parts(keeper));
      expect(findOrder.mock.calls.length).toBeGreaterThan(2);
      expect(await stored('left')).toMatchObject({ state: 'rejected' });
    },
  );

  it('leaves an order alone that is on its way, though the venue does not list it yet', async () => {
    const { promise, resolve } = Promise.withResolvers<Order>();
    const {
      desk: made,
      keeper,
      session,
    } = desk({
      place: () => promise,
      findOrder: () => Promise.resolve(null),
    });
    const placing = made.place(draft(), 'intent-1');
    await vi.waitFor(() => {
      expect(keeper.get('practice', '100')?.state).toBe('sending');
    });
    await reconcile(session, parts(keeper));
    expect(keeper.get('practice', '100')?.state).toBe('sending');
    resolve(acknowledged({ ...draft(), clientOrderId: '100' }));
    expect((await placing).state).toBe('working');
  });

  it('believes the venue rather than our own conclusion that an order was not placed', async () => {
    const { keeper, session } = desk({
      openOrders: () => Promise.resolve([acknowledged({ ...draft(), clientOrderId: 'left' })]),
    });
    keeper.load(left('rejected'));
    await reconcile(session, parts(keeper));
    expect(keeper.get('practice', 'left')?.state).toBe('working');
  });

  it('adopts an order that was placed at the venue', async () => {
    const foreign = acknowledged({ ...draft(), clientOrderId: 'placed-elsewhere' });
    const { keeper, session } = desk({ openOrders: () => Promise.resolve([foreign]) });
    await reconcile(session, parts(keeper));
    expect(await stored('placed-elsewhere')).toMatchObject({ state: 'working' });
  });

  it('finds out what became of an order that ended while nobody listened', async () => {
    const {
      desk: made,
      keeper,
      session,
    } = desk({
      findOrder: (ref) =>
        Promise.resolve(
          acknowledged(
            { ...draft(), clientOrderId: ref.clientOrderId },
            { state: 'cancelled', updatedAt: 8000 },
          ),
        ),
    });
    const order = await made.place(draft(), 'intent-1');
    await reconcile(session, parts(keeper));
    expect(keeper.get('practice', order.clientOrderId)?.state).toBe('cancelled');
  });

  it('calls an acknowledged order that the venue no longer knows a case for a person', async () => {
    const { desk: made, keeper, session } = desk({ findOrder: () => Promise.resolve(null) });
    const order = await made.place(draft(), 'intent-1');
    await reconcile(session, parts(keeper));
    expect(keeper.get('practice', order.clientOrderId)?.state).toBe('needsYou');
  });

  it('leaves an order as the stream told it while the look-up was under way', async () => {
    const filled = { state: 'filled', filledQuantity: '0.1', updatedAt: 2000 } as const;
    const made = desk({
      findOrder: ({ clientOrderId }) => {
        made.keeper.hear(acknowledged({ ...draft(), clientOrderId }, filled));
        return Promise.resolve(null);
      },
    });
    const order = await made.desk.place(draft(), 'intent-1');
    await reconcile(made.session, parts(made.keeper));
    expect(made.keeper.get('practice', order.clientOrderId)).toMatchObject(filled);
  });

  it('changes nothing when a look-up fails, and reports it: the other orders are reconciled all the same', async () => {
    const {
      desk: made,
      keeper,
      session,
    } = desk({ findOrder: () => Promise.reject(new Error('no connection')) });
    const order = await made.place(draft(), 'intent-1');
    expect(await reconcile(session, parts(keeper))).toMatchObject([
      { name: '100', cause: 'unexplained', theirs: 'could not be looked up: no connection' },
    ]);
    expect(keeper.get('practice', order.clientOrderId)?.state).toBe('working');
  });
});
