import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Order, Position } from '../../../src-preload/contract/types/trading.ts';
import { orderTimeline } from '../../../src-main/trading/order-timeline.ts';
import { leaveOrders, loadOpenOrders, requireEmpty } from '../../../src-main/trading/removed-account.ts';
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

const order = (clientOrderId: string, over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId }, { venueOrderId: `venue-${clientOrderId}`, ...over });
const GONE = 'Its account was removed from Holdfast while it was open: look at the venue.';
const refusal = (
  orders: readonly Order[],
  session: Parameters<typeof requireEmpty>[2],
  account = ACCOUNT,
) => {
  try {
    requireEmpty(account, orders, session);
    return null;
  } catch (error) {
    return error as Error;
  }
};

describe('an account that is to be removed', () => {
  const connected = () => {
    const { session } = deskOver(ledger);
    return Object.assign(session, { state: 'live' as const, asOf: 1000 });
  };

  it('is empty when it is connected and nothing is open', () => {
    expect(refusal([], connected())).toBeNull();
  });

  it('names its orders and positions, as many as can be read', () => {
    const position = { symbol: 'BTC/USDT:USDT', side: 'short', quantity: '0.5' } as Position;
    const stop = order('2', {
      side: 'sell',
      type: 'stopMarket',
      price: null,
      triggerPrice: '50000',
      quantity: '0.2',
    });
    const session = Object.assign(connected(), { positions: [position] });
    const error = refusal([order('1', { price: '59000', quantity: '0.1' }), stop], session);
    expect(error).toMatchObject({ kind: 'notAllowed', code: 'account.notEmpty' });
    expect(error?.message).toContain('2 open orders (buy 0.1 BTC/USDT at 59000, sell 0.2 BTC/USDT at 50000)');
    expect(error?.message).toContain('1 open position (short 0.5 BTC/USDT:USDT)');
    const many = Array.from({ length: 12 }, (_, n) => order(String(n)));
    expect(refusal(many, connected())?.message).toMatch(/^[^(]*12 open orders \((?:[^,]+, ){10}and 2 more\)/);
  });

  it('is not taken for empty while nobody knows', () => {
    expect(refusal([], null)?.message).toContain('is not known');
    expect(refusal([], Object.assign(connected(), { state: 'stale' as const }))).not.toBeNull();
    expect(refusal([], Object.assign(connected(), { asOf: null }))).not.toBeNull();
    // Nothing was ever sent there.
    expect(refusal([], null, { ...ACCOUNT, state: 'notSupported' })).toBeNull();
  });
});

describe('the orders of an account that was removed', () => {
  const events = async (clientOrderId: string) =>
    (await ledger.repositories.orders.events({ accountId: 'practice', clientOrderId })).at(-1);

  it('are settled as what they are: open when it went, and nobody knows since', async () => {
    const made = deskOver(ledger);
    for (const one of [order('1'), order('2', { state: 'cancelling' }), order('3', { state: 'filled' })])
      await made.keeper.hold(one);
    await leaveOrders(made.keeper, 'practice', 7000);
    expect(made.keeper.open()).toEqual([]);
    const kept = (await ledger.repositories.orders.open()).map(({ clientOrderId, state, reason }) => ({
      clientOrderId,
      state,
      reason,
    }));
    const needsYou = { state: 'needsYou', reason: GONE };
    expect(kept).toEqual([
      { clientOrderId: '1', ...needsYou },
      { clientOrderId: '2', ...needsYou },
    ]);
    expect(await events('1')).toMatchObject({ state: 'needsYou', detail: 'accountRemoved' });
    expect(await events('3')).toMatchObject({ state: 'filled' });
    const parts = { ledger: ledger.repositories, keeper: made.keeper, clock: () => 9000 };
    const timeline = await orderTimeline(parts, { accountId: 'practice', clientOrderId: '1' });
    expect(timeline.order).toMatchObject(needsYou);
  });

  it('are not loaded at the next start, and settled then if a crash kept them from it', async () => {
    const { keeper } = deskOver(ledger);
    const others = order('9', { accountId: 'other' });
    await ledger.repositories.orders.record([{ order: order('1') }, { order: others }]);
    const failures: unknown[] = [];
    const load = (now: number) =>
      loadOpenOrders({
        ledger: ledger.repositories,
        keeper,
        exists: (id) => id === 'other',
        clock: () => now,
        onWriteFailed: (error) => failures.push(error),
      });
    ledger.failNext('orders.record');
    await load(5000);
    expect(failures).toHaveLength(1);
    expect(keeper.open()).toEqual([others]);
    await load(6000);
    await load(7000);
    expect(keeper.open()).toEqual([others]);
    const [first] = await ledger.repositories.orders.open();
    expect(first).toMatchObject({ clientOrderId: '1', state: 'needsYou', reason: GONE, updatedAt: 6000 });
    expect(await events('1')).toMatchObject({ time: 6000, detail: 'accountRemoved' });
  });
});
