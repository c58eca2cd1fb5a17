import { describe, expect, it } from 'vitest';
import {
  canCancel,
  hasEnded,
  needsAttention,
  orderKey,
} from '../../../../src-renderer/features/orders/order-state.ts';
import {
  NO_ORDERS,
  applyAnswer,
  applyOrders,
  listed,
  replaceOrders,
} from '../../../../src-renderer/features/orders/working-orders.ts';
import { ORDER_STATES } from '../../../../src-preload/contract/types/trading.ts';
import { NOW, order } from './builders.ts';

const none: ReadonlySet<string> = new Set();
const ids = (state: Parameters<typeof listed>[0]): readonly string[] =>
  listed(state).map((one) => one.clientOrderId);

describe('working orders', () => {
  it('lists the newest first and does not swap orders of the same instant', () => {
    const state = applyOrders(NO_ORDERS, [order('b'), order('a'), order('c', { createdAt: NOW + 1 })]);
    expect(ids(state)).toEqual(['c', 'a', 'b']);
  });

  it('believes main in what is newer, whatever clock the times are of', () => {
    // Our clock wrote "unknown" down; the venue answers with the time at which it took the order.
    const unknown = order('a', { state: 'unknown', updatedAt: NOW + 60_000 });
    const found = order('a', { state: 'working', updatedAt: NOW + 10 });
    expect(listed(applyOrders(NO_ORDERS, [unknown, found]))[0]?.state).toBe('working');
    // A cancel that failed gives the order back as the venue has it.
    const asked = order('a', { state: 'cancelling', updatedAt: NOW + 60_000 });
    expect(listed(applyOrders(NO_ORDERS, [asked, found]))[0]?.state).toBe('working');
    // "Never placed" was our own conclusion, and wrong: hiding an order that lives costs more than showing it.
    const concluded = order('a', { state: 'rejected', venueOrderId: null, updatedAt: NOW + 60_000 });
    expect(ids(applyOrders(NO_ORDERS, [concluded, found]))).toEqual(['a']);
    const ended = order('a', { state: 'cancelled', updatedAt: NOW + 7 });
    expect(listed(applyOrders(NO_ORDERS, [asked, ended]))).toEqual([]);
  });

  it('takes an answer that says more than is known', () => {
    const stuck = applyOrders(NO_ORDERS, [order('a', { state: 'needsYou', updatedAt: NOW + 60_000 })]);
    expect(listed(applyAnswer(stuck, order('a', { updatedAt: NOW })))[0]?.state).toBe('working');
    expect(ids(applyAnswer(NO_ORDERS, order('b')))).toEqual(['b']);
  });

  it('does not let a late answer replace what was told since', () => {
    const newer = order('a', { filledQuantity: '0.5', state: 'partiallyFilled', updatedAt: NOW + 10 });
    const state = applyAnswer(applyOrders(NO_ORDERS, [newer]), order('a'));
    expect(listed(state)[0]?.filledQuantity).toBe('0.5');
  });

  it('does not bring an order back by the late answer to the cancel that ended it', () => {
    const ended = applyOrders(NO_ORDERS, [order('a', { state: 'cancelled', updatedAt: NOW + 10 })]);
    const late = order('a', { state: 'cancelling', updatedAt: NOW + 12 });
    expect(listed(applyAnswer(ended, late))).toEqual([]);
  });

  it('takes the end even when it was never told of the beginning', () => {
    const state = applyOrders(NO_ORDERS, [order('a', { state: 'cancelled' })]);
    expect(listed(state)).toEqual([]);
    // The list was asked for before the end was told.
    expect(listed(replaceOrders(state, [order('a')], new Set([orderKey(order('a'))])))).toEqual([]);
  });

  it('keeps orders whose fate is unknown: they are not ended', () => {
    const state = applyOrders(NO_ORDERS, [
      order('a', { state: 'unknown' }),
      order('b', { state: 'needsYou' }),
    ]);
    expect(ids(state)).toEqual(['a', 'b']);
  });

  it('drops what the full list no longer holds', () => {
    const state = applyOrders(NO_ORDERS, [order('a'), order('b')]);
    expect(ids(replaceOrders(state, [order('b')], none))).toEqual(['b']);
  });

  it('keeps an order that was placed while the full list was under way', () => {
    const state = applyOrders(NO_ORDERS, [order('a')]);
    expect(ids(replaceOrders(state, [], new Set([orderKey(order('a'))])))).toEqual(['a']);
  });

  it('does not let the full list overwrite an event that came while it was under way', () => {
    const newer = order('a', { price: '61000', updatedAt: NOW + 10 });
    const state = applyOrders(NO_ORDERS, [newer]);
    const touched = new Set([orderKey(newer)]);
    expect(listed(replaceOrders(state, [order('a')], touched))[0]?.price).toBe('61000');
    // Asked for afterwards, it is the newest there is: events before it can have been lost.
    expect(listed(replaceOrders(state, [order('a')], none))[0]?.price).toBe('60000');
  });

  it('tells the same client id of two accounts apart', () => {
    const state = applyOrders(NO_ORDERS, [order('a'), order('a', { accountId: 'acc-2' })]);
    expect(listed(state)).toHaveLength(2);
  });

  it('follows an order placed elsewhere by the venue’s id', () => {
    const foreign = order('77', { venueOrderId: '77' });
    const state = applyOrders(NO_ORDERS, [foreign, { ...foreign, price: '1', updatedAt: NOW + 1 }]);
    expect(listed(state)).toHaveLength(1);
    expect(canCancel(foreign)).toBe(true);
  });

  it('does not grow without bound', () => {
    const many = Array.from({ length: 5000 }, (_, index) => order(`o${index}`, { state: 'filled' }));
    expect(applyOrders(NO_ORDERS, many).ended.size).toBe(2000);
  });
});

describe('order states', () => {
  it('are either ended or can still be cancelled, apart from one being cancelled', () => {
    for (const state of ORDER_STATES) {
      const expected = !hasEnded(state) && state !== 'cancelling';
      expect([state, canCancel(order('a', { state }), () => NOW)]).toEqual([state, expected]);
    }
  });

  it('let a cancel that ended nothing for some seconds be asked for again', () => {
    const cancelling = order('a', { state: 'cancelling', updatedAt: NOW });
    expect(canCancel(cancelling, () => NOW + 2000)).toBe(false);
    expect(canCancel(cancelling, () => NOW + 15_000)).toBe(true);
  });

  it('ask for attention only where Holdfast cannot know', () => {
    expect(ORDER_STATES.filter(needsAttention)).toEqual(['unknown', 'needsYou']);
  });
});
