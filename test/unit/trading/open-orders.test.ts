import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOpenOrders } from '../../../src-main/trading/removed-account.ts';
import { onceDone } from '../../../src-main/trading/once-done.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
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

const before = acknowledged({ ...draft(), clientOrderId: '7' });

/** Holdfast as it starts, with an order in the ledger that nobody has read yet. */
async function started() {
  await deskOver(ledger).keeper.hold(before);
  const failures: unknown[] = [];
  const waiting: { retry: () => void } = { retry: () => undefined };
  const made = deskOver(ledger, { openOrders: () => Promise.resolve([before]) }, ACCOUNT, {
    ready: () => reconciler.ready(made.session),
  });
  const { keeper } = made;
  const reconciler: Reconciler = new Reconciler({
    ledger: ledger.repositories,
    keeper,
    clock: () => 1000,
    wait: () =>
      new Promise((resolve) => {
        waiting.retry = resolve;
      }),
    loaded: onceDone(() =>
      loadOpenOrders({
        ledger: ledger.repositories,
        keeper,
        exists: () => true,
        clock: () => 1000,
        onWriteFailed: (error) => failures.push(error),
      }),
    ),
    onFailed: (error) => failures.push(error),
  });
  return { ...made, reconciler, failures };
}

describe('open orders that cannot be read from the ledger', () => {
  it('keep new orders back, and say so: they are not none', async () => {
    const { desk, trading, failures } = await started();
    ledger.failNext('orders.open');
    await expect(desk.place(draft(), 'intent-1')).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(trading.placed).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  it('are read again for the next order, and then it goes out', async () => {
    const { desk, trading, keeper } = await started();
    ledger.failNext('orders.open');
    await desk.place(draft(), 'intent-1').catch(() => undefined);
    await desk.place(draft(), 'intent-1');
    expect(trading.placed).toHaveLength(1);
    expect(keeper.get('practice', '7')).toEqual(before);
  });

  it('take back nothing that the venue said before they were read', async () => {
    const { reconciler, session, keeper } = await started();
    const filled = { ...before, state: 'filled', filledQuantity: '0.1', updatedAt: 5000 } as const;
    ledger.failWhen((operation) => operation === 'orders.open');
    await reconciler.ready(session).catch(() => undefined);
    keeper.load(filled);
    ledger.failWhen(null);
    await reconciler.ready(session);
    expect(keeper.get('practice', '7')).toEqual(filled);
  });
});
