import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Exchange, Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { reconcile } from '../../../src-main/trading/reconciliation.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_SPOT, draft } from '../../support/markets.ts';
import { acknowledged, fakeAccount } from '../../support/trading-account.ts';
import type { FakeAccount } from '../../support/trading-account.ts';

const ACCOUNT: Account = {
  id: 'practice',
  venue: 'practice',
  label: 'Practice',
  environment: 'practice',
  region: 'local',
  uses: ['read', 'trade'],
  keyType: 'none',
  keyLast4: '',
  permissions: null,
  modes: null,
  addedAt: 0,
  state: 'live',
};

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

function desk(over: Partial<TradingAccount> = {}, account: Account = ACCOUNT) {
  const trading: FakeAccount = fakeAccount(over);
  const seen: Order[] = [];
  const sessions = new AccountSessions({
    exchangeOf: () => ({ openAccount: () => trading }) as unknown as Exchange,
    signerOf: () => null,
    clock: () => 1000,
  });
  const session = sessions.open(account);
  if (!session) throw new Error('no session');
  const keeper = new OrderKeeper({
    ledger: ledger.repositories,
    onOrder: (order) => seen.push(order),
    onFill: () => undefined,
    onWriteFailed: (error) => {
      throw error;
    },
  });
  let next = 100;
  const made = new OrderDesk({
    ledger: ledger.repositories,
    sessions,
    keeper,
    instrument: () => Promise.resolve(BTC_SPOT),
    reference: () => Promise.resolve('60000'),
    clock: () => 1000,
    newId: () => String(next++),
    wait: () => Promise.resolve(),
    ready: () => Promise.resolve(),
  });
  return { desk: made, trading, keeper, seen, session };
}
const stored = (clientOrderId: string) =>
  ledger.repositories.orders.byClientId({ accountId: 'practice', clientOrderId });
const lost = () =>
  Promise.reject(new HoldfastError('unknownOutcome', 'net.timeout', 'The venue did not answer in time.'));

describe('placing an order', () => {
  it('writes the intent to the journal before anything is sent', async () => {
    let atSend: Order | null = null;
    const { desk: made } = desk({
      place: async (request) => {
        atSend = await stored(request.clientOrderId);
        return acknowledged(request);
      },
    });
    const order = await made.place(draft(), 'intent-1');
    expect(atSend).toMatchObject({ state: 'sending', venueOrderId: null });
    expect(order).toMatchObject({ state: 'working', clientOrderId: '100' });
  });

  it('sends nothing when the journal cannot be written', async () => {
    const { desk: made, trading } = desk();
    ledger.failNext('orders.record');
    await expect(made.place(draft(), 'intent-1')).rejects.toThrow();
    expect(trading.placed).toEqual([]);
  });

  it('makes one order of the same intent pressed twice at once and once more later', async () => {
    const { desk: made, trading } = desk();
    const [first, second] = await Promise.all([
      made.place(draft(), 'intent-1'),
      made.place(draft(), 'intent-1'),
    ]);
    const third = await made.place(draft(), 'intent-1');
    expect(trading.placed).toHaveLength(1);
    expect(new Set([first.clientOrderId, second.clientOrderId, third.clientOrderId]).size).toBe(1);
    await made.place(draft(), 'intent-2');
    expect(trading.placed).toHaveLength(2);
  });

  it('sends prices and quantities on the instrument steps', async () => {
    const { desk: made, trading } = desk();
    await made.place(draft({ price: '59999.97', quantity: '0.10009' }), 'intent-1');
    expect(trading.placed[0]).toMatchObject({ price: '59999.9', quantity: '0.1' });
  });

  it('names every field that breaks a rule, and journals nothing', async () => {
    const { desk: made, trading } = desk();
    const refused = made.place(draft({ quantity: '0.00001', price: '90000' }), 'intent-1');
    await expect(refused).rejects.toMatchObject({
      kind: 'badInput',
      details: {
        problems: expect.arrayContaining([
          expect.objectContaining({ field: 'quantity', nearest: '0.0001' }),
          expect.objectContaining({ field: 'price', nearest: '63000' }),
        ]) as unknown,
      },
    });
    expect(trading.placed).toEqual([]);
    expect(await stored('100')).toBeNull();
  });

  it('keeps a refusal of the venue as a rejected order and tells it', async () => {
    const refuse = () =>
      Promise.reject(
        new HoldfastError('insufficientFunds', 'practice.funds', 'Not enough USDT.', { venueCode: '110007' }),
      );
    const { desk: made } = desk({ place: refuse });
    await expect(made.place(draft(), 'intent-1')).rejects.toMatchObject({ kind: 'insufficientFunds' });
    expect(await stored('100')).toMatchObject({
      state: 'rejected',
      reason: 'Not enough USDT.',
      venueCode: '110007',
    });
  });

  it('refuses an account that is set to reading only', async () => {
    const { desk: made } = desk({}, { ...ACCOUNT, uses: ['read'] });
    await expect(made.place(draft(), 'intent-1')).rejects.toMatchObject({
      kind: 'notAllowed',
      code: 'account.readOnly',
    });
  });
});

