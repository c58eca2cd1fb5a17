import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dec } from '../../../src-main/market/decimal.ts';
import { DailyLoss } from '../../../src-main/risk/daily-loss.ts';
import { stopsBeyond, withoutStop } from '../../../src-main/risk/stops-watch.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import type { Fill, Order, Position } from '../../../src-preload/contract/types/trading.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_PERPETUAL, draft } from '../../support/markets.ts';

const SYMBOL = 'BTC/USDT:USDT';
const position = (over: Partial<Position> = {}): Position => ({
  venue: 'practice',
  accountId: 'practice',
  symbol: SYMBOL,
  side: 'long',
  positionSide: 'net',
  quantity: '1',
  entryPrice: '60000',
  markPrice: '60000',
  liquidationPrice: null,
  leverage: '10',
  marginMode: 'cross',
  margin: '6000',
  unrealizedPnl: '0',
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt: 0,
  ...over,
});
const stop = (quantity: string, over: Partial<Order> = {}): Order => ({
  ...orderOf(
    draft({
      symbol: SYMBOL,
      side: 'sell',
      type: 'stopMarket',
      triggerPrice: '1',
      quantity,
      reduceOnly: true,
    }),
    { venue: 'practice', symbol: SYMBOL },
    quantity,
    0,
  ),
  state: 'untriggered',
  ...over,
});

describe('waiting stops', () => {
  it('that close more than the position holds are found', () => {
    expect(stopsBeyond([position()], [stop('0.6'), stop('0.4')])).toEqual([]);
    expect(stopsBeyond([position()], [stop('0.6'), stop('0.5')])).toEqual([
      { symbol: SYMBOL, position: '1', stops: '1.1' },
    ]);
    expect(stopsBeyond([], [stop('0.1')])).toMatchObject([{ position: '0' }]);
    // The other side guards nothing of a long.
    expect(stopsBeyond([position()], [stop('1', { side: 'buy' })])).toHaveLength(1);
  });

  it('are stops only: a take-profit, an ended one and one of the whole position do not count', () => {
    const orders = [
      stop('1'),
      stop('1', { type: 'takeProfitMarket' }),
      stop('1', { state: 'cancelled' }),
      stop('0'),
      stop('1', { reduceOnly: false }),
    ];
    expect(stopsBeyond([position()], orders)).toEqual([]);
  });

  it('or a stop-loss of the venue guard a position; one without either is told', () => {
    const [bare, guarded] = [position(), position({ symbol: 'ETH/USDT:USDT', stopLoss: '1000' })];
    expect(withoutStop([bare, guarded], [])).toEqual([{ position: bare, unguarded: '1' }]);
    expect(withoutStop([bare], [stop('0.5')])).toEqual([{ position: bare, unguarded: '0.5' }]);
    expect(withoutStop([bare], [stop('0.5'), stop('0.6')])).toEqual([]);
    expect(withoutStop([position({ side: 'short' })], [stop('0.5')])).toMatchObject([{ unguarded: '1' }]);
  });
});

describe('the realised loss of today', () => {
  let ledger: TestLedger;
  beforeEach(() => {
    ledger = testLedger();
  });
  afterEach(() => {
    ledger.dispose();
  });
  const noon = new Date(2026, 10, 20, 12).getTime();
  const fill = (id: string, over: Partial<Fill> = {}): Fill => ({
    venue: 'practice',
    accountId: 'practice',
    symbol: SYMBOL,
    id,
    venueOrderId: '1',
    clientOrderId: '1',
    side: 'sell',
    price: '60000',
    quantity: '1',
    fee: '3',
    feeCurrency: 'USDT',
    liquidity: 'taker',
    cause: 'trade',
    time: noon,
    ...over,
  });
  const loss = (clock = noon) =>
    new DailyLoss({
      ledger: ledger.repositories,
      usd: {
        priceOf: (_venue, asset) => (asset === 'USDT' ? dec('1') : asset === 'BTC' ? dec('60000') : null),
        instrumentOf: (_venue, symbol) => (symbol === SYMBOL ? BTC_PERPETUAL : null),
      },
      clock: () => clock,
    });
  const insert = (...fills: Fill[]) => ledger.repositories.fills.insert(fills);
  const today = async (made: DailyLoss) => (await made.realizedToday('practice'))?.toString() ?? null;

  it('is profit less fees since local midnight, in dollars', async () => {
    await insert(
      fill('1', { realizedPnl: '-100' }),
      fill('2', { realizedPnl: '40', fee: '0.0001', feeCurrency: 'BTC' }),
      fill('3', { realizedPnl: '-5000', time: new Date(2026, 10, 19, 23, 59).getTime() }),
      fill('4', { accountId: 'other', realizedPnl: '-7000' }),
    );
    expect(await today(loss())).toBe('-69');
  });

  it('hears of fills that come later, and begins anew with the day', async () => {
    const made = loss();
    expect(await today(made)).toBe('0');
    await insert(fill('1', { realizedPnl: '-10' }));
    expect(await today(made)).toBe('-13');
    expect(await today(loss(noon + 86_400_000))).toBe('0');
  });

  it('is not known while a coin or a market of it has no price', async () => {
    await insert(fill('1', { feeCurrency: 'XYZ' }));
    expect(await today(loss())).toBeNull();
    await insert(fill('2', { symbol: 'NEW/USDT:USDT', realizedPnl: '-1' }));
    expect(await today(loss())).toBeNull();
  });
});
