import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import type { OrderGate } from '../../../src-main/trading/order-gate.ts';
import type { OrderDraft } from '../../../src-preload/contract/types/trading.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { ACCOUNT, deskOver, lost } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});
const desk = (over?: Partial<TradingAccount>) => deskOver(ledger, over);

describe('cancelling and amending', () => {
  it('answers the fill when a cancel raced it', async () => {
    const { desk: made } = desk({
      cancel: () => Promise.reject(new HoldfastError('unknownOrder', 'order.unknown', 'No such order.')),
      findOrder: (ref) =>
        Promise.resolve(
          acknowledged(
            { ...draft(), clientOrderId: ref.clientOrderId },
            { state: 'filled', filledQuantity: '0.1', updatedAt: 5000 },
          ),
        ),
    });
    const order = await made.place(draft(), 'intent-1');
    expect((await made.cancel('practice', order.clientOrderId)).state).toBe('filled');
  });

  it('puts the order back to working when the cancel failed and the venue does not answer', async () => {
    const { desk: made, keeper } = desk({
      cancel: () => Promise.reject(new HoldfastError('unavailable', 'net.down', 'No connection.')),
      findOrder: () => Promise.reject(new Error('no connection')),
    });
    const order = await made.place(draft(), 'intent-1');
    await expect(made.cancel('practice', order.clientOrderId)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(keeper.get('practice', order.clientOrderId)?.state).toBe('working');
  });

  it('believes the venue after a cancel that failed, though its clock is behind ours', async () => {
    const { desk: made, keeper } = desk({
      cancel: () => Promise.reject(new HoldfastError('unavailable', 'net.down', 'No connection.')),
      findOrder: () => Promise.reject(new Error('no connection')),
    });
    // Ours says 1000; the venue's last word is older.
    keeper.load(acknowledged({ ...draft(), clientOrderId: '7' }, { createdAt: 800, updatedAt: 800 }));
    await expect(made.cancel('practice', '7')).rejects.toThrow();
    const amended = acknowledged({ ...draft(), clientOrderId: '7' }, { updatedAt: 900, price: '59000' });
    expect(keeper.hear(amended)).toMatchObject({ state: 'working', price: '59000' });
  });

  it('checks an amendment by the same rules as a new order', async () => {
    const { desk: made } = desk();
    const order = await made.place(draft(), 'intent-1');
    await expect(
      made.amend({ accountId: 'practice', clientOrderId: order.clientOrderId, price: '99000' }),
    ).rejects.toMatchObject({ kind: 'badInput' });
  });

  const working = (clientOrderId: string, over: Partial<Order> = {}) =>
    acknowledged({ ...draft(), clientOrderId }, { updatedAt: 2000, ...over });

  it('takes a stop that was triggered for the order that it has become', async () => {
    const asked: OrderDraft[] = [];
    const gate: OrderGate = {
      check: ({ draft: checked }) => {
        asked.push(checked);
        return Promise.resolve();
      },
      sent: () => undefined,
    };
    const stop = { type: 'stopLimit', side: 'sell', triggerPrice: '61000', price: '59000' } as const;
    const open = (state: Order['state']) => working('7', { ...stop, state });
    const { desk: made, keeper } = deskOver(
      ledger,
      { amend: () => Promise.resolve(open('working')) },
      ACCOUNT,
      { gate },
    );
    keeper.load(open('working'));
    await made.amend({ accountId: 'practice', clientOrderId: '7', price: '59500' });
    expect(asked).toMatchObject([{ type: 'limit', price: '59500', triggerPrice: undefined }]);
    // It has none any more that could be changed.
    await expect(
      made.amend({ accountId: 'practice', clientOrderId: '7', triggerPrice: '58000' }),
    ).rejects.toMatchObject({ details: { problems: [{ field: 'triggerPrice' }] } });
    // Still waiting, its trigger is on the wrong side of the market.
    keeper.load(open('untriggered'));
    await expect(
      made.amend({ accountId: 'practice', clientOrderId: '7', price: '59600' }),
    ).rejects.toMatchObject({ details: { problems: [{ field: 'triggerPrice', nearest: '59999.9' }] } });
  });

  it('looks up an amendment whose answer was lost, and answers it when the venue shows it', async () => {
    const found = [working('100'), working('100', { price: '59000' })];
    const { desk: made } = desk({ amend: lost, findOrder: () => Promise.resolve(found.shift() ?? null) });
    await made.place(draft(), 'intent-1');
    const amended = await made.amend({ accountId: 'practice', clientOrderId: '100', price: '59000' });
    expect(amended.price).toBe('59000');
  });

  it('says that an amendment is not known to have happened while the venue shows the old price', async () => {
    const { desk: made, keeper } = desk({
      amend: lost,
      findOrder: () => Promise.resolve(working('100')),
    });
    await made.place(draft(), 'intent-1');
    await expect(
      made.amend({ accountId: 'practice', clientOrderId: '100', price: '59000' }),
    ).rejects.toMatchObject({ kind: 'unknownOutcome' });
    expect(keeper.get('practice', '100')).toMatchObject({ state: 'working', price: '60000' });
  });

  it('does not look up an amendment that the venue refused', async () => {
    const findOrder = vi.fn(() => Promise.resolve(null));
    const refuse = () => Promise.reject(new HoldfastError('invalidOrder', 'venue.price', 'Too far away.'));
    const { desk: made } = desk({ amend: refuse, findOrder });
    await made.place(draft(), 'intent-1');
    await expect(
      made.amend({ accountId: 'practice', clientOrderId: '100', price: '59000' }),
    ).rejects.toMatchObject({ kind: 'invalidOrder' });
    expect(findOrder).not.toHaveBeenCalled();
  });

  it('lists again when the answer to "cancel all" was lost, and tells cancelled, filled and left apart', async () => {
    const ends = new Map([
      ['100', working('100', { state: 'cancelled' })],
      ['101', working('101', { state: 'filled', filledQuantity: '0.1' })],
    ]);
    const { desk: made, keeper } = desk({
      cancelAll: lost,
      openOrders: () => Promise.resolve([working('102')]),
      findOrder: (ref) => Promise.resolve(ends.get(ref.clientOrderId) ?? null),
    });
    for (const intent of ['one', 'two', 'three']) await made.place(draft(), intent);
    expect(await made.cancelAll('practice')).toEqual({
      requested: 3,
      cancelled: ['100'],
      failed: [
        { clientOrderId: '101', message: 'It was filled before it could be cancelled.' },
        { clientOrderId: '102', message: 'The venue still lists it as open.' },
      ],
    });
    expect(['100', '101', '102'].map((id) => keeper.get('practice', id)?.state)).toEqual([
      'cancelled',
      'filled',
      'working',
    ]);
  });

  it('rejects when neither "cancel all" nor the list after it was answered, and leaves the orders open', async () => {
    const { desk: made, keeper } = desk({ cancelAll: lost, openOrders: () => lost() });
    await made.place(draft(), 'intent-1');
    await expect(made.cancelAll('practice')).rejects.toMatchObject({ kind: 'unknownOutcome' });
    expect(keeper.get('practice', '100')?.state).toBe('working');
  });

  it('does not take an order that is being looked up for settled because all were cancelled', async () => {
    const { desk: made, keeper } = desk({
      place: lost,
      findOrder: () => Promise.reject(new Error('no connection')),
    });
    await made.place(draft(), 'intent-1');
    expect((await made.cancelAll('practice')).failed).toHaveLength(1);
    await vi.waitFor(() => {
      expect(keeper.get('practice', '100')?.state).toBe('needsYou');
    });
  });

  it('reports what the venue still lists after cancelling all', async () => {
    let stubborn = '';
    const { desk: made } = desk({
      findOrder: (ref) => Promise.resolve(working(ref.clientOrderId, { state: 'cancelled' })),
      openOrders: () => Promise.resolve([acknowledged({ ...draft(), clientOrderId: stubborn })]),
    });
    const first = await made.place(draft(), 'intent-1');
    const second = await made.place(draft(), 'intent-2');
    stubborn = second.clientOrderId;
    expect(await made.cancelAll('practice')).toMatchObject({
      requested: 2,
      cancelled: [first.clientOrderId],
      failed: [{ clientOrderId: stubborn }],
    });
  });
});
