import { beforeEach, describe, expect, it } from 'vitest';
import { UnseenFills } from '../../../src-main/risk/unseen-fills.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import type { Balance, Order, OrderDraft, Position } from '../../../src-preload/contract/types/trading.ts';
import { balance, draft } from '../../support/markets.ts';

const SYMBOL = 'BTC/USDT:USDT';
const BUY = { symbol: SYMBOL, side: 'buy', positionSide: 'net' } as const;
const SELL = { ...BUY, side: 'sell' } as const;
let holdings: { positions: Position[]; balances: Balance[] };
let now: number;
beforeEach(() => {
  holdings = { positions: [], balances: [] };
  now = 1000;
});

const made = (orders: readonly Order[] = []) =>
  new UnseenFills({ holdings: (id) => (id === 'practice' ? holdings : null), orders, now: () => now });
const order = (id: string, filledQuantity: string, over: Partial<Order> = {}): Order => ({
  ...orderOf(draft({ symbol: SYMBOL, quantity: '1' }), { venue: 'practice', symbol: SYMBOL }, id, 1),
  state: filledQuantity === '1' ? 'filled' : 'partiallyFilled',
  filledQuantity,
  updatedAt: 50,
  ...over,
});
const position = (quantity: string, updatedAt: number, over: Partial<Position> = {}): Position => ({
  venue: 'practice',
  accountId: 'practice',
  symbol: SYMBOL,
  side: 'long',
  positionSide: 'net',
  quantity,
  entryPrice: '60000',
  markPrice: null,
  liquidationPrice: null,
  leverage: '10',
  marginMode: 'cross',
  margin: '6000',
  unrealizedPnl: null,
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt,
  ...over,
});
const on = (fills: UnseenFills, place: Pick<OrderDraft, 'symbol' | 'side' | 'positionSide'> = BUY): string =>
  fills.on('practice', place).toString();

describe('what has filled and is in no position yet', () => {
  it('counts until the position of that time is told, by the venue’s clock', () => {
    const fills = made();
    fills.heard(order('1', '0.4'));
    expect(on(fills)).toBe('0.4');
    fills.heard(order('1', '1', { updatedAt: 60 }));
    expect(on(fills)).toBe('1');
    // A message from between the two.
    holdings.positions = [position('0.4', 50)];
    expect(on(fills)).toBe('0.6');
    holdings.positions = [position('1', 60)];
    expect(on(fills)).toBe('0');
  });

  it('counts nothing twice: neither a repeated message, nor what the position showed before', () => {
    holdings.positions = [position('1', 50)];
    const fills = made([order('2', '0.3')]);
    fills.heard(order('1', '1'));
    expect(on(fills)).toBe('0');
    fills.heard(order('2', '0.3', { updatedAt: 70 }));
    expect(on(fills)).toBe('0');
    fills.heard(order('2', '0.5', { updatedAt: 70 }));
    expect(on(fills)).toBe('0.2');
  });

  it('does not count what was seen at once, though the position is gone again by the next order', () => {
    holdings.positions = [position('1', 50)];
    const fills = made();
    fills.heard(order('1', '1'));
    holdings.positions = [];
    expect(on(fills)).toBe('0');
  });

  it('takes the quantity for proof where the venue’s times do not agree, each fill for itself', () => {
    const fills = made();
    fills.heard(order('1', '1', { updatedAt: 90 }));
    fills.heard(order('2', '1', { updatedAt: 91 }));
    holdings.positions = [position('1', 80)];
    expect(on(fills)).toBe('1');
    holdings.positions = [position('2', 81)];
    expect(on(fills)).toBe('0');
  });

  it('is seen when a closed position is gone from the list', () => {
    holdings.positions = [position('1', 10)];
    const fills = made();
    fills.heard(order('1', '1', { side: 'sell' }));
    expect(on(fills, SELL)).toBe('1');
    holdings.positions = [];
    expect(on(fills, SELL)).toBe('0');
  });

  it('counts for its own direction, market and side of the position only', () => {
    const fills = made();
    fills.heard(order('1', '1'));
    expect(on(fills, SELL)).toBe('0');
    expect(on(fills, { ...BUY, symbol: 'ETH/USDT:USDT' })).toBe('0');
    expect(on(fills, { ...BUY, positionSide: 'long' })).toBe('0');
    expect(fills.on('another', BUY).toString()).toBe('0');
    expect(on(fills)).toBe('1');
  });

  it('counts no longer than 5 s, though nothing is told', () => {
    const fills = made();
    fills.heard(order('1', '1'));
    now += 4999;
    expect(on(fills)).toBe('1');
    now += 1;
    expect(on(fills)).toBe('0');
  });

  it('of a spot market is seen in the balance of the coin, also when the fee was taken out of it', () => {
    const spot = { symbol: 'BTC/USDT', side: 'buy', positionSide: 'net' } as const;
    holdings.balances = [balance('BTC', '3', { updatedAt: 10 }), balance('USDT', '9', { updatedAt: 99 })];
    const fills = made();
    fills.heard(order('1', '1', { symbol: 'BTC/USDT' }));
    expect(on(fills, spot)).toBe('1');
    holdings.balances = [balance('BTC', '3.999', { updatedAt: 50 })];
    expect(on(fills, spot)).toBe('0');
  });
});