describe('an answer that never came', () => {
  it('is looked up by client order id and never sent again', async () => {
    const place = vi.fn(lost);
    const { desk: made, keeper } = desk({
      place,
      findOrder: (ref) =>
        Promise.resolve(
          acknowledged(
            { ...draft(), clientOrderId: ref.clientOrderId },
            { state: 'filled', filledQuantity: '0.1', updatedAt: 2000 },
          ),
        ),
    });
    const order = await made.place(draft(), 'intent-1');
    expect(order.state).toBe('unknown');
    await vi.waitFor(() => {
      expect(keeper.get('practice', '100')?.state).toBe('filled');
    });
    expect(place).toHaveBeenCalledTimes(1);
  });

  it('is not taken for "not placed" while look-ups fail', async () => {
    const { desk: made, keeper } = desk({
      place: lost,
      findOrder: () => Promise.reject(new HoldfastError('unavailable', 'net.reset', 'Connection reset.')),
    });
    await made.place(draft(), 'intent-1');
    await vi.waitFor(() => {
      expect(keeper.get('practice', '100')?.state).toBe('needsYou');
    });
    expect(keeper.get('practice', '100')?.reason).toBe('Connection reset.');
  });

  it('counts as not placed once the venue said "not found" three times in a row', async () => {
    const answers = [null, null, new Error('reset'), null, null, null];
    const findOrder = vi.fn(() => {
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(null);
    });
    const { desk: made, keeper } = desk({ place: lost, findOrder });
    await made.place(draft(), 'intent-1');
    await vi.waitFor(() => {
      expect(keeper.get('practice', '100')?.state).toBe('rejected');
    });
    expect(findOrder).toHaveBeenCalledTimes(6);
  });

  it('is settled by the stream when that speaks first', async () => {
    const { desk: made, keeper } = desk({
      place: (request) => {
        keeper.hear(acknowledged(request, { state: 'filled', filledQuantity: '0.1' }));
        return lost();
      },
    });
    expect((await made.place(draft(), 'intent-1')).state).toBe('filled');
  });
});

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

  it('checks an amendment by the same rules as a new order', async () => {
    const { desk: made } = desk();
    const order = await made.place(draft(), 'intent-1');
    await expect(
      made.amend({ accountId: 'practice', clientOrderId: order.clientOrderId, price: '99000' }),
    ).rejects.toMatchObject({ kind: 'badInput' });
  });

  it('reports what the venue still lists after cancelling all', async () => {
    let stubborn = '';
    const { desk: made } = desk({
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

describe('reconciliation', () => {
  const parts = (keeper: OrderKeeper) => ({ ledger: ledger.repositories, keeper, clock: () => 9000 });

  it('adopts an order that was placed at the venue', async () => {
    const foreign = acknowledged({ ...draft(), clientOrderId: 'placed-elsewhere' });
    const { keeper, session } = desk({ openOrders: () => Promise.resolve([foreign]) });
    await reconcile(session, parts(keeper));
    expect(await stored('placed-elsewhere')).toMatchObject({ state: 'working' });
  });

  it('finds out what became of an order that ended while nobody listened', async () => {
    const {
      desk: made,
      keeper,
      session,
    } = desk({
      findOrder: (ref) =>
        Promise.resolve(
          acknowledged(
            { ...draft(), clientOrderId: ref.clientOrderId },
            { state: 'cancelled', updatedAt: 8000 },
          ),
        ),
    });
    const order = await made.place(draft(), 'intent-1');
    await reconcile(session, parts(keeper));
    expect(keeper.get('practice', order.clientOrderId)?.state).toBe('cancelled');
  });

  it('calls an acknowledged order that the venue no longer knows a case for a person', async () => {
    const { desk: made, keeper, session } = desk({ findOrder: () => Promise.resolve(null) });
    const order = await made.place(draft(), 'intent-1');
    await reconcile(session, parts(keeper));
    expect(keeper.get('practice', order.clientOrderId)?.state).toBe('needsYou');
  });

  it('changes nothing when a look-up fails', async () => {
    const {
      desk: made,
      keeper,
      session,
    } = desk({ findOrder: () => Promise.reject(new Error('no connection')) });
    const order = await made.place(draft(), 'intent-1');
    await expect(reconcile(session, parts(keeper))).rejects.toThrow('no connection');
    expect(keeper.get('practice', order.clientOrderId)?.state).toBe('working');
  });
});
