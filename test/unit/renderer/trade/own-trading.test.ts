import { describe, expect, it, vi } from 'vitest';
import type { Alert } from '../../../../src-preload/contract/types/alert.ts';
import { ownLines } from '../../../../src-renderer/features/trade/chart/own-lines.ts';
import { toBar, toPeriod } from '../../../../src-renderer/features/trade/chart/bars.ts';
import { returnOnMargin } from '../../../../src-renderer/features/trade/dock/position-figures.ts';
import { amendOf, canAmend, useAmend } from '../../../../src-renderer/features/trade/dock/use-amend.ts';
import { arrange, shares } from '../../../../src-renderer/features/trade/layout/layouts.ts';
import { change24h, compact } from '../../../../src-renderer/features/trade/market/change.ts';
import { order, PERPETUAL, position } from './builders.ts';

const texts = {
  order: (_order: unknown, left: string) => `order ${left}`,
  trigger: (_order: unknown, left: string) => `trigger ${left}`,
  position: () => 'position',
  liquidation: () => 'liquidation',
  leg: (leg: string) => leg,
  alert: (alert: Alert) => alert.label,
};
const alert = (change: Partial<Alert>): Alert => ({
  id: 'alert-test',
  label: 'over 101',
  condition: { kind: 'priceCrosses', market: PERPETUAL, direction: 'above', price: '101', source: 'last' },
  repeat: 'once',
  cooldownSeconds: 0,
  hysteresisPercent: '0',
  notify: true,
  state: 'active',
  createdAt: 1,
  lastFiredAt: null,
  firedCount: 0,
  ...change,
});

describe('our own lines on the chart', () => {
  it('show what an order has left, at its price, and can be dragged', () => {
    const [line] = ownLines(PERPETUAL, { orders: [order()], positions: [], alerts: [] }, texts, true);
    expect(line).toMatchObject({
      price: '99.8',
      label: 'order 0.01',
      tone: 'buy',
      dash: 'solid',
      draggable: true,
    });
  });

  it('show a waiting order at its trigger', () => {
    const waiting = order({ type: 'stopMarket', state: 'untriggered', price: null, triggerPrice: '95' });
    const [line] = ownLines(PERPETUAL, { orders: [waiting], positions: [], alerts: [] }, texts, true);
    expect(line).toMatchObject({ price: '95', dash: 'dashed' });
  });

  it('cannot be dragged where the venue does not change orders, nor while an order is being cancelled', () => {
    const orders = [order()];
    expect(ownLines(PERPETUAL, { orders, positions: [], alerts: [] }, texts, false)[0]?.draggable).toBe(
      false,
    );
    const leaving = [order({ state: 'cancelling' })];
    expect(
      ownLines(PERPETUAL, { orders: leaving, positions: [], alerts: [] }, texts, true)[0]?.draggable,
    ).toBe(false);
  });

  it('draw entry and liquidation of a position, and no liquidation where there is none', () => {
    const lines = ownLines(PERPETUAL, { orders: [], positions: [position()], alerts: [] }, texts, true);
    expect(lines.map((line) => line.price)).toEqual(['95.5', '80.1']);
    const safe = ownLines(
      PERPETUAL,
      { orders: [], positions: [position({ liquidationPrice: null })], alerts: [] },
      texts,
      true,
    );
    expect(safe).toHaveLength(1);
  });

  it('leave out other markets and alerts that are not active', () => {
    const own = {
      orders: [order({ symbol: 'ETH/USDT' })],
      positions: [position({ symbol: 'ETH/USDT' })],
      alerts: [alert({}), alert({ id: 'paused', state: 'paused' })],
    };
    expect(ownLines(PERPETUAL, own, texts, true).map((line) => line.id)).toEqual(['alert:alert-test']);
  });
});

