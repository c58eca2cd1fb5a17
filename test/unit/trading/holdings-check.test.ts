import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Fill, Position, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_SPOT, balance } from '../../support/markets.ts';
import { ACCOUNT, deskOver } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const OPTION = 'BTC/USDT:USDT-261120-90000-C';
const held = (symbol: string): Position => ({
  venue: 'practice',
  symbol,
  accountId: 'practice',
  side: 'long',
  positionSide: 'net',
  quantity: '1',
  entryPrice: '100',
  markPrice: '100',
  liquidationPrice: null,
  leverage: '1',
  marginMode: 'cross',
  margin: '0',
  unrealizedPnl: '0',
  realizedPnl: '0',
  settle: 'USDT',
  takeProfit: null,
  stopLoss: null,
  updatedAt: 1,
});
const delivery = (symbol: string, over: Partial<Fill> = {}): Fill => ({
  venue: 'practice',
  symbol,
  accountId: 'practice',
  id: 'delivery-1',
  venueOrderId: 'venue-7',
  clientOrderId: '',
  side: 'sell',
  price: '500',
  quantity: '1',
  fee: '0',
  feeCurrency: 'USDT',
  liquidity: 'unknown',
  cause: 'delivery',
  time: 1_010_000,
  ...over,
});

/** An account that holds an option until it is delivered: then the market leaves the list. */
function rig() {
  const now = { ms: 1_000_000, listed: true };
  const account = {
    positions: [held(OPTION)] as readonly Position[],
    balances: [balance('USDT', '10000'), balance('ETH', '1')],
  };
  const over: Partial<TradingAccount> = {
    balances: () => Promise.resolve(account.balances),
    positions: () => Promise.resolve(account.positions),
  };
  const made = deskOver(ledger, over, ACCOUNT, { venueTime: () => now.ms });
  const reconciler = new Reconciler({
    ledger: ledger.repositories,
    keeper: made.keeper,
    clock: () => now.ms,
    wait: () => Promise.resolve(),
    instrument: ({ symbol }) =>
      now.listed || symbol === BTC_SPOT.symbol
        ? Promise.resolve({ ...BTC_SPOT, symbol, kind: 'option', settle: 'USDT' })
        : Promise.reject(new HoldfastError('notFound', 'market.unknown', `${symbol} is not a market.`)),
    onFailed: () => undefined,
  });
  const deliver = async (fill: Fill): Promise<void> => {
    now.listed = false;
    now.ms += 60_000;
    account.positions = [];
    account.balances = [balance('USDT', '10500'), balance('ETH', '2')];
    await made.keeper.keepFills([fill]);
  };
  return { ...made, reconciler, deliver, later: () => (now.ms += 60_000) };
}

describe('the comparison of holdings after a delivery took a market off the list', () => {
  it('goes on, explains nothing by the fill of that market, and still sees what it did not touch', async () => {
    const { reconciler, session, deliver, later } = rig();
    await reconciler.now(session);
    await deliver(delivery(OPTION));
    const report = await reconciler.now(session);
    expect(report.error).toBeNull();
    expect(report.differences.map(({ name, cause }) => [name, cause])).toEqual([['ETH', 'changedElsewhere']]);
    later();
    expect((await reconciler.now(session)).outcome).toBe('equal');
  });

  it('says nothing of balances when only the name that the venue gave the market is known', async () => {
    const { reconciler, session, deliver, later } = rig();
    await reconciler.now(session);
    await deliver(delivery('BTC-20NOV26-90000-C-USDT:option', { feeCurrency: '' }));
    expect(await reconciler.now(session)).toMatchObject({ error: null, differences: [] });
    later();
    expect((await reconciler.now(session)).outcome).toBe('equal');
  });

  it('lets orders out: the account counts as reconciled', async () => {
    const { reconciler, session, deliver } = rig();
    await reconciler.now(session);
    await deliver(delivery(OPTION));
    await expect(reconciler.ready(session)).resolves.toBeUndefined();
  });
});
