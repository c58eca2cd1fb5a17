import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';
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
const desk = (over?: Partial<TradingAccount>, account?: Account) => deskOver(ledger, over, account);
const stored = (clientOrderId: string) =>
  ledger.repositories.orders.byClientId({ accountId: 'practice', clientOrderId });

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

  it('stays in flight while it is looked up, so that no reconciliation judges it meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const { desk: made, keeper } = desk({ place: lost, findOrder: () => promise });
    const order = await made.place(draft(), 'intent-1');
    expect(keeper.isInFlight(order)).toBe(true);
    resolve(null);
    await vi.waitFor(() => {
      expect(keeper.isInFlight(order)).toBe(false);
    });
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

describe('a ledger that fails after the order was sent', () => {
  it('loses neither an order without an answer nor its look-up, and says so', async () => {
    const {
      desk: made,
      keeper,
      writeFailures,
    } = desk({
      place: () => {
        ledger.failNext('orders.record');
        return lost();
      },
      findOrder: (ref) =>
        Promise.resolve(acknowledged({ ...draft(), clientOrderId: ref.clientOrderId }, { updatedAt: 2000 })),
    });
    expect((await made.place(draft(), 'intent-1')).state).toBe('unknown');
    expect(writeFailures).toHaveLength(1);
    await vi.waitFor(() => {
      expect(keeper.get('practice', '100')?.state).toBe('working');
    });
  });

  it('keeps the verdict of a look-up that could not be written', async () => {
    let looks = 0;
    const {
      desk: made,
      keeper,
      writeFailures,
    } = desk({
      place: lost,
      findOrder: () => {
        looks += 1;
        if (looks === 3) ledger.failNext('orders.record');
        return Promise.resolve(null);
      },
    });
    await made.place(draft(), 'intent-1');
    await vi.waitFor(() => {
      expect(writeFailures).toHaveLength(1);
    });
    expect(keeper.get('practice', '100')?.state).toBe('rejected');
    expect(await stored('100')).toMatchObject({ state: 'unknown' });
  });

  it('does not keep a cancel from being sent', async () => {
    const { desk: made, writeFailures } = desk({
      cancel: (ref) =>
        Promise.resolve(
          acknowledged(
            { ...draft(), clientOrderId: ref.clientOrderId },
            { state: 'cancelled', updatedAt: 1 },
          ),
        ),
    });
    const order = await made.place(draft(), 'intent-1');
    ledger.failNext('orders.record');
    // The venue's clock is behind ours, and the end of the order is believed all the same.
    expect((await made.cancel('practice', order.clientOrderId)).state).toBe('cancelled');
    expect(writeFailures).toHaveLength(1);
  });
});

describe('a lock while an order is in flight', () => {
  it('journals it as unknown, writes nothing after that, and tells no failure', async () => {
    const { promise, reject } = Promise.withResolvers<Order>();
    const made = deskOver(ledger, { place: () => promise });
    const placing = made.desk.place(draft(), 'intent-1');
    await vi.waitFor(() => {
      expect(made.keeper.get('practice', '100')?.state).toBe('sending');
    });
    await made.desk.dispose();
    made.keeper.dispose();
    expect(await stored('100')).toMatchObject({ state: 'unknown' });
    reject(new HoldfastError('locked', 'vault.locked', 'The vault is locked.'));
    expect((await placing).state).toBe('unknown');
    made.keeper.hear({ ...(await placing), state: 'cancelled' });
    expect(await stored('100')).toMatchObject({ state: 'unknown' });
    expect(made.writeFailures).toEqual([]);
  });

  it('sends nothing that was not sent before it', async () => {
    const made = deskOver(ledger);
    const placing = made.desk.place(draft(), 'intent-1');
    await made.desk.dispose();
    await expect(placing).rejects.toMatchObject({ kind: 'locked' });
    expect(made.trading.placed).toEqual([]);
  });
});