describe('changing an order', () => {
  it('sends only what differs', () => {
    expect(amendOf(order(), { price: '99.7', quantity: '0.0150' })).toEqual({
      accountId: 'acc-test',
      clientOrderId: 'order-test-1',
      price: '99.7',
    });
    expect(amendOf(order(), { price: '99.80', quantity: '0.015' })).toBeNull();
  });

  it('changes the trigger of an order that waits for it', () => {
    const waiting = order({ state: 'untriggered', price: '94', triggerPrice: '95' });
    expect(amendOf(waiting, { price: '96', quantity: '0.015' })).toMatchObject({ triggerPrice: '96' });
  });

  it('is not offered for orders that ended or are unclear', () => {
    expect(canAmend(order())).toBe(true);
    for (const change of [{ state: 'filled' }, { state: 'unknown' }] as const) {
      expect(canAmend(order(change))).toBe(false);
    }
  });

  it('keeps the fields open and says why when the venue refuses', async () => {
    const error = { code: 'trading.band', kind: 'invalidOrder', message: 'Too far.' } as const;
    const done = vi.fn();
    const amend = useAmend(async () => ({ ok: false, error }), done);
    amend.start(order());
    amend.fields.price = '1';
    await amend.apply();
    expect(amend.error.value).toEqual(error);
    expect(amend.editing.value).not.toBeNull();
    expect(done).not.toHaveBeenCalled();
  });

  it('sends nothing that is no positive number', async () => {
    const send = vi.fn(async () => ({ ok: true as const, value: order() }));
    const amend = useAmend(send, () => undefined);
    amend.start(order());
    amend.fields.quantity = '0';
    expect(amend.ready.value).toBe(false);
    await amend.apply();
    expect(send).not.toHaveBeenCalled();
  });

  it('sends once however often it is applied, and closes afterwards', async () => {
    const send = vi.fn(async () => ({ ok: true as const, value: order() }));
    const amend = useAmend(send, () => undefined);
    amend.start(order());
    amend.fields.price = '99.5';
    await Promise.all([amend.apply(), amend.apply()]);
    expect(send).toHaveBeenCalledOnce();
    expect(amend.editing.value).toBeNull();
  });
});

describe('figures of the market', () => {
  it('tell the change of a day as a fraction, or that it is unknown', () => {
    expect(change24h({ last: '101', open24h: '100' })).toBe('0.01');
    expect(change24h({ last: '101', open24h: '0' })).toBeNull();
    expect(change24h({ last: null, open24h: '100' })).toBeNull();
    expect(change24h(null)).toBeNull();
  });

  it('shorten large amounts without rounding them up', () => {
    expect(compact('1102762184.22')).toEqual({ value: '1.10', suffix: 'B' });
    expect(compact('999999')).toEqual({ value: '999.99', suffix: 'K' });
    expect(compact('12.5')).toEqual({ value: '12.5', suffix: '' });
  });

  it('tell the return on margin, but not on no margin', () => {
    expect(returnOnMargin(position())).toBe('-0.25');
    expect(returnOnMargin(position({ margin: '0' }))).toBeNull();
    expect(returnOnMargin(position({ unrealizedPnl: null }))).toBeNull();
  });
});

describe('the chart adapter', () => {
  it('turns candles into bars and intervals into periods', () => {
    const candle = {
      time: 60_000,
      open: '1.5',
      high: '2',
      low: '1',
      close: '1.75',
      volume: '10',
      closed: true,
    };
    expect(toBar(candle)).toEqual({ timestamp: 60_000, open: 1.5, high: 2, low: 1, close: 1.75, volume: 10 });
    expect(toPeriod('15m')).toEqual({ type: 'minute', span: 15 });
    expect(toPeriod('1M')).toEqual({ type: 'month', span: 1 });
  });
});

describe('the arrangement', () => {
  it('uses tabs in a narrow view and the room of a wide one', () => {
    expect(arrange(970, 540)).toBe('tabs');
    expect(arrange(1270, 760)).toBe('pair');
    expect(arrange(1750, 940)).toBe('beside');
    expect(arrange(2390, 1300)).toBe('underTicket');
  });

  it('gives book and dock their pixels and the chart the rest', () => {
    const { chart, top } = shares('standard', 'pair', 1000, 1000);
    expect(chart).toBe(68);
    expect(top).toBe(78);
  });

  it('stays within bounds for a view that has no size yet', () => {
    const { chart, top } = shares('depth', 'tabs', 0, 0);
    expect(chart).toBeGreaterThan(0);
    expect(top).toBeLessThan(100);
  });
});
