import { describe, expect, it } from 'vitest';
import { closable, groupsOf, trimsOf } from '../../../src-main/risk/protective-orders.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import type { Order, OrderDraft, Position } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, draft } from '../../support/markets.ts';

const { symbol } = BTC_PERPETUAL;
const held = (quantity: string, over: Partial<Position> = {}): Position => ({
  venue: 'practice',
  accountId: 'practice',
  symbol,
  side: 'long',
  positionSide: 'net',
  quantity,
  entryPrice: '60000',
  markPrice: '60000',
  liquidationPrice: null,
  leverage: '10',
  marginMode: 'cross',
  margin: '1',
  unrealizedPnl: null,
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt: 0,
  ...over,
});
const waiting = (
  id: string,
  quantity: string,
  triggerPrice: string,
  over: Partial<OrderDraft> = {},
): Order => ({
  ...orderOf(
    draft({ symbol, side: 'sell', type: 'stopMarket', quantity, triggerPrice, reduceOnly: true, ...over }),
    { venue: 'practice', symbol },
    id,
    Number(id),
  ),
  venueOrderId: `v${id}`,
  state: 'untriggered',
});
const words = (orders: readonly Order[], ...positions: Position[]) =>
  trimsOf(positions, orders).map(({ order, quantity }) => [order.clientOrderId, quantity]);

describe('what waits to close a position', () => {
  it('is cut where the market comes last, and no more than has to be', () => {
    const sells = [waiting('1', '0.5', '58000'), waiting('2', '0.5', '59000'), waiting('3', '0.5', '57000')];
    expect(words(sells, held('1.5'))).toEqual([]);
    expect(words(sells, held('1.2'))).toEqual([['3', '0.2']]);
    expect(words(sells, held('0.7'))).toEqual([
      ['3', null],
      ['1', '0.2'],
    ]);
    const buys = sells.map((order): Order => ({ ...order, side: 'buy' }));
    expect(words(buys, held('1.2', { side: 'short' }))).toEqual([['2', '0.2']]);
    const profits = sells.map((order): Order => ({ ...order, type: 'takeProfitMarket' }));
    expect(words(profits, held('1.2'))).toEqual([['2', '0.2']]);
    expect(
      words(
        profits.map((order): Order => ({ ...order, side: 'buy' })),
        held('1.2', { side: 'short' }),
      ),
    ).toEqual([['3', '0.2']]);
  });

  it('cuts the newest of those at one price, and keeps what has traded of an order', () => {
    const orders = [waiting('1', '0.5', '58000'), waiting('2', '0.5', '58000')];
    expect(words(orders, held('0.8'))).toEqual([['2', '0.3']]);
    const [first] = orders;
    if (!first) throw new Error('no order');
    // 0.3 of it wait: brought down to 0.1 of them, its total is 0.3.
    expect(words([{ ...first, filledQuantity: '0.2' }], held('0.1'))).toEqual([['1', '0.3']]);
  });

  it('counts stops and take-profits apart', () => {
    const profit = waiting('2', '1', '62000', { type: 'takeProfitLimit', price: '62000' });
    expect(words([waiting('1', '1', '58000'), profit], held('1'))).toEqual([]);
    expect(words([waiting('1', '1', '58000'), profit], held('0.4')).sort()).toEqual([
      ['1', '0.4'],
      ['2', '0.4'],
    ]);
  });

  it('ends with its position, and when that turned round', () => {
    const orders = [waiting('1', '0.5', '58000')];
    expect(words(orders)).toEqual([['1', null]]);
    expect(words(orders, held('1', { side: 'short' }))).toEqual([['1', null]]);
  });

  it('counts each side of a hedged account for itself, reduce-only or not', () => {
    const long = held('1', { positionSide: 'long' });
    const short = held('1', { positionSide: 'short', side: 'short' });
    const orders = [
      waiting('1', '1', '58000', { positionSide: 'long', reduceOnly: false }),
      waiting('2', '1', '62000', { positionSide: 'short', side: 'buy' }),
    ];
    expect(words(orders, long, short)).toEqual([]);
    expect(words(orders, short)).toEqual([['1', null]]);
    expect(closable([long, short], symbol, 'sell').toString()).toBe('1');
  });

  it('leaves alone what opens positions, plain orders, and what follows by itself', () => {
    const opening = waiting('1', '5', '58000', { reduceOnly: false });
    const plain: Order = { ...waiting('2', '5', '58000'), type: 'limit' };
    const whole: Order = { ...waiting('3', '0', '58000') };
    const ofVenue: Order = { ...waiting('4', '1', '58000'), clientOrderId: 'v4' };
    const position = held('1', { stopLoss: '58000.0' });
    expect(groupsOf([position], [opening, plain, whole, ofVenue])).toEqual([]);
    // At another price it is a stop of somebody's own.
    expect(groupsOf([held('1', { stopLoss: '57000' })], [ofVenue])).toHaveLength(1);
    // With a name of ours it is ours, whatever its price.
    expect(groupsOf([position], [waiting('5', '1', '58000')])).toHaveLength(1);
  });
});
