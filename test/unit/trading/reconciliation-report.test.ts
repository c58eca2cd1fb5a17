import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Balance, Fill, Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_SPOT, draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { ACCOUNT, deskOver } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const order = (over: Partial<Order> = {}) =>
  acknowledged({ ...draft(), clientOrderId: '7' }, { updatedAt: 2000, ...over });
const balance = (asset: string, total: string): Balance => ({
  accountId: 'practice',
  wallet: 'spot',
  asset,
  total,
  available: total,
  held: '0',
  counted: true,
  updatedAt: 1,
});
const fill = (over: Partial<Fill> = {}): Fill => ({
  venue: 'practice',
  symbol: BTC_SPOT.symbol,
  accountId: 'practice',
  id: 'fill-1',
  venueOrderId: 'venue-7',
  clientOrderId: '7',
  side: 'buy',
  price: '60000',
  quantity: '0.1',
  fee: '0.0001',
  feeCurrency: 'BTC',
  liquidity: 'taker',
  cause: 'trade',
  time: 100_000,
  ...over,
});

function rig(over: Partial<TradingAccount> = {}) {
  let now = 1_000_000;
  const made = deskOver(ledger, over, ACCOUNT, { venueTime: () => now });
  const reconciler = new Reconciler({
    ledger: ledger.repositories,
    keeper: made.keeper,
    clock: () => now,
    wait: () => Promise.resolve(),
    instrument: () => Promise.resolve(BTC_SPOT),
    onFailed: () => undefined,
  });
  return { ...made, reconciler, later: (ms: number) => (now += ms) };
}

describe('the report of a reconciliation', () => {
  it('is told when it begins, and when it ends and is in the list', async () => {
    const { reconciler, session } = rig({ openOrders: () => Promise.resolve([order()]) });
    const told: [unknown, number][] = [];
    reconciler.news.on(({ outcome, differences }) => told.push([outcome, differences]));
    const running = reconciler.now(session);
    expect(reconciler.running()).toMatchObject([{ accountId: 'practice', outcome: 'running' }]);
    const listed = new Promise((resolve) => {
      reconciler.news.on(({ endedAt }) => {
        if (endedAt !== null) resolve(reconciler.reports(['practice']));
      });
    });
    expect(await listed).toMatchObject([{ outcome: 'adopted', differences: [{ name: '7' }] }]);
    await running;
    expect(told).toEqual([
      ['running', 0],
      ['adopted', 1],
    ]);
    expect(reconciler.running()).toEqual([]);
  });

  it('names an order placed elsewhere, once', async () => {
    const { reconciler, session } = rig({ openOrders: () => Promise.resolve([order()]) });
    const report = await reconciler.now(session);
    expect(report).toMatchObject({ trigger: 'person', outcome: 'adopted', error: null });
    expect(report.differences).toMatchObject([{ subject: 'order', name: '7', cause: 'placedElsewhere' }]);
    expect((await reconciler.now(session)).outcome).toBe('equal');
  });

  it.each([
    ['a fill that was missed', { filledQuantity: '0.05', state: 'partiallyFilled' }, 'missedFill'],
    ['a price that was changed elsewhere', { price: '58000' }, 'changedElsewhere'],
  ] as const)('names %s', async (_name, over, cause) => {
    const { reconciler, session, keeper } = rig({ openOrders: () => Promise.resolve([order(over)]) });
    keeper.load(order({ updatedAt: 1000 }));
    expect((await reconciler.now(session)).differences).toMatchObject([{ name: '7', cause }]);
    expect(keeper.get('practice', '7')).toMatchObject(over);
  });

  it('names an order that ended, and one that never arrived', async () => {
    const { reconciler, session, keeper } = rig({
      findOrder: ({ clientOrderId }) =>
        Promise.resolve(clientOrderId === '7' ? order({ state: 'cancelled' }) : null),
    });
    keeper.load(order());
    keeper.load(order({ clientOrderId: '8', state: 'sending', venueOrderId: null }));
    expect((await reconciler.now(session)).differences.map(({ name, cause }) => [name, cause])).toEqual([
      ['7', 'endedMeanwhile'],
      ['8', 'neverArrived'],
    ]);
  });

  it('says that the venue could not be asked, and changes nothing', async () => {
    const { reconciler, session } = rig({ openOrders: () => Promise.reject(new Error('down')) });
    expect(await reconciler.now(session)).toMatchObject({ outcome: 'failed', differences: [] });
    expect(await reconciler.reports(['practice'])).toHaveLength(1);
  });

  it('explains by the fills why less arrived than was bought: the fee was taken in the coin', async () => {
    let balances = [balance('BTC', '1'), balance('USDT', '10000')];
    const { reconciler, session, keeper, later } = rig({ balances: () => Promise.resolve(balances) });
    expect((await reconciler.now(session)).outcome).toBe('equal');
    await keeper.keepFills([fill({ time: 1_010_000 })]);
    balances = [balance('BTC', '1.0999'), balance('USDT', '4000')];
    later(60_000);
    expect((await reconciler.now(session)).differences).toEqual([
      {
        subject: 'balance',
        symbol: null,
        name: 'BTC',
        cause: 'feeInCoin',
        ours: '1.1',
        theirs: '1.0999',
      },
    ]);
    later(60_000);
    expect((await reconciler.now(session)).outcome).toBe('equal');
  });

  it('tells dust, a deposit, and what no fill explains apart', async () => {
    let balances = [balance('BTC', '1'), balance('USDT', '10000'), balance('ETH', '1')];
    const { reconciler, session, keeper, later } = rig({ balances: () => Promise.resolve(balances) });
    await reconciler.now(session);
    await keeper.keepFills([fill({ time: 1_010_000, fee: '0' })]);
    balances = [balance('BTC', '1.100001'), balance('USDT', '3000'), balance('ETH', '2')];
    later(60_000);
    const { differences } = await reconciler.now(session);
    expect(new Map(differences.map(({ name, cause }) => [name, cause]))).toEqual(
      new Map([
        ['BTC', 'dust'],
        ['USDT', 'unexplained'],
        ['ETH', 'changedElsewhere'],
      ]),
    );
  });

  it('keeps the last twenty of an account, and one for any number of quiet looks', async () => {
    const { reconciler, session, later } = rig();
    reconciler.heard(session, { kind: 'state', state: 'live' });
    await reconciler.ready(session);
    for (let n = 0; n < 3; n += 1) {
      later(1000);
      reconciler.periodic();
      await reconciler.now(session);
    }
    expect((await reconciler.reports(['practice'])).map(({ trigger }) => trigger)).toEqual([
      'periodic',
      'start',
    ]);
    for (let n = 0; n < 25; n += 1) {
      later(1000);
      await reconciler.now(session);
    }
    expect(await reconciler.reports(['practice'])).toHaveLength(20);
  });
});
