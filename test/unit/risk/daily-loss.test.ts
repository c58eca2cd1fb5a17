import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fill } from '../../../src-preload/contract/types/trading.ts';
import { dec } from '../../../src-main/market/decimal.ts';
import { DailyLoss } from '../../../src-main/risk/daily-loss.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_PERPETUAL, BTC_SPOT } from '../../support/markets.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const noon = new Date(2026, 10, 20, 12).getTime();
const fill = (id: string, over: Partial<Fill> = {}): Fill => ({
  venue: 'bybit',
  symbol: BTC_PERPETUAL.symbol,
  accountId: 'a',
  id,
  venueOrderId: `order-${id}`,
  clientOrderId: '1',
  side: 'sell',
  price: '60000',
  quantity: '1',
  fee: '1',
  feeCurrency: 'USDT',
  liquidity: 'taker',
  cause: 'trade',
  time: noon,
  ...over,
});
const insert = (...fills: Fill[]) => ledger.repositories.fills.insert(fills);
const loss = () =>
  new DailyLoss({
    ledger: ledger.repositories,
    usd: {
      priceOf: () => dec('1'),
      instrumentOf: (_venue, symbol) =>
        [BTC_PERPETUAL, BTC_SPOT].find((instrument) => instrument.symbol === symbol) ?? null,
    },
    clock: () => noon,
  });
const today = async (made: DailyLoss) => (await made.realizedToday('a'))?.toString() ?? null;

it('is not known while nobody told what a trade of a contract earned, and counts it when it is told', async () => {
  const made = loss();
  await insert(fill('1'));
  expect(await today(made)).toBeNull();
  await insert(fill('1', { realizedPnl: '-10000' }));
  expect(await today(made)).toBe('-10001');
});

it('is not known either when the contract is not listed any more', async () => {
  await insert(fill('1', { symbol: 'GONE/USDT:USDT' }));
  expect(await today(loss())).toBeNull();
});

it('has of spot the fees only, also of a market that is not listed any more', async () => {
  await insert(fill('1', { symbol: BTC_SPOT.symbol }), fill('2', { symbol: 'GONE/USDT' }));
  expect(await today(loss())).toBe('-2');
});
