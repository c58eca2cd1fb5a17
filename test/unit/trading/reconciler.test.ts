import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { fakeAccount } from '../../support/trading-account.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const LIVE = { kind: 'state', state: 'live' } as const;

function reconciler() {
  const openOrders = vi.fn(() => Promise.resolve([]));
  const failures: unknown[] = [];
  const waits: number[] = [];
  const done: string[] = [];
  const keeper = new OrderKeeper({
    ledger: ledger.repositories,
    clock: () => 1000,
    onOrder: () => undefined,
    onFill: () => undefined,
    onWriteFailed: () => undefined,
  });
  const made = new Reconciler({
    ledger: ledger.repositories,
    keeper,
    clock: () => 1000,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    onDone: (session) => done.push(session.account.id),
    onFailed: (error) => failures.push(error),
  });
  const session = () =>
    ({
      account: { id: 'practice' },
      trading: fakeAccount({ openOrders }),
      exchange: { market: { serverTime: () => Promise.resolve(1000) } },
    }) as unknown as AccountSession;
  return { made, openOrders, failures, waits, done, session };
}

describe('the reconciler', () => {
  it('asks once while a stream stays live, and again after an interruption', async () => {
    const { made, openOrders, session } = reconciler();
    const one = session();
    made.heard(one, LIVE);
    made.heard(one, LIVE);
    await made.ready(one);
    expect(openOrders).toHaveBeenCalledTimes(1);
    made.heard(one, { kind: 'state', state: 'stale' });
    made.heard(one, LIVE);
    await made.ready(one);
    expect(openOrders).toHaveBeenCalledTimes(2);
  });

  it('asks again when the account was connected anew without a word about the old connection', async () => {
    const { made, openOrders, session } = reconciler();
    made.heard(session(), LIVE);
    const again = session();
    made.heard(again, LIVE);
    await made.ready(again);
    expect(openOrders).toHaveBeenCalledTimes(2);
  });

  it('tells a failure, refuses what waited for it, and tries again for the next order', async () => {
    const { made, openOrders, failures, session } = reconciler();
    openOrders.mockRejectedValueOnce(new Error('no connection'));
    const one = session();
    made.heard(one, LIVE);
    await expect(made.ready(one)).rejects.toThrow('no connection');
    expect(failures).toHaveLength(1);
    await made.ready(one);
    expect(openOrders).toHaveBeenCalledTimes(2);
  });

  it('tries again by itself, later each time, as long as the stream is live', async () => {
    const { made, openOrders, failures, waits, done, session } = reconciler();
    openOrders.mockRejectedValueOnce(new Error('one')).mockRejectedValueOnce(new Error('two'));
    const one = session();
    made.heard(one, LIVE);
    await vi.waitFor(() => {
      expect(done).toEqual(['practice']);
    });
    expect(openOrders).toHaveBeenCalledTimes(3);
    expect(failures).toHaveLength(2);
    expect(waits).toEqual([5000, 15_000]);
  });

  it('looks again after sleep at every account whose stream is live', async () => {
    const { made, openOrders, session } = reconciler();
    made.again();
    expect(openOrders).not.toHaveBeenCalled();
    const one = session();
    made.heard(one, LIVE);
    await made.ready(one);
    made.again();
    await made.ready(one);
    expect(openOrders).toHaveBeenCalledTimes(2);
    made.heard(one, { kind: 'state', state: 'stale' });
    made.again();
    expect(openOrders).toHaveBeenCalledTimes(2);
  });

  it('reconciles an account that is still connecting before its first order, and again with its stream', async () => {
    const { made, openOrders, session } = reconciler();
    const one = session();
    await made.ready(one);
    await made.ready(one);
    expect(openOrders).toHaveBeenCalledTimes(1);
    made.heard(one, LIVE);
    await made.ready(one);
    expect(openOrders).toHaveBeenCalledTimes(2);
    await made.ready(session());
    expect(openOrders).toHaveBeenCalledTimes(3);
  });

  it('tells nothing after its end', async () => {
    const { made, openOrders, failures, session } = reconciler();
    openOrders.mockRejectedValueOnce(new Error('closed'));
    const one = session();
    made.heard(one, LIVE);
    const waiting = made.ready(one);
    made.dispose();
    await expect(waiting).rejects.toThrow('closed');
    expect(failures).toEqual([]);
  });
});
